"""Expanding a year of one zone with 50 slots into 18,250 occurrences, some of them moved or cancelled.

Prints one JSON line last; the value is processor milliseconds, the median of several runs, with nothing kept from
the run before. In the same process dateutil expands the same slots day by day and converts each wall time by the
time zone; `detail` says how much longer that takes, and the answers must be the same. `mixed` is a year of 50 slots
that follow every sort of rule, lunar days and holidays among them. It touches no database.
"""

import json
import os
import sys
import time as clock
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from statistics import median
from zoneinfo import ZoneInfo

from dateutil.rrule import rrulestr

sys.path.insert(0, str(Path(__file__).parents[1]))

from schedules import days, expansion, lunar, public_holidays
from schedules.expansion import expand
from schedules.ids import ProgrammeId, SlotId, UnitId
from schedules.occurrence import Occurrence, exact
from schedules.recurrence import DAILY, DayRule, Holidays, LunarDays, Recurrence, weekly
from schedules.slot import AtTime, Slot, SlotException
from schedules.times import DAY, Span, local_instant, local_midnight
from schedules.unit import Target

SLOTS, RUNS = 50, 15
GOAL_MS = 200.0
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
NEW_YEAR, LAST = date(2026, 1, 1), date(2026, 12, 31)
YEAR = Span(local_midnight(NEW_YEAR, ZONE), local_midnight(LAST + DAY, ZONE))
RULES: tuple[tuple[DayRule, Holidays], ...] = (
    (DAILY, Holidays.NOT),
    (weekly({0, 2, 4}), Holidays.ANY),
    (Recurrence.of("FREQ=WEEKLY;INTERVAL=2;BYDAY=SA"), Holidays.ANY),
    (Recurrence.of("FREQ=MONTHLY;BYMONTHDAY=5,20"), Holidays.NOT),
    (Recurrence.of("FREQ=MONTHLY;BYDAY=-1FR"), Holidays.ANY),
    (Recurrence.of("FREQ=YEARLY;BYMONTH=5;BYMONTHDAY=19"), Holidays.ANY),
    (LunarDays(days=frozenset({1, 15})), Holidays.ANY),
    (DAILY, Holidays.ONLY),
)


def main() -> None:
    """Measure and print."""
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    daily = [slot(number, DAILY, Holidays.ANY) for number in range(SLOTS)]
    mixed = [slot(number, *RULES[number % len(RULES)]) for number in range(SLOTS)]
    ours, found = measured(lambda: expand(daily, YEAR, ZONE))
    theirs, expected = measured(lambda: by_dateutil(daily))
    assert found == expected, "the same occurrences"
    varied, some = measured(lambda: expand(mixed, YEAR, ZONE))
    detail = {
        "slots": SLOTS,
        "occurrences": SLOTS * 365,
        "cancelled": SLOTS * 365 - len(found),
        "moved": SLOTS * 4,
        "dateutil_ms": theirs,
        "times_faster": round(theirs / ours, 1),
        "mixed": {"ms": varied, "occurrences": len(some)},
    }
    holds = ours <= GOAL_MS
    print(
        json.dumps(
            {"name": "expand_year", "value": ours, "unit": "ms", "goal": GOAL_MS, "holds": holds, "detail": detail}
        )
    )


def measured(work: Callable[[], tuple[Occurrence, ...]]) -> tuple[float, tuple[Occurrence, ...]]:
    """Give the processor time of a piece of work that starts from nothing, and what it found."""
    taken: list[float] = []
    found: tuple[Occurrence, ...] = ()
    for _ in range(RUNS):
        forget()
        begin = clock.process_time()
        found = work()
        taken.append((clock.process_time() - begin) * 1000)
    return round(median(taken), 1), found


def forget() -> None:
    """Empty everything the rules keep worked out."""
    for kept in (
        expansion._offset,  # noqa: SLF001 -- a first run is what is measured
        days._of_year,  # noqa: SLF001 -- as above
        lunar.lunar_dates,
        lunar.months_over,
        public_holidays.public_holidays,
    ):
        kept.cache_clear()


def slot(number: int, rule: DayRule, holidays: Holidays) -> Slot:
    """Give a slot of the year with eight exceptions, every other one moved by five minutes."""
    at = time(5 + number // 20, number % 20 * 3)
    changed = [local_instant(NEW_YEAR + (number + week * 40) * DAY, at, ZONE) for week in range(8)]
    return Slot(
        id=SlotId(f"slot-{number}"),
        programme=ProgrammeId("programme"),
        target=Target(units=frozenset({UnitId("commune")})),
        timing=AtTime(
            first_day=NEW_YEAR,
            at=at,
            rule=rule,
            until=LAST,
            holidays=holidays,
            exceptions=tuple(
                SlotException(start, start + timedelta(minutes=5) if week % 2 else None)
                for week, start in enumerate(changed)
            ),
        ),
    )


def by_dateutil(slots: Sequence[Slot]) -> tuple[Occurrence, ...]:
    """Expand daily slots as a program without these rules would: every wall time by itself, then its exception."""
    found: list[Occurrence] = []
    for each in slots:
        timing = each.timing
        assert isinstance(timing, AtTime)
        assert isinstance(timing.rule, Recurrence)
        changed = {exception.original_start: exception.moved_to for exception in timing.exceptions}
        first = datetime.combine(NEW_YEAR, timing.at, tzinfo=ZONE)
        until = datetime.combine(LAST, time(23, 59), tzinfo=ZONE)
        for local in rrulestr(timing.rule.rule, dtstart=first).between(first, until, inc=True):
            original = local.astimezone(UTC)
            start = changed.get(original, original)
            if start is not None and YEAR.holds(start):
                found.append(Occurrence(exact(each.id, original), each, original, start))
    return tuple(sorted(found, key=lambda occurrence: (occurrence.start, occurrence.id)))


if __name__ == "__main__":
    main()
