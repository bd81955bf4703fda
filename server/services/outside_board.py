"""Approvals outside the system as people see them: whose word they wait for, and for how long. It settles nothing."""

from dataclasses import dataclass, replace
from datetime import datetime

from schedules.ids import ProgrammeId, UnitId
from server.approving_records import Matter, OutsideApproval, OutsideState
from server.errors import NotFound
from server.ports import Clock, Store, UnitOfWork
from server.services.matters import put, zones_waiting
from server.services.outside_approvals import articles, known_outside, stations_of
from server.services.rights import ANY_ROLE, WRITERS, require
from server.services.schedule import schedule_of, schedule_of_programme
from server.services.trail import note
from server.values import Person

LISTED = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """An approval outside the system as a list tells it.

    Attributes:
        overdue: it has waited for a day.
        mine: the person looking is who is said to have approved.
    """

    approval: OutsideApproval
    unit: str
    approver: str
    entered_by: str
    overdue: bool
    mine: bool


def allowed_at(store: Store, clock: Clock, person: Person, matter: Matter) -> tuple[tuple[str, str], ...] | None:
    """Give the stations a matter waits for, each with the article that allows it there; None where one has none.

    Raises:
        NotFound: `programme.unknown`, `template.unknown`.
        NotAllowed: `rights.missing` for who may not submit it.
    """
    now = clock.now()
    with store.reading() as uow:
        before = put(uow, matter)
        whole = schedule_of(uow) if matter.is_template else schedule_of_programme(uow, ProgrammeId(matter.subject))
        require(whole.units, person, before.unit, *WRITERS)
        waiting = zones_waiting(whole, matter)
        regulations = uow.places.regulations(stations=stations_of(waiting))
        known_articles = articles(replace(whole, regulations=tuple(regulations)), waiting, now)
        named = tuple(sorted((whole.units.by_id[each].name, article) for each, article in known_articles.items()))
    return named if named and all(article for _, article in named) else None


def get(store: Store, clock: Clock, person: Person, approval: str) -> Listed:
    """Give one approval outside the system to anybody with a role for its programme.

    Raises:
        NotFound: `outside.unknown`.
        NotAllowed: `rights.missing`.
    """
    with store.reading() as uow:
        found = known_outside(uow, approval)
        require(uow.places.units(), person, found.unit, *ANY_ROLE)
        return _listed(uow, person, found, clock.now())


def paper_of(store: Store, clock: Clock, person: Person, approval: str) -> bytes:
    """Give the photograph of the signed paper; looking at it is written down.

    Raises:
        NotFound: `outside.unknown`, also where there is no photograph.
        NotAllowed: `rights.missing`.
    """
    with store.writing() as uow:
        found = known_outside(uow, approval)
        require(uow.places.units(), person, found.unit, *ANY_ROLE)
        content = None if found.paper is None else uow.approving.paper(found.paper)
        if content is None:
            raise NotFound("outside.unknown")
        note(uow, clock.now(), person, "outside_approval.paper_seen", subject=found.matter.subject, unit=found.unit)
        uow.commit()
    return content


def below(store: Store, clock: Clock, person: Person, unit: UnitId) -> tuple[Listed, ...]:
    """Give those of a unit and everything below it, to anybody with a role there; what waits comes first.

    Raises:
        NotAllowed: `rights.missing`.
    """
    with store.reading() as uow:
        units = uow.places.units()
        require(units, person, unit, *ANY_ROLE)
        inside, now = units.below(unit), clock.now()
        return tuple(_listed(uow, person, each, now) for each in uow.approving.outside_in(inside, limit=LISTED))


def to_confirm(store: Store, person: Person) -> tuple[OutsideApproval, ...]:
    """Give what waits for this very person's word, the oldest first."""
    with store.reading() as uow:
        return tuple(each for each in uow.approving.outside_waiting() if each.approver == person.id)


def unconfirmed(store: Store, matter: Matter, version: int) -> OutsideApproval | None:
    """Give what a version of a matter sounds by, as long as its approver has not confirmed it."""
    with store.reading() as uow:
        found = uow.approving.outside_of(matter)
    return next((each for each in found if each.state is OutsideState.WAITING and each.version == version), None)


def _listed(uow: UnitOfWork, person: Person, approval: OutsideApproval, now: datetime) -> Listed:
    unit = uow.places.units().by_id.get(approval.unit)
    approver, entered_by = uow.people.get(approval.approver), uow.people.get(approval.entered_by)
    return Listed(
        approval=approval,
        unit=unit.name if unit else approval.unit,
        approver=approver.name if approver else "",
        entered_by=entered_by.name if entered_by else "",
        overdue=approval.is_overdue(now),
        mine=approval.approver == person.id,
    )
