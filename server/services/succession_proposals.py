"""Merges and splits that one administrator asks for and another one agrees to; then they are decided.

It must not know what a merge or split does: that is `succession`.
"""

from dataclasses import dataclass, replace

from schedules.ids import UnitId
from server.errors import NotFound, Unacceptable
from server.ports import Clock, Store, UnitOfWork
from server.services.inputs import LONGEST_REASON, require_short
from server.services.new_ids import new_id
from server.services.rights import require
from server.services.schedule import schedule_of
from server.services.succession import decide, require_seen
from server.services.trail import note
from server.values import Merge, Person, Proposal, ProposalState, Role, Split


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedFor:
    """A merge or split that waits for its second person.

    Attributes:
        own: whether the visitor asked for it.
    """

    proposal: Proposal
    wish: Merge | Split
    asked_by: str
    own: bool


def propose(store: Store, clock: Clock, person: Person, wish: Merge | Split, *, seen: str) -> Proposal:
    """Ask for a merge or split; nothing changes until another administrator agrees.

    Raises:
        NotAllowed, Unacceptable: as for `succession.foresee`.
        Stale: `succession.stale` when it would change something else than was shown.
    """
    now = clock.now()
    with store.writing() as uow:
        schedule = schedule_of(uow)
        made = require_seen(schedule, person, wish, now, seen=seen)
        above = schedule.units.by_id[next(iter(made.ends))].parent
        assert above is not None  # noqa: S101 - only what lies below a unit is merged or split
        asked = Proposal(id=new_id(now), station=above, content=wish, asked_by=person.id, asked_at=now)
        uow.proposals.put(asked)
        details = {"on": made.on.isoformat(), "basis": wish.basis.strip(), "ends": sorted(made.ends)}
        note(uow, now, person, "unit.succession_proposed", subject=asked.id, unit=above, **details)
        uow.commit()
    return asked


def waiting_below(store: Store, person: Person, unit: UnitId) -> tuple[AskedFor, ...]:
    """Give the merges and splits of units right below a unit that wait, the newest first, to its administrators.

    Raises:
        NotAllowed: `rights.missing`.
    """
    with store.reading() as uow:
        require(uow.places.units(), person, unit, Role.ADMINISTRATOR)
        waiting = [each for each in uow.proposals.of_station(unit) if each.state is ProposalState.WAITING]
        names = {each.asked_by: uow.people.get(each.asked_by) for each in waiting}
    return tuple(
        AskedFor(
            proposal=each,
            wish=each.content,
            asked_by=known.name if (known := names[each.asked_by]) else "",
            own=each.asked_by == person.id,
        )
        for each in waiting
        if isinstance(each.content, Merge | Split)
    )


def agree(store: Store, clock: Clock, person: Person, proposal: str, *, seen: str) -> None:
    """Agree, as the second administrator, to what another one asked for: it is decided.

    Raises:
        NotFound: `proposal.unknown`.
        NotAllowed, Unacceptable, Stale: as for `propose`, as things are now; `proposal.own`, `proposal.settled`.
    """
    now = clock.now()
    with store.writing() as uow:
        asked, wish = _asked(uow, person, proposal)
        if person.id == asked.asked_by:
            raise Unacceptable("proposal.own")
        decide(uow, person, asked, wish, now, seen=seen)
        uow.proposals.put(replace(asked, state=ProposalState.ACCEPTED, settled_by=person.id, settled_at=now))
        uow.commit()


def refuse(store: Store, clock: Clock, person: Person, proposal: str, *, reason: str = "") -> None:
    """Turn down what another one asked for, or take back what one asked for oneself.

    Raises:
        NotFound: `proposal.unknown`.
        NotAllowed: `rights.missing`.
        Unacceptable: `proposal.settled`; `proposal.no_reason` for turning down without a word, `form.too_long` (field
            `reason`).
    """
    now, why = clock.now(), reason.strip()
    with store.writing() as uow:
        asked, _ = _asked(uow, person, proposal)
        if person.id != asked.asked_by and not why:
            raise Unacceptable("proposal.no_reason", "reason")
        require_short(why, "reason", LONGEST_REASON)
        settled = replace(asked, state=ProposalState.REFUSED, settled_by=person.id, settled_at=now, note=why)
        uow.proposals.put(settled)
        note(uow, now, person, "proposal.refused", subject=proposal, unit=asked.station, reason=why)
        uow.commit()


def _asked(uow: UnitOfWork, person: Person, proposal: str) -> tuple[Proposal, Merge | Split]:
    asked = uow.proposals.get(proposal)
    if asked is None or not isinstance(asked.content, Merge | Split):
        raise NotFound("proposal.unknown")
    require(uow.places.units(), person, asked.station, Role.ADMINISTRATOR)
    if asked.state is not ProposalState.WAITING:
        raise Unacceptable("proposal.settled")
    return asked, asked.content
