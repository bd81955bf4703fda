"""Checking a province's new slot against what 3,321 zones have, while its form is being filled in; one core.

Prints one JSON line last; the value is milliseconds. `ratio` says how much longer it takes to ask zone by zone, with
the slots of each zone at hand; the answers must be the same. The slot comes every day for a year and wants the air
of slots of the province, of the communes and of the zones.
"""

import json
import os
import sys
import time as clock
from collections import defaultdict
from dataclasses import replace
from datetime import datetime, time, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.plan_3321 import NOW, TODAY, ZONES, notice, schedule
from schedules.contest import contested
from schedules.ids import ProgrammeId, Sha256, SlotId, UnitId, ZoneId
from schedules.programme import Recording, Variant
from schedules.recurrence import DAILY
from schedules.schedule import Schedule
from schedules.slot import AtTime, Slot
from schedules.times import DAY, Span
from schedules.unit import Target, ZoneIndex

GOAL_MS = 300.0
ROUNDS = 5
YEAR = Span(NOW, NOW + 366 * DAY)
Answers = dict[ZoneId, set[tuple[SlotId, SlotId, datetime, str]]]


def main() -> None:
    """Measure and print."""
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    found, ours = edited(schedule(province_wide=4, own=4))
    took: list[float] = []
    quickly: Answers = {}
    for _ in range(ROUNDS):
        begun = clock.process_time()
        quickly = answers(found, [ours])
        took.append(clock.process_time() - begun)
    slots = slots_of_zones(found)
    begun = clock.process_time()
    plainly: Answers = {}
    for zone in found.zones:
        plainly |= answers(replace(found, zones=(zone,), slots=slots[zone.id]), [ours])
    zone_by_zone = clock.process_time() - begun
    assert quickly == plainly
    contests = sum(map(len, quickly.values()))
    assert contests, "the slot meets nobody"
    value = round(sorted(took)[ROUNDS // 2] * 1000, 1)
    print(
        json.dumps(
            {
                "name": "conflict_check",
                "value": value,
                "unit": "ms",
                "goal": GOAL_MS,
                "holds": value <= GOAL_MS,
                "detail": {
                    "zones": ZONES,
                    "slots": len(found.slots),
                    "contests": contests,
                    "slowest_ms": round(max(took) * 1000, 1),
                    "zone_by_zone_ms": round(zone_by_zone * 1000),
                    "ratio": round(zone_by_zone * 1000 / value, 1),
                },
            }
        )
    )


def edited(found: Schedule) -> tuple[Schedule, Slot]:
    """Give the schedule with a slot of twelve minutes more, for every zone."""
    short = notice(UnitId("c0"), 99)
    long = Variant("vi", Recording(Sha256("f" * 64), 5_760_000, 720_000))
    programme = replace(short, id=ProgrammeId("moi"), variants=(long,))
    ours = Slot(
        id=SlotId("moi"),
        programme=programme.id,
        target=Target(units=frozenset({UnitId("p")})),
        timing=AtTime(first_day=TODAY, at=time(17, 6), rule=DAILY, until=TODAY + timedelta(days=365)),
    )
    programmes = {**found.programmes, programme.id: programme}
    return replace(found, programmes=programmes, slots=(*found.slots, ours)), ours


def slots_of_zones(found: Schedule) -> dict[ZoneId, tuple[Slot, ...]]:
    """Give the slots that mean each zone."""
    index = ZoneIndex(found.zones, found.units, found.groups)
    slots: dict[ZoneId, tuple[Slot, ...]] = defaultdict(tuple)
    for slot in found.slots:
        for zone in index.meant(slot.target):
            slots[zone.id] += (slot,)
    return slots


def answers(found: Schedule, ours: list[Slot]) -> Answers:
    """Give, zone by zone, who wins against whom, when and why."""
    return {
        zone.id: {(each.winner, each.loser, each.at, each.row) for each in kind.contests}
        for kind in contested(found, ours, YEAR)
        for zone in kind.zones
    }


if __name__ == "__main__":
    main()
