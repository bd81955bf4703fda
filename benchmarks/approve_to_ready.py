"""From the approver's decision to the receipts READY of four agents that already hold the audio.

Web server, conductor, broker and agents are processes of their own, started by the commands of an installation. Prints
one JSON line last; the value is the slowest of the rounds, from the call that approves to the last receipt in the
database. It must not look into a process: it reads the database as the officer's page does.
"""

import json
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from schedules.ids import ProgrammeId, ZoneId
from schedules.wire.messages import KeyRole, ReceiptState
from server.audio import MediaPreparation
from server.clock import WallClock
from server.config import load_config
from server.local import AgentSettings, Processes, answers, device_key, free_port
from server.sealing import KeyFiles
from server.services import approvals, keys
from server.smoke import station
from server.store import open_store

AGENTS, ROUNDS = 4, 20
GOAL_S = 2.0
WITHIN_S = 20.0
ZONES = tuple(ZoneId(f"zone-{number}") for number in range(AGENTS))


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
    slowest = max(took)
    print(
        json.dumps(
            {
                "name": "approve_to_ready",
                "value": round(slowest, 3),
                "unit": "s",
                "goal": GOAL_S,
                "holds": slowest <= GOAL_S,
                "detail": {"agents": AGENTS, "rounds": ROUNDS, "median": round(sorted(took)[len(took) // 2], 3)},
            }
        )
    )


def measure(folder: Path, processes: Processes) -> list[float]:
    """Start everything, let the agents fetch the audio, then approve one more slot a round."""
    web, broker = free_port(), free_port()
    settings = folder / "centre.toml"
    settings.write_text(
        f'state_directory = "."\naudio_url = "http://127.0.0.1:{web}/audio/"\n'
        f"[web]\nport = {web}\n[broker]\nport = {broker}\n",
        encoding="utf-8",
    )
    config = load_config(settings)
    config.upload_directory.mkdir()
    centre = station.Centre(
        store=open_store(config.database),
        clock=WallClock(),
        preparation=MediaPreparation(config.audio_directory),
        uploads=config.upload_directory,
    )
    trusted = keys.initialise(centre.store, centre.clock, KeyFiles(config.key_directory)).keys
    root = next(key.public for key in trusted if key.role is KeyRole.ROOT)
    agents = {
        zone: AgentSettings(
            directory=folder / zone,
            loudspeaker=station.loudspeaker_of(zone),
            broker_port=broker,
            audio_url=config.audio_url,
            trust_root=root,
            heartbeat_s=5.0,
        )
        for zone in ZONES
    }
    for agent in agents.values():
        agent.write()
    public_keys = {zone: device_key(agent) for zone, agent in agents.items()}
    station.make_station(centre, radio_url="http://127.0.0.1:9/", public_keys=public_keys)
    notice = station.upload(centre, "Thông báo", station.mp3_file(centre, 4.0))
    for name in ("broker", "web", "conductor"):
        processes.start(name, ("server.cli", name, "--config", settings))
        require(name == "conductor" or answers(broker if name == "broker" else web, WITHIN_S), name)
    for zone, agent in agents.items():
        processes.start(f"agent-{zone}", ("station_agent.main", "run", "--config", agent.file))
    book(centre, notice, 0)
    station.release(centre, notice)
    require(wait(lambda: are_ready(centre, items=1)), "the first rundown")
    took = []
    for number in range(1, ROUNDS + 1):
        time.sleep(0.3)  # nothing of the last round is on its way any more
        took.append(approve_another(centre, notice, number))
    return took


def book(centre: station.Centre, notice: ProgrammeId, number: int) -> None:
    """Give the notice one more exact second, an hour from now."""
    start = centre.clock.now().replace(microsecond=0) + timedelta(hours=1, minutes=number)
    station.book(centre, notice, start)


def approve_another(centre: station.Centre, notice: ProgrammeId, number: int) -> float:
    """Book one more slot, approve it, and give the seconds from the approval until all are ready."""
    book(centre, notice, number)
    waiting = approvals.to_approve(centre.store, centre.clock, station.APPROVER, notice)
    begun = time.perf_counter()
    approvals.approve(centre.store, centre.clock, station.APPROVER, notice, seen=waiting.seen)
    require(wait(lambda: are_ready(centre, items=number + 1)), f"round {number}")
    return time.perf_counter() - begun


def are_ready(centre: station.Centre, *, items: int) -> bool:
    """Whether every agent has the newest rundown, with so many items, and all its audio."""
    with centre.store.reading() as uow:
        issued = [uow.issue.issued(zone) for zone in ZONES]
        seen = uow.evidence.seen(station.loudspeaker_of(zone) for zone in ZONES)
    for zone, rundown in zip(ZONES, issued, strict=True):
        known = seen.get(station.loudspeaker_of(zone))
        receipt = None if known is None else known.receipt
        if rundown is None or receipt is None or len(rundown.rundown.items) != items:
            return False
        if (receipt.state, receipt.revision) != (ReceiptState.READY, rundown.rundown.revision):
            return False
    return True


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
