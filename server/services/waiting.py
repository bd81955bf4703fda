"""What waits for an approver: exactly what it is, where it would sound and when. It releases nothing.

Zones are no part of a record, but of what is released and of what a page shows: `seen_as` stands for both together.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from schedules.approval import Record, record_of_programme, record_of_slot, record_of_template
from schedules.errors import Refused
from schedules.ids import ProgrammeId, SlotId, UnitId, ZoneId
from schedules.programme import Programme
from schedules.schedule import Schedule
from schedules.session import SessionTemplate
from schedules.slot import Slot
from schedules.times import DAY, local_day, local_instant
from schedules.unit import Zone
from server.ports import Clock, Store, UnitOfWork
from server.services.changes import known
from server.services.delegations import areas_of, handed_to, require_release
from server.services.obstacles import days_laid_out, supposing
from server.services.outlook import Outlook, Showing
from server.services.rights import may_release
from server.services.schedule import (
    around,
    assumed,
    narrowed,
    places_not_released,
    regulation_on,
    released_for,
    schedule_of,
    today_at,
    unapproved,
    welcomed,
    zones_of_template,
)
from server.services.unreleased import programmes_waiting, templates_waiting
from server.values import Person, Role, StoredProgramme, StoredTemplate

SOON = 3
"""How many coming occurrences the queue shows of each slot."""
_DAYS_OF_A_WEEK = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotToApprove:
    """One slot that waits.

    Attributes:
        record: the hash of what the approver releases.
        zones: those it is not yet released for; with their households and residents.
        supplementary: it was released before, for other zones.
        soon: its next occurrences at the first of these zones.
    """

    slot: Slot
    record: str
    zones: tuple[Zone, ...]
    supplementary: bool
    soon: tuple[Showing, ...]

    @property
    def households(self) -> int:
        """How many households live within reach of these zones."""
        return sum(zone.households for zone in self.zones)

    @property
    def residents(self) -> int:
        """How many people live within reach of these zones."""
        return sum(zone.residents for zone in self.zones)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacesToApprove:
    """The release of a programme for places that rules fill, where it waits for that.

    Attributes:
        record: the hash the approver releases.
        zones: those it is not yet released for.
    """

    record: str
    zones: tuple[Zone, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ToApprove:
    """A programme that waits, with all of its slots that do.

    Attributes:
        places: its release for places filled by rule; None when it is not for that, or has it.
        own_work: the person made or changed it and may not approve it.
    """

    stored: StoredProgramme
    slots: tuple[SlotToApprove, ...]
    places: PlacesToApprove | None
    own_work: bool

    @property
    def seen(self) -> frozenset[str]:
        """What `approve` is to be given: exactly this was shown."""
        uses = (*self.slots, *(() if self.places is None else (self.places,)))
        return frozenset(seen_as(use.record, use.zones) for use in uses)

    @property
    def deadline(self) -> datetime | None:
        """When it would first sound; None where nobody can say yet."""
        return min((showing.starts for slot in self.slots for showing in slot.soon), default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateToApprove:
    """A session template that waits, with its fixed programmes.

    Attributes:
        supplementary: it was released before as it is, for other zones.
        deadline: when it would first begin; None while its station has no regulation, or past its last day.
    """

    stored: StoredTemplate
    record: str
    zones: tuple[Zone, ...]
    programmes: tuple[Programme, ...]
    supplementary: bool
    own_work: bool
    deadline: datetime | None

    @property
    def seen(self) -> str:
        """What `approve_template` is to be given: exactly this was shown."""
        return seen_as(self.record, self.zones)


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """Everything that waits for one approver, the soonest first."""

    programmes: tuple[ToApprove, ...]
    templates: tuple[TemplateToApprove, ...]

    @property
    def in_order(self) -> tuple[ToApprove | TemplateToApprove, ...]:
        """Give both sorts in one line; what nobody can say a time of comes last."""
        return tuple(sorted((*self.programmes, *self.templates), key=_soonest))


def queue(store: Store, clock: Clock, person: Person) -> Queue:
    """Give what waits for this approver; nothing for somebody who approves nowhere.

    A submitted programme is there with every slot not yet released; an approved one whose target has grown is there
    with the zones it grew by.
    """
    now = clock.now()
    with store.reading() as uow:
        found = _found(uow, person, now)
        if found is None:
            return Queue(programmes=(), templates=())
        waiting = [_to_approve(uow, found.schedule, stored, person, now) for stored in found.programmes]
        templates = [_template_to_approve(uow, found.schedule, stored, person, now) for stored in found.templates]
    return Queue(
        programmes=tuple(sorted(waiting, key=_soonest)),
        templates=tuple(each for each in templates if each is not None),
    )


def how_many(store: Store, clock: Clock, person: Person) -> int:
    """Say how much is in the `queue` of this approver, without working out when each would sound."""
    with store.reading() as uow:
        found = _found(uow, person, clock.now())
    return 0 if found is None else len(found.programmes) + len(found.templates)


@dataclass(frozen=True, slots=True)
class _Found:
    schedule: Schedule
    programmes: Sequence[StoredProgramme]
    templates: Sequence[StoredTemplate]


def _found(uow: UnitOfWork, person: Person, now: datetime) -> _Found | None:
    """Give what waits for an approver as it is stored; None for somebody who approves nowhere."""
    handed = areas_of(handed_to(uow, person, now))
    if not person.active or (Role.APPROVER not in person.roles and not handed):
        return None
    here = around(uow, _zones_of(uow, person, handed))
    schedule, named = here.schedule, templates_waiting(here)
    stations = {each.station for each in schedule.templates if each.id in named}
    programmes = uow.programmes.some(programmes_waiting(here), for_places_of=())
    templates = uow.programmes.templates(stations=stations) if stations else ()
    return _Found(
        schedule,
        [each for each in programmes if may_release(schedule.units, person, each.programme.owner, handed)],
        [
            each
            for each in templates
            if each.template.id in named
            and not each.note
            and not _is_over(schedule, each.template, now)
            and may_release(schedule.units, person, each.template.station, handed)
        ],
    )


def _zones_of(uow: UnitOfWork, person: Person, handed: Collection[UnitId]) -> Iterator[ZoneId]:
    """Give the zones a person approves for, those that stood or will stand there included."""
    units, zones = uow.places.units(), uow.places.zones()
    everywhere = frozenset[UnitId]().union(*(zone.everywhere() for zone in zones))
    own = {each for each in everywhere if may_release(units, person, each, handed)}
    return (zone.id for zone in zones if not own.isdisjoint(zone.everywhere()))


def to_approve(store: Store, clock: Clock, person: Person, programme: ProgrammeId) -> ToApprove:
    """Give one programme as the approver's page shows it.

    Raises:
        NotAllowed: `rights.missing` unless the person approves for its owner.
        NotFound: `programme.unknown`.
    """
    with store.reading() as uow:
        schedule = schedule_of(uow)
        stored = known(uow, programme)
        require_release(uow, person, [[stored.programme.owner]], clock.now())
        return _to_approve(uow, schedule, stored, person, clock.now())


def waiting_for(uow: UnitOfWork, person: Person, programme: ProgrammeId, now: datetime) -> ToApprove:
    """Give one programme as an approver would see it, within a transaction; whether they may is asked elsewhere."""
    return _to_approve(uow, schedule_of(uow), known(uow, programme), person, now)


def template_waiting(
    uow: UnitOfWork, person: Person, stored: StoredTemplate, now: datetime
) -> TemplateToApprove | None:
    """Give one session template as an approver would see it, within a transaction; None when nothing of it waits."""
    return _template_to_approve(uow, schedule_of(uow), stored, person, now)


def seen_of(schedule: Schedule, programme: Programme) -> frozenset[str]:
    """Give what stands for all that waits of a programme, as `ToApprove.seen`, without looking when it sounds."""
    seen = {seen_as(record.hash, zones) for _, record, zones in waiting_slots(schedule, programme)}
    places = places_not_released(schedule, programme)
    return frozenset(seen | ({seen_as(record_of_programme(programme).hash, places)} if places else set()))


def seen_as(record: str, zones: Iterable[Zone]) -> str:
    """Give what stands for a record with the zones it would be released for, as 64 hexadecimal digits."""
    return sha256(" ".join([record, *sorted(zone.id for zone in zones)]).encode()).hexdigest()


def waiting_slots(schedule: Schedule, programme: Programme) -> list[tuple[Slot, Record, tuple[Zone, ...]]]:
    """Give a programme's slots that are not released everywhere, with their present record and those zones."""
    own = [slot for slot in schedule.slots if slot.programme == programme.id]
    waiting = unapproved(schedule, own)
    return [(slot, record_of_slot(programme, slot), waiting[slot.id]) for slot in own if slot.id in waiting]


def _to_approve(
    uow: UnitOfWork, schedule: Schedule, stored: StoredProgramme, person: Person, now: datetime
) -> ToApprove:
    waiting = waiting_slots(schedule, stored.programme)
    booked = [uow.programmes.slot(slot.id) for slot, _, _ in waiting]
    makers = stored.changed_by.union(*(each.changed_by for each in booked if each is not None))
    not_released = places_not_released(schedule, stored.programme)
    soon = _soon(schedule, stored.programme, [(slot, zones[0]) for slot, _, zones in waiting], now)
    return ToApprove(
        stored=stored,
        slots=tuple(
            SlotToApprove(
                slot=slot,
                record=record.hash,
                zones=zones,
                supplementary=any(each.record == record.hash for each in schedule.approvals.get(slot.id, ())),
                soon=soon.get(slot.id, ()),
            )
            for slot, record, zones in waiting
        ),
        places=PlacesToApprove(record=record_of_programme(stored.programme).hash, zones=not_released)
        if not_released
        else None,
        own_work=person.id in makers,
    )


def _soon(
    schedule: Schedule, programme: Programme, slots: Collection[tuple[Slot, Zone]], now: datetime
) -> Mapping[SlotId, tuple[Showing, ...]]:
    """Give the next showings of slots, each at one zone, as if what waits were approved."""
    found: dict[SlotId, tuple[Showing, ...]] = {}
    for slot, zone in slots:
        regulation = regulation_on(schedule, zone.station, now)
        if regulation is None:
            continue
        here = welcomed(assumed(narrowed(schedule, [zone]), now, supposing(programme)), now, programme.id)
        shown = list[Showing]()
        for day in days_laid_out([slot], now, regulation.zone):
            outlook = Outlook(here, day, regulation, now=now)
            shown += (each for each in outlook.of(zone).showings if each.origin.slot == slot.id and each.starts >= now)
            if len(shown) >= SOON:
                break
        found[slot.id] = tuple(shown[:SOON])
    return found


def _soonest(waiting: ToApprove | TemplateToApprove) -> tuple[bool, datetime, str]:
    stored = waiting.stored
    subject = stored.programme.id if isinstance(stored, StoredProgramme) else stored.template.id
    return waiting.deadline is None, waiting.deadline or stored.changed_at, subject


def fixed_programmes(schedule: Schedule, template: SessionTemplate) -> list[Programme]:
    """Give the fixed programmes of a session template, in its order."""
    named = dict.fromkeys(place.programme for place in template.places if place.programme is not None)
    return [schedule.programmes[each] for each in named if each in schedule.programmes]


def _template_to_approve(
    uow: UnitOfWork, schedule: Schedule, stored: StoredTemplate, person: Person, now: datetime
) -> TemplateToApprove | None:
    template = stored.template
    if stored.note or _is_over(schedule, template, now):
        return None
    zones = zones_of_template(schedule, template)
    released = released_for(schedule, template)
    waiting = tuple(zone for zone in zones if zone.id not in released)
    if not waiting:
        return None
    try:
        record = record_of_template(template, schedule.programmes)
    except Refused:
        return None
    fixed = fixed_programmes(schedule, template)
    makers = frozenset().union(stored.changed_by, *(known(uow, each.id).changed_by for each in fixed))
    return TemplateToApprove(
        stored=stored,
        record=record.hash,
        zones=waiting,
        programmes=tuple(fixed),
        supplementary=bool(released),
        own_work=person.id in makers,
        deadline=_first_begin(schedule, template, now),
    )


def _is_over(schedule: Schedule, template: SessionTemplate, now: datetime) -> bool:
    return template.is_over(today_at(schedule, template.station, now))


def _first_begin(schedule: Schedule, template: SessionTemplate, now: datetime) -> datetime | None:
    """Give when a session template would begin next, on one of the days of a week."""
    regulation = regulation_on(schedule, template.station, now)
    if regulation is None:
        return None
    first = max(local_day(now, regulation.zone), template.valid_from)
    days = (first + number * DAY for number in range(_DAYS_OF_A_WEEK + 1))
    begins = (local_instant(day, template.starts, regulation.zone) for day in days if template.runs_on(day))
    return next((each for each in begins if each >= now), None)
