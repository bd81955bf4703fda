"""A loudspeaker in order, with a past whose every message the broker kept, and what must be so whatever it is told."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from random import Random
from shutil import rmtree

from schedules.asrun import Outcome
from schedules.ids import LoudspeakerId, UnitId, ZoneId
from schedules.wire import topics
from schedules.wire.codec import decoded
from schedules.wire.messages import Challenge, Message, SilenceOrdered
from schedules.wire.seal import envelope_of, sealed, type_of
from tests.hostile.attempt import Run, Wrongs, drawn_key
from tests.station_agent.centre import UNIT, ZONE, item
from tests.station_agent.world import NOW, World

ELSEWHERE, NEIGHBOUR, OTHER_UNIT = ZoneId("go-sim"), LoudspeakerId("go-sim-1"), UnitId("son-tay")
RUNDOWN, SILENCE = topics.rundown(ZONE), topics.unit_silence(UNIT)
VOLUME = 60
SECONDS = 20  # of the one item that is to sound
BEGINS, IS_OVER = NOW + timedelta(seconds=30), NOW + timedelta(seconds=56)

Sent = tuple[str, bytes]
"""Topic and envelope."""


def said(sent: Sent) -> Message:
    """Read what a message says, whoever sealed it."""
    envelope = envelope_of(sent[1])
    return decoded(type_of(envelope), envelope.payload)


class Victim(World):
    """It moved once, its keys were rotated once, it was silenced and is not any more; "true" is what it has to play.

    Attributes:
        past: all that the centre ever published, to whomever, oldest first.
        in_force: what was said last on each topic.
        expected: what is to sound.
        through: up to where the centre has really acknowledged the journal.
        newest_trust: number of the newest trust list.
        retired: issue and state key that the second trust list no longer has.
    """

    def __init__(self, folder: Path, rng: Random) -> None:
        super().__init__(folder, draw=lambda: drawn_key(rng))
        self.rng = rng
        self.past: list[Sent] = []
        self.in_force: dict[str, Sent] = {}
        self.expected = {"true"}
        self.through = 0
        self.newest_trust = 1
        self.retired = (self.centre.issue, self.centre.state)
        self._lives()

    def _lives(self) -> None:
        centre = self.centre
        self.connect()
        self.hears(centre.trust(1), centre.assignment(zone=ELSEWHERE, volume=100))
        self.hears(centre.rundown(item("moved", BEGINS, SECONDS), zone=ELSEWHERE), centre.silence(), self.lifted())
        self.is_told_what_is_in_force(zone=ELSEWHERE)
        self.passes(1)
        self.is_acknowledged()
        centre.issue, centre.state = drawn_key(self.rng), drawn_key(self.rng)
        self.newest_trust = 2
        self.hears(centre.trust(2))
        self.hears(centre.assignment(zone=ELSEWHERE, volume=100), centre.assignment(volume=VOLUME))
        self.hears(centre.silence(), self.lifted())
        self.hears(centre.rundown(item("withdrawn", BEGINS, SECONDS)))
        self.asks_anew()
        self.is_told_what_is_in_force()
        self.hears(centre.rundown(item("before", NOW + timedelta(seconds=4), 2), item("true", BEGINS, SECONDS)))
        self.asks_anew()
        self.is_told_what_is_in_force()
        self.passes(8)
        self.is_acknowledged()
        for others in (
            centre.assignment(loudspeaker=NEIGHBOUR, zone=ELSEWHERE, volume=100),
            centre.rundown(item("elsewhere", BEGINS, SECONDS), zone=ELSEWHERE),
            centre.acknowledged("journal-1", 1, "0" * 64, NEIGHBOUR),
            centre.current("0" * 32, self.clock.now(), loudspeaker=NEIGHBOUR),
            self._silence_of_others(),
        ):
            self.past.append(others)
        for over in (topics.trust(1), topics.rundown(ELSEWHERE)):
            del self.in_force[over]
        assert not self.wrongs_now(), self.wrongs_now()

    def passes(self, seconds: float) -> None:
        """Let some seconds pass, in steps as long as the agent's own."""
        self.run_until(self.clock.now() + timedelta(seconds=seconds), step=1.0)

    def asks_anew(self) -> None:
        """Lose the line and have it again: the device asks what is in force."""
        self.disconnect()
        self.connect()

    def hears(self, *messages: Sent) -> None:
        """Let the centre say something, and the broker hand it on as it should."""
        for message in messages:
            self.past.append(message)
            self.in_force[message[0]] = message
            self.receive(message)

    def lifted(self) -> Sent:
        """Give an order that lifts the silence, `until` told so that no two are alike."""
        return self.centre.silence(ordered=False)

    def is_silenced(self) -> None:
        """Order silence: nothing is to sound from now on."""
        self.hears(self.centre.silence())
        self.expected = set()

    def is_told_what_is_in_force(self, *, zone: ZoneId = ZONE) -> None:
        """Let the centre answer the device's last question honestly."""
        rundown, silence = (said(self.in_force[topic]) for topic in (topics.rundown(zone), SILENCE))
        nonce = self.said(Challenge)[-1].nonce
        silences = ((silence.audience, silence.number),)
        lists = [said(each) for topic, each in self.in_force.items() if topic.endswith("/emergencies")]
        self.hears(
            self.centre.current(
                nonce,
                self.clock.now(),
                trust=self.newest_trust,
                rundown=rundown.number,
                silences=silences,
                emergencies=tuple((each.audience, each.number) for each in lists),
            )
        )

    def is_acknowledged(self) -> None:
        """Let the centre acknowledge what it was told so far."""
        waiting = self.journal.pending(1000)
        assert waiting is not None
        self.through = waiting.entries[-1].sequence
        self.hears(self.centre.acknowledges(waiting.entries))

    def sounded(self) -> set[str]:
        """Give what sounded, by the journal and by the player."""
        by_journal = {each.occurrence for each in self.entries if each.outcome is not Outcome.SKIPPED}
        return by_journal - {"before"} | {
            sound.play.rpartition("#")[0] for sound in self.player.sounding() if sound.started is not None
        }

    def wrongs_now(self) -> list[str]:
        """Say what is held or told that the centre did not say last."""
        held = {path.name: path.read_bytes() for path in (self.folder / "held").iterdir()}
        genuine = {envelope_of(data).payload for _, data in self.in_force.values()}
        found = [
            f"holds a false {name}" for name, data in held.items() if data and envelope_of(data).payload not in genuine
        ]
        found += [f"lost its {name}" for name in ("trust", "assignment", "rundown") if name not in held]
        waiting = self.journal.pending(1000)
        if (self.through if waiting is None else waiting.entries[0].sequence - 1) > self.through:
            found.append("takes for acknowledged what is not")
        return found

    def wrongs_in_the_end(self) -> list[str]:
        """Let the time of the item pass, and say all that is wrong."""
        self.run_until(IS_OVER, step=1.0)
        found = self.wrongs_now()
        if self.sounded() != self.expected:
            found.append(f"sounded: {sorted(self.sounded())}")
        whole = {each.occurrence for each in self.entries if each.outcome is Outcome.FINISHED}
        if "true" in self.expected - whole:
            found.append("was cut short")
        if self.presence.volume != VOLUME:
            found.append(f"volume {self.presence.volume}")
        self.asks_anew()
        self.is_told_what_is_in_force()
        self.passes(1)
        if any(fault.startswith(("behind.", "held.")) for fault in self.presence.faults):
            found.append(f"no longer in order: {self.presence.faults}")
        return found

    def is_wiped(self) -> None:
        """Lose the disk, all of it, and begin anew."""
        self.journal.shut()
        rmtree(self.folder / "held")
        for path in self.folder.glob("journal*"):
            path.unlink()
        self.through = 0
        self.boot()
        self.connect()

    def _silence_of_others(self) -> Sent:
        order = SilenceOrdered(
            audience=topics.audience_of_unit(OTHER_UNIT),
            number=said(self.centre.silence()).number,
            issued=NOW,
            ordered=True,
        )
        return topics.unit_silence(OTHER_UNIT), sealed(order, self.centre.state)


def on_a_loudspeaker(attack: Callable[..., object]) -> Run:
    """Make of what a broker does to a loudspeaker an attempt: all must be as if it had not been."""

    def run(folder: Path, rng: Random) -> Wrongs:
        victim = Victim(folder, rng)
        if rng.random() < 0.3:
            victim.is_silenced()
        victim.passes(rng.uniform(0, 30))
        attack(victim, rng)
        found = victim.wrongs_now() + victim.wrongs_in_the_end()
        victim.journal.shut()
        return Wrongs(obeyed=tuple(dict.fromkeys(found)))

    return run
