"""What can go wrong with sound; it holds no sentence for people: each error has a code and values, words come later.

MediaError
├── Refused: the file cannot be broadcast
│   ├── EmptyFile, NotAudio, ListOfFiles, CutShort, Silent, TooLong, TooShort
├── NothingToSay, TextTooLong, VoiceUnavailable: speech
├── StorageFull, NotInLibrary, DamagedInLibrary: the library
└── EngineMissing, EngineFailed, EngineOverran, Cancelled: the work itself
"""

from typing import ClassVar

Value = str | int | float


class MediaError(Exception):
    """Base of every error of this package.

    Attributes:
        code: stable, dotted; what tests and translations hang on.
        values: the facts a sentence needs (seconds, figures, names).
    """

    code: ClassVar[str] = "media.error"

    def __init__(self, **values: Value) -> None:
        self.values = values
        super().__init__(" ".join([self.code, *(f"{name}={value}" for name, value in values.items())]))


class Refused(MediaError):
    """Base of the reasons why a file cannot be broadcast; the sender can act on each."""

    code = "media.refused"


class EmptyFile(Refused):
    """Raised when a file has no bytes."""

    code = "media.refused.empty"


class NotAudio(Refused):
    """Raised when the bytes are none of the accepted sound formats, or hold no sound that can be decoded."""

    code = "media.refused.not-audio"


class ListOfFiles(Refused):
    """Raised when the file only names other files or addresses (HLS, concat, M3U, PLS), whatever its own name."""

    code = "media.refused.list-of-files"


class CutShort(Refused):
    """Raised when the file ends before the end it announces itself."""

    code = "media.refused.cut-short"


class Silent(Refused):
    """Raised when there is nothing to hear; values: integrated_lufs, true_peak_dbtp."""

    code = "media.refused.silent"


class TooLong(Refused):
    """Raised when the sound is longer than its limit; values: limit_s, and length_s where the file tells it."""

    code = "media.refused.too-long"


class TooShort(Refused):
    """Raised when too little sound is left to measure its loudness; values: length_ms, least_ms."""

    code = "media.refused.too-short"


class NothingToSay(MediaError):
    """Raised when a text holds no word to speak."""

    code = "media.speech.nothing-to-say"


class TextTooLong(MediaError):
    """Raised when a text is longer than a voice takes at once; values: limit, length (characters)."""

    code = "media.speech.text-too-long"


class VoiceUnavailable(MediaError):
    """Raised when a voice is not installed or its process failed; values: voice, reason."""

    code = "media.speech.voice-unavailable"


class StorageFull(MediaError):
    """Raised when the disk (or quota) has no room; nothing partial is left in the library."""

    code = "media.library.full"


class NotInLibrary(MediaError):
    """Raised when no file of that sha256 is kept; values: sha256."""

    code = "media.library.missing"


class DamagedInLibrary(MediaError):
    """Raised when a kept file no longer has its sha256 or length; values: sha256."""

    code = "media.library.damaged"


class EngineMissing(MediaError):
    """Raised when no ffmpeg program is found on this computer."""

    code = "media.engine.missing"


class EngineFailed(MediaError):
    """Raised when ffmpeg ended with an error that is not the file's fault; values: reason (its last lines)."""

    code = "media.engine.failed"


class EngineOverran(MediaError):
    """Raised when a child process passed one of its limits; values: bound ("cpu", "time" or "memory")."""

    code = "media.engine.overran"


class Cancelled(MediaError):
    """Raised when the caller asked to stop; nothing is left behind."""

    code = "media.cancelled"
