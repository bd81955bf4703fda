"""A loudspeaker on its pole: the real agent, its journal and its orders on a real disk; only the sound is made up."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from shutil import copytree, rmtree

from schedules.asrun import AsRunEntry
from schedules.ids import JournalId, LoudspeakerId, OccurrenceId
from schedules.programme import Recording
from schedules.times import Span
from schedules.wire.seal import SigningKey
from station_agent.agent import Agent
from station_agent.held import HeldMessages
from station_agent.journal import SqliteJournal
from station_agent.ports import AudioChanged, Event, Health, LinkDown, LinkUp, Part, PlayEnded, Received, Recordings
from tests.fakes.loudspeaker import FakeCache, FakeClock, FakeHost, FakePlayer
from tests.fakes.mqtt import Broker, Line

HEARTBEAT_S = 4 * 3600.0
"""What changes is said at once; a heartbeat an hour would only make the days longer."""


def write_device_key(folder: Path, seed: bytes) -> None:
    """Make the disk of a pole, with its key."""
    folder.mkdir()
    (folder / "device.key").write_bytes(seed)


def device_key(folder: Path) -> SigningKey:
    """Read the key of a pole from its disk."""
    seed = (folder / "device.key").read_bytes()
    return SigningKey.of(seed)


@dataclass(frozen=True, slots=True)
class Sounded:
    """What came out of the horns, from where in its sound: the truth that evidence is held against."""

    occurrence: OccurrenceId
    span: Span
    offset_s: float


class Pole:
    """One loudspeaker, whose power and whose line can be cut.

    Args:
        folder: Its disk, which survives power cuts.
        which: Id of the loudspeaker.
        root: Public root key it was made with.
        broker: Where its line leads.
        now: The instant of its first boot.
        mail_moves: Lets what was sent arrive; called after each thing that happens to the pole.

    Attributes:
        sounded: What really sounded, in order of its end.
        cache: Its audio files; `cache.generous = False` cuts it off from the file server alone.
    """

    def __init__(
        self,
        folder: Path,
        which: LoudspeakerId,
        root: str,
        *,
        broker: Broker,
        now: datetime,
        mail_moves: Callable[[], None],
    ) -> None:
        self.id, self.key = which, device_key(folder)
        self.line = Line(broker)
        self.cache = FakeCache()
        self.sounded: list[Sounded] = []
        self._folder, self._root = folder, root
        self._mail_moves = mail_moves
        self._clock = FakeClock(now)
        self._agent: Agent | None = None
        self._arrived: list[Event] = []
        self._journals = 0

    def boots(self) -> None:
        """Switch it on: it goes on from what is on its disk."""
        self._clock = FakeClock(self._clock.now())
        self._player = FakePlayer(self._clock)
        self._journal = SqliteJournal(
            self._folder / "journal.db", loudspeaker=self.id, new_id=self._new_id, clock=self._clock
        )
        self._agent = Agent(
            self.id,
            key=self.key,
            roots=[self._root],
            heartbeat=HEARTBEAT_S,
            read_health=lambda: Health(disk_free=4_000_000_000, temperature=41.0),
            clock=self._clock,
            player=self._player,
            journal=self._journal,
            held=HeldMessages(self._folder / "held"),
            commanded=HeldMessages(self._folder / "commands"),
            host=FakeHost(),
            cache=self.cache,
            link=self.line,
        )
        self._connects()
        self._mail_moves()

    def loses_power(self) -> None:
        """Switch it off in the middle of whatever it does."""
        for sound in self._player.sounding():
            if sound.started is not None:
                self._note_sound(sound.play, sound.started, self._clock.monotonic())
        self._agent = None
        self._journal.shut()
        self.line.breaks()
        self._mail_moves()

    def ends(self) -> None:
        """Close its files, when its story is told."""
        if self.has_power:
            self._journal.shut()

    def loses_disk(self) -> None:
        """Put an empty disk into it while it is off; only its key is copied, as a technician does."""
        (self._folder / "journal.db").unlink()
        rmtree(self._folder / "held")
        self.cache.present = frozenset()

    def keeps_a_copy_of_its_orders(self) -> None:
        """Copy what it obeys, while it is off."""
        copytree(self._folder / "held", self._folder / "held-copy")

    def has_its_old_orders_again(self) -> None:
        """Put back what it obeyed when the copy was made, while it is off."""
        rmtree(self._folder / "held")
        copytree(self._folder / "held-copy", self._folder / "held")

    def forgets_what_it_played(self) -> None:
        """Let its memory card spoil the plays in its journal while it is off."""
        with closing(sqlite3.connect(self._folder / "journal.db")) as database, database:
            database.execute("UPDATE entry SET hash = '' WHERE CAST(body AS TEXT) LIKE '%outcome%'")

    def is_stopped(self) -> None:
        """End its service as an administrator does: it writes down what it played and says goodbye."""
        agent = self._running
        agent.leave()
        self.lives()
        agent.say_goodbye()
        self._agent = None
        self._journal.shut()
        self.line.hangs_up()
        self._mail_moves()

    def loses_line(self) -> None:
        """Cut it off from the broker and from the audio."""
        self.line.cut, self.cache.generous = True, False
        self.line.breaks()
        self._take(LinkDown())
        self._mail_moves()

    def has_line_again(self) -> None:
        """Mend its line: what it missed comes, what it kept for the centre leaves."""
        self.line.cut, self.cache.generous = False, True
        self.cache.want(self.cache.wanted)
        self._connects()
        self._mail_moves()

    def receives_audio(self, *recordings: Recording) -> None:
        """Let audio files come that did not come by themselves."""
        self.cache.present |= {recording.sha256 for recording in recordings}
        self._take(AudioChanged())
        self._mail_moves()

    @property
    def is_sounding(self) -> bool:
        """Whether something comes out of its horns now."""
        return self.has_power and any(sound.started is not None for sound in self._player.sounding())

    @property
    def wants_restart(self) -> bool:
        """Whether its process would end, to be started again."""
        return self._running.wants_restart

    @property
    def has_power(self) -> bool:
        """Whether it is switched on."""
        return self._agent is not None

    @property
    def entries(self) -> list[AsRunEntry]:
        """Everything in its journal."""
        return list(self._journal.entries_since(datetime.min.replace(tzinfo=self._clock.now().tzinfo)))

    @property
    def unanswered(self) -> int:
        """How many plays the centre has not acknowledged."""
        pending = self._journal.pending(100)
        return sum(isinstance(each, AsRunEntry) for each in pending.entries) if pending else 0

    def is_at(self, now: datetime) -> None:
        """Let time pass for it, with power or without."""
        self._clock.set(now)
        if self.has_power:
            self.lives()

    def lives(self) -> None:
        """Let player and agent do what the clock says."""
        self._player.advance()
        self._take()

    def takes_mail(self) -> bool:
        """Let the agent have what waits in its inbox; tell whether anything did."""
        self._arrived += [Received(topic, payload) for topic, payload in self.line.take()]
        arrived, self._arrived[:] = list(self._arrived), []
        self._take(*arrived)
        return bool(arrived)

    @property
    def _running(self) -> Agent:
        assert self._agent is not None, f"{self.id} has no power"
        return self._agent

    def _connects(self) -> None:
        if self.line.connects(will=self._running.will()):
            self._arrived.append(LinkUp())

    def _take(self, *events: Event) -> None:
        """Let the agent take events, then whatever the player says to what it did."""
        if self._agent is None:
            return
        for event in events:
            self._agent.hush_if_ordered(event)
            self._agent.handle(event)
        self._agent.tick()
        self._player.advance()
        said, self._player.events[:] = list(self._player.events), []
        for report in said:
            if isinstance(report, PlayEnded) and report.started is not None:
                self._note_sound(report.play, report.started, report.ended)
        if said:
            self._take(*said)

    def _note_sound(self, play: str, started: float, ended: float) -> None:
        now, monotonic = self._clock.now(), self._clock.monotonic()
        begins, ends = (now + timedelta(seconds=at - monotonic) for at in (started, ended))
        sound = next(cue.sound for cue in self._player.cues if cue.play == play)
        offset_s = sound.offset if isinstance(sound, Recordings) else 0.0
        self.sounded.append(Sounded(OccurrenceId(play.partition("#")[0]), Span(begins, ends), offset_s))

    def said_of(self, name: str) -> list[tuple[Part, ...]]:
        """Give what it made of an emergency or exercise since it was switched on: the parts of each hearing."""
        cues = [cue.sound for cue in self._player.cues if cue.play.partition("!")[0] == name]
        return [sound.parts for sound in cues if isinstance(sound, Recordings)]

    def _new_id(self) -> JournalId:
        self._journals += 1
        return JournalId(f"{self.id}-journal-{self._journals}")
