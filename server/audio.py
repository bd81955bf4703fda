"""The door to the audio pipeline: prepares, speaks and finds recordings for the use cases. It decides nothing."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from media import announcement
from media import prepare as pipeline
from media.engine import write_station_signal, write_tune
from media.errors import MediaError, NotInLibrary
from media.library import Library
from media.speech import Voice, available_voices
from schedules.ids import Sha256
from schedules.programme import Recording
from server.errors import Unacceptable

__all__ = ["MediaPreparation", "Prepared", "write_station_signal", "write_tune"]


@dataclass(frozen=True, slots=True)
class Prepared:
    """A recording in the library, with its loudness in LUFS and its true peak in dBTP."""

    recording: Recording
    loudness_before: float
    loudness_after: float
    true_peak_after: float


class MediaPreparation:
    """The audio pipeline over one library of recordings.

    Args:
        audio: directory of the library; several processes may share it.
        voice: who speaks Vietnamese; the first embedded voice when none is named.
    """

    def __init__(self, audio: Path, voice: Voice | None = None) -> None:
        self._library = Library(audio)
        self._voice = voice or next(iter(available_voices()), None)

    def prepare(
        self, source: Path, *, limit: timedelta, progress: Callable[[float], None], cancelled: Callable[[], bool]
    ) -> Prepared:
        """Turn a file into a recording in the library.

        Raises:
            Unacceptable: with the pipeline's code when it cannot be broadcast, or the work could not be done.
        """
        try:
            done = pipeline.prepare(source, library=self._library, limit=limit, progress=progress, cancelled=cancelled)
        except MediaError as error:
            raise _unacceptable(error) from error
        return Prepared(
            Recording(Sha256(done.sha256), done.length, done.duration_ms),
            done.before.integrated_lufs,
            done.after.integrated_lufs,
            done.after.true_peak_dbtp,
        )

    def speak(self, text: str, *, language: str, into: Path) -> None:
        """Speak a Vietnamese text into a WAV file.

        Raises:
            Unacceptable: `voice.language` for another language; the pipeline's code when there is no voice or no word.
        """
        if language != "vi":
            raise Unacceptable("voice.language", "language", language=language)
        if self._voice is None:
            raise Unacceptable("media.speech.voice-unavailable", "text", voice="", reason="")
        try:
            self._voice.speak(text, into)
        except MediaError as error:
            raise _unacceptable(error) from error

    def announcement(self, text: str, *, limit: int) -> bytes:
        """Speak a Vietnamese text as one small MP3; see `ports.Speaking`."""
        if self._voice is None:
            raise Unacceptable("media.speech.voice-unavailable", "text", voice="", reason="")
        try:
            with self._library.workspace() as workspace:
                return announcement.announce(self._voice, text, limit=limit, workspace=workspace)
        except MediaError as error:
            raise _unacceptable(error) from error

    def path(self, sha256: str) -> Path | None:
        """Give where a recording lies; None when it is not kept."""
        try:
            return self._library.path(sha256)
        except NotInLibrary:
            return None

    def sweep(self) -> int:
        """Clear away what interrupted work left behind; give how many pieces that was."""
        return self._library.sweep()


def _unacceptable(error: MediaError) -> Unacceptable:
    return Unacceptable(error.code, "", **error.values)
