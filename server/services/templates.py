"""Session templates: drawing them up, changing them, letting one follow another from a day on.

A template that can never fit its time or the station's regulation is refused, with every reason at once. Approval is
`approvals`; what a template would sound like is `forecast`.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from schedules.approval import record_of_template
from schedules.errors import Refused
from schedules.fills import Repeats
from schedules.ids import PlaceId, TemplateId, UnitId
from schedules.schedule import Schedule
from schedules.session import SessionTemplate
from server.approving_records import Matter, OutsideApproval, OutsideState
from server.errors import NotFound, Unacceptable
from server.ports import Clock, Store, UnitOfWork
from server.services.changes import known_template
from server.services.new_ids import new_id
from server.services.rights import ANY_ROLE, WRITERS, may, require
from server.services.schedule import released_for, schedule_of, zones_of_template
from server.services.template_obstacles import template_obstacles
from server.services.template_returns import denied_before
from server.services.trail import note, require_newest
from server.values import Person, StoredTemplate


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """A session template as a page shows it.

    Attributes:
        released: a second person approved it as it is now, for every zone of the station.
        unconfirmed: what it sounds by, while its approver has not confirmed that; None where somebody approved it here.
        may_edit: what this person's roles allow.
        may_drop: they may, nobody ever approved it, and it was not dropped yet.
    """

    stored: StoredTemplate
    released: bool
    unconfirmed: OutsideApproval | None
    may_edit: bool
    may_drop: bool


def listed(store: Store, person: Person, station: UnitId) -> tuple[Drawn, ...]:
    """Give a station's session templates by their hour, the ended ones too.

    Raises:
        NotAllowed: `rights.missing` for somebody without a role there.
    """
    with store.reading() as uow:
        schedule = schedule_of(uow)
        require(schedule.units, person, station, *ANY_ROLE)
        zones = {zone.id for zone in schedule.zones if zone.station == station}
        may_edit = may(schedule.units, person, station, *WRITERS)
        return tuple(
            Drawn(
                stored=stored,
                released=released_for(schedule, stored.template) >= zones,
                unconfirmed=_unconfirmed(uow, schedule, stored.template),
                may_edit=may_edit,
                may_drop=may_edit
                and not stored.template.is_over(stored.template.valid_from)
                and not uow.programmes.approvals_of(stored.template.id),
            )
            for stored in uow.programmes.templates()
            if stored.template.station == station
        )


def get(store: Store, person: Person, template: TemplateId) -> Drawn:
    """Give one session template.

    Raises:
        NotFound: `template.unknown`, also for one of a station where the person has no role.
    """
    with store.reading() as uow:
        stored = known_template(uow, template)
        if not may(uow.places.units(), person, stored.template.station, *ANY_ROLE):
            raise NotFound("template.unknown")
        station = stored.template.station
    return next(each for each in listed(store, person, station) if each.stored.template.id == template)


def create(store: Store, clock: Clock, person: Person, *, template: SessionTemplate) -> StoredTemplate:
    """Draw up a new session template; it sounds once a second person has approved it.

    One that `replaces` another leaves that running until then, and takes over the places they share.

    Raises:
        NotAllowed: `rights.missing` unless the person writes for the station.
        Unacceptable: `template.no_name`, `template.no_place`, `template.unknown`; `template.obstacles` with
            `obstacles`, everything for which it cannot be: too long, outside the hours, a programme that is not there.
    """
    now = clock.now()
    drawn = replace(template, id=TemplateId(new_id(now)), version=1)
    with store.writing() as uow:
        schedule = schedule_of(uow)
        require(schedule.units, person, drawn.station, *WRITERS)
        _require_sound(schedule, drawn, now)
        stored = StoredTemplate(template=drawn, changed_by=frozenset({person.id}), changed_at=now)
        uow.programmes.put_template(stored, expected_version=0)
        note(uow, now, person, "template.created", subject=drawn.id, unit=drawn.station, after=_shown(drawn))
        uow.commit()
    return stored


def change(
    store: Store, clock: Clock, person: Person, template: TemplateId, *, to: SessionTemplate, version: int
) -> StoredTemplate:
    """Change a session template; what was approved of it is void at once.

    A form that changes nothing leaves everything as it is, and puts before the approver again what was sent back.
    Station, id and what it replaces stay.

    Raises:
        Stale: `edit.stale`.
        NotAllowed, Unacceptable: as for `create`.
    """
    now = clock.now()
    with store.writing() as uow:
        before = known_template(uow, template)
        old = before.template
        schedule = schedule_of(uow)
        require(schedule.units, person, old.station, *WRITERS)
        require_newest(uow, seen=version, stored=old.version, subject=template, unit=old.station)
        same = replace(
            to, id=old.id, station=old.station, replaces=old.replaces, refused=old.refused, version=old.version
        )
        if same == old and not before.note:
            return before
        drawn = _never_denied(uow, schedule, replace(same, version=old.version + 1))
        _require_sound(schedule, drawn, now)
        changed_by = before.changed_by | {person.id}
        after = replace(before, template=drawn, changed_by=changed_by, changed_at=now, note="")
        uow.programmes.put_template(after, expected_version=old.version)
        uow.issue.want(zone.id for zone in zones_of_template(schedule, old))
        facts = {"before": _shown(old), "after": _shown(drawn)}
        note(uow, now, person, "template.changed", subject=template, unit=old.station, **facts)
        uow.commit()
    return after


def drop(store: Store, clock: Clock, person: Person, template: TemplateId, *, version: int) -> StoredTemplate:
    """Have a session template that nobody ever approved run on no day, and wait for nobody.

    Raises:
        NotFound: `template.unknown`.
        Stale: `edit.stale`.
        NotAllowed: `rights.missing` unless the person writes for the station.
        Unacceptable: `template.was_approved`: what sounded ends by its last day, which is a change.
    """
    now = clock.now()
    with store.writing() as uow:
        before = known_template(uow, template)
        old = before.template
        require(uow.places.units(), person, old.station, *WRITERS)
        require_newest(uow, seen=version, stored=old.version, subject=template, unit=old.station)
        if uow.programmes.approvals_of(template):
            raise Unacceptable("template.was_approved")
        after = replace(
            before,
            template=replace(old, valid_to=old.valid_from, version=old.version + 1),
            changed_by=before.changed_by | {person.id},
            changed_at=now,
            note="",
        )
        uow.programmes.put_template(after, expected_version=old.version)
        uow.issue.want(zone.id for zone in uow.places.zones() if old.station in zone.stations)
        note(uow, now, person, "template.dropped", subject=template, unit=old.station)
        uow.commit()
    return after


def copied(template: SessionTemplate, now: datetime) -> SessionTemplate:
    """Give a template with places of its own that look like another's; it stores nothing and replaces nothing."""
    ids = {place.id: PlaceId(new_id(now)) for place in template.places}
    places = tuple(
        replace(
            place,
            id=ids[place.id],
            fill=Repeats(ids.get(place.fill.place, place.fill.place))
            if isinstance(place.fill, Repeats)
            else place.fill,
        )
        for place in template.places
    )
    return replace(template, places=places, replaces=None, refused=0, version=1)


def _unconfirmed(uow: UnitOfWork, schedule: Schedule, template: SessionTemplate) -> OutsideApproval | None:
    """Give the claim a session template sounds by. Its record tells: changed and changed back it is the same again."""
    claims = uow.approving.outside_of(Matter(template.id, is_template=True))
    waiting = [each for each in claims if each.state is OutsideState.WAITING]
    try:
        record = record_of_template(template, schedule.programmes).hash if waiting else ""
    except Refused:
        return None
    return next((each for each in waiting if record in each.records), None)


def _never_denied(uow: UnitOfWork, schedule: Schedule, drawn: SessionTemplate) -> SessionTemplate:
    """Give a template whose record nobody denied having approved, so that changing it back revives nothing."""
    if all(place.programme in schedule.programmes for place in drawn.places if place.programme is not None):
        denied = denied_before(uow, drawn.id)
        while record_of_template(drawn, schedule.programmes).hash in denied:
            drawn = replace(drawn, refused=drawn.refused + 1)
    return drawn


def _require_sound(schedule: Schedule, template: SessionTemplate, now: datetime) -> None:
    if not template.name.strip():
        raise Unacceptable("template.no_name", "name")
    if not template.places:
        raise Unacceptable("template.no_place", "places")
    found = template_obstacles(schedule, template, now)
    if found:
        raise Unacceptable("template.obstacles", obstacles=found)


def _shown(template: SessionTemplate) -> dict[str, object]:
    return {
        "name": template.name,
        "starts": template.starts.isoformat(),
        "ends": template.ends.isoformat(),
        "weekdays": sorted(template.weekdays),
        "valid_from": template.valid_from.isoformat(),
        "valid_to": template.valid_to and template.valid_to.isoformat(),
        "replaces": template.replaces,
        "places": [
            [place.name, type(place.fill).__name__, place.minutes, place.at and place.at.isoformat()]
            for place in template.places
        ],
    }
