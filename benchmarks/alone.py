"""One real agent with a real player on a silent device and its files on the disk: from a message to the first sample.

What a device with a processor of its own adds to the time at which a message reaches it.
"""

import queue
import secrets
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from schedules.emergency_list import EmergencyList, cancelled, issued
from schedules.ids import EmergencyId, JournalId
from schedules.wire.messages import Challenge
from station_agent.agent import Agent
from station_agent.clock import SystemClock
from station_agent.config import HOUR
from station_agent.health import read_health
from station_agent.held import HeldMessages
from station_agent.journal import SqliteJournal
from station_agent.lane_sound import SIREN
from station_agent.player import Backend, SoundPlayer
from station_agent.ports import Event, LinkUp, PlayEnded, PlayStarted, Received
from tests.fakes.loudspeaker import FakeCache, FakeHost, FakeLink
from tests.schedules.given_emergencies import an_emergency
from tests.station_agent.centre import LOUDSPEAKER, SUM, UNIT, Centre, DeviceKeyring, new_key
from tests.station_agent.pole import real_now


class Alone:
    """The agent, and a centre that speaks to it without a broker."""

    def __init__(self, folder: Path) -> None:
        self.centre = Centre(real_now())
        self.clock = SystemClock(kept=folder / "clock.json")
        self._inbox: queue.SimpleQueue[Event] = queue.SimpleQueue()
        self._player = SoundPlayer(Backend.NULL, monotonic=self.clock.monotonic, report=self._inbox.put)
        self._journal = SqliteJournal(
            folder / "journal.db",
            loudspeaker=LOUDSPEAKER,
            new_id=lambda: JournalId(secrets.token_hex(16)),
            clock=self.clock,
        )
        key, link = new_key(), FakeLink(up=True)
        self._agent = Agent(
            LOUDSPEAKER,
            key=key,
            roots=[self.centre.root.public],
            heartbeat=HOUR,
            read_health=partial(read_health, folder),
            clock=self.clock,
            player=self._player,
            journal=self._journal,
            held=HeldMessages(folder / "held"),
            commanded=HeldMessages(folder / "commands"),
            host=FakeHost(),
            cache=FakeCache(),
            link=link,
        )
        for message in (self.centre.trust(), self.centre.assignment()):
            self.takes(message)
        self._pause = self._agent.step(LinkUp())
        said = [DeviceKeyring(key.public).read(payload) for _, payload, _ in link.sent]
        (nonce,) = (message.nonce for message in said if isinstance(message, Challenge))
        self.takes(self.centre.current(nonce, real_now()))

    def takes(self, message: tuple[str, bytes]) -> float:
        """Let a message come; give when it did (monotonic)."""
        came = self.clock.monotonic()
        self._pause = self._agent.step(Received(*message))
        return came

    def lives_until(self, holds: Callable[[Event], bool]) -> Event:
        """Run the agent's loop until an event of a kind has come; give it."""
        while True:
            try:
                event = self._inbox.get(timeout=self._pause)
            except queue.Empty:
                self._pause = self._agent.step(None)
            else:
                self._pause = self._agent.step(event)
                if holds(event):
                    return event

    def close(self) -> None:
        """Put everything away."""
        self._player.close()
        self._journal.shut()


def heard_alone(folder: Path, *, rounds: int) -> tuple[list[float], list[float]]:
    """Give the seconds to a siren's first sample from its list, and to the words' from their message, of each round."""
    one = Alone(folder)
    known = EmergencyList(unit=UNIT)
    sirens, words = [], []
    for number in range(rounds):
        emergency = an_emergency(
            id=EmergencyId(f"e{number}"),
            sent=real_now(),
            lives=timedelta(minutes=5),
            units=(UNIT,),
            sender=UNIT,
            times=1,
            lasts=timedelta(seconds=SIREN.seconds),
        )
        known = issued(known, emergency, sha256=SUM, now=emergency.sent)
        sirens.append(-one.takes(one.centre.lists(known)) + started(one))
        words.append(-one.takes(one.centre.says(emergency, sound=SIREN.path.read_bytes())) + started(one))
        known = cancelled(known, [emergency.id], now=real_now())
        one.takes(one.centre.lists(known))
        known = replace(known, cancelled=())  # a list names only so many, and here nothing comes late
        one.lives_until(lambda event: isinstance(event, PlayEnded))
    one.close()
    return sirens, words


def started(one: Alone) -> float:
    """Give when the next sound's first sample was handed to the device (monotonic)."""
    event = one.lives_until(lambda event: isinstance(event, PlayStarted))
    assert isinstance(event, PlayStarted)
    return event.at
