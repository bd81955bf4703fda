"""What is known about a sound: frozen values, no behaviour beyond their own invariants, no I/O."""

from dataclasses import dataclass
from enum import StrEnum

# What a silent file measures: R128 gates at -70 LUFS; the peak of digital silence is minus infinity, which neither
# JSON nor a database column holds.
LOUDNESS_FLOOR_LUFS = -70.0
PEAK_FLOOR_DBTP = -120.0


class Container(StrEnum):
    """The accepted wrappings of sound, told apart by their bytes and never by a file's name."""

    WAV = "wav"
    MP3 = "mp3"
    MP4 = "mp4"
    AAC = "aac"
    OGG = "ogg"
    FLAC = "flac"
    WEBM = "webm"


@dataclass(frozen=True, slots=True)
class Loudness:
    """How loud a recording is, by EBU R128, heard in mono as a horn plays it."""

    integrated_lufs: float
    true_peak_dbtp: float

    def __post_init__(self) -> None:
        """Keep the figures finite: below the floor of the measure is the floor."""
        object.__setattr__(self, "integrated_lufs", _at_least(LOUDNESS_FLOOR_LUFS, self.integrated_lufs))
        object.__setattr__(self, "true_peak_dbtp", _at_least(PEAK_FLOOR_DBTP, self.true_peak_dbtp))


def _at_least(floor: float, value: float) -> float:
    return max(floor, value)  # in this order not-a-number becomes the floor too


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """What a file says of itself, before anything is decoded.

    Attributes:
        declared_ms: the length the file announces; None where it announces none, or one only guessed from its size.
    """

    container: Container
    codec: str
    sample_rate_hz: int
    layout: str
    declared_ms: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What decoding the whole file found, in mono.

    Attributes:
        ended_early: the reader ran out of bytes in the middle of something.
    """

    duration_ms: int
    loudness: Loudness
    leading_silence_ms: int
    trailing_silence_ms: int
    ended_early: bool


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a recording, half-open, in milliseconds from its start."""

    start_ms: int
    end_ms: int

    @property
    def length_ms(self) -> int:
        """How long the stretch is."""
        return self.end_ms - self.start_ms


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """How the broadcast copy is encoded."""

    codec: str
    bit_rate_kbps: int
    sample_rate_hz: int
    channels: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A recording that is fit for broadcast and kept in the library under its sha256.

    Attributes:
        length: bytes of the stored file.
        duration_ms: measured by decoding the stored file.
        before: loudness of what came in.
        after: loudness of the stored file, measured after its encoding.
        format: how the stored file is encoded.
        trimmed_ms: silence taken from both ends together.
        source: what came in.
    """

    sha256: str
    length: int
    duration_ms: int
    before: Loudness
    after: Loudness
    format: Format
    trimmed_ms: int
    source: Probe
