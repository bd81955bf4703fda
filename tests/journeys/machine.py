"""A station in real time: mosquitto, conductor, web server and two agents, each a process of its own on this machine.

It starts what an installation starts and waits for what it says; it must not reach into any of it.
"""

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from schedules.asrun import AsRunEntry
from schedules.ids import ProgrammeId, ZoneId
from schedules.times import Span
from schedules.wire.messages import KeyRole, ReceiptState
from server.audio import MediaPreparation
from server.clock import WallClock
from server.config import Config, load_config
from server.evidence_records import Seen
from server.local import AgentSettings, Processes, answers, device_key, free_port
from server.sealing import KeyFiles
from server.services import keys, log
from server.services.judged_plays import Row
from server.smoke import station
from server.store import open_store
from tests.services.mosquitto import Mosquitto

HOUR = timedelta(hours=1)


class Machine:
    """Two zones with an agent each, `station.NEAR` and `station.FAR`, permitted at all hours."""

    def __init__(self, folder: Path, broker: Mosquitto) -> None:
        web = self._web = free_port()
        self._folder, self._file = folder, folder / "centre.toml"
        self._file.write_text(
            f'state_directory = "."\naudio_url = "http://127.0.0.1:{web}/audio/"\ndemo = true\n'
            f"[web]\nport = {web}\n{self._broker_settings(broker)}",
            encoding="utf-8",
        )
        config = load_config(self._file)
        config.upload_directory.mkdir()
        self.store, self.clock = open_store(config.database), WallClock()
        self._centre = station.Centre(
            self.store, self.clock, MediaPreparation(config.audio_directory), config.upload_directory
        )
        self._processes = Processes(folder / "logs")
        self._trusted = keys.initialise(self.store, self.clock, KeyFiles(config.key_directory))
        public_keys = self._made_known(config, broker)
        station.make_station(self._centre, radio_url="http://127.0.0.1:9/", public_keys=public_keys)
        for name in ("web", "conductor"):
            self._processes.start(name, ("server.cli", name, "--config", self._file))
        assert answers(web, 20), self._processes.last_words("web")
        for zone in self._agents:
            self.boots(zone)

    def _broker_settings(self, broker: Mosquitto) -> str:
        return f"[broker]\nport = {broker.port}\n"

    def _made_known(self, config: Config, broker: Mosquitto) -> dict[ZoneId, str]:
        """Make what the agents are started with, and give their public keys."""
        self._agents = {
            zone: AgentSettings(
                directory=self._folder / zone,
                loudspeaker=station.loudspeaker_of(zone),
                broker_port=broker.port,
                audio_url=config.audio_url,
                trust_root=next(key.public for key in self._trusted.keys if key.role is KeyRole.ROOT),
                heartbeat_s=1.0,
                sound="null",
            )
            for zone in (station.NEAR, station.FAR)
        }
        for settings in self._agents.values():
            settings.write()
        return {zone: device_key(settings) for zone, settings in self._agents.items()}

    def _agents_command(self, zone: ZoneId) -> tuple[str | Path, ...]:
        return ("station_agent.main", "run", "--config", self._agents[zone].file)

    def ends(self) -> None:
        """End every process."""
        self._processes.end_all()
        self.store.close()

    def boots(self, zone: ZoneId) -> None:
        """Start an agent, and wait until it is connected and knows the time."""
        self._processes.start(f"agent-{zone}", self._agents_command(zone))
        booted = self.clock.now()

        def is_there() -> bool:
            said = self.seen(zone)
            fresh = said.presence_at is not None and said.presence_at >= booted
            return fresh and said.presence is not None and said.presence.clock_error_ms is not None

        self.wait(is_there, f"the agent of {zone} said nothing")

    def loses_power(self, zone: ZoneId) -> None:
        """Kill an agent."""
        self._processes.kill(f"agent-{zone}")

    def writes(self, title: str, *, seconds: float) -> ProgrammeId:
        """Write a notice and upload its sound, a real MP3."""
        return station.upload(self._centre, title, station.mp3_file(self._centre, seconds))

    def books(self, notice: ProgrammeId, *, in_seconds: float) -> datetime:
        """Book a notice at a whole second in a while; give that second."""
        start = (self.clock.now() + timedelta(seconds=in_seconds)).replace(microsecond=0)
        station.book(self._centre, notice, start)
        return start

    def releases(self, notice: ProgrammeId) -> float:
        """Submit and approve a notice; give the monotonic instant just before."""
        before = time.monotonic()
        station.release(self._centre, notice)
        return before

    def airs(self, title: str, *, seconds: float, in_seconds: float) -> ProgrammeId:
        """Write, book and release a notice, and wait until it sounds at both loudspeakers."""
        notice = self.writes(title, seconds=seconds)
        self.books(notice, in_seconds=in_seconds)
        self.releases(notice)
        self.wait(lambda: all(self.playing(zone) == title for zone in self._agents), f"{title} did not sound")
        return notice

    def is_ready(self) -> bool:
        """Tell whether every agent holds the newest of what is approved, its audio included, by its own word."""
        with self.store.reading() as uow:
            marks = {mark.zone: mark for mark in uow.issue.marks()}
        for zone in self._agents:
            mark, receipt = marks[zone], self.seen(zone).receipt
            if receipt is None or mark.wanted != mark.planned_from:
                return False
            if (receipt.state, receipt.revision) != (ReceiptState.READY, mark.issued_revision):
                return False
        return True

    def playing(self, zone: ZoneId) -> str:
        """Give the title of what an agent says it plays; empty when it says nothing."""
        presence = self.seen(zone).presence
        return presence.playing.title if presence and presence.playing else ""

    def row(self, notice: ProgrammeId, zone: ZoneId) -> Row:
        """Give the log's one row of a notice at an agent."""
        now = self.clock.now()
        found = log.verdicts(
            self.store, self.clock, station.APPROVER, station.STATION, span=Span(now - HOUR, now + HOUR), zones=[zone]
        )
        (row,) = (row for row in found.rows if row.item is not None and row.item.programme == notice)
        return row

    def entries(self, notice: ProgrammeId, zone: ZoneId) -> list[AsRunEntry]:
        """Give what an agent reported of a notice."""
        return [heard.entry for heard in self.row(notice, zone).entries]

    def seen(self, zone: ZoneId) -> Seen:
        """Give an agent's newest word about itself."""
        loudspeaker = station.loudspeaker_of(zone)
        with self.store.reading() as uow:
            return uow.evidence.seen([loudspeaker]).get(loudspeaker, Seen())

    def wait(self, holds: Callable[[], object], otherwise: str, *, within_s: float = 20.0) -> None:
        """Look every 10 ms until something holds."""
        ends = time.monotonic() + within_s
        while not holds():
            assert time.monotonic() < ends, f"{otherwise}\n{self._processes.last_words('conductor')}"
            time.sleep(0.01)
