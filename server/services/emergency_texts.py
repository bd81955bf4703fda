"""Texts for emergencies: written by one person, approved by another, used as they were approved. It issues nothing."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from schedules.approval import require_other_person
from schedules.emergency import Certainty, Event, Severity, Urgency, Words
from schedules.emergency_template import EmergencyTemplate, Gap
from schedules.errors import Refused
from schedules.ids import EmergencyTemplateId, UnitId
from schedules.programme import TITLE_LIMIT
from schedules.times import next_millisecond
from schedules.unit import Units
from server.emergency_records import StoredEmergencyTemplate
from server.errors import NotAllowed, NotFound, Unacceptable
from server.ports import Clock, Store, UnitOfWork
from server.services.inputs import as_input, one_line, require_short
from server.services.new_ids import new_id
from server.services.rights import ANY_ROLE, WRITERS, require
from server.services.trail import note, require_newest
from server.values import Person, Role

LONGEST_LABEL = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class TextWanted:
    """What the form for a text holds."""

    event: Event
    severity: Severity
    urgency: Urgency
    certainty: Certainty
    headline: str
    words: tuple[Words, ...]
    gaps: tuple[Gap, ...] = ()
    times: int = 3
    pause_s: int = 20
    minutes: int = 30


def save(
    store: Store,
    clock: Clock,
    person: Person,
    *,
    unit: UnitId,
    wanted: TextWanted,
    template: EmergencyTemplateId | None = None,
    seen: int = 0,
) -> StoredEmergencyTemplate:
    """Write a text, or change one, which voids its approval.

    Raises:
        NotAllowed: `rights.missing`.
        NotFound: `emergency_template.unknown`.
        Stale: `edit.stale`.
        Unacceptable: what the rules of texts refuse.
    """
    now, headline = next_millisecond(clock.now()), one_line(wanted.headline)
    if not headline or len(headline) > TITLE_LIMIT:
        raise Unacceptable("emergency.headline", "headline", limit=TITLE_LIMIT)
    for gap in wanted.gaps:
        require_short(gap.label, f"gap_{gap.name}_label", LONGEST_LABEL)
        require_short(", ".join(gap.choices), f"gap_{gap.name}_range")
    with store.writing() as uow:
        require(uow.places.units(), person, unit, *WRITERS, Role.APPROVER)
        version, writers = 0, frozenset({person.id})
        if template is not None:
            known = _known(uow, template)
            require(uow.places.units(), person, known.template.unit, *WRITERS, Role.APPROVER)
            version, writers = known.template.version, writers | known.written_by
            require_newest(uow, seen=seen, stored=version, subject=template, unit=known.template.unit)
        with as_input({}):
            text = EmergencyTemplate(
                id=template or EmergencyTemplateId(new_id(now)),
                unit=unit,
                version=version + 1,
                event=wanted.event,
                severity=wanted.severity,
                urgency=wanted.urgency,
                certainty=wanted.certainty,
                headline=headline,
                words=wanted.words,
                gaps=wanted.gaps,
                times=wanted.times,
                pause_s=wanted.pause_s,
                minutes=wanted.minutes,
            )
        stored = StoredEmergencyTemplate(template=text, written_by=writers, changed_at=now)
        uow.emergencies.put_template(stored)
        note(uow, now, person, "emergency_template.saved", subject=text.id, unit=unit, version=text.version)
        uow.commit()
    return stored


def approve(
    store: Store, clock: Clock, person: Person, template: EmergencyTemplateId, *, seen: int
) -> StoredEmergencyTemplate:
    """Approve exactly the version of a text that was seen.

    Raises:
        NotFound: `emergency_template.unknown`.
        NotAllowed: `rights.missing`; `approval.own_work` for whoever wrote at it.
        Stale: `edit.stale`.
    """
    now = next_millisecond(clock.now())
    with store.writing() as uow:
        known = _known(uow, template)
        require(uow.places.units(), person, known.template.unit, Role.APPROVER)
        try:
            require_other_person(person.id, known.written_by)
        except Refused as error:
            raise NotAllowed(error.code) from error
        require_newest(uow, seen=seen, stored=known.template.version, subject=template, unit=known.template.unit)
        approved = replace(known, approved_by=person.id, approved_at=now)
        uow.emergencies.put_template(approved)
        note(uow, now, person, "emergency_template.approved", subject=template, unit=known.template.unit, version=seen)
        uow.commit()
    return approved


def texts(store: Store, person: Person, unit: UnitId) -> tuple[StoredEmergencyTemplate, ...]:
    """Give the texts that may be used at a unit, its own and those of the units above, by headline."""
    with store.reading() as uow:
        units = uow.places.units()
        require(units, person, unit, *ANY_ROLE)
        found = [each for each in uow.emergencies.templates() if units.within(unit, each.template.unit)]
    return tuple(sorted(found, key=lambda each: (each.template.headline, each.template.id)))


def approved_text(uow: UnitOfWork, template: EmergencyTemplateId, areas: Iterable[UnitId]) -> EmergencyTemplate:
    """Give an approved text that may be used for all of some units.

    Raises:
        NotFound: `emergency_template.unknown`, also where it is not approved or belongs elsewhere.
    """
    known = _known(uow, template)
    units = uow.places.units()
    elsewhere = [area for area in areas if not _within(units, area, known.template.unit)]
    if known.approved_by is None or elsewhere:
        raise NotFound("emergency_template.unknown")
    return known.template


def _within(units: Units, area: UnitId, unit: UnitId) -> bool:
    return area in units.by_id and units.within(area, unit)


def _known(uow: UnitOfWork, template: EmergencyTemplateId) -> StoredEmergencyTemplate:
    known = uow.emergencies.template(template)
    if known is None:
        raise NotFound("emergency_template.unknown")
    return known
