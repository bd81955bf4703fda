"""The audit trail as it is read: by unit, person, kind of subject and time, a page at a time.

Reading somebody's evidence is itself a line: who looks at one play's whole story, or takes a log away, is known.
"""

from dataclasses import dataclass

from schedules.ids import PersonId, UnitId
from schedules.times import Span
from schedules.unit import Unit
from server.ports import Clock, Store
from server.services.audit_names import Names, names_of
from server.services.rights import require
from server.services.trail import note
from server.values import AuditLine, Person, Role

READERS = (Role.ADMINISTRATOR, Role.INSPECTOR)
A_PAGE = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One page of the trail.

    Attributes:
        people: those who may be asked for.
        names: of all that is told of on the page.
        more: older lines follow.
    """

    unit: Unit
    lines: tuple[AuditLine, ...]
    people: tuple[Person, ...]
    names: Names
    more: bool


def read(
    store: Store,
    reader: Person,
    unit: UnitId,
    *,
    by: PersonId | None = None,
    subject: str = "",
    span: Span | None = None,
    page: int = 1,
) -> Shown:
    """Give a page of the lines of a unit and all below it, the newest first.

    Lines about no unit, of the centre as a whole, are among those of the unit at the top.

    Args:
        store: read from.
        reader: an administrator or inspector of the unit.
        unit: where.
        by: who did it; None: anybody.
        subject: what a line is about: the first part of its action; empty: anything.
        span: when; None: ever.
        page: the first is 1.

    Raises:
        NotAllowed: `rights.missing`.
    """
    with store.reading() as uow:
        units = uow.places.units()
        require(units, reader, unit, *READERS)
        known = units.by_id[unit]
        within = None if known.parent is None else [*units.below(unit)]
        found = uow.audit.page(
            units=within, by=by, subject=subject, span=span, skip=(page - 1) * A_PAGE, limit=A_PAGE + 1
        )
        everybody = uow.people.all()
        names = names_of(uow, found)
    return Shown(
        unit=known,
        lines=tuple(found[:A_PAGE]),
        people=tuple(each for each in everybody if any(units.within(area, unit) for area in each.units)),
        names=names,
        more=len(found) > A_PAGE,
    )


def note_reading(store: Store, clock: Clock, reader: Person, *, what: str, unit: UnitId, **details: object) -> None:
    """Write down that somebody looked at evidence, or took it away."""
    with store.writing() as uow:
        note(uow, clock.now(), reader, "evidence.read", subject=what, unit=unit, **details)
        uow.commit()
