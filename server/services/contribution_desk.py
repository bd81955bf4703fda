"""What was handed in to a station, before its people: made into a draft, or declined with a reason its sender reads.

A draft is nothing more: it is booked, submitted and approved as any other, by people who are not its author.
"""

from dataclasses import dataclass, replace

from schedules.ids import PartId, ProgrammeId, UnitId
from schedules.part import Genre, Part
from schedules.programme import Kind, Variant
from server.contribution_records import Contribution, ContributionState
from server.errors import NotFound, Unacceptable
from server.ports import Clock, Store, UnitOfWork
from server.services.drafts import Draft, drawn_up, origin_of
from server.services.inputs import LONGEST_REASON, require_short, visible
from server.services.new_ids import new_id
from server.services.rights import ANY_ROLE, WRITERS, may, require
from server.services.trail import note
from server.values import Person, StoredProgramme

LISTED = 100
_SETTLED = (ContributionState.ACCEPTED, ContributionState.DECLINED)


@dataclass(frozen=True, slots=True)
class Listed:
    """A contribution with the names of who sent and who settled it; empty where nobody did."""

    contribution: Contribution
    sender: str
    settled_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Inbox:
    """What waits for a station, and what it settled last; whether this person may settle."""

    waiting: tuple[Listed, ...]
    settled: tuple[Listed, ...]
    may_settle: bool


def inbox(store: Store, person: Person, station: UnitId) -> Inbox:
    """Give what was handed in to a station, the newest first.

    Raises:
        NotAllowed: `rights.missing` for somebody without a role there.
    """
    with store.reading() as uow:
        units = uow.places.units()
        require(units, person, station, *ANY_ROLE)
        waiting = uow.contributions.of_station(station, [ContributionState.WAITING], limit=LISTED)
        settled = uow.contributions.of_station(station, _SETTLED, limit=LISTED)
        return Inbox(
            waiting=tuple(_listed(uow, each) for each in waiting),
            settled=tuple(_listed(uow, each) for each in settled),
            may_settle=may(units, person, station, *WRITERS),
        )


def waiting_count(store: Store, person: Person, station: UnitId) -> int:
    """Give how many wait for this person's answer; none for who does not settle them."""
    with store.reading() as uow:
        if not may(uow.places.units(), person, station, *WRITERS):
            return 0
        return uow.contributions.count(station, ContributionState.WAITING)


def get(store: Store, person: Person, contribution: str) -> Contribution:
    """Give one that the station has seen, to anybody with a role there.

    Raises:
        NotFound: `contribution.unknown`.
        NotAllowed: `rights.missing`.
    """
    with store.reading() as uow:
        found = _known(uow, contribution)
        require(uow.places.units(), person, found.station, *ANY_ROLE)
    return found


def accept(store: Store, clock: Clock, person: Person, contribution: str) -> StoredProgramme:
    """Make a draft of it, with its sender as author; nothing is booked, submitted or approved.

    Raises:
        NotFound: `contribution.unknown`.
        NotAllowed: `rights.missing` unless the person is an editor or officer of the station.
        Unacceptable: `contribution.settled`.
    """
    now = clock.now()
    with store.writing() as uow:
        found = _to_settle(uow, person, contribution)
        sender = uow.people.get(found.by)
        units = uow.places.units()
        name = "" if sender is None else sender.name
        draft = Draft(
            title=found.title,
            kind=Kind.NOTICE,
            texts={"vi": found.text} if found.text else {},
            requested_by=name,
        )
        drawn = drawn_up(uow, draft, now=now, of=ProgrammeId(new_id(now)), unit=found.station, version=1)
        part = Part(id=PartId(new_id(now)), genre=Genre.NEWS, title=found.title, authors=(name,) if name else ())
        stored = StoredProgramme(
            programme=replace(
                drawn,
                origin=drawn.origin if sender is None else origin_of(units.by_id[sender.unit].level),
                variants=() if found.recording is None else (Variant("vi", found.recording),),
                parts=(part,),
            ),
            texts=dict(draft.texts),
            changed_by=frozenset({person.id, found.by}),
            changed_at=now,
        )
        uow.programmes.put(stored, expected_version=0)
        settled = replace(
            found,
            state=ContributionState.ACCEPTED,
            settled_by=person.id,
            settled_at=now,
            programme=stored.programme.id,
        )
        uow.contributions.put(settled)
        made = stored.programme.id
        note(uow, now, person, "contribution.accepted", subject=found.id, unit=found.station, programme=made)
        note(uow, now, person, "programme.created", subject=made, unit=found.station, title=found.title)
        uow.commit()
    return stored


def decline(store: Store, clock: Clock, person: Person, contribution: str, *, reason: str) -> Contribution:
    """Say why it is not used; its sender reads that.

    Raises:
        NotFound, NotAllowed: as `accept`.
        Unacceptable: `contribution.no_reason`, `form.too_long` (field `reason`); `contribution.settled`.
    """
    now, why = clock.now(), visible(reason).strip()
    if not why:
        raise Unacceptable("contribution.no_reason", "reason")
    require_short(why, "reason", LONGEST_REASON)
    with store.writing() as uow:
        found = _to_settle(uow, person, contribution)
        state = ContributionState.DECLINED
        settled = replace(found, state=state, settled_by=person.id, settled_at=now, reason=why)
        uow.contributions.put(settled)
        note(uow, now, person, "contribution.declined", subject=found.id, unit=found.station, reason=why)
        uow.commit()
    return settled


def _to_settle(uow: UnitOfWork, person: Person, contribution: str) -> Contribution:
    found = _known(uow, contribution)
    require(uow.places.units(), person, found.station, *WRITERS)
    if found.state is not ContributionState.WAITING:
        raise Unacceptable("contribution.settled")
    return found


def _known(uow: UnitOfWork, contribution: str) -> Contribution:
    found = uow.contributions.get(contribution)
    if found is None or found.state in (ContributionState.PREPARING, ContributionState.UNFIT):
        raise NotFound("contribution.unknown")
    return found


def _listed(uow: UnitOfWork, contribution: Contribution) -> Listed:
    sender = uow.people.get(contribution.by)
    settled_by = None if contribution.settled_by is None else uow.people.get(contribution.settled_by)
    return Listed(contribution, sender.name if sender else "", settled_by.name if settled_by else "")
