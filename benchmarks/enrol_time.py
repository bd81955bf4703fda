"""From a technician's code at the device to a loudspeaker READY with its audio on its disk.

Web server, conductor, broker and agent are processes of their own, started by the commands of an installation; the
device is new, so it draws its keys, enrols, starts, and fetches rundown and audio. Prints one JSON line last; the value
is the slowest of the rounds. It must not look into a process: it reads the database as the technician's page does.
"""

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from schedules.ids import ZoneId
from schedules.wire.enrolment_code import EnrolmentCode
from schedules.wire.messages import ReceiptState
from server.audio import MediaPreparation
from server.clock import WallClock
from server.config import load_config
from server.local import Processes, answers, free_port
from server.sealing import KeyFiles
from server.services import enrolment, keys
from server.smoke import station
from server.store import open_store

ROUNDS = 5
GOAL_S = 5.0
WITHIN_S = 30.0
ZONES = tuple(ZoneId(f"zone-{number}") for number in range(ROUNDS))


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        processes = Processes(folder / "logs")
        try:
            took = measure(folder, processes)
        except BaseException:
            for process in list(processes.running):
                print(f"--- {process}\n{processes.last_words(process)}", file=sys.stderr)
            raise
        finally:
            processes.end_all()
    slowest = max(sum(round_) for round_ in took)
    detail = {
        "rounds": ROUNDS,
        "median": round(sorted(sum(round_) for round_ in took)[ROUNDS // 2], 3),
        "enrolled_after": round(max(enrolled for enrolled, _ in took), 3),
    }
    print(
        json.dumps(
            {
                "name": "enrol_time",
                "value": round(slowest, 3),
                "unit": "s",
                "goal": GOAL_S,
                "holds": slowest <= GOAL_S,
                "detail": detail,
            }
        )
    )


def measure(folder: Path, processes: Processes) -> list[tuple[float, float]]:
    """Start the centre with a programme that is approved, then enrol one new device a round."""
    web, broker = free_port(), free_port()
    settings = folder / "centre.toml"
    settings.write_text(f'state_directory = "."\n[web]\nport = {web}\n[broker]\nport = {broker}\n', encoding="utf-8")
    config = load_config(settings)
    config.upload_directory.mkdir()
    centre = station.Centre(
        store=open_store(config.database),
        clock=WallClock(),
        preparation=MediaPreparation(config.audio_directory),
        uploads=config.upload_directory,
    )
    keys.initialise(centre.store, centre.clock, KeyFiles(config.key_directory))
    station.make_station(centre, radio_url="http://127.0.0.1:9/", public_keys=dict.fromkeys(ZONES, ""))
    notice = station.upload(centre, "Thông báo", station.mp3_file(centre, 4.0))
    for name in ("broker", "web", "conductor"):
        processes.start(name, ("server.cli", name, "--config", settings))
        require(name == "conductor" or answers(broker if name == "broker" else web, WITHIN_S), name)
    station.book(centre, notice, centre.clock.now().replace(microsecond=0) + timedelta(minutes=20))
    station.release(centre, notice)
    require(wait(lambda: published(centre)), "the rundowns")
    return [enrol(centre, zone, f"http://127.0.0.1:{web}", folder / zone, processes) for zone in ZONES]


def enrol(centre: station.Centre, zone: ZoneId, server: str, state: Path, processes: Processes) -> tuple[float, float]:
    """Enrol a new device at a zone; give the seconds until it was, and from then until it was ready."""
    speaker = station.loudspeaker_of(zone)
    opened = enrolment.open_code(centre.store, centre.clock, station.KEEPER, speaker)
    roots = enrolment.shown(centre.store, centre.clock, station.KEEPER, speaker).roots
    code = EnrolmentCode(server=server, enrolment=opened.id, roots=roots, secret=opened.secret).text
    settings = state.with_suffix(".toml")
    settings.write_text('sound = "null"\n', encoding="utf-8")
    began = time.perf_counter()
    command = [sys.executable, "-m", "station_agent.main", "enrol", code, "--state", str(state)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    enrolled = time.perf_counter()
    processes.start(f"agent-{zone}", ("station_agent.main", "run", "--state", state, "--config", settings))
    require(wait(lambda: is_ready(centre, zone)), f"READY at {zone}")
    return enrolled - began, time.perf_counter() - enrolled


def published(centre: station.Centre) -> bool:
    """Whether the broker has confirmed the rundown of every zone."""
    with centre.store.reading() as uow:
        return not uow.issue.marks(unsettled_only=True)


def is_ready(centre: station.Centre, zone: ZoneId) -> bool:
    """Whether the device has the rundown of its zone with its one item, and all audio of it."""
    speaker = station.loudspeaker_of(zone)
    with centre.store.reading() as uow:
        issued = uow.issue.issued(zone)
        known = uow.evidence.seen([speaker]).get(speaker)
    receipt = None if known is None else known.receipt
    if issued is None or receipt is None or len(issued.rundown.items) != 1:
        return False
    return (receipt.state, receipt.revision) == (ReceiptState.READY, issued.rundown.revision)


def wait(holds: Callable[[], bool]) -> bool:
    """Look every 5 ms until something holds."""
    ends = time.monotonic() + WITHIN_S
    while not holds():
        if time.monotonic() > ends:
            return False
        time.sleep(0.005)
    return True


def require(fulfilled: object, what: str) -> None:
    """End the measurement where something did not come about."""
    if not fulfilled:
        raise SystemExit(f"{what}: not within {WITHIN_S} s")


if __name__ == "__main__":
    main()
