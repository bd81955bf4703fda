"""The planner against the plain way, on the slots of `plan_10000`: dateutil and a sort for each zone, same answers.

Prints one JSON line last; the value is how many times faster the planner is where zones share what they have in
common. `own` in `detail` is the same where every zone is planned by a planner of its own, so that nothing is shared.
The plain way knows what these slots need and no more: no approval, no hours, no overlap.
"""

import json
import os
import sys
import tempfile
import time as clock
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo

from dateutil.rrule import DAILY, rrule

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.province import NOW, TODAY, ZONES_A_COMMUNE, built
from schedules.ids import ZoneId
from schedules.planning import Planner
from schedules.programme import Recording
from schedules.rundown import HORIZON
from schedules.schedule import Schedule
from schedules.slot import AtTime, Slot
from schedules.times import Span, local_midnight
from schedules.unit import Zone
from server.services.schedule import narrowed, schedule_of

ZONES = 20 * ZONES_A_COMMUNE
GOAL = 3.0
HERE = ZoneInfo("Asia/Ho_Chi_Minh")
MIDNIGHT = local_midnight(TODAY, HERE)
SPAN = Span(MIDNIGHT, MIDNIGHT + HORIZON)

Airing = tuple[datetime, datetime, str]
T = TypeVar("T")


def main() -> None:
    """Measure and print."""
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    with tempfile.TemporaryDirectory() as directory:
        store = built(Path(directory) / "province.db", zones=ZONES)
        with store.reading() as uow:
            schedule = schedule_of(uow)
        store.close()
    plain_s, plain = measured(lambda: {zone.id: plainly(schedule, zone) for zone in schedule.zones})
    shared_s, shared = measured(lambda: planned(Planner(schedule, SPAN), schedule.zones))
    own = [narrowed(schedule, [zone]) for zone in schedule.zones]
    own_s, alone = measured(lambda: {k: v for each in own for k, v in planned(Planner(each, SPAN), each.zones).items()})
    assert shared == plain == alone, "the same answers"
    print(
        json.dumps(
            {
                "name": "plan_vs_plain",
                "value": round(plain_s / shared_s, 2),
                "unit": "times",
                "goal": GOAL,
                "holds": plain_s / shared_s >= GOAL,
                "detail": {
                    "zones": ZONES,
                    "items": sum(map(len, plain.values())),
                    "plain_ms_a_zone": round(plain_s / ZONES * 1000, 3),
                    "shared_ms_a_zone": round(shared_s / ZONES * 1000, 3),
                    "own_ms_a_zone": round(own_s / ZONES * 1000, 3),
                    "own": round(plain_s / own_s, 2),
                },
            }
        )
    )


def measured(work: Callable[[], T]) -> tuple[float, T]:
    """Give the processor seconds of some work, and what it gives."""
    begun = clock.process_time()
    found = work()
    return clock.process_time() - begun, found


def planned(planner: Planner, zones: Iterable[Zone]) -> dict[ZoneId, list[Airing]]:
    """Give what the planner has sound at each zone."""
    return {
        zone.id: [(item.starts_at, item.ends_at, item.programme) for item in planner.plan(zone, now=NOW).items]
        for zone in zones
    }


def plainly(schedule: Schedule, zone: Zone) -> list[Airing]:
    """Give the same by dateutil and a sort."""
    above = {zone.id, *schedule.units.above(zone.station)}
    meant = (slot for slot in schedule.slots if above & {*slot.target.zones, *slot.target.units})
    return sorted(airing for slot in meant for airing in _airings(schedule, slot))


def _airings(schedule: Schedule, slot: Slot) -> Iterable[Airing]:
    assert isinstance(slot.timing, AtTime)
    source = schedule.programmes[slot.programme].variants[0].source
    assert isinstance(source, Recording)
    length = timedelta(milliseconds=source.duration_ms)
    first = datetime.combine(slot.timing.first_day, slot.timing.at, tzinfo=HERE)
    until = datetime.combine(slot.timing.until or slot.timing.first_day, slot.timing.at, tzinfo=HERE)
    for local in rrule(DAILY, dtstart=first, until=until).between(NOW, SPAN.end, inc=True):
        start = local.astimezone(MIDNIGHT.tzinfo)
        if NOW <= start < SPAN.end:
            yield start, start + length, slot.programme


if __name__ == "__main__":
    main()
