"""How long it takes until a loudspeaker that was moved has its new rights, among many, at a broker in production.

Beside it: making 300 accounts by commands at an empty broker, and all of them by the file a broker starts from. ARGS:
number of loudspeakers (default 10000), in zones of ten. Prints one JSON line last.
"""

import json
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from schedules.ids import LoudspeakerId, UnitId, ZoneId
from schedules.wire import topics
from server import broker_files
from server.bootstrap import conductor_parts
from server.broker_accounts import DynamicSecurity
from server.broker_rights import May, Rights
from server.clock import WallClock
from server.config import load_config
from server.link import Arrived
from server.sealing import KeyFiles
from server.services import keys
from server.services.broker_accounts import EVERYBODY, bring
from server.store import open_store
from tests.services.production_broker import ProductionBroker

GOAL_S = 2.0
BY_COMMANDS = 300


def rights(count: int) -> Rights:
    """Give the rights of a fleet, of the size those of a real one have."""
    units = tuple(UnitId(f"unit-{level}-0000") for level in ("province", "commune", "hamlet"))

    def heard(names: tuple[str, ...]) -> frozenset[tuple[May, str]]:
        return frozenset((may, each) for each in names for may in (May.SUBSCRIBE, May.HEAR))

    roles = {EVERYBODY: heard(topics.FOR_EVERYBODY)}
    accounts = {}
    for number in range(count):
        pole, zone = LoudspeakerId(f"{number:032x}"), ZoneId(f"{number // 10:032x}")
        roles[f"zone:{zone}"] = heard(topics.for_zone(zone, units))
        roles[f"loudspeaker:{pole}"] = heard(topics.for_loudspeaker(pole)) | {
            (May.SAY, each) for each in topics.from_agent(pole)
        }
        accounts[f"{number:016x}"] = frozenset((EVERYBODY, f"loudspeaker:{pole}", f"zone:{zone}"))
    return Rights(roles, accounts)


class Fleet:
    """A broker and the conductor's line to it."""

    def __init__(self, folder: Path) -> None:
        self.broker = ProductionBroker(folder / "mosquitto", given=folder / "state/broker")
        settings = folder / "conductor.toml"
        port = self.broker.conductors_port
        settings.write_text(f'state_directory = "state"\n[broker]\nport = {port}\nkeeps_accounts = true\n')
        (folder / "state").mkdir()
        self.config, clock = load_config(settings), WallClock()
        authority = broker_files.make(self.config, ["127.0.0.1"], now=clock.now())
        self.files = broker_files.BrokerFiles(self.config.broker_directory, authority, clock)
        keys.initialise(open_store(self.config.database), clock, KeyFiles(self.config.key_directory))

    def started_with(self, given: Rights) -> tuple[float, float]:
        """Start the broker from a file; give the seconds to write it and to start."""
        self.broker.kill()
        began = time.monotonic()
        self.files.write(given, ())
        written = time.monotonic() - began
        self.broker.accounts.unlink(missing_ok=True)
        began = time.monotonic()
        self.broker.start()
        return written, time.monotonic() - began

    @contextmanager
    def accounts(self) -> Iterator[DynamicSecurity]:
        """Give the way to the broker's accounts."""
        parts = conductor_parts(self.config)
        accounts = parts.accounts
        assert accounts is not None
        up = threading.Event()

        def deliver(arrived: Arrived) -> None:
            accounts.answered(arrived.payload)
            arrived.acknowledge()

        parts.link.start(deliver=deliver, up=up.set, down=lambda: None)
        assert up.wait(10)
        yield accounts
        parts.link.stop()


def timed(work: Callable[[], object]) -> float:
    """Give the seconds something takes."""
    began = time.monotonic()
    work()
    return time.monotonic() - began


def main() -> None:
    """Measure and print."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    wanted = rights(count)
    with tempfile.TemporaryDirectory() as name:
        fleet = Fleet(Path(name))
        fleet.started_with(Rights())
        with fleet.accounts() as accounts:
            commands = timed(lambda: bring(accounts, accounts.listed(), rights(BY_COMMANDS)))
        written, started = fleet.started_with(wanted)
        with fleet.accounts() as accounts:
            compared = timed(accounts.listed)
            moved = replace(wanted, accounts={**wanted.accounts, f"{0:016x}": frozenset((EVERYBODY,))})
            one = timed(lambda: bring(accounts, wanted, moved))
        size = fleet.broker.accounts.stat().st_size
        fleet.broker.kill()
    detail = {
        "loudspeakers": count,
        f"made_by_commands_{BY_COMMANDS}_s": round(commands, 1),
        "file_written_s": round(written, 2),
        "broker_started_from_it_s": round(started, 2),
        "compared_s": round(compared, 2),
        "file_mb": round(size / 1e6, 1),
    }
    figure = {"name": "broker_accounts", "value": round(one, 2), "unit": "s", "goal": GOAL_S, "holds": one <= GOAL_S}
    print(json.dumps({**figure, "detail": detail}))


if __name__ == "__main__":
    main()
