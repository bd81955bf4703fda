"""A station's inbox: what units above offer it, and its officer's answer, to play it or to refuse it with a reason.

Nothing offered sounds without that answer, but in a place the station opened for it (`schedules.fills.Subscribed`).
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from schedules.approval import approved_zones, record_of_slot
from schedules.fills import Subscribed
from schedules.ids import PlaceId, SlotId, UnitId
from schedules.programme import Level, Programme, State
from schedules.schedule import Schedule
from schedules.session import Place
from schedules.slot import InPlace, Slot
from schedules.unit import Zone, zones_meant
from schedules.way import Answer, Way
from server.errors import NotFound, Stale, Unacceptable
from server.ports import Clock, Store, UnitOfWork
from server.services.changes import known
from server.services.inputs import as_input
from server.services.rights import ANY_ROLE, may, require
from server.services.schedule import schedule_around, today_at
from server.services.trail import note
from server.services.wishes import require_running
from server.values import Person, Role, StoredProgramme

_FIELDS = {"offer.no_reason": "reason", "offer.reason_too_long": "reason"}


class Standing(StrEnum):
    """Where an offer stands at a station; AUTOMATIC: unanswered, and it fills a place the station opened."""

    OPEN = "open"
    AUTOMATIC = "automatic"
    ACCEPTED = "accepted"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What is offered to a station, as it is now.

    Attributes:
        record: the hash an answer names.
        zones: of the station, for which it was released.
        answer: the station's last, to this or to an earlier version.
        opened: places that it fills by itself, as long as it is not answered.
        made_by, approved_by: names.
    """

    slot: Slot
    stored: StoredProgramme
    owner: str
    record: str
    zones: tuple[Zone, ...]
    answer: Answer | None
    opened: tuple[Place, ...]
    made_by: tuple[str, ...]
    approved_by: tuple[str, ...]

    @property
    def standing(self) -> Standing:
        """Where it stands."""
        return standing_of(self.answer, self.record, self.opened)

    @property
    def changed(self) -> bool:
        """Whether it was answered, and changed since."""
        return self.answer is not None and self.answer.record != self.record


@dataclass(frozen=True, slots=True, kw_only=True)
class Inbox:
    """A station's offers; what ends first comes first."""

    offers: tuple[Offer, ...]

    def where(self, *standings: Standing) -> tuple[Offer, ...]:
        """Give the offers that stand like this."""
        return tuple(each for each in self.offers if each.standing in standings)


def standing_of(answer: Answer | None, record: str, opened: Sequence[Place]) -> Standing:
    """Tell where an offer stands at a station."""
    if answer is None:
        return Standing.AUTOMATIC if opened else Standing.OPEN
    if answer.record != record:
        return Standing.OPEN
    return Standing.ACCEPTED if answer.accepted else Standing.REFUSED


def inbox(store: Store, clock: Clock, person: Person, station: UnitId) -> Inbox:
    """Give what is offered to a station and has not ended.

    Raises:
        NotAllowed: `rights.missing` for somebody without a role there.
    """
    with store.reading() as uow:
        require(uow.places.units(), person, station, *ANY_ROLE)
        schedule = _schedule(uow, station)
        found = [_shown(uow, schedule, station, *each) for each in _offered(schedule, station, clock.now())]
    return Inbox(offers=tuple(sorted(found, key=lambda each: (each.slot.timing.ends_on, each.slot.id))))


def waiting_count(store: Store, clock: Clock, person: Person, station: UnitId) -> int:
    """Give how many offers wait for the officer of a station; nothing for anybody else."""
    if Role.OFFICER not in person.roles:
        return 0
    with store.reading() as uow:
        if not may(uow.places.units(), person, station, Role.OFFICER):
            return 0
        schedule = _schedule(uow, station)
        offered = [
            (schedule.answers.get(slot.id, {}).get(station), record, schedule.programmes[slot.programme], slot)
            for slot, record, _ in _offered(schedule, station, clock.now())
        ]
    return sum(
        standing_of(answer, record, opened_for(schedule, station, slot, programme)) is Standing.OPEN
        for answer, record, programme, slot in offered
    )


def accept(
    store: Store,
    clock: Clock,
    person: Person,
    station: UnitId,
    slot: SlotId,
    *,
    record: str,
    places: Iterable[PlaceId] = (),
) -> Answer:
    """Let what is offered sound at a station, exactly as it was seen.

    Args:
        store: keeps the answer, with one audit line and the zones wanted.
        clock: dates it.
        person: the station's officer.
        station: that answers.
        slot: the offer.
        record: the hash of what the officer saw.
        places: of the station's own templates, where the offer leaves them to it.

    Raises:
        NotAllowed: `rights.missing` for anybody but an officer.
        NotFound: `offer.unknown`.
        Stale: `offer.stale`: it is no longer what was seen.
        Unacceptable: `slot.no_place`, `slot.place_unknown`, `slot.no_occurrence`.
    """
    now = clock.now()
    chosen = tuple(dict.fromkeys(places))
    with store.writing() as uow:
        schedule, offered, zones = _answerable(uow, person, station, slot, record, now)
        timing = offered.timing
        if not offered.place_is_open:
            chosen = ()
        elif not chosen:
            raise Unacceptable("slot.no_place", "places")
        elif isinstance(timing, InPlace):
            require_running(schedule, timing, zones, now, places=chosen)
        answer = Answer(slot=slot, station=station, record=record, accepted=True, places=chosen, by=person.id, at=now)
        _keep(uow, person, answer, zones)
    return answer


def refuse(
    store: Store, clock: Clock, person: Person, station: UnitId, slot: SlotId, *, record: str, reason: str
) -> Answer:
    """Say that a station does not play what is offered, and why; the sender reads it.

    Raises:
        NotAllowed, NotFound, Stale: as for `accept`.
        Unacceptable: `offer.no_reason`, `offer.reason_too_long`.
    """
    now = clock.now()
    with store.writing() as uow:
        _, _, zones = _answerable(uow, person, station, slot, record, now)
        with as_input(_FIELDS):
            answer = Answer(
                slot=slot,
                station=station,
                record=record,
                accepted=False,
                reason=reason.strip(),
                by=person.id,
                at=now,
            )
        _keep(uow, person, answer, zones)
    return answer


def opened_for(schedule: Schedule, station: UnitId, slot: Slot, programme: Programme) -> tuple[Place, ...]:
    """Give the places of a station that an offer fills by itself."""
    if not slot.place_is_open:
        return ()
    own = (template for template in schedule.templates if template.station == station)
    return tuple(
        place
        for template in own
        for place in template.places
        if isinstance(place.fill, Subscribed) and place.fill.takes(programme)
    )


def _schedule(uow: UnitOfWork, station: UnitId) -> Schedule:
    return schedule_around(uow, (zone.id for zone in uow.places.zones() if zone.station == station))


def _offered(schedule: Schedule, station: UnitId, now: datetime) -> Iterator[tuple[Slot, str, tuple[Zone, ...]]]:
    """Give the offers that were released for zones of a station, with their record and those zones."""
    today = today_at(schedule, station, now)
    for slot in schedule.slots:
        programme = schedule.programmes.get(slot.programme)
        if slot.way is not Way.OFFERED or slot.timing.ends_on < today or programme is None:
            continue
        if programme.state is State.WITHDRAWN or programme.level is Level.EMERGENCY:
            continue
        record = record_of_slot(programme, slot)
        released = approved_zones(schedule.approvals.get(slot.id, ()), record)
        meant = zones_meant(slot.target, schedule.zones, schedule.units, schedule.groups)
        zones = tuple(zone for zone in meant if zone.station == station and zone.id in released)
        if zones:
            yield slot, record.hash, zones


def _shown(
    uow: UnitOfWork, schedule: Schedule, station: UnitId, slot: Slot, record: str, zones: tuple[Zone, ...]
) -> Offer:
    stored = known(uow, slot.programme)
    people = {
        "made": stored.changed_by,
        "approved": {each.approved_by for each in schedule.approvals.get(slot.id, ()) if each.record == record},
    }
    names = {
        role: tuple(sorted(known_.name for each in ids if (known_ := uow.people.get(each)) is not None))
        for role, ids in people.items()
    }
    return Offer(
        slot=slot,
        stored=stored,
        owner=schedule.units.by_id[stored.programme.owner].name,
        record=record,
        zones=zones,
        answer=schedule.answers.get(slot.id, {}).get(station),
        opened=opened_for(schedule, station, slot, stored.programme),
        made_by=names["made"],
        approved_by=names["approved"],
    )


def _answerable(
    uow: UnitOfWork, person: Person, station: UnitId, slot: SlotId, record: str, now: datetime
) -> tuple[Schedule, Slot, tuple[Zone, ...]]:
    require(uow.places.units(), person, station, Role.OFFICER)
    schedule = _schedule(uow, station)
    found = next((each for each in _offered(schedule, station, now) if each[0].id == slot), None)
    if found is None:
        raise NotFound("offer.unknown")
    offered, present, zones = found
    if present != record:
        raise Stale("offer.stale", title=schedule.programmes[offered.programme].title)
    return schedule, offered, zones


def _keep(uow: UnitOfWork, person: Person, answer: Answer, zones: Iterable[Zone]) -> None:
    uow.answers.add(answer)
    uow.issue.want(zone.id for zone in zones)
    action = "offer.accepted" if answer.accepted else "offer.refused"
    note(
        uow,
        answer.at,
        person,
        action,
        subject=answer.slot,
        unit=answer.station,
        record=answer.record,
        reason=answer.reason,
        places=list(answer.places),
    )
    uow.commit()
