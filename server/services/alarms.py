"""Alarms, one for each cause: opened, grown and ended by the conductor; read and taken note of by people.

What counts as one cause is decided by `causes`.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from schedules.ids import LoudspeakerId, UnitId, ZoneId
from schedules.mark import MarkKind
from schedules.times import DAY, Span
from schedules.unit import Zone
from schedules.wire.messages import ReceiptState
from server.errors import NotFound
from server.evidence_records import Seen
from server.ports import Clock, Store, UnitOfWork
from server.readiness_records import Alarm
from server.services.causes import Known, Situation, causes, updated
from server.services.keys import expiry
from server.services.new_ids import new_id
from server.services.next_sessions import timetables
from server.services.outages import PLANNERS
from server.services.presence import gone_by, gone_since, loudspeakers_of, off_as_usual
from server.services.readiness_facts import words_of
from server.services.rights import ANY_ROLE, require
from server.services.schedule import standing_below
from server.services.standstill import as_alarm, still_since
from server.services.trail import note
from server.services.twins import of_twins
from server.services.unready import of_levels
from server.values import Loudspeaker, Person

REMEMBERED = 7 * DAY
"""How long an alarm that ended is still listed."""
_FORKS_OF = timedelta(minutes=70)
"""An agent makes a mark every hour: a copied journal shows within this time, and goes on showing."""
_LEVELS_OF = timedelta(hours=18)
"""A play of the evening still tells of the wires when the morning comes."""
_SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """An alarm as a page shows it.

    Attributes:
        names: of the loudspeakers it concerns that this person sees.
        seen_by: the name of who took note of it; empty for nobody.
    """

    alarm: Alarm
    names: tuple[str, ...]
    seen_by: str


def watch(
    store: Store,
    clock: Clock,
    *,
    line_lost_at: datetime | None = None,
    flooding: frozenset[LoudspeakerId] = frozenset(),
) -> None:
    """Open, grow and end alarms by what is known now."""
    now = clock.now()
    with store.reading() as uow:
        situation = _situation(uow, now, line_lost_at, flooding)
        standing = uow.alarms.open()
        if line_lost_at is not None:  # nothing is heard, so nothing is known to be well again
            standing = [each for each in standing if not each.subjects]
        changed = updated(standing, causes(situation), now, _ids(now))
    if not changed:
        return
    known = {each.id for each in standing}
    with store.writing() as uow:
        for alarm in changed:
            stored = uow.alarms.get(alarm.id)
            uow.alarms.put(replace(alarm, seen_by=stored.seen_by, seen_at=stored.seen_at) if stored else alarm)
            if alarm.id not in known:
                note(uow, now, None, "alarm.opened", subject=alarm.id, unit=alarm.unit, code=alarm.code)
            elif alarm.ended is not None:
                note(uow, now, None, "alarm.ended", subject=alarm.id, unit=alarm.unit, code=alarm.code)
        uow.commit()


def take_note(store: Store, clock: Clock, person: Person, alarm: str) -> Alarm:
    """Note that a person has seen an alarm and takes care; the first one counts.

    Raises:
        NotFound: `alarm.unknown`.
        NotAllowed: `rights.missing`.
    """
    now = clock.now()
    with store.writing() as uow:
        known = uow.alarms.get(alarm)
        if known is None:
            raise NotFound("alarm.unknown")
        require(uow.places.units(), person, known.unit or person.unit, *PLANNERS)
        if known.seen_by is not None:
            return known
        seen = replace(known, seen_by=person.id, seen_at=now)
        uow.alarms.put(seen)
        note(uow, now, person, "alarm.seen", subject=alarm, unit=known.unit, code=known.code)
        uow.commit()
    return seen


def open_at(store: Store, clock: Clock, person: Person, unit: UnitId) -> tuple[Shown, ...]:
    """Give the open alarms that concern a unit or what lies below it, the newest first.

    Before all of them, where it is so, that nobody watches; that one has no id, and nobody can take note of it.

    Raises:
        NotAllowed: `rights.missing` for somebody without a role there.
    """
    with store.reading() as uow:
        require(uow.places.units(), person, unit, *ANY_ROLE)
        still = still_since(uow, clock.now())
        nobody_watches = [] if still is None else [as_alarm(still)]
        return tuple(_shown(uow, unit, [*nobody_watches, *uow.alarms.open()[::-1]]))


def ended_at(store: Store, clock: Clock, person: Person, unit: UnitId) -> tuple[Shown, ...]:
    """Give those that ended in the last days, the last first.

    Raises:
        NotAllowed: `rights.missing` for somebody without a role there.
    """
    with store.reading() as uow:
        require(uow.places.units(), person, unit, *ANY_ROLE)
        return tuple(_shown(uow, unit, uow.alarms.ended(since=clock.now() - REMEMBERED)))


def _shown(uow: UnitOfWork, unit: UnitId, alarms: Sequence[Alarm]) -> Iterator[Shown]:
    if not alarms:  # as nearly always: a board asks every other second
        return
    units = uow.places.units()
    zones = {zone.id for zone in standing_below(units, uow.places.zones(), unit)}
    names = {each.id: each.name for each in uow.places.loudspeakers() if each.zone in zones}
    for alarm in alarms:
        own = tuple(sorted(names[each] for each in alarm.subjects if each in names))
        if own or not alarm.subjects:
            by = None if alarm.seen_by is None else uow.people.get(alarm.seen_by)
            yield Shown(alarm=alarm, names=own, seen_by=by.name if by else "")


def _situation(
    uow: UnitOfWork, now: datetime, line_lost_at: datetime | None, flooding: frozenset[LoudspeakerId]
) -> Situation:
    keys = expiry(uow, now)
    if line_lost_at is not None:
        return Situation(now=now, line_lost_at=line_lost_at, keys=keys)
    zones = {zone.id: zone for zone in uow.places.zones()}
    loudspeakers = loudspeakers_of(uow, zones)
    devices = {each.public_key: each for each in uow.devices.all()}
    words = words_of(uow, loudspeakers, devices)
    dark = {zone for outage in uow.outages.inside(Span(now, now + _SECOND), zones) for zone in outage.zones}
    units = uow.places.units()
    spoken = [each for each in loudspeakers if words[each.id].presence_at is not None]
    gone = {each.id: since for each in spoken if (since := gone_since(words[each.id], now)) is not None}
    usual = _off_as_usual(uow, zones, [each for each in spoken if each.id in gone], now)
    marks = uow.evidence.marks((each.id for each in spoken), tuple(MarkKind), since=now - _FORKS_OF)
    levels = uow.evidence.levels(
        (each.id for each in spoken), zones={zone for each in spoken for zone in each.zones}, since=now - _LEVELS_OF
    )
    known = []
    for each in spoken:
        zone, word, device = zones[each.zone], words[each.id], devices.get(each.public_key)
        known.append(
            Known(
                loudspeaker=each.id,
                name=each.name,
                place=zone.name if zone.unit == zone.station else units.by_id[zone.unit].name,
                zone=zone,
                gone_since=gone.get(each.id),
                gone_by=gone_by(word),
                excused=each.id in usual or (each.id in gone and zone.id in dark),
                refused=_refused(word),
                faults=(*_faults(word), *(reason.code for reason in of_levels(levels.get(each.id, ())))),
                certificate_expires=device.certificate_expires if device else None,
                twins=any(of_twins(word, now)),
            )
        )
    return Situation(
        now=now,
        known=tuple(known),
        keys=keys,
        flooding=flooding,
        forked=frozenset(each.mark.loudspeaker for each in marks if "fork" in each.flags),
    )


def _off_as_usual(
    uow: UnitOfWork, zones: Mapping[ZoneId, Zone], gone: list[Loudspeaker], now: datetime
) -> set[LoudspeakerId]:
    """Give those that are gone as they were at this hour yesterday, and came back before the session."""
    known = timetables(uow, {zones[each.zone].station for each in gone})
    sessions = {station: timetable.next_session(now) for station, timetable in known.items()}
    coming = ((each.id, sessions[zones[each.zone].station]) for each in gone)
    return {each for each, session in coming if session and off_as_usual(uow, each, session.span.start, now)}


def _faults(word: Seen) -> tuple[str, ...]:
    return word.presence.faults if word.presence is not None else ()


def _refused(word: Seen) -> str:
    receipt = word.receipt
    return receipt.reason if receipt is not None and receipt.state is ReceiptState.REFUSED else ""


def _ids(now: datetime) -> Iterator[str]:
    while True:
        yield new_id(now)
