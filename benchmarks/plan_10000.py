"""Planning 10,000 zones, from the database to stored, signed rundowns of 9 days, on one core.

Prints one JSON line last; the value is processor seconds. At each zone 12 slots of the province, 10 of its commune and
8 of its own come every day, and began half a year ago. `share_of_planning` is the part of `Planner` in it. The database
is SQLite in a temporary directory. `make bench NAME=plan_10000 ARGS=1000` measures fewer zones.
"""

import json
import logging
import os
import sys
import tempfile
import time as clock
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.province import NOW, SLOTS, built
from schedules.planning import Planner
from server.services import issuing
from tests.fakes.clock import FakeClock
from tests.fakes.sealing import FakeSealing

ZONES = 10_000
GOAL_S = 60.0
DAYS = 9


def main() -> None:
    """Measure and print."""
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    logging.disable(logging.INFO)
    zones = int(sys.argv[1]) if len(sys.argv) > 1 else ZONES
    with tempfile.TemporaryDirectory() as directory:
        store = built(Path(directory) / "province.db", zones=zones)
        planning = Timed()
        vars(issuing)["Planner"] = planning.planner()
        cpu, wall = clock.process_time(), clock.perf_counter()
        issued = issuing.issue_wanted(store, FakeClock(NOW), FakeSealing())
        cpu, wall = clock.process_time() - cpu, clock.perf_counter() - wall
        assert issued == zones, issued
        with store.reading() as uow:
            sizes = [len(uow.issue.envelope(zone.id)) for zone in uow.places.zones()[:100]]
            last = uow.issue.issued(uow.places.zones()[-1].id)
        assert last is not None
        assert len(last.rundown.items) == SLOTS * DAYS
        store.close()
    print(
        json.dumps(
            {
                "name": "plan_10000",
                "value": round(cpu, 2),
                "unit": "s",
                "goal": GOAL_S,
                "holds": zones == ZONES and cpu <= GOAL_S,
                "detail": {
                    "zones": zones,
                    "items": zones * SLOTS * DAYS,
                    "ratio_to_goal": round(cpu / GOAL_S * ZONES / zones, 3),
                    "ms_a_zone": round(cpu / zones * 1000, 3),
                    "share_of_planning": round(planning.seconds / cpu, 3),
                    "wall_s": round(wall, 2),
                    "bytes_a_zone": sum(sizes) // len(sizes),
                },
            }
        )
    )


class Timed:
    """Adds up the processor time that planners take, their making included."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def planner(self) -> type[Planner]:
        """Give a planner that is timed."""
        timed = self

        class TimedPlanner(Planner):
            def __init__(self, *args: object) -> None:
                begun = clock.process_time()
                super().__init__(*args)  # type: ignore[arg-type]  # as the planner it is takes them
                timed.seconds += clock.process_time() - begun

            def plan(self, *args: object, **about: object) -> object:  # type: ignore[override]  # same as above
                begun = clock.process_time()
                plan = super().plan(*args, **about)  # type: ignore[arg-type]  # same as above
                timed.seconds += clock.process_time() - begun
                return plan

        return TimedPlanner


if __name__ == "__main__":
    main()
