"""How long it takes to say what would be heard: a year of one zone, and a week of a province of 3,321 zones.

Run: make bench NAME=simulate

The schedule is that of `plan_3321`: 20 notices a day, of which 4 are each zone's own, so that no two zones are alike
and every one of them is simulated. The week has a change of the schedule and a line that is down for three days at one
commune; so everything is planned twice. `real_time` is how many times faster than the clock on the wall it is.
"""

import json
import os
import sys
import time as clock
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))  # a benchmark is a script: the checkout is not installed for it

from benchmarks.plan_3321 import MIDNIGHT, schedule
from schedules.faults import NO_FAULTS, Faults, LinkDown
from schedules.guard import Rules
from schedules.ids import ZoneId
from schedules.reissue import reissued
from schedules.schedule import Schedule
from schedules.simulation import simulate
from schedules.times import DAY, Span
from schedules.what_if import Outcome, differences, outcome
from server.services.schedule import narrowed

YEAR, WEEK = Span(MIDNIGHT, MIDNIGHT + 365 * DAY), Span(MIDNIGHT, MIDNIGHT + 7 * DAY)
GOAL_S = 60.0
"""For a year of one zone: somebody waits for it."""


def main() -> None:
    """Measure and print."""
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    whole = schedule(province_wide=4, own=4)
    year = _timed(narrowed(whole, whole.zones[:1]), YEAR, {})
    down = Faults([LinkDown(Span(MIDNIGHT + DAY, MIDNIGHT + 4 * DAY))])
    at_one = {zone.id: down for zone in whole.zones if zone.station == whole.zones[0].station}
    week = _timed(whole, WEEK, at_one)
    print(
        json.dumps(
            {
                "name": "simulate",
                "value": year["cpu_s"],
                "unit": "s",
                "goal": GOAL_S,
                "holds": float(str(year["cpu_s"])) <= GOAL_S,
                "detail": {"year_of_one_zone": year, "week_of_3321_zones": week},
            }
        )
    )


def _timed(present: Schedule, span: Span, faults: dict[ZoneId, Faults]) -> dict[str, object]:
    """Run as things are, then without one slot and with the faults, and compare."""
    changed = replace(present, slots=present.slots[1:])
    cpu, planning = clock.process_time(), 0.0
    outcomes: list[dict[ZoneId, Outcome]] = []
    heard = 0
    for proposed, assumed in ((present, {}), (changed, faults)):
        begun = clock.process_time()
        issued = reissued(proposed, span, faults=assumed)
        planning += clock.process_time() - begun
        found: dict[ZoneId, Outcome] = {}
        for each in issued:
            own = tuple(rule for rule in proposed.regulations if rule.station == each.zone.station)
            run = simulate(
                each.issues,
                rules=Rules(regulations=own),
                faults=assumed.get(each.zone.id, NO_FAULTS),
                until=span.end,
            )
            heard += len(run.heard)
            found[each.zone.id] = outcome(each, run, span)
        outcomes.append(found)
    before, after = outcomes
    changes = sum(len(differences(before[zone], after[zone])) for zone in before)
    spent = clock.process_time() - cpu
    return {
        "cpu_s": round(spent, 1),
        "of_it_planning_s": round(planning, 1),
        "heard": heard,
        "differences": changes,
        "real_time": round(2 * len(before) * (span.duration / timedelta(seconds=1)) / spent),
    }


if __name__ == "__main__":
    main()
