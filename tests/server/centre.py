"""A centre for the conductor's tests: a state directory with keys, one station, one loudspeaker that can sign."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, time
from pathlib import Path
from threading import Thread

from schedules.ids import ZoneId
from schedules.regulation import Regulation, SessionName, SessionRule
from schedules.unit import Zone
from schedules.wire import topics
from schedules.wire.messages import AsRunReport, KeyRole, Message, TrustedKey
from schedules.wire.seal import SigningKey, sealed
from server.bootstrap import conductor_parts
from server.clock import WallClock
from server.conductor import Conductor
from server.config import Config, load_config
from server.issue_records import SilenceOrder, ZoneMark
from server.sealing import KeyFiles
from server.services import keys
from server.services.new_ids import unix_milliseconds
from server.store import SqlStore, open_store
from tests.contracts import samples
from tests.contracts.samples import COMMUNE, JOURNAL, OFFICER, POLE, ZONE, chain
from tests.server.line import eventually

DEVICE = SigningKey.of(b"\x07" * 32)
OPEN_ALL_DAY = Regulation(
    station=COMMUNE,
    number="1/QĐ",
    signed_on=date(2026, 1, 1),
    signer="Phạm Văn Lực",
    valid_from=date(2020, 1, 1),
    time_zone="Asia/Ho_Chi_Minh",
    sessions=(SessionRule(session=SessionName.MORNING, earliest=time(0), latest=time(0), max_minutes=1440),),
    max_minutes_a_day=1440,
)


class Centre:
    """Everything of a centre but the process.

    Attributes:
        config: its settings; the broker is on a port of 127.0.0.1.
        roots: what loudspeakers are made with.
    """

    def __init__(self, directory: Path, broker_port: int, *, database: str = "") -> None:
        settings = directory / "centre.toml"
        elsewhere = f'database_url = "{database}"\n' if database else ""
        settings.write_text(f'state_directory = "state"\n{elsewhere}[broker]\nport = {broker_port}\n', encoding="utf-8")
        (directory / "state").mkdir()
        self._settings = settings
        self.config: Config = load_config(settings)
        self.clock = WallClock()
        self.store: SqlStore = open_store(self.config.database)
        samples.founded(self.store)
        with self.store.writing() as uow:
            uow.places.put_regulation(OPEN_ALL_DAY)
            uow.places.put_loudspeaker(replace(samples.LOUDSPEAKERS[0], public_key=DEVICE.public))
            uow.commit()
        first = keys.initialise(self.store, self.clock, KeyFiles(self.config.key_directory))
        self.roots: tuple[TrustedKey, ...] = first.of(KeyRole.ROOT)

    @contextmanager
    def conducted(self, **parts: object) -> Iterator[Conductor]:
        """Run a conductor in this process, with some of its parts replaced."""
        own = replace(conductor_parts(self.config), **parts)  # type: ignore[arg-type]  # parts by name
        conductor = Conductor(own)
        thread = Thread(target=conductor.run)
        thread.start()
        try:
            yield conductor
        finally:
            conductor.stop()
            thread.join()

    def start_process(self) -> "subprocess.Popen[bytes]":
        """Start a conductor as a process of its own."""
        command = [sys.executable, "-m", "server.cli", "conductor", "--config", str(self._settings)]
        return subprocess.Popen(command, stdout=subprocess.DEVNULL)

    def mark(self, zone: ZoneId = ZONE) -> ZoneMark:
        with self.store.reading() as uow:
            known = uow.issue.mark(zone)
        assert known is not None
        return known

    def is_settled(self) -> bool:
        """Whether the broker has confirmed everything."""
        with self.store.reading() as uow:
            return (
                not uow.issue.marks(unsettled_only=True)
                and all(order.published for order in uow.issue.silences())
                and all(wanted == published for _, wanted, published in uow.issue.assignment_numbers())
            )

    def settles(self) -> bool:
        return eventually(self.is_settled)

    def adds_zone(self, name: str) -> ZoneId:
        """Add a zone, which then wants its first rundown."""
        zone = ZoneId(name)
        with self.store.writing() as uow:
            uow.places.put_zone(Zone(id=zone, station=COMMUNE, unit=COMMUNE, name=name))
            uow.commit()
        return zone

    def orders_silence(self) -> SilenceOrder:
        """Press the red button for one zone."""
        now = self.clock.now()
        order = SilenceOrder(
            audience=topics.audience_of_zone(ZONE),
            number=unix_milliseconds(now),
            ordered=True,
            until=None,
            spares_emergencies=True,
            by=OFFICER,
            at=now,
        )
        with self.store.writing() as uow:
            uow.issue.put_silence(order)
            uow.commit()
        return order

    def report(self, count: int) -> bytes:
        """Give a genuine report of some entries."""
        entries = tuple(chain(count))
        now = self.clock.now()
        message = AsRunReport(
            audience=topics.SERVER,
            number=unix_milliseconds(now),
            issued=now,
            journal=JOURNAL,
            covers_until=now,
            head=entries[-1].hash,
            entries=entries,
        )
        return sealed(message, DEVICE)

    def heard(self) -> int:
        """How many entries the database holds of the loudspeaker."""
        with self.store.reading() as uow:
            return uow.evidence.journal(POLE, JOURNAL).through


def kill(process: "subprocess.Popen[bytes]") -> None:
    """End a process as a power cut would."""
    os.kill(process.pid, signal.SIGKILL)
    process.wait()


def spoken(message: Message) -> bytes:
    """Seal a message with the loudspeaker's key."""
    return sealed(message, DEVICE)
