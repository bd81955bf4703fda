"""A whole loudspeaker on fakes: a day passes in milliseconds; its journal and what it obeys are on a real disk."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

from schedules.asrun import AsRunEntry
from schedules.ids import JournalId
from schedules.mark import JournalEntry, Mark
from schedules.wire.codec import journal_entry_of
from schedules.wire.messages import AsRunReport, Challenge, Message, Presence, RundownReceipt
from schedules.wire.seal import SigningKey
from station_agent.agent import Agent
from station_agent.health import read_health
from station_agent.held import HeldMessages
from station_agent.journal import SqliteJournal
from station_agent.ports import Event, LinkDown, LinkUp, Received
from tests.fakes.loudspeaker import FakeCache, FakeClock, FakeHost, FakeLink, FakePlayer
from tests.station_agent.centre import LOUDSPEAKER, Centre, DeviceKeyring, new_key, utc

NOW = utc("2026-11-23T05:00:00+07:00")

M = TypeVar("M", bound=Message)


def at(seconds: float) -> timedelta:
    """Give how long after some instant."""
    return timedelta(seconds=seconds)


def kept(path: Path) -> list[JournalEntry]:
    """Read all that stands in the journals of a file, the first journal first."""
    with closing(sqlite3.connect(path)) as database:
        query = "SELECT body FROM entry JOIN journal ON id = journal ORDER BY number, sequence"
        return [journal_entry_of(body) for (body,) in database.execute(query)]


class World:
    """One agent, its centre, and time that moves when told."""

    def __init__(self, folder: Path, now: datetime = NOW, *, draw: Callable[[], SigningKey] = new_key) -> None:
        self.folder = folder
        self.clock = FakeClock(now)
        self.centre = Centre(now, draw)
        self.key = draw()
        self.link = FakeLink()
        self.cache = FakeCache()
        self.journals = 0
        self.boot()

    def boot(self) -> None:
        """Start the agent on what is on the disk; whatever sounded before is gone, as after a power cut."""
        self.player = FakePlayer(self.clock)
        self.host = FakeHost()
        self.link.up = False
        self.journal = SqliteJournal(
            self.folder / "journal.db", loudspeaker=LOUDSPEAKER, new_id=self._new_id, clock=self.clock
        )
        self.agent = Agent(
            LOUDSPEAKER,
            key=self.key,
            roots=[self.centre.root.public],
            heartbeat=60.0,
            read_health=lambda: read_health(self.folder),
            clock=self.clock,
            player=self.player,
            journal=self.journal,
            held=HeldMessages(self.folder / "held"),
            commanded=HeldMessages(self.folder / "commands"),
            host=self.host,
            cache=self.cache,
            link=self.link,
        )

    def power_cut(self, *, minutes: float = 0) -> None:
        """Lose power, and have it back after some minutes."""
        self.journal.shut()
        self.clock.set(self.clock.now() + timedelta(minutes=minutes))
        self.boot()

    def connect(self) -> None:
        """Have a line to the broker."""
        self.link.up = True
        self.take(LinkUp())

    def disconnect(self) -> None:
        """Lose the line."""
        self.link.up = False
        self.take(LinkDown())

    def take(self, *events: Event) -> None:
        """Let the agent's loop take events and tick."""
        for event in events:
            self.agent.hush_if_ordered(event)
            self.agent.handle(event)
            self.agent.tick()

    def receive(self, *messages: tuple[str, bytes]) -> None:
        """Bring messages of the centre to the agent."""
        self.take(*(Received(topic, payload) for topic, payload in messages))

    def is_answered(self, **named: Any) -> None:  # noqa: ANN401  # what `Centre.current` takes
        """Let the centre answer the agent's last question."""
        self.receive(self.centre.current(self.said(Challenge)[-1].nonce, self.clock.now(), **named))

    def run_until(self, instant: datetime, *, step: float = 0.5) -> None:
        """Let time pass."""
        while self.clock.now() < instant:
            self.clock.set(min(instant, self.clock.now() + timedelta(seconds=step)))
            self.player.advance()
            events, self.player.events[:] = list(self.player.events), []
            self.take(*events)
            self.agent.tick()

    def run(self, seconds: float) -> None:
        """Let some seconds pass."""
        self.run_until(self.clock.now() + timedelta(seconds=seconds))

    @property
    def entries(self) -> list[AsRunEntry]:
        """Every play in the journal."""
        return list(self.journal.entries_since(NOW - timedelta(days=365)))

    @property
    def marks(self) -> list[Mark]:
        """Every mark in the journal."""
        return [each for each in kept(self.folder / "journal.db") if isinstance(each, Mark)]

    def said(self, kind: type[M]) -> list[M]:
        """Return what the agent said of one sort, oldest first."""
        keyring = DeviceKeyring(self.key.public)
        messages = [keyring.read(payload) for _, payload, _ in self.link.sent]
        return [message for message in messages if isinstance(message, kind)]

    @property
    def presence(self) -> Presence:
        return self.said(Presence)[-1]

    @property
    def receipt(self) -> RundownReceipt:
        return self.said(RundownReceipt)[-1]

    @property
    def report(self) -> AsRunReport:
        return self.said(AsRunReport)[-1]

    def _new_id(self) -> JournalId:
        self.journals += 1
        return JournalId(f"journal-{self.journals}")


def started(world: World) -> World:
    """Give the agent its trust list and assignment, and a line."""
    world.connect()
    world.receive(world.centre.trust(), world.centre.assignment())
    world.is_answered()
    return world
