"""The messages server and agent exchange, as frozen values. Facts are named in the past tense.

It must not know bytes (codec) nor keys (seal). Every message names its audience, epoch, number and
times inside what is signed; everything outside, the broker's fields included, is a hint.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from schedules.asrun import AsRunEntry
from schedules.errors import InvalidValue
from schedules.ids import ChannelId, DeviceId, JournalId, LoudspeakerId, OccurrenceId, Sha256, UnitId, ZoneId
from schedules.mark import JournalEntry, Mark
from schedules.night import NightSilence
from schedules.programme import Recording
from schedules.regulation import Regulation
from schedules.rundown import Rundown


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What every message says about itself.

    Attributes:
        audience: `all`, `zone:…`, `unit:…`, `loudspeaker:…` or `server`.
        epoch, number: order within one topic; the higher pair replaces the lower. For a rundown the
            number is its revision.
        issued: when the sender made it.
        expires: from when nobody obeys it; None: never by time alone.
    """

    audience: str
    epoch: int = 0
    number: int
    issued: datetime
    expires: datetime | None = None


class KeyRole(StrEnum):
    """What a key may sign. The root signs trust lists only and is kept offline."""

    ROOT = "root"
    ISSUE = "issue"
    STATE = "state"
    EMERGENCY = "emergency"
    DEVICE = "device"


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustedKey:
    """A key and what it may do.

    Attributes:
        key: its id, the fingerprint of its public half.
        public: 32 bytes as 64 hexadecimal digits.
        expires: when the centre must have replaced it; a device obeys the last list it has.
    """

    key: str
    public: str
    role: KeyRole
    expires: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustList(Message):
    """Who may sign what, signed by the thresholds of the list before and of its own roots.

    Attributes:
        threshold: how many of its root keys must have signed it; at least one, and no more than there are.
        volume_ceiling: percent no online key can raise.
        night_silence: hours of every night in which nothing but a real emergency sounds, whatever an online key says.
    """

    keys: tuple[TrustedKey, ...]
    threshold: int = 1
    volume_ceiling: int = 100
    night_silence: NightSilence | None = None

    def __post_init__(self) -> None:
        if not len({key.key for key in self.keys}) == len({key.public for key in self.keys}) == len(self.keys):
            raise InvalidValue("trust.key_twice", number=self.number)
        roots = len(self.of(KeyRole.ROOT))
        if not 1 <= self.threshold <= roots:
            raise InvalidValue("trust.threshold", number=self.number, threshold=self.threshold, roots=roots)

    def of(self, role: KeyRole) -> tuple[TrustedKey, ...]:
        """Give the keys of a role, in the list's order."""
        return tuple(key for key in self.keys if key.role is role)


@dataclass(frozen=True, slots=True, kw_only=True)
class RundownIssued(Message):
    """A zone's whole rundown; it replaces every one of a lower (epoch, revision).

    What it says about itself is what its rundown says: zone, epoch, revision.
    """

    rundown: Rundown

    def __post_init__(self) -> None:
        within = (f"zone:{self.rundown.zone}", self.rundown.epoch, self.rundown.revision)
        if (self.audience, self.epoch, self.number) != within:
            raise InvalidValue("rundown.says_otherwise", audience=self.audience, number=self.number)


@dataclass(frozen=True, slots=True, kw_only=True)
class SilenceOrdered(Message):
    """The newest order about silence for an audience; `ordered` False lifts it."""

    ordered: bool
    until: datetime | None = None
    spares_emergencies: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """A relay source of the province's signed list: nobody types an address.

    Attributes:
        address: of an HTTP MP3 stream.
        fallback: what sounds while the channel does not.
    """

    id: ChannelId
    name: str
    address: str
    fallback: Recording | None = None


NO_DEVICE = DeviceId("none")
"""No device's id: the loudspeaker is retired, or its device was and the next one is not there yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment(Message):
    """What one loudspeaker is: its place, its volume, the rules its guard keeps.

    Attributes:
        device: the one that is to obey, by its id; every other falls silent by it. None: whichever hears it.
        units: every unit above the zone, nearest first.
        regulations: of its station, those in force within the rundown's horizon.
        volume: percent.
        maintenance_until: silent, emergencies included, until then; None when not locked.
        exercise_words: "Đây là diễn tập", heard before and after every exercise; without them it does not sound.
        daily_bytes: what it may download of recordings in a day; None: no limit. With one, its line is a thin one.
    """

    loudspeaker: LoudspeakerId
    name: str
    zone: ZoneId
    units: tuple[UnitId, ...]
    regulations: tuple[Regulation, ...]
    channels: tuple[Channel, ...] = ()
    volume: int = 100
    maintenance_until: datetime | None = None
    exercise_words: Recording | None = None
    device: DeviceId | None = None
    daily_bytes: int | None = None

    def __post_init__(self) -> None:
        if self.daily_bytes is not None and self.daily_bytes < 0:
            raise InvalidValue("assignment.daily_bytes", bytes=self.daily_bytes)

    def is_for(self, device: DeviceId) -> bool:
        """Tell whether a device is to obey it."""
        return self.device is None or self.device == device


@dataclass(frozen=True, slots=True, kw_only=True)
class AsRunAcknowledged(Message):
    """What the database holds of a journal: every entry up to `through`, whose hash is `head`.

    `through` may go down, when a backup was restored: the agent then sends again from there.
    """

    journal: JournalId
    through: int
    head: str


@dataclass(frozen=True, slots=True)
class LedgerState:
    """How far the ledger is: how many leaves, and the root over them as 64 hexadecimal digits."""

    size: int
    root: str

    def __post_init__(self) -> None:
        if self.size < 0 or len(self.root) != 64:
            raise InvalidValue("ledger.state", size=self.size)


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerHead(Message):
    """The state of the ledger at an instant, for whoever is to hold the centre to it; its number is the size."""

    ledger: LedgerState


@dataclass(frozen=True, slots=True, kw_only=True)
class Current(Message):
    """The signed answer to a nonce: what is in force now, so that a frozen or replaying broker is seen.

    Attributes:
        time: the server's clock when it answered; the agent's error is at most the round trip.
        silences: newest number per audience the agent belongs to.
        ledger: the newest signed head of the ledger, so that whoever hears it can hold the centre to it.
        emergencies: number of the newest list of emergencies per audience the agent belongs to.
    """

    nonce: str
    time: datetime
    trust: int
    rundown: int | None
    assignment: int
    silences: tuple[tuple[str, int], ...] = ()
    ledger: LedgerState | None = None
    emergencies: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Challenge(Message):
    """An agent's question for `Current`."""

    nonce: str


class ReceiptState(StrEnum):
    """How far an agent is with a rundown."""

    RECEIVED = "received"
    READY = "ready"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class RundownReceipt(Message):
    """An agent's answer to a rundown.

    Attributes:
        revision: the one answered; `held` is the one it goes on playing (equal unless refused).
        missing: recordings not yet on its disk, verified.
        reason: dotted code, when refused.
    """

    zone: ZoneId
    state: ReceiptState
    revision: int
    held: int | None
    missing: tuple[Sha256, ...] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AsRunReport(Message):
    """Every entry the server has not acknowledged, in order, one signature for all.

    Entries and marks share one numbering: together they follow each other without a gap.

    Attributes:
        covers_until: everything before this instant that concerns this loudspeaker was reported, with
            this report at the latest; what waits for a further one lies after it.
        head: hash of the last entry or mark sent, or of the journal's last when none is.
    """

    journal: JournalId
    covers_until: datetime
    head: str
    entries: tuple[AsRunEntry, ...]
    marks: tuple[Mark, ...] = ()

    @property
    def in_order(self) -> tuple[JournalEntry, ...]:
        """Entries and marks by their numbers."""
        return tuple(sorted((*self.entries, *self.marks), key=lambda each: each.sequence))


@dataclass(frozen=True, slots=True, kw_only=True)
class NowPlaying:
    """What sounds at a loudspeaker, by its own account; `position_ms` is at the message's `issued`."""

    occurrence: OccurrenceId
    title: str
    position_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SilenceObeyed:
    """The newest order of silence an agent holds for an audience, already on its disk and in effect."""

    audience: str
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Presence(Message):
    """An agent's health; the broker publishes one with `online` False as its will.

    Attributes:
        expected_by: when the next one comes at the latest.
        clock_error_ms: half the width of its clock interval; None when it does not trust its clock.
        disk_free: bytes.
        temperature: degrees Celsius; None without a sensor.
        faults: dotted codes of what is wrong, empty when nothing is.
        returned: orders of silence and lists of emergencies as the centre once sealed them, in base64, that are newer
            than what it last named: it was set back to a backup.
        bytes_today: downloaded of recordings since the day began there; None from a release that did not count.
        instance: drawn anew at each start of the agent, so that two devices with one key can be told apart.
        system: operating system and kernel of the device, with their versions; empty from a release that did not tell.
    """

    online: bool
    version: str = ""
    expected_by: datetime | None = None
    revision: int | None = None
    covers_until: datetime | None = None
    silences: tuple[SilenceObeyed, ...] = ()
    clock_error_ms: int | None = None
    disk_free: int | None = None
    temperature: float | None = None
    volume: int = 0
    playing: NowPlaying | None = None
    faults: tuple[str, ...] = ()
    returned: tuple[str, ...] = ()
    bytes_today: int | None = None
    instance: str = ""
    system: str = ""
