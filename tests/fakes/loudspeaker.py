"""A loudspeaker's world without sound, network or waiting: clock, player, line and audio files that do as told."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo
from pathlib import Path

from schedules.evidence import Ending
from schedules.guard import Allowed, ClockInterval
from schedules.ids import CommandId
from schedules.wire.command import Section
from station_agent.ports import (
    Clock,
    Cue,
    Event,
    PlayEnded,
    PlayStarted,
    Recordings,
    Sounding,
    Wanted,
)


class FakeClock:
    """A clock that moves when told; it shows `by` more than true time, and holds itself right within `doubt`.

    Nothing vouches for it while `doubt` is None.
    """

    def __init__(self, now: datetime, doubt: timedelta | None = timedelta(milliseconds=50)) -> None:
        self._now = now
        self._started = now
        self.doubt = doubt
        self.by = timedelta(0)
        self.epoch = 0

    @property
    def true_time(self) -> datetime:
        return self._now

    def now(self) -> datetime:
        return self._now + self.by

    def monotonic(self) -> float:
        return 1000.0 + (self._now - self._started).total_seconds()

    def utc_at(self, monotonic: float) -> datetime:
        return self.now() + timedelta(seconds=monotonic - self.monotonic())

    def monotonic_at(self, utc: datetime) -> float:
        return self.monotonic() + (utc - self.now()).total_seconds()

    def interval(self) -> ClockInterval | None:
        return None if self.doubt is None else ClockInterval.around(self.now(), self.doubt)

    def trust(self, utc: datetime, asked: float, answered: float) -> bool:
        if self.doubt is None:
            self.doubt = timedelta(seconds=answered - asked)
        return True

    def follow(self, epoch: int) -> None:
        self.epoch = epoch

    def keep(self) -> None:
        """What it knows is kept in the test."""

    def set(self, now: datetime) -> None:
        self._now = now


@dataclass(slots=True)
class _Sound:
    cue: Cue
    length: float | None
    started: float | None = None
    stop: float | None = None
    stopped: bool = False

    @property
    def due(self) -> float:
        edge = (
            self.cue.start
            if self.started is None
            else self.started + (math.inf if self.length is None else self.length)
        )
        return edge if self.stop is None else min(edge, self.stop)


@dataclass(slots=True)
class FakePlayer:
    """Plays by the clock alone; can be told to fail.

    Attributes:
        failing: Plays whose id contains one of these end as FAILED instead of starting.
        history: What sounded: (play, first instant, last instant), monotonic.
    """

    clock: Clock
    events: list[Event] = field(default_factory=list)
    fault: str = ""
    volume: int = 100
    failing: set[str] = field(default_factory=set)
    cues: list[Cue] = field(default_factory=list)
    _sounds: list[_Sound] = field(default_factory=list)

    def wake(self, until: float) -> None:
        """A fake card needs no time to settle."""

    def cue(self, cue: Cue, permit: Allowed) -> None:
        self.volume = permit.volume
        length = None
        if isinstance(cue.sound, Recordings):
            whole = sum(part.seconds for part in cue.sound.parts) + cue.sound.pause * (len(cue.sound.parts) - 1)
            length = whole - cue.sound.offset
        self.cues.append(cue)
        self._sounds.append(_Sound(cue, length, stop=cue.end))

    def let_sound(self, play: str, permit: Allowed, *, end: float | None, fade: float = 0.01) -> None:
        self.volume = permit.volume
        for sound in self._sounds:
            if sound.cue.play == play and not sound.stopped:
                sound.stop = end

    def fade_out(self, play: str, seconds: float) -> None:
        for sound in self._sounds:
            if sound.cue.play == play:
                sound.stop, sound.stopped = self.clock.monotonic() + seconds, True

    def hush(self, *, spares: str = "") -> None:
        for sound in self._sounds:
            if sound.cue.play != spares:
                sound.stop, sound.stopped = self.clock.monotonic(), True

    def sounding(self) -> Sequence[Sounding]:
        now = self.clock.monotonic()
        return [
            Sounding(
                play=sound.cue.play,
                started=sound.started,
                seconds=0.0 if sound.started is None else now - sound.started,
                received=0.0 if sound.started is None or sound.length is not None else now - sound.started,
                level=-20.0,
            )
            for sound in self._sounds
        ]

    def tend(self) -> None:
        """Nothing to open or close."""

    def lose_device(self) -> None:
        """Pull the sound card out: what sounds is over, what is cued waits."""
        self.fault = "sound.no_device"
        for sound in [each for each in self._sounds if each.started is not None]:
            self._end(sound, Ending.LOST, self.clock.monotonic())

    def find_device(self) -> None:
        """Plug it in again."""
        self.fault = ""

    def close(self) -> None:
        self._sounds.clear()

    @property
    def due(self) -> float:
        """When something starts or ends next; infinity when nothing does."""
        return min((sound.due for sound in self._sounds), default=math.inf)

    def advance(self) -> None:
        """Start and end what the clock says."""
        now = self.clock.monotonic()
        for sound in list(self._sounds):
            play = sound.cue.play
            if any(mark in play for mark in self.failing):
                self._end(sound, Ending.FAILED, now)
                continue
            if self.fault:
                if sound.cue.start + 1 < now:
                    self._end(sound, Ending.LOST, now)
                continue
            if (
                sound.started is None
                and sound.cue.start <= now
                and (sound.stop is None or sound.cue.start < sound.stop)
            ):
                sound.started = sound.cue.start
                self.events.append(PlayStarted(play, sound.started, 0.0))
            natural = sound.started + sound.length if sound.started is not None and sound.length is not None else None
            if natural is not None and natural <= now and (sound.stop is None or natural <= sound.stop):
                self._end(sound, Ending.FINISHED, natural)
            elif sound.stop is not None and sound.stop <= now:
                self._end(sound, Ending.STOPPED if sound.stopped else Ending.CUT, sound.stop)

    def _end(self, sound: _Sound, how: Ending, at: float) -> None:
        self._sounds.remove(sound)
        seconds = 0.0 if sound.started is None else max(0.0, at - sound.started)
        self.events.append(
            PlayEnded(
                play=sound.cue.play,
                how=how,
                started=sound.started,
                ended=at,
                seconds=seconds,
                received=seconds if sound.length is None else 0.0,
                level=None if sound.started is None else -20.0,
                reason=_REASONS.get(how, ""),
            )
        )


_REASONS = {Ending.FAILED: "sound.undecodable", Ending.LOST: "sound.device_lost"}


@dataclass(slots=True)
class FakeCache:
    """Audio files that come when the test says so."""

    present: frozenset[str] = frozenset()
    faults: dict[str, str] = field(default_factory=dict)
    wanted: list[Wanted] = field(default_factory=list)
    generous: bool = True
    bytes_today: int = 0
    budget: tuple[int | None, tzinfo | None] = (None, None)
    gives_way: bool = False
    doubted: list[str] = field(default_factory=list)

    def path(self, sha256: str) -> Path:
        return Path("/audio") / sha256

    def want(self, files: Iterable[Wanted]) -> None:
        self.wanted = list(files)
        if self.generous:
            self.present = self.present | {file.sha256 for file in self.wanted}

    def limit(self, daily_bytes: int | None, zone: tzinfo | None) -> None:
        self.budget = daily_bytes, zone

    def give_way(self, *, line_is_needed: bool) -> None:
        self.gives_way = line_is_needed

    def doubt(self, files: Iterable[str]) -> None:
        self.doubted += files

    def retry(self) -> None:
        """Nothing fails."""


@dataclass(slots=True)
class FakeLink:
    """A line that keeps what was sent.

    Attributes:
        up: Whether the line stands.
        sent: Topic, payload and whether the broker keeps it.
        asked_again: How often everything retained was asked for once more.
    """

    up: bool = False
    sent: list[tuple[str, bytes, bool]] = field(default_factory=list)
    topics: tuple[str, ...] = ()
    asked_again: int = 0

    def subscribe_again(self) -> None:
        self.asked_again += 1

    def follow(self, topics: Iterable[str]) -> None:
        self.topics = tuple(topics)

    def publish(self, topic: str, payload: bytes, *, retain: bool) -> bool:
        if self.up:
            self.sent.append((topic, payload, retain))
        return self.up


@dataclass(slots=True)
class FakeHost:
    """A process that does what it is told and delivers nothing by itself.

    Attributes:
        levels: What the log was told, in order; None: as the settings say.
        left: Envelopes handed in, by command.
    """

    levels: list[str | None] = field(default_factory=list)
    left: dict[str, bytes] = field(default_factory=dict)

    def log_at(self, level: str | None) -> None:
        self.levels.append(level)

    def about(self) -> Sequence[Section]:
        return (Section("versions", "agent 0"), Section("log", "05:00:00 agent_started"))

    def deliver(self, command: CommandId, envelope: bytes) -> None:
        self.left[command] = envelope
