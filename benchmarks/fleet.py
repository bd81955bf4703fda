"""A fleet of agents for the benchmarks, many to a process on one selector: the real agent but for player and audio.

Verification, orders, lane, journal, reports, clock and line are those of a loudspeaker, each with files of its own; the
player makes no sound and notes when it would, and every recording counts as here. What has come on any line is taken in
before any agent goes on, and of an emergency what comes soon after: so when it came to each is known as among devices
with processors of their own, and beside it how long each had it in hand.
"""

import heapq
import secrets
import selectors
import sys
from collections import deque
from dataclasses import dataclass
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path
from time import monotonic

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.province_at_work import Pole
from benchmarks.receivers import Fact, answered
from schedules.guard import Allowed
from schedules.ids import JournalId
from schedules.wire.seal import SigningKey
from station_agent.agent import Agent
from station_agent.clock import SystemClock
from station_agent.config import HOUR, Broker
from station_agent.health import read_health
from station_agent.held import HeldMessages
from station_agent.journal import SqliteJournal
from station_agent.link import MqttLink
from station_agent.ports import Cue, Event, Received, Recordings
from tests.fakes.loudspeaker import FakeCache, FakeHost, FakePlayer


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """Where a fleet's broker is, and the public root key its agents were made with."""

    host: str
    port: int
    authority: Path
    root: str


STILL_S = 0.05
"""No agent goes on while an emergency has come to some line within this time."""


class SilentPlayer(FakePlayer):
    """A player by the monotonic clock.

    Attributes:
        noted: When the siren and the words of an emergency begin, as cued last.
    """

    def __init__(self, clock: SystemClock) -> None:
        super().__init__(clock)
        self.noted: dict[str, float] = {}

    def cue(self, cue: Cue, permit: Allowed) -> None:
        """See `FakePlayer`; note what of an emergency it is."""
        super().cue(cue, permit)
        begins = monotonic() + cue.start - self.clock.monotonic()  # the agent's clock is one that no NTP slews
        if isinstance(cue.sound, Recordings):
            for part in cue.sound.parts:
                self.noted.setdefault("announcement" if part.content else "siren", begins)
                begins += part.seconds + cue.sound.pause


class SimulatedAgent:
    """One loudspeaker's agent.

    Args:
        folder: Its own directory, made here.
        pole: Its device.
        reach: Where its broker is.
        facts: Takes what came of emergencies, and what of them begins to sound: `siren`, `announcement`.
        heartbeat: Seconds between two presence messages when nothing changes.
    """

    def __init__(self, folder: Path, pole: Pole, reach: Reach, facts: list[Fact], *, heartbeat: float = HOUR) -> None:
        folder.mkdir(parents=True)
        tls = folder / "tls.pem"
        tls.write_bytes(pole.tls)
        self.name = str(pole.loudspeaker)
        self._facts = facts
        self._inbox: deque[Event] = deque()
        self._clock = SystemClock(kept=folder / "clock.json")
        self._player = SilentPlayer(self._clock)
        key = SigningKey.of(pole.seed)
        self._link = MqttLink(
            Broker(host=reach.host, port=reach.port, authority=reach.authority, certificate=tls), client_id=key.key
        )
        self._agent = Agent(
            pole.loudspeaker,
            key=key,
            roots=(reach.root,),
            heartbeat=heartbeat,
            read_health=partial(read_health, folder),
            clock=self._clock,
            player=self._player,
            journal=SqliteJournal(
                folder / "journal.db",
                loudspeaker=pole.loudspeaker,
                new_id=lambda: JournalId(secrets.token_hex(16)),
                clock=self._clock,
            ),
            held=HeldMessages(folder / "held"),
            commanded=HeldMessages(folder / "commands"),
            host=FakeHost(),
            cache=FakeCache(),
            link=self._link,
        )

    def connect(self) -> int:
        """Connect, which waits for TLS and not for the broker's answer; give what a selector waits on."""
        self._session = self._link.open(will=self._agent.will, deliver=self._deliver)
        return self._session.fileno()

    def serve(self) -> bool:
        """Take in what has come on its line; tell whether any of it was an emergency's.

        Raises:
            ConnectionAbortedError: There is no line any more.
        """
        before = len(self._facts)
        if not self._session.step():
            raise ConnectionAbortedError(f"{self.name} was thrown out")
        return len(self._facts) > before

    @property
    def waits(self) -> bool:
        """Whether something came that was not taken in hand."""
        return bool(self._inbox)

    def step(self) -> float:
        """Take one thing in hand; give when to step again at the latest (monotonic)."""
        self._player.advance()
        self._inbox.extend(self._player.events)
        self._player.events.clear()
        began = monotonic()
        pause = self._agent.step(self._inbox.popleft() if self._inbox else None)
        self.serve()
        for what, at in self._player.noted.items():
            self._facts.append(Fact(self.name, what, at, at - began))
        self._player.noted.clear()
        return min(began + pause, self._player.due)

    def _deliver(self, event: Event) -> None:
        if isinstance(event, Received) and "/emergencies" in event.topic:
            self._facts.append(Fact(self.name, event.topic, monotonic()))
        self._agent.hush_if_ordered(event)
        self._inbox.append(event)


class Fleet:
    """Many agents on one thread."""

    def __init__(self, agents: list[SimulatedAgent]) -> None:
        self._agents = agents
        self._selector = selectors.DefaultSelector()
        self._due: dict[int, float] = {}
        self._timers: list[tuple[float, int]] = []
        self._ready: deque[int] = deque()
        self._still_until = 0.0
        for number, agent in enumerate(agents):
            self._selector.register(agent.connect(), selectors.EVENT_READ, number)
            self._is_due(number, monotonic())
            self.turn()

    def serve(self, facts: list[Fact], orders: Connection) -> None:
        """Live until told to end, in a process of its own; see `receivers.answered` for the orders."""
        self._selector.register(orders, selectors.EVENT_READ, None)
        while not self.turn() or answered(orders, facts):
            pass

    def turn(self) -> bool:
        """Take in what has come on every line, then let one agent go on; tell whether an order waits."""
        came = self._selector.select(self._pause())
        for number in (key.data for key, _ in came if key.data is not None):
            if self._agents[number].serve():
                self._still_until = monotonic() + STILL_S
            self._ready.append(number)
        if not came and monotonic() >= self._still_until:
            self._let_one_go_on()
        return any(key.data is None for key, _ in came)

    def _pause(self) -> float:
        now = monotonic()
        if now < self._still_until:
            return self._still_until - now
        return 0.0 if self._ready else max(0.0, self._timers[0][0] - now)

    def _let_one_go_on(self) -> None:
        if self._ready:
            number = self._ready.popleft()
        else:
            at, number = heapq.heappop(self._timers)
            if at > monotonic() or at != self._due[number]:
                if at == self._due[number]:
                    heapq.heappush(self._timers, (at, number))
                return
        self._is_due(number, self._agents[number].step())
        if self._agents[number].waits:
            self._ready.append(number)

    def _is_due(self, number: int, at: float) -> None:
        self._due[number] = at
        heapq.heappush(self._timers, (at, number))
