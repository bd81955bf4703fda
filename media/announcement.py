"""Speaks an announcement as one small MP3: what a real emergency carries with it, so that nothing has to be fetched."""

from pathlib import Path

from media import engine, loudness
from media.errors import TooLong
from media.facts import Container, Format, Span
from media.speech import Voice

FORMATS = (
    Format(codec="mp3", bit_rate_kbps=32, sample_rate_hz=24_000, channels=1),
    Format(codec="mp3", bit_rate_kbps=16, sample_rate_hz=16_000, channels=1),
    Format(codec="mp3", bit_rate_kbps=8, sample_rate_hz=16_000, channels=1),
)
"""The best first; a longer text is said at a lower rate rather than not at all."""
MOST_S = 600
"""Far beyond any announcement; it only bounds the work."""


def announce(voice: Voice, text: str, *, limit: int, workspace: Path) -> bytes:
    """Speak a text and give its MP3.

    Args:
        voice: who speaks.
        text: as a person wrote it.
        limit: bytes it may have.
        workspace: directory for what is made on the way.

    Raises:
        NothingToSay, TextTooLong, VoiceUnavailable: the voice could not.
        TooLong: not even the lowest rate fits.
    """
    spoken, small = workspace.absolute() / "spoken.wav", workspace.absolute() / "announcement.mp3"
    voice.speak(text, spoken)
    heard = engine.listen(spoken, Container.WAV, stop_after_s=MOST_S)
    gain_db = loudness.gain_towards(loudness.SPEECH_LUFS, heard.loudness)
    for form in FORMATS:
        engine.export(
            spoken,
            Container.WAV,
            small,
            span=Span(0, heard.duration_ms),
            gain_db=gain_db,
            ceiling_db=loudness.CEILING_DBTP,
            form=form,
        )
        if small.stat().st_size <= limit:
            return small.read_bytes()
    raise TooLong(limit_s=limit * 8 // (FORMATS[-1].bit_rate_kbps * 1000), length_s=heard.duration_ms // 1000)
