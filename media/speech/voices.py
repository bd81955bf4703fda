"""Voices that speak a text into a WAV; which voice may go on air is decided elsewhere.

A voice is anything with the shape of `Voice`: a better one plugs in without a change here. The embedded one is a
machine for listening to a draft, says so in its label, and runs in a process of its own.
"""

import importlib.util
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from media.engine import Limits, run
from media.errors import NothingToSay, TextTooLong, VoiceUnavailable
from media.speech.normaliser import normalise

MOST_CHARACTERS = 20_000  # about 25 minutes of speech
_PROCESS = Path(__file__).with_name("espeak_process.py")
_LIMITS = Limits(cpu_s=60, wall_s=120, file_bytes=256 << 20)
_VARIANTS = {"vi": "miền Bắc", "vi-vn-x-central": "miền Trung", "vi-vn-x-south": "miền Nam"}


class Voice(Protocol):
    """Somebody or something that reads a text aloud."""

    @property
    def name(self) -> str:
        """A stable name, for settings."""

    @property
    def label(self) -> str:
        """What people see, in Vietnamese; a machine says that it is one."""

    def speak(self, text: str, into: Path) -> None:
        """Write the spoken text as WAV; the text is as a person wrote it, and the voice normalises it first.

        Raises:
            NothingToSay: there is no word in it.
            TextTooLong: it is longer than the voice takes.
            VoiceUnavailable: the voice is not installed or failed.
        """


@dataclass(frozen=True, slots=True)
class EmbeddedVoice:
    """eSpeak NG: always there, needs no download, sounds like a machine.

    Attributes:
        variant: "vi" (north), "vi-vn-x-central" or "vi-vn-x-south".
        words_per_minute: slower than in a room, since horns echo across a hamlet.
    """

    variant: str = "vi"
    words_per_minute: int = 145

    def __post_init__(self) -> None:
        """Refuse a variant that eSpeak NG does not have."""
        if self.variant not in _VARIANTS:
            raise VoiceUnavailable(voice=self.variant, reason="no such variant")

    @property
    def name(self) -> str:
        """A stable name, for settings."""
        return f"espeak-ng/{self.variant}"

    @property
    def label(self) -> str:
        """What people see."""
        return f"giọng máy – nghe thử ({_VARIANTS[self.variant]})"

    def speak(self, text: str, into: Path) -> None:
        """Write the spoken text as WAV, whole or not at all.

        Raises:
            NothingToSay: there is no word in it.
            TextTooLong: longer than 20,000 characters.
            VoiceUnavailable: eSpeak NG is not installed or failed.
        """
        if len(text) > MOST_CHARACTERS:
            raise TextTooLong(limit=MOST_CHARACTERS, length=len(text))
        spoken = normalise(text)
        if not any(sign.isalpha() for sign in spoken):
            raise NothingToSay
        with tempfile.TemporaryDirectory(dir=into.parent) as directory:
            sound = Path(directory) / "speech.wav"
            finished = run(
                [sys.executable, "-I", str(_PROCESS), self.variant, str(self.words_per_minute), str(sound.absolute())],
                limits=_LIMITS,
                stdin=spoken.encode(),
            )
            if finished.status:
                raise VoiceUnavailable(voice=self.name, reason=" | ".join(finished.last_lines[-1:])[:300])
            sound.replace(into)


def available_voices() -> tuple[Voice, ...]:
    """Return the voices installed on this computer; none where eSpeak NG is not."""
    if importlib.util.find_spec("espeakng_loader") is None:
        return ()
    return tuple(EmbeddedVoice(variant) for variant in _VARIANTS)
