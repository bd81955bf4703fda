"""From the start of the agent's process to the first sample of what is due, with no network at all.

The agent holds its keys, a rundown of nine days, its recordings and what it last knew of time, and was cut off in the
middle of an item, as by a power cut; neither broker nor file server answers. Before each start what the agent reads is
put out of the page cache, so that it comes from the disk; `--warm` leaves it there. The instant of the first sample is
the device's own, from the agent's log. Not in it are the kernel's own boot and a clock chip: the machine stays on, so
the clock is known as after a restart by systemd. Prints one JSON line last; the value is the slowest of the rounds.
"""

import argparse
import json
import os
import re
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import imageio_ffmpeg

from benchmarks.agent_footprint import as_installed, full_rundown, offered
from schedules.ids import Sha256
from schedules.programme import Recording
from schedules.rundown import Played
from schedules.wire.messages import ReceiptState, RundownReceipt
from tests.services.mosquitto import Mosquitto
from tests.station_agent.centre import Centre, item
from tests.station_agent.depot import Depot
from tests.station_agent.pole import ROOT, Desk, Pole, real_now, wait_for

GOAL_S = 1.5
LASTS_S = 900
STARTED = re.compile(r"item_started occurrence=due error_us=(-?\d+)")


def main() -> None:
    """Measure and print."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--rounds", type=int, default=20, help="starts of the agent (default: 20)")
    arguments.add_argument("--warm", action="store_true", help="leave what the agent reads in the page cache")
    told = arguments.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        broker, depot = Mosquitto(folder / "broker"), Depot()
        broker.start()
        centre = Centre(real_now())
        pole = Pole(folder / "pole", broker, depot.url, centre.root.public)
        try:
            due = prepared(folder, broker, depot, centre, pole)
            took = sorted(booted(pole, due, warm=told.warm) for _ in range(told.rounds))
            audio = sum(path.stat().st_size for path in (pole.state / "audio").iterdir())
        finally:
            pole.close()
            broker.kill()
    value = round(took[-1], 3)
    figure = {"name": "agent_boot", "value": value, "unit": "s, slowest", "goal": GOAL_S, "holds": value <= GOAL_S}
    detail = {
        "rounds": told.rounds,
        "median": round(took[len(took) // 2], 3),
        "least": round(took[0], 3),
        "from_disk": not told.warm,
        "audio_mb": round(audio / 1e6, 1),
    }
    print(json.dumps({**figure, "detail": detail}))


def prepared(folder: Path, broker: Mosquitto, depot: Depot, centre: Centre, pole: Pole) -> datetime:
    """Let the agent fetch everything and begin the item, then take the network away; give the item's start."""
    desk = Desk(broker, centre, pole.public)
    pole.start(**as_installed())
    later = full_rundown([offered(depot, folder, hertz) for hertz in range(300, 320)])
    later = [each for each in later if each.starts_at > real_now() + timedelta(seconds=LASTS_S + 120)]
    begins = real_now().replace(microsecond=0) + timedelta(seconds=15)
    due = item("due", begins, LASTS_S, sound=Played((long_recording(depot, folder),)))
    for message in (centre.trust(), centre.assignment(), centre.rundown(due, *later)):
        desk.publish(message)
    wait_for(lambda: (r := desk.latest(RundownReceipt)) and r.state is ReceiptState.READY, 60, "not READY")
    wait_for((pole.state / "clock.json").exists, what="no time")
    wait_for(lambda: STARTED.search(pole.log.read_text()), 30, "not on air")
    desk.close()
    broker.kill()
    depot.close()
    return begins


def booted(pole: Pole, due: datetime, *, warm: bool) -> float:
    """Cut the power while the item sounds, and start again; give the seconds to the first sample."""
    time.sleep(2.0)
    if pole.process is not None:
        pole.kill()
    pole.log.write_bytes(b"")
    if not warm:
        evict(pole.state)
    began = real_now()
    pole.start(**as_installed())
    wait_for(lambda: STARTED.search(pole.log.read_text()), 30, pole.log.read_text())
    (error,) = STARTED.findall(pole.log.read_text())
    return (due + timedelta(microseconds=int(error)) - began).total_seconds()


def evict(state: Path) -> None:
    """Put out of the page cache what an agent reads: Python's library, its packages, this program, its own state."""
    os.sync()
    for path in read_by_an_agent(state):
        with path.open("rb") as file:
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def read_by_an_agent(state: Path) -> Iterator[Path]:
    """Give the files."""
    library = Path(sysconfig.get_path("stdlib"))
    packages = Path(sysconfig.get_path("platlib"))
    own = (packages / name for name in ("paho", "nacl", "_cffi_backend", "cffi"))
    for directory in (library, ROOT / "schedules", ROOT / "station_agent", state, *own):
        yield from (path for path in directory.rglob("*") if path.is_file() and "site-packages" not in path.parts[:-3])
    yield from (path for path in packages.iterdir() if path.is_file())


def long_recording(depot: Depot, folder: Path) -> Recording:
    """Make a quarter of an hour of MP3 and offer it."""
    path = folder / "long.mp3"
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-loglevel", "error", "-f", "lavfi"]
    source = f"sine=frequency=500:duration={LASTS_S}:sample_rate=48000"
    subprocess.run([*command, "-i", source, "-ac", "1", "-b:a", "64k", str(path)], check=True)
    wanted, _ = depot.offers(path.read_bytes())
    return Recording(Sha256(wanted.sha256), wanted.size, LASTS_S * 1000)


if __name__ == "__main__":
    main()
