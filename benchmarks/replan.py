"""Planning again after one edit: of a slot of the province, which concerns 10,000 zones, and of one of a commune.

Prints one JSON line last; the value is processor seconds for the province, on one core, from the raised `wanted` to
stored, signed rundowns; `commune_ms` in `detail` is the median over communes of the same after an edit there. The
database is SQLite in a temporary directory. `make bench NAME=replan ARGS=1000` measures fewer zones.
"""

import json
import logging
import os
import sys
import tempfile
import time as clock
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.province import NOW, PROVINCE_SLOTS, ZONES_A_COMMUNE, built, moved, put_slot
from schedules.ids import SlotId, ZoneId
from server.services import issuing
from server.store.unit_of_work import SqlStore
from tests.fakes.clock import FakeClock
from tests.fakes.sealing import FakeSealing

ZONES = 10_000
GOAL_S, GOAL_COMMUNE_MS = 20.0, 50.0
COMMUNES = 15


def main() -> None:
    """Measure and print."""
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    logging.disable(logging.INFO)
    zones = int(sys.argv[1]) if len(sys.argv) > 1 else ZONES
    everywhere = [ZoneId(f"z{number}") for number in range(zones)]
    with tempfile.TemporaryDirectory() as directory:
        store = built(Path(directory) / "province.db", zones=zones)
        sealing, at = FakeSealing(), FakeClock(NOW)
        assert issuing.issue_wanted(store, at, sealing) == zones

        def again(slot: str, concerned: list[ZoneId]) -> float:
            """Edit a slot, and give the processor seconds it takes until every rundown is stored."""
            edit(store, SlotId(slot), concerned)
            begun = clock.process_time()
            assert issuing.issue_wanted(store, at, sealing) == len(concerned)
            return clock.process_time() - begun

        communes = [
            again(f"c{number}-{PROVINCE_SLOTS}", everywhere[number * ZONES_A_COMMUNE : (number + 1) * ZONES_A_COMMUNE])
            for number in range(COMMUNES)
        ]
        province = again("p-3", everywhere)
        store.close()
    commune_ms = median(communes) * 1000
    print(
        json.dumps(
            {
                "name": "replan",
                "value": round(province, 2),
                "unit": "s",
                "goal": GOAL_S,
                "holds": zones == ZONES and province <= GOAL_S and commune_ms <= GOAL_COMMUNE_MS,
                "detail": {
                    "zones": zones,
                    "ratio_to_goal": round(province / GOAL_S * ZONES / zones, 3),
                    "ms_a_zone": round(province / zones * 1000, 3),
                    "commune_ms": round(commune_ms, 1),
                    "commune_goal_ms": GOAL_COMMUNE_MS,
                    "commune_ratio_to_goal": round(commune_ms / GOAL_COMMUNE_MS, 3),
                    "zones_a_commune": ZONES_A_COMMUNE,
                },
            }
        )
    )


def edit(store: SqlStore, slot: SlotId, zones: list[ZoneId]) -> None:
    """Move every occurrence of a slot by a minute, and approve that."""
    with store.writing() as uow:
        stored = uow.programmes.slot(slot)
        assert stored is not None
        put_slot(uow, moved(stored.slot, minutes_later=1), zones, expected_version=stored.slot.version)
        uow.issue.want(zones)
        uow.commit()


if __name__ == "__main__":
    main()
