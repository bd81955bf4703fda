"""A station's rules as its people see them: what is in force, what is coming, what waits for a second person.

It changes nothing: `regulations` and `overrides` do.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from schedules.hours import Finding
from schedules.ids import PersonId, UnitId
from schedules.override import Override
from schedules.regulation import Regulation, in_force
from schedules.times import local_day
from server.ports import Clock, Store, UnitOfWork
from server.services.overrides import OutsideHours, outside_hours
from server.services.regulations import PROPOSERS, SECOND_PERSONS, about_rules, known_of, widening
from server.services.rights import ANY_ROLE, WRITERS, may, require
from server.services.schedule import schedule_of
from server.values import Person, Proposal, ProposalState

SETTLED_SHOWN = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A proposal in words a page can tell.

    Attributes:
        title: of the programme an override is for; empty otherwise.
        widens: what it would let sound that the rules now do not.
        own: the person looking asked for it.
    """

    proposal: Proposal
    asked_by: str
    settled_by: str
    title: str
    widens: tuple[Finding, ...]
    own: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class StationRules:
    """Everything a station keeps to.

    Attributes:
        today: the local date.
        regulation: in force today; None while there is none.
        coming: those that begin later, the earliest first.
        overrides: granted, of today and later.
        outside: what is booked outside the hours without an override.
        may_propose, may_settle, may_ask: what the person looking may do.
    """

    today: date
    regulation: Regulation | None
    coming: tuple[Regulation, ...]
    waiting: tuple[Asked, ...]
    settled: tuple[Asked, ...]
    overrides: tuple[Override, ...]
    outside: tuple[OutsideHours, ...]
    titles: dict[str, str]
    may_propose: bool
    may_settle: bool
    may_ask: bool


def rules(store: Store, clock: Clock, person: Person, station: UnitId) -> StationRules:
    """Tell a station's rules to anybody with a role there.

    Raises:
        NotAllowed: `rights.missing`.
    """
    now = clock.now()
    with store.reading() as uow:
        units = uow.places.units()
        require(units, person, station, *ANY_ROLE)
        known = known_of(uow, station)
        today = local_day(now, known[0].zone) if known else now.date()
        schedule = schedule_of(uow)
        titles = {
            str(slot.id): schedule.programmes[slot.programme].title
            for slot in schedule.slots
            if slot.programme in schedule.programmes
        }
        proposals = [each for each in uow.proposals.of_station(station) if about_rules(each) is not None]
        names = _names(uow, proposals)
        asked = [_asked(each, known, titles, names, person) for each in proposals]
        waiting = tuple(each for each in asked if each.proposal.state is ProposalState.WAITING)
        settled = tuple(each for each in asked if each.proposal.state is not ProposalState.WAITING)
        granted = (each for each in schedule.overrides if each.station == station and each.day >= today)
        return StationRules(
            today=today,
            regulation=in_force(known, today),
            coming=tuple(each for each in known if each.valid_from > today),
            waiting=waiting,
            settled=settled[:SETTLED_SHOWN],
            overrides=tuple(sorted(granted, key=lambda each: (each.day, each.earliest))),
            outside=outside_hours(schedule, station, now),
            titles=titles,
            may_propose=may(units, person, station, *PROPOSERS),
            may_settle=may(units, person, station, *SECOND_PERSONS),
            may_ask=may(units, person, station, *WRITERS),
        )


def to_settle(store: Store, person: Person, station: UnitId) -> int:
    """Give how many proposals about a station wait for this very person; 0 for who may settle none."""
    with store.reading() as uow:
        if not may(uow.places.units(), person, station, *SECOND_PERSONS):
            return 0
        waiting = (each for each in uow.proposals.of_station(station) if each.state is ProposalState.WAITING)
        return sum(each.asked_by != person.id for each in waiting if about_rules(each) is not None)


def _asked(
    proposal: Proposal, known: list[Regulation], titles: dict[str, str], names: dict[PersonId, str], person: Person
) -> Asked:
    content = about_rules(proposal)
    waits = proposal.state is ProposalState.WAITING
    return Asked(
        proposal=proposal,
        asked_by=names.get(proposal.asked_by, ""),
        settled_by=names.get(proposal.settled_by, "") if proposal.settled_by else "",
        title=titles.get(content.slot, "") if isinstance(content, Override) else "",
        widens=widening(known, content) if waits and content is not None and not isinstance(content, Override) else (),
        own=proposal.asked_by == person.id,
    )


def _names(uow: UnitOfWork, proposals: Iterable[Proposal]) -> dict[PersonId, str]:
    people = {each for proposal in proposals for each in (proposal.asked_by, proposal.settled_by) if each is not None}
    found = {each: uow.people.get(each) for each in people}
    return {each: known.name for each, known in found.items() if known is not None}
