"""Counts the verdicts of every station's days, so that a province's month is shown without judging it anew.

A tally is what `judged_plays.judged` gave when it was counted; what is reported later makes the day doubtful, and it
is counted again. It must not judge.
"""

import logging
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime

from schedules.ids import UnitId, ZoneId
from schedules.reconciliation import Verdict
from schedules.times import DAY, Span, local_day, local_midnight
from schedules.unit import Zone
from server.evidence_records import Heard
from server.inspection_records import Tally
from server.ports import Clock, Store, UnitOfWork
from server.services.judged_plays import judged
from server.services.schedule import CIVIL_TIME

log = logging.getLogger(__name__)

OPEN_DAYS = 3
"""So many days, today the last, are counted again each time: a day's awaited become missed a day after its end."""
KEPT_DAYS = 400
"""A year and a month: what is older is not counted anew by itself."""
AT_ONCE = 5
"""Older days counted in one go, each a second's work for a province."""


def count_due(store: Store, clock: Clock) -> int:
    """Count the open days, and of the older ones some that never were or are doubtful; give how many days."""
    now = clock.now()
    today = local_day(now, CIVIL_TIME)
    with store.reading() as uow:
        settled = uow.tallies.settled(today - KEPT_DAYS * DAY)
        since = min((each.since for each in uow.places.loudspeakers()), default=now)
    begun = max(local_day(since, CIVIL_TIME), today - KEPT_DAYS * DAY)
    older = (today - number * DAY for number in range(OPEN_DAYS, KEPT_DAYS))
    due = [day for day in older if day >= begun and day not in settled][:AT_ONCE]
    days = [*(today - number * DAY for number in range(OPEN_DAYS)), *due]
    for day in days:
        with store.reading() as uow:
            tallies = tallied(uow, uow.places.zones(), day, now)
        with store.writing() as uow:
            uow.tallies.put(tallies)
            uow.commit()
    log.debug("days_counted days=%d", len(days))
    return len(days)


def tallied(uow: UnitOfWork, zones: Sequence[Zone], day: date, now: datetime) -> list[Tally]:
    """Count a day's verdicts at the stations of some zones, as they stood on that day; what lies ahead is not in it."""
    counts: dict[UnitId, Counter[Verdict]] = defaultdict(Counter)
    leaves = uow.ledger.size()
    for zone in zones:
        counts[zone.on(day).station].update()
    where: dict[UnitId, dict[Verdict, set[ZoneId]]] = defaultdict(lambda: defaultdict(set))
    for row in judged(uow, zones, day_until(day, now), now):
        counts[row.zone.station][row.finding.verdict] += 1
        if row.finding.verdict is not Verdict.CONFIRMED:
            where[row.zone.station][row.finding.verdict].add(row.zone.id)
    return [
        Tally(
            station=station,
            day=day,
            counts=dict(found),
            counted_at=now,
            leaves=leaves,
            zones={verdict: frozenset(zones) for verdict, zones in where[station].items()},
        )
        for station, found in sorted(counts.items())
    ]


def day_until(day: date, now: datetime) -> Span:
    """Give a civil day as far as it has come: what lies ahead is a plan, not a log."""
    start, end = local_midnight(day, CIVIL_TIME), local_midnight(day + DAY, CIVIL_TIME)
    return Span(start, max(start, min(end, now)))


def is_open(day: date, now: datetime) -> bool:
    """Tell whether a day's verdicts still change by themselves."""
    return day > local_day(now, CIVIL_TIME) - OPEN_DAYS * DAY


def doubt_late(uow: UnitOfWork, heard: Iterable[Heard], now: datetime) -> None:
    """Have the days counted again of which something was reported after they were closed."""
    open_since = local_midnight(local_day(now, CIVIL_TIME) - (OPEN_DAYS - 1) * DAY, CIVIL_TIME)
    late = {each.entry.planned_start for each in heard if each.entry.planned_start < open_since}
    if late:
        uow.tallies.doubt({local_day(each, CIVIL_TIME) for each in late})
