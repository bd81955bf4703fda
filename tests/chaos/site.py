"""A small province as it is installed, every part a process of its own that can be killed, frozen and starved.

Broker, pages, conductor and loudspeakers are the real programs; the lines to the broker are ours, and at each sound
device an ear listens. It must not decide what breaks, nor judge what came of it.
"""

import resource
import shutil
import signal
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from datetime import date
from datetime import time as local_time
from pathlib import Path

from schedules.ids import JournalId, LoudspeakerId, ZoneId
from schedules.regulation import Regulation, SessionName, SessionRule
from schedules.times import instant_of
from schedules.unit import Unit, UnitLevel, Zone
from schedules.wire.messages import KeyRole, ReceiptState
from server.audio import MediaPreparation
from server.backup.making import make_backup
from server.backup.place import Place
from server.backup.progress import Progress
from server.backup.restoring import Wish, restore
from server.clock import WallClock
from server.config import load_config
from server.local import AgentSettings, Processes
from server.sealing import KeyFiles
from server.services import keys
from server.smoke import station
from server.store import SqlStore, open_as_it_is, open_store
from server.values import Loudspeaker
from station_agent.identity import DEVICE_KEY, make_key
from station_agent.identity import DIRECTORY as IDENTITY
from tests.chaos.databases import Database
from tests.chaos.ear import JUMP
from tests.chaos.hearing import Hearing
from tests.chaos.lines import Lines
from tests.services.mosquitto import Mosquitto
from tests.services.ports import find_free_port

A_ZONE = 4
"""Loudspeakers that share a rundown."""
CENTRE = "centre"
"""The name of the conductor's line."""
SECOND = "second-conductor"
QUIETLY = Progress(lambda *_: None)
PASSPHRASE = "opens what is backed up"
KEEPS_ITS_STORE = "allow_anonymous true\npersistence true\nautosave_on_changes true\nautosave_interval 20\n"
HEARTBEAT_S = 10.0
STARTED_WITHIN_S = 90.0


class Site:
    """Everything of one run, in a directory of its own.

    Attributes:
        agents: names of the loudspeakers, which are their ids.
        store: the database; another object after each restore.
    """

    def __init__(self, folder: Path, *, agents: int, database: Database) -> None:
        self.folder = folder
        self.processes = Processes(folder / "logs")
        self.database = database
        self.hearing = Hearing()
        self.broker = Mosquitto(folder / "broker", config=KEEPS_ITS_STORE)
        self.lines = Lines(self.broker.port)
        web = find_free_port()
        self._file = folder / "centre.toml"
        self._file.write_text(
            f'state_directory = "."\naudio_url = "http://127.0.0.1:{web}/audio/"\ndemo = true\n'
            f'database_url = "{database.url}"\n'
            f"[web]\nport = {web}\n[broker]\nport = {self.lines.add(CENTRE)}\n",
            encoding="utf-8",
        )
        self.config = load_config(self._file)
        self.config.upload_directory.mkdir()
        self.clock = WallClock()
        self.store: SqlStore = open_store(self.config.database)
        self._backup: Path | None = None
        self.agents = [f"loudspeaker-{number + 1}" for number in range(agents)]
        self._settings = self._founded(web)

    @property
    def centre(self) -> station.Centre:
        """What the office works with."""
        audio, uploads = self.config.audio_directory, self.config.upload_directory
        return station.Centre(self.store, self.clock, MediaPreparation(audio), uploads)

    @property
    def zones(self) -> dict[ZoneId, list[str]]:
        """The loudspeakers of each zone."""
        found: dict[ZoneId, list[str]] = {}
        for index, agent in enumerate(self.agents):
            found.setdefault(ZoneId(f"zone-{index // A_ZONE + 1}"), []).append(agent)
        return found

    def start(self) -> None:
        """Start everything, and wait until every loudspeaker has said that it is there and knows the time."""
        self.broker.start()
        for name in ("web", "conductor", *self.agents):
            self.run(name)
        self.wait(self._is_there, STARTED_WITHIN_S, "not every loudspeaker came")

    def run(self, name: str) -> None:
        """Start a process by its name, unless it runs."""
        if name in self.processes.running and self.processes.running[name].poll() is None:
            return
        if name in self._settings:
            self.processes.start(name, ("tests.chaos.ear", "run", "--config", self._settings[name].file))
        else:
            command = "conductor" if name == SECOND else name
            self.processes.start(name, ("server.cli", command, "--config", self._file))

    def kill(self, name: str) -> None:
        """End a process as a power cut would; nothing where it does not run."""
        if name in self.processes.running:
            self.processes.kill(name)

    def send(self, name: str, number: signal.Signals) -> None:
        """Send a signal to a process that runs."""
        if name in self.processes.running:
            self.processes.running[name].send_signal(number)

    def jump(self, agent: str, seconds: float) -> None:
        """Have the wall clock of a loudspeaker jump."""
        (self.directory(agent) / JUMP).write_text(str(seconds))
        self.send(agent, signal.SIGUSR2)

    def fill_disk(self, name: str, *, full: bool) -> None:
        """Let no file of a process grow any more, or let it again: writing is refused as on a full disk."""
        if name in self.processes.running:
            hard = resource.RLIM_INFINITY
            limit = 0 if full else hard
            resource.prlimit(self.processes.running[name].pid, resource.RLIMIT_FSIZE, (limit, hard))

    def forget_retained(self) -> None:
        """Take the store of the broker, which does not run, away."""
        (self.folder / "broker" / "mosquitto.db").unlink(missing_ok=True)

    def directory(self, agent: str) -> Path:
        """Give the directory of a loudspeaker."""
        return self.folder / agent

    def wipe(self, agent: str) -> None:
        """Make the disk of a loudspeaker, which does not run, empty but for its key, as a technician would."""
        for path in (self.directory(agent) / "state").iterdir():
            if path.name not in (IDENTITY, DEVICE_KEY):
                shutil.rmtree(path) if path.is_dir() else path.unlink()

    def clone(self, agent: str) -> str:
        """Start a second loudspeaker from a copy of the disk of one; give its name."""
        copy = f"{agent}-copy-{time.monotonic_ns()}"
        self.hearing.attach(copy, self.directory(copy))
        shutil.copytree(self.directory(agent) / "state", self.directory(copy) / "state")
        shutil.copyfile(self._settings[agent].file, self.directory(copy) / "agent.toml")
        self.processes.start(copy, ("tests.chaos.ear", "run", "--config", self.directory(copy) / "agent.toml"))
        return copy

    def back_up(self) -> None:
        """Make a backup of the centre while it goes on; the one before goes."""
        before, now = self._backup, self.clock.now()
        made = make_backup(self.config, Place(self.folder / "backups"), PASSPHRASE, now=now, progress=QUIETLY)
        self._backup = made.directory
        if before is not None:
            shutil.rmtree(before)

    def restore(self) -> None:
        """Bring the centre back from its backup; nobody has the database open but this harness."""
        assert self._backup is not None
        self.store.close()
        wish = Wish(by="chaos", passphrase=PASSPHRASE, replace=True)
        restore(self.config, self._backup, wish, now=self.clock.now(), progress=QUIETLY)
        self.store = open_as_it_is(self.config.database)

    def unreported(self, agent: str) -> list[float]:
        """Give when what a loudspeaker, which does not run, has in its journal and the database has not was written."""
        query = "SELECT journal, sequence, hash, recorded_at FROM entry"
        with closing(sqlite3.connect(self.directory(agent) / "state" / "journal.db")) as journal:
            rows = journal.execute(query).fetchall()
        with self.store.reading() as uow:
            kept = {
                name: uow.evidence.hashes(LoudspeakerId(agent), JournalId(name), first=1, last=1 << 30)
                for name in {name for name, *_ in rows}
            }
        lacking = (at for name, sequence, digest, at in rows if digest not in kept[name].get(sequence, ()))
        return [instant_of(at).timestamp() for at in lacking]

    def is_ready(self) -> bool:
        """Whether every loudspeaker holds the newest of what is approved, its audio included, by its own word."""
        with self.store.reading() as uow:
            marks = {mark.zone: mark for mark in uow.issue.marks()}
            seen = uow.evidence.seen(map(LoudspeakerId, self.agents))
        for zone, agents in self.zones.items():
            mark = marks[zone]
            if mark.wanted != mark.planned_from:
                return False
            for agent in agents:
                receipt = seen[LoudspeakerId(agent)].receipt if LoudspeakerId(agent) in seen else None
                if receipt is None or (receipt.state, receipt.revision) != (ReceiptState.READY, mark.issued_revision):
                    return False
        return True

    def wait(self, holds: Callable[[], object], within_s: float, otherwise: str) -> None:
        """Look until something holds.

        Raises:
            TimeoutError: it did not.
        """
        ends = time.monotonic() + within_s
        while not holds():
            if time.monotonic() > ends:
                raise TimeoutError(f"{otherwise}\n{self.processes.last_words('conductor')}")
            time.sleep(0.1)

    def end(self) -> None:
        """End everything."""
        for name in self.processes.running:
            self.send(name, signal.SIGCONT)
        self.processes.end_all()
        self.broker.kill()
        self.lines.close()
        self.hearing.close()
        self.store.close()

    def _is_there(self) -> bool:
        with self.store.reading() as uow:
            seen = uow.evidence.seen(map(LoudspeakerId, self.agents))
        said = [each.presence for each in seen.values()]
        return len(said) == len(self.agents) and all(each and each.clock_error_ms is not None for each in said)

    def _founded(self, web: int) -> dict[str, AgentSettings]:
        """Draw keys, and make the station, its regulation open at all hours, its zones and loudspeakers."""
        trusted = keys.initialise(self.store, self.clock, KeyFiles(self.config.key_directory)).keys
        root = next(key.public for key in trusted if key.role is KeyRole.ROOT)
        always = SessionRule(
            session=SessionName.MORNING, earliest=local_time(0), latest=local_time(0), max_minutes=24 * 60
        )
        settings = {}
        with self.store.writing() as uow:
            uow.places.put_units(
                [Unit(id=station.STATION, code="0", name="Chaos", level=UnitLevel.COMMUNE, parent=None)]
            )
            for person in (station.KEEPER, station.APPROVER):
                uow.people.put(person)
            uow.places.put_regulation(
                Regulation(
                    station=station.STATION,
                    number="chaos",
                    signed_on=date(2026, 1, 1),
                    signer="chaos",
                    valid_from=date(2026, 1, 1),
                    time_zone=station.TIME_ZONE.key,
                    sessions=(always,),
                    max_minutes_a_day=24 * 60,
                )
            )
            for zone, agents in self.zones.items():
                uow.places.put_zone(Zone(id=zone, station=station.STATION, unit=station.STATION, name=zone))
                for agent in agents:
                    self.hearing.attach(agent, self.directory(agent))
                    settings[agent] = self._settled(agent, web, root)
                    key = make_key(self.directory(agent) / "state")
                    uow.places.put_loudspeaker(
                        Loudspeaker(
                            id=LoudspeakerId(agent),
                            zone=zone,
                            name=agent,
                            public_key=key.public,
                            since=self.clock.now(),
                        )
                    )
            uow.commit()
        return settings

    def _settled(self, agent: str, web: int, root: str) -> AgentSettings:
        settings = AgentSettings(
            directory=self.directory(agent),
            loudspeaker=agent,
            broker_port=self.lines.add(agent),
            audio_url=f"http://127.0.0.1:{web}/audio/",
            trust_root=root,
            heartbeat_s=HEARTBEAT_S,
            sound="null",
        )
        settings.write()
        return settings
