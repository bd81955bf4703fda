"""What a broker would like a loudspeaker to believe: as messages, to be sealed by whatever key there is."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from random import Random

from schedules.wire.messages import Challenge, Message, RundownIssued
from schedules.wire.seal import SigningKey, sealed
from tests.hostile.victim import ELSEWHERE, Sent, Victim, said
from tests.station_agent.centre import item


@dataclass(frozen=True, slots=True)
class Lie:
    """A message that is not true.

    Attributes:
        topic: where it would be believed.
        key: who would have to seal it.
    """

    topic: str
    message: Message
    key: SigningKey

    def by(self, *keys: SigningKey) -> Sent:
        """Have it sealed."""
        return self.topic, sealed(self.message, *keys)


def another_rundown(victim: Victim, rng: Random) -> Lie:
    begins = victim.clock.now() + timedelta(seconds=rng.choice([-5, 0, 1, 2]))
    sent = victim.centre.rundown(item("false", begins, 60))
    return Lie(sent[0], said(sent), victim.centre.issue)


def an_empty_rundown(victim: Victim, rng: Random) -> Lie:
    sent = victim.centre.rundown()
    return Lie(sent[0], said(sent), victim.centre.issue)


def another_assignment(victim: Victim, rng: Random) -> Lie:
    assigned = dict(victim.centre.assigned)
    locked = victim.clock.now() + timedelta(days=1)
    named = rng.choice([{"volume": 100}, {"zone": ELSEWHERE}, {"maintenance_until": locked}, {"regulations": ()}])
    sent = victim.centre.assignment(**named)  # type: ignore[arg-type]  # by name
    victim.centre.assigned = assigned
    return Lie(sent[0], said(sent), victim.centre.state)


def another_silence(victim: Victim, rng: Random) -> Lie:
    sent = victim.centre.silence(ordered=bool(victim.expected))
    return Lie(sent[0], said(sent), victim.centre.state)


def an_acknowledgement(victim: Victim, rng: Random) -> Lie:
    waiting = victim.journal.pending(1000)
    if waiting is None:
        return another_silence(victim, rng)
    sent = victim.centre.acknowledges(waiting.entries)
    return Lie(sent[0], said(sent), victim.centre.state)


def an_answer(victim: Victim, rng: Random) -> Lie:
    """Answer the newest question, which anybody on the line can read, by a time and numbers of one's own."""
    victim.asks_anew()
    at = victim.clock.now() + timedelta(hours=rng.uniform(-9, 9))
    sent = victim.centre.current(
        victim.said(Challenge)[-1].nonce, at, rundown=9, trust=rng.choice([1, 99]), assignment=9
    )
    return Lie(sent[0], said(sent), victim.centre.state)


LIES: tuple[Callable[[Victim, Random], Lie], ...] = (
    another_rundown,
    an_empty_rundown,
    another_assignment,
    another_silence,
    an_acknowledgement,
    an_answer,
)


def a_lie(victim: Victim, rng: Random) -> Lie:
    """Make one of them up."""
    return rng.choice(LIES)(victim, rng)


def an_order(victim: Victim, rng: Random) -> Lie:
    """Make up one that would be obeyed: no answer to anything."""
    return rng.choice(LIES[:4])(victim, rng)


def renumbered(lie: Lie, *, number: int, epoch: int = 0) -> Lie:
    """Give a lie another place in the order of its topic."""
    message = lie.message
    if isinstance(message, RundownIssued):
        rundown = replace(message.rundown, epoch=epoch, revision=number)
        return replace(lie, message=replace(message, number=number, epoch=epoch, rundown=rundown))
    return replace(lie, message=replace(message, number=number, epoch=epoch))
