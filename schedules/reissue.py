"""Reissue: the rundowns of a period as the centre would issue them, planned anew at every local midnight.

It must not simulate: what is received of them, and what comes of it, is `simulation`.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from schedules.errors import Refused
from schedules.faults import NO_FAULTS, Faults
from schedules.ids import OccurrenceId, ZoneId
from schedules.planning import Planner
from schedules.rundown import HORIZON, Rundown
from schedules.schedule import Note, Schedule
from schedules.simulation import Issue
from schedules.times import DAY, Span, local_day, local_midnight
from schedules.unit import Zone


@dataclass(slots=True)
class Issued:
    """What the centre says of one zone over a period: its rundowns, and why the rest is not in them."""

    zone: Zone
    issues: list[Issue] = field(default_factory=list)
    notes: dict[tuple[OccurrenceId | None, str, str], Note] = field(default_factory=dict)


def reissued(
    schedule: Schedule,
    span: Span,
    *,
    faults: Mapping[ZoneId, Faults] | None = None,
    planned: Callable[[int, int], None] = lambda _done, _whole: None,
) -> tuple[Issued, ...]:
    """Plan every zone of a schedule day by day, from the local day before a span on.

    A rundown reaches as far as it may be played from: to the end of tomorrow while the line stands at the next
    midnight, else over the whole horizon. Without a regulation a zone gets none, and a note says so.

    Args:
        schedule: as proposed.
        span: the period.
        faults: by zone; none where nothing is said.
        planned: told how many of how many zone-days are done.
    """
    assumed = faults or {}
    told = {zone.id: Issued(zone) for zone in schedule.zones}
    regulated = {regulation.station for regulation in schedule.regulations}
    for zone in schedule.zones:
        if zone.station not in regulated:
            _note_without_regulation(told[zone.id])
    days = list(_days(schedule, span))
    whole, done = sum(len(zones) for _, zones in days), 0
    for day, zones in days:
        planners: dict[datetime, Planner] = {}
        for zone in zones:
            received_next = assumed.get(zone.id, NO_FAULTS).linked(day.end)
            end = day.end + DAY if received_next else day.start + HORIZON
            if end not in planners:
                planners[end] = Planner(schedule, Span(day.start, end))
            _issue(told[zone.id], planners[end], Span(day.start, end), day)
            done += 1
            planned(done, whole)
    return tuple(told.values())


def _days(schedule: Schedule, span: Span) -> Iterator[tuple[Span, list[Zone]]]:
    """Give every local day of the period and the one before it, with the zones whose civil time it is."""
    times: dict[str, ZoneInfo] = {each.station: each.zone for each in schedule.regulations}
    zones: dict[ZoneInfo, list[Zone]] = defaultdict(list)
    for zone in schedule.zones:
        if zone.station in times:
            zones[times[zone.station]].append(zone)
    for time, here in zones.items():
        day = local_day(span.start, time) - DAY
        while (midnight := local_midnight(day, time)) < span.end:
            day += DAY
            yield Span(midnight, local_midnight(day, time)), here


def _issue(told: Issued, planner: Planner, covers: Span, day: Span) -> None:
    before = told.issues[-1].rundown.items if told.issues else ()
    try:
        plan = planner.plan(told.zone, now=day.start, history=before)
    except Refused:
        _note_without_regulation(told)
        return
    begins = min([covers.start, *(item.starts_at for item in plan.items[:1])])
    rundown = Rundown(
        zone=told.zone.id,
        epoch=0,
        revision=len(told.issues) + 1,
        covers=Span(begins, covers.end),
        items=plan.items,
    )
    told.issues.append(Issue(day.start, rundown))
    for note in plan.notes:
        if note.start is None or day.holds(note.start):
            told.notes[note.occurrence, note.code, note.title] = note


def _note_without_regulation(told: Issued) -> None:
    told.notes[None, "planning.no_regulation", ""] = Note(told.zone.name, "planning.no_regulation")
