"""A hostile broker and commands: repeated, forged, another's, late and kept back, they do nothing at a loudspeaker."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

from schedules.wire import topics
from schedules.wire.command import Command, LogLevel, What
from schedules.wire.seal import sealed
from station_agent.ports import Recordings
from station_agent.tone import NOTES
from tests.hostile.attempt import Run, Wrongs, drawn_key, kinds
from tests.hostile.victim import NEIGHBOUR, Sent, Victim, said
from tests.station_agent.centre import LOUDSPEAKER

TOPIC = topics.of_loudspeaker(LOUDSPEAKER, "command")
COMMANDS = tuple(What)


class Commanded(Victim):
    """A loudspeaker of which is counted how often it did what a command asks.

    Attributes:
        honestly: how often it was to do something.
    """

    def __init__(self, folder: Path, rng: Random) -> None:
        self.honestly = 0
        self._before = 0
        super().__init__(folder, rng)

    def boot(self) -> None:
        """See `World`; what was done before is counted on."""
        if hasattr(self, "player"):
            self._before += self._done_since_the_start
        super().boot()

    @property
    def done(self) -> int:
        """How often anything was done that only a command makes it do."""
        return self._before + self._done_since_the_start + self.link.asked_again

    @property
    def _done_since_the_start(self) -> int:
        tones = sum(isinstance(cue.sound, Recordings) and NOTES in cue.sound.parts for cue in self.player.cues)
        return tones + len(self.host.levels) + len(self.host.left) + self.agent.wants_restart

    def commanded(self, what: What | None = None, **about: Any) -> Sent:  # noqa: ANN401  # see `Centre.command`
        """Sign a command for it as the centre would."""
        chosen = what or self.rng.choice(COMMANDS)
        at = about.setdefault("at", self.clock.now())
        if chosen is What.LOG_LEVEL:
            about |= {"level": LogLevel.DEBUG, "until": at + timedelta(hours=1)}
        given = {"device": self.key.key, "name": self.rng.randbytes(8).hex(), **about}
        return self.centre.command(chosen, **given)


def _does_nothing_false(attack: Callable[[Commanded, Random], None]) -> Run:
    """Make an attempt: nothing is done but what the centre wanted, once, and the rest is as if it had not been."""

    def run(folder: Path, rng: Random) -> Wrongs:
        victim = Commanded(folder, rng)
        attack(victim, rng)
        found = victim.wrongs_in_the_end()
        if victim.done > victim.honestly:
            found.append(f"did {victim.done} and not {victim.honestly}")
        victim.journal.shut()
        return Wrongs(obeyed=tuple(dict.fromkeys(found)))

    return run


def a_command_again_and_again(victim: Commanded, rng: Random) -> None:
    """Each was done once when it came; after a power cut the broker hands it on once more."""
    told = [victim.commanded(what) for what in (What.RESYNC, What.LOG_LEVEL, What.DIAGNOSTICS)]
    victim.receive(*told)
    victim.honestly = victim.done
    victim.receive(*rng.choices(told, k=rng.randint(1, 9)))
    if not victim.sounded():
        victim.power_cut()
        victim.connect()
    victim.receive(*rng.choices(told, k=rng.randint(1, 9)))


def a_command_by_another_key(victim: Commanded, rng: Random) -> None:
    centre = victim.centre
    keys = [drawn_key(rng), victim.key, victim.retired[1], centre.issue, centre.emergency, centre.root]
    victim.receive(*(victim.commanded(key=key) for key in rng.sample(keys, k=4)))


def a_command_with_a_bit_turned(victim: Commanded, rng: Random) -> None:
    for _ in range(4):
        topic, data = victim.commanded()
        spoiled = bytearray(data)
        spoiled[rng.randrange(len(data) - 60, len(data))] ^= 1 << rng.randrange(8)
        victim.receive((topic, bytes(spoiled)))


def a_command_of_another_loudspeaker(victim: Commanded, rng: Random) -> None:
    """It is genuine and young; only it is not for this one."""
    topic, data = victim.commanded(loudspeaker=NEIGHBOUR)
    victim.receive((topic, data), (TOPIC, data), (topics.of_loudspeaker(LOUDSPEAKER, "current"), data))


def a_command_of_the_device_before(victim: Commanded, rng: Random) -> None:
    victim.receive(*(victim.commanded(device=drawn_key(rng).key) for _ in range(3)))


def a_command_after_its_end(victim: Commanded, rng: Random) -> None:
    minutes = rng.uniform(1, 60)
    late = timedelta(minutes=minutes) + timedelta(seconds=rng.uniform(0, 86_400))
    victim.receive(victim.commanded(at=victim.clock.now() - late, lasts=timedelta(minutes=minutes)))


def a_command_dated_ahead(victim: Commanded, rng: Random) -> None:
    ahead = timedelta(minutes=66) + timedelta(seconds=rng.uniform(0, 10 * 86_400))
    victim.receive(victim.commanded(at=victim.clock.now() + ahead, lasts=timedelta(minutes=rng.uniform(1, 60))))


def a_command_to_who_does_not_know_the_time(victim: Commanded, rng: Random) -> None:
    told = victim.commanded(at=victim.clock.now() - timedelta(seconds=rng.uniform(0, 300 * 86_400)))
    doubt, victim.clock.doubt = victim.clock.doubt, None
    victim.receive(told)
    victim.clock.doubt = doubt


def a_command_of_another_epoch(victim: Commanded, rng: Random) -> None:
    message = said(victim.commanded())
    assert isinstance(message, Command)
    other = replace(message, epoch=message.epoch + rng.choice([-1, 1, 7]))
    victim.receive((TOPIC, sealed(other, victim.centre.state)))


KINDS = kinds(
    "broker",
    (
        a_command_again_and_again,
        a_command_by_another_key,
        a_command_with_a_bit_turned,
        a_command_of_another_loudspeaker,
        a_command_of_the_device_before,
        a_command_after_its_end,
        a_command_dated_ahead,
        a_command_to_who_does_not_know_the_time,
        a_command_of_another_epoch,
    ),
    _does_nothing_false,
)
