"""How exactly items start: four real agents, as in the demonstration, over a real broker, in real time.

The error of a start is the instant of the first sample on the device's own clock against the planned instant. The
device's clock is the line through the callbacks, which come late by scheduling and never early; how late the callback
itself came is in the detail. Prints one JSON line last.
"""

import argparse
import json
import re
import subprocess
import sys
import tempfile
from datetime import timedelta
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import imageio_ffmpeg

from schedules.ids import LoudspeakerId, Sha256
from schedules.programme import Recording
from schedules.rundown import Played
from schedules.wire.messages import ReceiptState, RundownReceipt
from tests.services.mosquitto import Mosquitto
from tests.station_agent.centre import Centre, item
from tests.station_agent.depot import Depot
from tests.station_agent.pole import Desk, Pole, real_now, wait_for

GOAL_MS = 5.0
AGENTS = 4
STARTED = re.compile(r"item_started occurrence=(\S+) error_us=(-?\d+) callback_late_us=(-?\d+)")


def main() -> None:
    """Measure and print."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--items", type=int, default=30, help="items each agent plays, 1.5 s apart (default: 30)")
    count: int = arguments.parse_args().items
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        broker, depot = Mosquitto(folder / "broker"), Depot()
        broker.start()
        poles: list[Pole] = []
        try:
            errors, late = measure(folder, broker, depot, poles, count)
        finally:
            for pole in poles:
                pole.close()
            broker.kill()
            depot.close()
    value = percentile([abs(error) for error in errors], 99)
    figure = {
        "name": "start_error",
        "value": value,
        "unit": "ms, p99",
        "goal": GOAL_MS,
        "holds": value <= GOAL_MS and len(errors) == count * AGENTS,
        "detail": {
            "starts": len(errors),
            "planned": count * AGENTS,
            "median_ms": percentile([abs(error) for error in errors], 50),
            "worst_ms": percentile([abs(error) for error in errors], 100),
            "callback_late_p50_ms": percentile(late, 50),
            "callback_late_p99_ms": percentile(late, 99),
            "agents": AGENTS,
            "device": "null",
        },
    }
    print(json.dumps(figure))


def measure(
    folder: Path, broker: Mosquitto, depot: Depot, poles: list[Pole], count: int
) -> tuple[list[float], list[float]]:
    """Let four agents play; return errors and lateness of the callbacks, in milliseconds."""
    play(folder, broker, depot, poles, agents=AGENTS, items=count)
    found = [match for pole in poles for match in STARTED.findall(pole.log.read_text())]
    return [int(error) / 1000 for _, error, _ in found], [int(late) / 1000 for _, _, late in found]


def play(folder: Path, broker: Mosquitto, depot: Depot, poles: list[Pole], *, agents: int, items: int) -> None:
    """Let some agents play the same items, 1.5 s apart, until all is reported; their logs say how exactly."""
    centre = Centre(real_now())
    desks = []
    for number in range(agents):
        loudspeaker = LoudspeakerId(f"pole-{number}")
        pole = Pole(folder / loudspeaker, broker, depot.url, centre.root.public, loudspeaker=loudspeaker)
        poles.append(pole)
        desks.append(Desk(broker, centre, pole.public, loudspeaker=loudspeaker))
        desks[-1].publish(centre.assignment(loudspeaker=loudspeaker))
        pole.start()
    played = Played((offered(depot, folder),))
    begins = real_now() + timedelta(seconds=6 + agents / 2)
    planned = [item(f"item-{n}", begins + timedelta(seconds=1.5 * n), 1.0, sound=played) for n in range(items)]
    desks[0].publish(centre.trust())
    desks[0].publish(centre.rundown(*planned))
    for desk in desks:
        wait_for(partial(is_ready, desk), 20, "not READY")
    wait_for(lambda: all(len(desk.entries) >= items for desk in desks), 20 + 1.5 * items, "not all reported")
    for desk in desks:
        desk.close()


def is_ready(desk: Desk) -> bool:
    """Tell whether an agent holds the rundown and its audio."""
    receipt = desk.latest(RundownReceipt)
    return receipt is not None and receipt.state is ReceiptState.READY


def offered(depot: Depot, folder: Path) -> Recording:
    """Make a second of MP3 and offer it."""
    path = folder / "tone.mp3"
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-loglevel", "error", "-f", "lavfi"]
    source = "sine=frequency=440:duration=1:sample_rate=48000"
    subprocess.run([*command, "-i", source, "-ac", "1", "-b:a", "64k", str(path)], check=True)
    wanted, _ = depot.offers(path.read_bytes())
    return Recording(Sha256(wanted.sha256), wanted.size, 1000)


def percentile(values: list[float], percent: int) -> float:
    """Return the smallest value that at least this share of all does not exceed."""
    ordered = sorted(values)
    return round(ordered[max(0, -(-len(ordered) * percent // 100) - 1)], 3)


if __name__ == "__main__":
    main()
