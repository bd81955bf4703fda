"""Brings a recording to one loudness by EBU R128: measured, one gain for all of it, limited, and measured again.

It never rides the volume: two-pass `loudnorm` fell back to its dynamic mode on real material and was ten times slower.
"""

from collections.abc import Callable
from pathlib import Path

from media import engine
from media.facts import Container, Heard, Loudness, Span

SPEECH_LUFS = -16.0

# MP3 encoding raises peaks (1.7 dB was seen), so the limiter aims lower than what must hold in the end.
CEILING_DBTP = -3.0
HIGHEST_PEAK_DBTP = -1.0

TOLERANCE_LU = 0.5
MOST_CORRECTIONS = 2
# Where the limiter is at work, a decibel of gain brings about half a unit of loudness.
CORRECTION_DB_PER_LU = 1.6
# The limiter takes loudness from speech with high peaks; past this a correction would only flatten it further.
MOST_CORRECTION_DB = 8.0


def gain_towards(target_lufs: float, measured: Loudness) -> float:
    """Return the gain in dB that brings a measured recording to the target."""
    return target_lufs - measured.integrated_lufs


def level(
    source: Path,
    container: Container,
    into: Path,
    *,
    span: Span,
    before: Loudness,
    target_lufs: float,
    on_progress: Callable[[float], None] = engine.ignore,
    cancelled: Callable[[], bool] = engine.never,
) -> Heard:
    """Write the broadcast copy of a stretch of a recording at the target loudness, and return what it measures.

    The figures are those of the encoded file. Where the limiter or the encoder moved it off the target, or raised a
    peak over -1 dBTP, it is written again with the gain and the ceiling corrected, twice at most.

    Args:
        source: the recording as it came in.
        container: how to read it.
        into: where the copy goes.
        span: the stretch to keep.
        before: what the recording measures as it came in.
        target_lufs: the loudness to reach.
        on_progress: called with a share from 0 to 1.
        cancelled: asked ten times a second.
    """
    gain_db, ceiling_db = gain_towards(target_lufs, before), CEILING_DBTP
    most_gain_db = gain_db + MOST_CORRECTION_DB
    seconds = max(span.length_ms / 1000, 0.001)
    share = _Share(on_progress)
    corrections = 0
    while True:
        engine.export(
            source,
            container,
            into,
            span=span,
            gain_db=gain_db,
            ceiling_db=ceiling_db,
            on_progress=share.of_next(0.4, seconds),
            cancelled=cancelled,
        )
        heard = engine.listen(
            into,
            Container.MP3,
            stop_after_s=seconds + 10,
            on_progress=share.of_next(0.8, seconds),
            cancelled=cancelled,
        )
        missing_lu = target_lufs - heard.loudness.integrated_lufs
        over_db = heard.loudness.true_peak_dbtp - HIGHEST_PEAK_DBTP
        if corrections == MOST_CORRECTIONS or (abs(missing_lu) <= TOLERANCE_LU and over_db <= 0):
            return heard
        corrections += 1
        gain_db = min(gain_db + missing_lu * CORRECTION_DB_PER_LU, most_gain_db)
        if over_db > 0:
            ceiling_db -= over_db + 0.3


class _Share:
    """Lets several steps of unknown number share one way from 0 to 1 that never goes back."""

    def __init__(self, on_progress: Callable[[float], None]) -> None:
        self._on_progress = on_progress
        self._done = 0.0

    def of_next(self, part: float, seconds: float) -> Callable[[float], None]:
        """Return the listener of a step that takes `part` of what is left, and is done after `seconds` of sound."""
        start, width = self._done, (1 - self._done) * part

        def report(at: float) -> None:
            self._done = max(self._done, start + width * min(1.0, at / seconds))
            self._on_progress(self._done)

        return report
