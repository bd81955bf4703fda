"""How exactly ten neighbours start: ten real agents on one host play the same items over a real broker, in real time.

Loudspeakers that hear each other must begin together. The value is the error of a start against the planned instant, on
the device's own clock, as in `start_error`; beside it how far the first and the last of the ten are apart at each item.
Both are given once more as the callbacks came: what would be heard of a device that keeps no buffer ahead. Ten poles
have ten clocks; how far those are apart is what a pole's presence says of its clock, and not measured here. Prints one
JSON line last.
"""

import argparse
import json
import sys
import tempfile
from collections import defaultdict
from itertools import chain
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.start_error import STARTED, percentile, play
from tests.services.mosquitto import Mosquitto
from tests.station_agent.depot import Depot
from tests.station_agent.pole import Pole

GOAL_MS, GOAL_APART_MS = 10.0, 20.0
AGENTS = 10


def main() -> None:
    """Measure and print."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--items", type=int, default=60, help="items each agent plays, 1.5 s apart (default: 60)")
    items: int = arguments.parse_args().items
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        broker, depot = Mosquitto(folder / "broker"), Depot()
        broker.start()
        poles: list[Pole] = []
        try:
            play(folder, broker, depot, poles, agents=AGENTS, items=items)
            logs = [pole.log.read_text() for pole in poles]
        finally:
            for pole in poles:
                pole.close()
            broker.kill()
            depot.close()
    print(json.dumps(figure(logs, planned=items * AGENTS)))


def figure(logs: list[str], *, planned: int) -> dict[str, object]:
    """Give the figure from what ten agents logged of their starts."""
    on_device, on_callback = defaultdict[str, list[float]](list), defaultdict[str, list[float]](list)
    for occurrence, error, late in (match for text in logs for match in STARTED.findall(text)):
        on_device[occurrence].append(int(error) / 1000)
        on_callback[occurrence].append((int(error) + int(late)) / 1000)
    errors, callbacks = [list(chain.from_iterable(each.values())) for each in (on_device, on_callback)]
    apart = [max(each) - min(each) for each in on_device.values()]
    value, apart_p99 = percentile([abs(error) for error in errors], 99), percentile(apart, 99)
    return {
        "name": "neighbours",
        "value": value,
        "unit": "ms, p99",
        "goal": GOAL_MS,
        "holds": value <= GOAL_MS and apart_p99 <= GOAL_APART_MS and len(errors) == planned,
        "detail": {
            "apart_p99_ms": apart_p99,
            "apart_goal_ms": GOAL_APART_MS,
            "starts": len(errors),
            "planned": planned,
            "median_ms": percentile([abs(error) for error in errors], 50),
            "worst_ms": percentile([abs(error) for error in errors], 100),
            "by_callback_p99_ms": percentile([abs(error) for error in callbacks], 99),
            "by_callback_apart_p99_ms": percentile([max(each) - min(each) for each in on_callback.values()], 99),
            "agents": AGENTS,
            "device": "null",
        },
    }


if __name__ == "__main__":
    main()
