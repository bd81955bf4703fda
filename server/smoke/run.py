"""One smoke run: prepares, starts, plays, breaks, counts.

Everything is its own: a temporary directory, free ports, a root key. On the way the broker is cut for some seconds and
one agent loses its power. It ends with one line of JSON. It must not touch an installation's data.
"""

import json
import tempfile
import time as machine
from collections.abc import Callable
from datetime import datetime, time, timedelta
from pathlib import Path

from schedules.ids import ZoneId
from schedules.reconciliation import Verdict
from schedules.times import Span, milliseconds
from schedules.wire.messages import KeyRole, ReceiptState
from server.audio import MediaPreparation
from server.clock import WallClock
from server.config import load_config
from server.local import AgentSettings, Processes, answers, device_key, free_port
from server.sealing import KeyFiles
from server.services import keys, log
from server.smoke import station
from server.store import open_store

# Seconds from the beginning of the play. Every sound lasts four to six seconds.
FILE_AT, NOTICE_AT, RELAY_AT, FILE_AGAIN_AT = 5, 12, 19, 31
BROKER_GONE_AT, BROKER_BACK_AT = 10.5, 14.5
FAR_GONE_AT, FAR_BACK_AT = 18.0, 23.2
OVER_AT = 35.5
READY_WITHIN_S, REPORTED_WITHIN_S = 15.0, 12.0


def main(at: time | None = None) -> int:
    """Run it; 0 only if every planned play has the verdict it must have.

    Args:
        at: local time of day the run pretends to begin at; None: the real one.
    """
    with tempfile.TemporaryDirectory(prefix="commune-radio-smoke-") as directory:
        run = Run(Path(directory), at)
        try:
            run.prepare()
            run.start()
            run.play()
            return run.tell()
        finally:
            run.processes.end_all()


class Run:
    """One run in a directory of its own; see `main`."""

    def __init__(self, directory: Path, at: time | None) -> None:
        self._directory = directory
        self.processes = Processes(directory / "logs")
        self._web, self._broker, self._radio = free_port(), free_port(), free_port()
        self._offset_s = _offset_s(at)
        self._file = directory / "centre.toml"
        lines = [
            'state_directory = "."',
            f'audio_url = "http://127.0.0.1:{self._web}/audio/"',
            "demo = true",
            f"clock_offset_seconds = {self._offset_s}",
            f"[web]\nport = {self._web}",
            f"[broker]\nport = {self._broker}",
        ]
        self._file.write_text("\n".join(lines) + "\n", encoding="utf-8")
        config = load_config(self._file)
        config.upload_directory.mkdir()
        self._config = config
        self._centre = station.Centre(
            store=open_store(config.database),
            clock=WallClock(config.clock_offset),
            preparation=MediaPreparation(config.audio_directory),
            uploads=config.upload_directory,
        )
        self._agents: dict[ZoneId, AgentSettings] = {}
        self._begun = self._centre.clock.now()

    def prepare(self) -> None:
        """Draw keys, make the station and its sounds, and start everything but the agents."""
        centre = self._centre
        trusted = keys.initialise(centre.store, centre.clock, KeyFiles(self._config.key_directory)).keys
        root = next(key.public for key in trusted if key.role is KeyRole.ROOT)
        for zone in (station.NEAR, station.FAR):
            self._agents[zone] = AgentSettings(
                directory=self._directory / zone,
                loudspeaker=station.loudspeaker_of(zone),
                broker_port=self._broker,
                audio_url=self._config.audio_url,
                trust_root=root,
                heartbeat_s=1.0,
                clock_offset_s=float(self._offset_s),
            )
            self._agents[zone].write()
        public_keys = {zone: device_key(settings) for zone, settings in self._agents.items()}
        radio_url = f"http://127.0.0.1:{self._radio}/"
        station.make_station(centre, radio_url=radio_url, public_keys=public_keys)
        self._mp3 = station.mp3_file(centre, station.LASTS.total_seconds())

    def start(self) -> None:
        """Start the centre and both agents, and wait until both have said that they are there."""
        config = ("--config", self._file)
        self.processes.start("broker", ("server.cli", "broker", *config))
        self.processes.start("web", ("server.cli", "web", *config))
        self.processes.start("radio", ("server.cli", "radio", self._mp3, "--port", str(self._radio)))
        self._require(answers(self._broker, READY_WITHIN_S), "broker")
        self.processes.start("conductor", ("server.cli", "conductor", *config))
        for zone in self._agents:
            self._start_agent(zone)
        self._require(answers(self._web, READY_WITHIN_S) and self._wait(self._both_online, READY_WITHIN_S), "conductor")

    def play(self) -> None:
        """Schedule and approve, then break what is to break while it plays."""
        centre = self._centre
        file = station.upload(centre, "Tệp MP3", self._mp3)
        notice = station.speak(centre, "Thông báo đọc bằng giọng máy")
        channel = station.relay(centre, "Tiếp sóng")
        now = centre.clock.now()
        self._begun = now.replace(microsecond=0) + timedelta(seconds=1)
        for programme, starts, lasts in (
            (file, (FILE_AT, FILE_AGAIN_AT), None),
            (notice, (NOTICE_AT,), None),
            (channel, (RELAY_AT,), station.LASTS),
        ):
            for start in starts:
                station.book(centre, programme, self._begun + timedelta(seconds=start), lasts=lasts)
            station.release(centre, programme)
        self._require(self._wait(self._both_ready, FILE_AT - 1), "conductor")
        self._until(BROKER_GONE_AT)
        self.processes.kill("broker")
        self._until(BROKER_BACK_AT)
        self.processes.start("broker", ("server.cli", "broker", "--config", self._file))
        self._until(FAR_GONE_AT)
        self.processes.kill(f"agent-{station.FAR}")
        self._until(FAR_BACK_AT)
        self._start_agent(station.FAR)
        self._until(OVER_AT)
        self._wait(lambda: not self._log().counts.get(Verdict.AWAITED), REPORTED_WITHIN_S)

    def tell(self) -> int:
        """Print what became of every play, and the counts as one line of JSON."""
        rows = self._log().rows
        for row in rows:
            started = row.finding.started_at
            print(
                f"{row.planned.start.astimezone(station.TIME_ZONE):%H:%M:%S}  {row.zone.name:<5} {row.title:<30} "
                f"{row.finding.verdict:<10} {row.finding.reason:<20} "
                f"{'' if started is None else f'{milliseconds(started - row.planned.start):+d} ms'}"
            )
        played = [row for row in rows if row.finding.verdict is Verdict.CONFIRMED]
        missed = [row for row in rows if row.finding.verdict is Verdict.MISSED]
        errors = sorted(
            abs(milliseconds(row.finding.started_at - row.planned.start)) for row in played if row.finding.started_at
        )
        counts = {
            "planned": len(rows),
            "confirmed": len(played),
            "missed": len(missed),
            "duplicates": sum(len(row.entries) - 1 for row in rows if row.entries),
            "start_error_ms_p99": errors[-1] if errors else None,
        }
        print(json.dumps(counts))
        off = Span(self._begun + timedelta(seconds=FAR_GONE_AT), self._begun + timedelta(seconds=FAR_BACK_AT))
        expected = [row for row in rows if row.zone.id == station.FAR and off.covers(row.planned)]
        as_expected = missed == expected and all(row.finding.reason for row in missed)
        whole = len(rows) == 8 and len(played) + len(missed) == len(rows) and len(expected) == 1
        if not (as_expected and whole and not counts["duplicates"]):
            for name in self.processes.running:
                print(f"--- {name}\n{self.processes.last_words(name)}")
            return 1
        return 0

    def _log(self) -> log.Log:
        span = Span(self._begun, self._begun + timedelta(minutes=5))
        centre = self._centre
        return log.verdicts(centre.store, centre.clock, station.APPROVER, station.STATION, span=span)

    def _start_agent(self, zone: ZoneId) -> None:
        file = self._agents[zone].file
        self.processes.start(f"agent-{zone}", ("station_agent.main", "run", "--config", file))

    def _both_online(self) -> bool:
        with self._centre.store.reading() as uow:
            seen = uow.evidence.seen(station.loudspeaker_of(zone) for zone in self._agents).values()
            return len(seen) == len(self._agents) and all(
                each.presence and each.presence.online and each.presence.clock_error_ms is not None for each in seen
            )

    def _both_ready(self) -> bool:
        with self._centre.store.reading() as uow:
            issued = {zone: uow.issue.issued(zone) for zone in self._agents}
            seen = uow.evidence.seen(station.loudspeaker_of(zone) for zone in self._agents)
        for zone, rundown in issued.items():
            receipt = seen[station.loudspeaker_of(zone)].receipt
            if rundown is None or receipt is None or receipt.state is not ReceiptState.READY:
                return False
            if receipt.revision != rundown.rundown.revision or len(rundown.rundown.items) != 4:
                return False
        return True

    def _wait(self, condition: Callable[[], bool], within_s: float) -> bool:
        ends = machine.monotonic() + within_s
        while not condition():
            if machine.monotonic() > ends:
                return False
            machine.sleep(0.1)
        return True

    def _until(self, second: float) -> None:
        wait = (self._begun + timedelta(seconds=second) - self._centre.clock.now()).total_seconds()
        machine.sleep(max(0.0, wait))

    def _require(self, fulfilled: object, name: str) -> None:
        if not fulfilled:
            raise SystemExit(f"{name} did not get ready.\n{self.processes.last_words(name, 40)}")


def _offset_s(at: time | None) -> int:
    if at is None:
        return 0
    now = WallClock().now().astimezone(station.TIME_ZONE)
    return round((datetime.combine(now.date(), at, station.TIME_ZONE) - now).total_seconds())
