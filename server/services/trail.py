"""The audit line of every change, and who changed something last. It decides nothing."""

from datetime import datetime

from schedules.ids import LoudspeakerId, UnitId
from server.errors import Stale
from server.ports import UnitOfWork
from server.values import AuditLine, Person


def note(
    uow: UnitOfWork,
    at: datetime,
    person: Person | None,
    action: str,
    *,
    subject: str,
    unit: UnitId | None,
    **details: object,
) -> None:
    """Add one line to the audit trail, in the transaction of the change itself."""
    by = None if person is None else person.id
    uow.audit.add(AuditLine(at=at, by=by, action=action, subject=subject, unit=unit, details=details))


def note_at(
    uow: UnitOfWork,
    at: datetime,
    person: Person | None,
    action: str,
    loudspeaker: LoudspeakerId,
    **details: object,
) -> None:
    """Add one line about a loudspeaker, under its station."""
    here = uow.places.loudspeaker(loudspeaker)
    zone = None if here is None else uow.places.zone(here.zone)
    note(uow, at, person, action, subject=loudspeaker, unit=None if zone is None else zone.station, **details)


def require_newest(uow: UnitOfWork, *, seen: int | str, stored: int | str, subject: str, unit: UnitId | None) -> None:
    """Refuse a change to something that somebody else changed since the person saw it.

    Raises:
        Stale: `edit.stale` with `by` (a name) and `at`; `edit.overtaken` where nobody knows whose change it was.
    """
    if seen == stored:
        return
    last = next(iter(uow.audit.latest(unit=unit, subject=subject, limit=1)), None)
    by = uow.people.get(last.by) if last is not None and last.by is not None else None
    if last is None or by is None:
        raise Stale("edit.overtaken")
    raise Stale("edit.stale", by=by.name, at=last.at)
