"""What stands between a programme and the air: no sound, no time, an expiry, a rule, somebody else's air.

It refuses nothing itself; submitting, and booking for what is approved already, refuse with what it found.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from schedules.candidate import Candidate
from schedules.candidates import Candidates
from schedules.contest import contested
from schedules.expansion import days_of
from schedules.hours import findings
from schedules.ids import ProgrammeId, SlotId, ZoneId
from schedules.override import granted_to, opened_by
from schedules.programme import Programme, State
from schedules.schedule import Schedule
from schedules.slot import AtTime, InPlace, Slot
from schedules.times import Span, local_day
from schedules.unit import Zone, ZoneIndex
from server.ports import UnitOfWork
from server.services.machine_voice import forbidden_at
from server.services.outlook import Outlook
from server.services.schedule import assumed, narrowed, regulation_on, schedule_of, welcomed
from server.values import StoredProgramme

LOOKED_AHEAD = timedelta(days=366)
"""How far clashes and permitted hours of exact seconds are looked for; a longer series is looked at again each time."""

DAYS_LAID_OUT = 7
"""Days whose running orders are worked out: one of each weekday."""


@dataclass(frozen=True, slots=True)
class Obstacle:
    """One thing that stands in the way: a stable code and the values of its sentence."""

    code: str
    values: tuple[tuple[str, object], ...] = ()


def obstacles_of(uow: UnitOfWork, stored: StoredProgramme, *, now: datetime) -> tuple[Obstacle, ...]:
    """Give everything that forbids submitting a programme as it is now, each once."""
    programme = stored.programme
    found: list[Obstacle] = []
    if not programme.variants:
        found.append(Obstacle("programme.no_sound"))
    found += machine_voice(uow, stored)
    if programme.valid_until is not None and programme.valid_until <= now:
        found.append(Obstacle("programme.expired", (("valid_until", programme.valid_until),)))
    schedule = schedule_of(uow)
    slots = [slot for slot in schedule.slots if slot.programme == programme.id]
    if not slots and not programme.for_places:
        found.append(Obstacle("programme.no_slot"))
    if slots and programme.variants:
        found += timing_obstacles(schedule, programme, slots, now=now)
    return tuple(dict.fromkeys(found))


def machine_voice(uow: UnitOfWork, stored: StoredProgramme) -> tuple[Obstacle, ...]:
    """Give the languages in which a machine speaks although no administrator has allowed that for the owner."""
    if not forbidden_at(uow, [stored.programme.owner]):
        return ()
    spoken = {variant.language for variant in stored.programme.variants} & stored.machine_voiced
    return tuple(Obstacle("programme.machine_voice", (("language", language),)) for language in sorted(spoken))


def timing_obstacles(
    schedule: Schedule, programme: Programme, slots: Sequence[Slot], *, now: datetime
) -> tuple[Obstacle, ...]:
    """Give what is wrong with when a programme would sound, among all that is submitted or approved.

    Args:
        schedule: what is stored.
        programme: one that may not be stored like this yet; it needs a sound or a channel.
        slots: all of its slots, as they are to be.
        now: nothing before it matters.
    """
    others = tuple(slot for slot in schedule.slots if slot.programme != programme.id)
    whole = replace(schedule, programmes={**schedule.programmes, programme.id: programme}, slots=(*others, *slots))
    zones = [alike[0] for alike in zones_alike(whole, slots)]
    supposed = welcomed(assumed(narrowed(whole, zones), now, supposing(programme)), now, programme.id)
    found = [
        *_of_exact_seconds(supposed, programme, zones, slots, now),
        *_of_the_day(supposed, programme, zones, slots, now),
    ]
    return tuple(dict.fromkeys(found))


def zones_alike(schedule: Schedule, slots: Sequence[Slot]) -> tuple[tuple[Zone, ...], ...]:
    """Give the zones some slots mean, those together that plan alike.

    Zones of one station with the same languages, choices instead of these, and slots do; a province has thousands of
    zones and few kinds.
    """
    everywhere = ZoneIndex(schedule.zones, schedule.units, schedule.groups)
    meant = {zone.id: zone for slot in slots for zone in everywhere.meant(slot.target)}
    index = ZoneIndex(meant.values(), schedule.units, schedule.groups)
    here: dict[ZoneId, list[SlotId]] = defaultdict(list)
    for slot in schedule.slots:
        for zone in index.meant(slot.target):
            here[zone.id].append(slot.id)
    instead: dict[ZoneId, set[tuple[ProgrammeId, str]]] = defaultdict(set)
    for (chosen_for, programme), language in schedule.substitutions.items():
        instead[chosen_for].add((programme, language))
    kinds: dict[object, list[Zone]] = {}
    for zone in meant.values():
        own = (zone.languages, frozenset(instead[zone.id]), tuple(here[zone.id]))
        kinds.setdefault((zone.station, zone.moves, *own), []).append(zone)
    return tuple(tuple(alike) for alike in kinds.values())


def supposing(programme: Programme) -> Callable[[Programme], bool]:
    """Suppose that one programme, and all that is submitted or approved, were approved."""
    return lambda each: each.id == programme.id or each.state in (State.SUBMITTED, State.APPROVED)


def _of_exact_seconds(
    schedule: Schedule, programme: Programme, zones: Sequence[Zone], slots: Sequence[Slot], now: datetime
) -> Iterator[Obstacle]:
    if not any(isinstance(slot.timing, AtTime) for slot in slots):
        return
    ahead = Span(now, now + LOOKED_AHEAD)
    programmes = {slot.id: schedule.programmes[slot.programme] for slot in schedule.slots}
    for found in contested(schedule, slots, ahead, counts=supposing(programme)):
        clashed: set[ProgrammeId] = set()
        for contest in (each for each in found.contests if each.ambiguous):
            both = programmes[contest.winner], programmes[contest.loser]
            other = next((each for each in both if each.id != programme.id), programme)
            if other.id not in clashed:
                clashed.add(other.id)
                yield Obstacle("slot.clash", (("title", other.title), ("start", contest.at)))
    candidates = Candidates(replace(schedule, templates=(), slots=tuple(slots)), ahead)
    for zone in zones:
        regulation = regulation_on(schedule, zone.station, now)
        if regulation is not None:
            yield from _forbidden(schedule, zone, candidates.of(zone, regulation)[0])


def _forbidden(schedule: Schedule, zone: Zone, candidates: Iterable[Candidate]) -> Iterator[Obstacle]:
    """Give the first occurrence each rule forbids."""
    codes: set[str] = set()
    for each in candidates:
        span = Span(each.claim.start, each.claim.start + each.claim.length)
        regulation = regulation_on(schedule, zone.station, span.start)
        if regulation is None:
            continue
        opened = opened_by(regulation, granted_to(schedule.overrides, zone.station, each.approval))
        for finding in findings(opened, span, each.programme.kind, each.approval):
            if finding.code not in codes:
                codes.add(finding.code)
                yield Obstacle(finding.code, finding.values)


def _of_the_day(
    schedule: Schedule, programme: Programme, zones: Sequence[Zone], slots: Sequence[Slot], now: datetime
) -> Iterator[Obstacle]:
    codes: set[str] = set()
    for zone in zones:
        regulation = regulation_on(schedule, zone.station, now)
        if regulation is None:
            yield Obstacle("station.no_regulation", (("unit", schedule.units.by_id[zone.station].name),))
            continue
        here = narrowed(schedule, [zone])
        for day in days_laid_out(slots, now, regulation.zone):
            for showing in Outlook(here, day, regulation, now=now).of(zone).showings:
                ours = showing.programme is not None and showing.programme.id == programme.id
                for note in showing.notes if ours else ():
                    if note.code.startswith("regulation.") and note.code not in codes:
                        codes.add(note.code)
                        yield Obstacle(note.code, note.values)


def days_laid_out(slots: Iterable[Slot], now: datetime, zone: ZoneInfo) -> tuple[date, ...]:
    """Give the next local days on which some slots may sound, as many as are worth working out."""
    today, days = local_day(now, zone), set[date]()
    for slot in slots:
        timing = slot.timing
        if isinstance(timing, InPlace):
            days |= set(islice(days_of(timing, today, timing.ends_on), DAYS_LAID_OUT))
        else:
            first = max(today, timing.first_day)
            days |= set(islice(days_of(timing, first, first + LOOKED_AHEAD), DAYS_LAID_OUT))
            days |= {
                local_day(each.moved_to, zone) for each in timing.exceptions if each.moved_to and each.moved_to > now
            }
    return tuple(sorted(days)[:DAYS_LAID_OUT])
