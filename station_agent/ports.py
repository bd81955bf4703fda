"""What the agent's loop asks of the world, as Protocols; it must not know any library that answers.

Instants named `at`, `start`, `end` are seconds of the monotonic clock, because sound is timed by it; everything that
is written down is in aware UTC.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from pathlib import Path
from typing import Protocol

from schedules.asrun import AsRunEntry
from schedules.evidence import Measured
from schedules.guard import Allowed, ClockInterval
from schedules.ids import CommandId, JournalId
from schedules.mark import JournalEntry, Mark
from schedules.wire.command import Section


class Clock(Protocol):
    """Time as this loudspeaker knows it."""

    def now(self) -> datetime:
        """Return the best estimate of UTC."""
        ...

    def monotonic(self) -> float:
        """Return seconds of a clock that never jumps."""
        ...

    def utc_at(self, monotonic: float) -> datetime:
        """Return the best estimate of UTC when the monotonic clock shows, or will show, so many seconds."""
        ...

    def monotonic_at(self, utc: datetime) -> float:
        """Return what the monotonic clock shows at an instant."""
        ...

    def interval(self) -> ClockInterval | None:
        """Return where true time lies, or None when nothing vouches for the clock."""
        ...

    def trust(self, utc: datetime, asked: float, answered: float) -> bool:
        """Take in a signed time that was written between two monotonic instants; False when that has surely passed."""
        ...

    def follow(self, epoch: int) -> None:
        """Go by an epoch of the trust list; what was believed in an earlier one is forgotten."""
        ...

    def keep(self) -> None:
        """Write down now and then what has surely passed, so that no reboot leads back behind it."""
        ...


@dataclass(frozen=True, slots=True)
class Part:
    """One recording of a sequence: its file, or its bytes where they came in a message, and its length in seconds."""

    path: Path
    seconds: float
    content: bytes = b""


@dataclass(frozen=True, slots=True)
class Recordings:
    """Recordings played one after another with `pause` seconds between, joined `offset` seconds in."""

    parts: tuple[Part, ...]
    pause: float = 0.0
    offset: float = 0.0


@dataclass(frozen=True, slots=True)
class Stream:
    """An HTTP MP3 stream; after `patience` seconds without sound the `fallback` sounds until the stream is back."""

    url: str
    fallback: Recordings | None = None
    patience: float = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Cue:
    """A sound made ready ahead of time: first sample at `start`, hard cut at `end` (monotonic seconds)."""

    play: str
    sound: Recordings | Stream
    start: float
    end: float | None = None


@dataclass(frozen=True, slots=True)
class PlayStarted:
    """The first sample of a play was handed to the device.

    Attributes:
        at: Instant of that sample on the device's own clock, which runs through the callbacks.
        late: How long after that instant the callback itself came (scheduling, not heard).
    """

    play: str
    at: float
    late: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PlayEnded(Measured):
    """A play is over, with what was measured while it lasted.

    Attributes:
        started: Instant of its first sample, None when not one was played.
        gaps: Seconds of silence played because no sound was there in time.
        peak: Highest sample at the output, dBFS.
    """

    play: str
    started: float | None
    ended: float
    gaps: float = 0.0
    peak: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sounding:
    """What a play is doing now: seconds played and received so far, and its level of the last moments (dBFS)."""

    play: str
    started: float | None
    seconds: float
    received: float
    level: float | None


class Player(Protocol):
    """The one output every sound goes through: nothing sounds, and nothing sounds on, without the guard's permit."""

    @property
    def fault(self) -> str:
        """Code of why there is no sound device; empty when there is one or none is needed."""
        ...

    def wake(self, until: float) -> None:
        """Hold the device open until an instant, so that it has settled when a cue begins."""
        ...

    def cue(self, cue: Cue, permit: Allowed) -> None:
        """Open and decode a sound ahead; it starts by itself at its instant. Failure comes as `PlayEnded`."""
        ...

    def let_sound(self, play: str, permit: Allowed, *, end: float | None, fade: float = 0.01) -> None:
        """Change the volume and the end instant of a cued or sounding play, and the seconds it fades before it."""
        ...

    def fade_out(self, play: str, seconds: float) -> None:
        """End a play by a fade of that many seconds, beginning now."""
        ...

    def hush(self, *, spares: str = "") -> None:
        """Silence everything cued or sounding at the next buffer, but for one play."""
        ...

    def sounding(self) -> Sequence[Sounding]:
        """Return what is cued or sounding."""
        ...

    def tend(self) -> None:
        """Open, close or reopen the device as needed; called about every second."""
        ...

    def close(self) -> None:
        """Stop everything and give the device back."""
        ...


PlayReport = Callable[[PlayStarted | PlayEnded], None]


@dataclass(frozen=True, slots=True)
class Pending:
    """Entries and marks of one journal that the server has not acknowledged.

    Attributes:
        entries: In order, as many as one report takes.
        more: Those that did not fit, up to and with the first as-run entry; empty when all fit.
    """

    journal: JournalId
    entries: tuple[JournalEntry, ...]
    more: tuple[JournalEntry, ...] = ()


class Journal(Protocol):
    """The evidence, on the disk before anybody is told. A draft has no number yet: the journal gives it one.

    Every method raises JournalError when the disk refuses.
    """

    @property
    def id(self) -> JournalId:
        """Id of the journal that is written now."""
        ...

    @property
    def is_torn(self) -> bool:
        """Whether the disk damaged it while it was in use."""
        ...

    @property
    def fault(self) -> str:
        """Code of what is wrong with it for as long as this process lives; else empty."""
        ...

    def mend(self) -> None:
        """Save what still proves itself and begin a new journal. It may take seconds: nothing should sound."""
        ...

    def open(self, draft: AsRunEntry) -> None:
        """Commit that an item is about to sound: `draft` is the entry it becomes if nothing more is heard of it."""
        ...

    def note(self, draft: AsRunEntry, *, durable: bool) -> None:
        """Replace the draft of an open item; `durable` waits for the disk."""
        ...

    def close(self, draft: AsRunEntry) -> AsRunEntry:
        """Number and chain an entry and end its open row, in one transaction; return it as kept."""
        ...

    def mark(self, draft: Mark) -> Mark:
        """Number and chain a mark; return it as kept."""
        ...

    def forget(self, draft: AsRunEntry) -> None:
        """Drop the open row of an item that never began to sound."""
        ...

    def left_open(self) -> Sequence[AsRunEntry]:
        """Return the drafts of items that were never closed: the power went."""
        ...

    def note_alive(self, now: datetime) -> None:
        """Write down that the agent runs."""
        ...

    def last_alive(self) -> datetime | None:
        """Return when the agent last noted that it runs; None in a new journal."""
        ...

    def pending(self, limit: int) -> Pending | None:
        """Return what the server has not acknowledged; None when it has everything."""
        ...

    def head(self) -> str:
        """Return the hash of the newest entry."""
        ...

    def acknowledge(self, journal: JournalId, through: int, head: str) -> bool:
        """Note what the server has; False, and nothing noted, when its hash is not ours."""
        ...

    def entries_since(self, instant: datetime) -> Sequence[AsRunEntry]:
        """Return as-run entries recorded since an instant, in order."""
        ...

    def prune(self, now: datetime) -> None:
        """Delete what was acknowledged and is old enough."""
        ...


class Held(Protocol):
    """What the agent obeys, kept over a power cut."""

    def everything(self) -> dict[str, bytes]:
        """Return all that is kept, by name."""
        ...

    def keep(self, name: str, content: bytes) -> None:
        """Put a file in place of what had its name, on the disk before this returns."""
        ...

    def drop(self, name: str) -> None:
        """Forget a name."""
        ...


@dataclass(frozen=True, slots=True)
class Wanted:
    """An audio file by name and length in bytes, and when it is to sound first; None: it may be needed any moment."""

    sha256: str
    size: int
    needed: datetime | None = None


class Cache(Protocol):
    """The audio files on the disk."""

    @property
    def present(self) -> frozenset[str]:
        """Hashes of the files that were verified."""
        ...

    @property
    def faults(self) -> dict[str, str]:
        """Code of the last failure by hash; under the empty name what concerns every file."""
        ...

    @property
    def bytes_today(self) -> int:
        """Downloaded since the day began."""
        ...

    def path(self, sha256: str) -> Path:
        """Return where a file is, or will be."""
        ...

    def want(self, files: Iterable[Wanted]) -> None:
        """Set what is to be here, most urgent first."""
        ...

    def limit(self, daily_bytes: int | None, zone: tzinfo | None) -> None:
        """Go by a budget of the day, or none, and by the day of a time zone."""
        ...

    def give_way(self, *, line_is_needed: bool) -> None:
        """Download nothing while something else needs the line."""
        ...

    def doubt(self, files: Iterable[str]) -> None:
        """Look again at files that could not be played: what a card has torn is fetched anew."""
        ...

    def retry(self) -> None:
        """Try again now what failed."""
        ...


@dataclass(frozen=True, slots=True)
class Health:
    """What was read; None where the device cannot tell.

    Attributes:
        disk_free: Bytes free for the agent's files.
        temperature: Degrees Celsius of the processor.
        system: Operating system and kernel, each with its version; empty where neither is known.
    """

    disk_free: int
    temperature: float | None
    system: str = ""


class Host(Protocol):
    """The process the agent runs in, and the machine it runs on."""

    def log_at(self, level: str | None) -> None:
        """Write that much to the log; None: as the settings say."""
        ...

    def about(self) -> Sequence[Section]:
        """Tell what is known of program, settings, disk and the last log lines; no secret."""
        ...

    def deliver(self, command: CommandId, envelope: bytes) -> None:
        """Hand an envelope in at the centre's door; how that went comes as `Delivered`."""
        ...


class Link(Protocol):
    """The line to the broker. What it brings comes as events; nothing sent is kept for later."""

    def follow(self, topics: Iterable[str]) -> None:
        """Receive these topics, now and after every reconnect, and no others."""
        ...

    def subscribe_again(self) -> None:
        """Have the broker send once more whatever it retains of what is followed."""
        ...

    def publish(self, topic: str, payload: bytes, *, retain: bool) -> bool:
        """Send at least once; False when there is no line, and then it is lost."""
        ...


@dataclass(frozen=True, slots=True)
class Received:
    """A message came; nothing in it is believed yet."""

    topic: str
    payload: bytes


@dataclass(frozen=True, slots=True)
class LinkUp:
    """The line to the broker stands, and what is followed is subscribed."""


@dataclass(frozen=True, slots=True)
class LinkDown:
    """The line to the broker is gone; `taken_over`: another device came with this one's key."""

    taken_over: bool = False


@dataclass(frozen=True, slots=True)
class AudioChanged:
    """An audio file came, or could not be had."""


@dataclass(frozen=True, slots=True)
class Delivered:
    """What a command asked for was handed in at the centre; `fault` says why not, empty when it was."""

    command: CommandId
    fault: str = ""


Event = Received | LinkUp | LinkDown | AudioChanged | PlayStarted | PlayEnded | Delivered
"""What wakes the agent's loop."""
