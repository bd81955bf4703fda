"""Makes the station's short sounds from tones: the only file that touches pydub, and only for pieces held in memory.

pydub never opens a file here (it would need ffprobe, and holds 30 minutes in over 900 MB). Nothing is drawn by lot:
the same call makes the same sound.
"""

import warnings
from functools import cache
from itertools import cycle
from pathlib import Path

with warnings.catch_warnings():
    # pydub looks for a system ffmpeg when it is imported and warns without one; no ffmpeg is called from here.
    warnings.simplefilter("ignore")
    from pydub import AudioSegment
    from pydub.generators import Sine

_RATE_HZ = 48_000
_BEAT_MS = 400
# A bell or a plucked string: each partial is weaker and dies sooner than the one below.
_PARTIALS = ((1, -14.0, 1.0), (2, -24.0, 0.6), (3, -32.0, 0.35))
# The five-tone scale of Vietnamese folk song (hò xự xang xê cống), on D.
_SCALE_HZ = (293.66, 329.63, 392.00, 440.00, 493.88, 587.33, 659.26, 783.99)
_SIGNAL = ((0, 1), (2, 1), (3, 1), (5, 2), (4, 1), (3, 1), (2, 1), (5, 4))
_TUNES = (
    ((0, 2), (2, 1), (3, 1), (4, 2), (3, 2), (5, 2), (4, 1), (3, 1), (2, 4)),
    ((3, 1), (4, 1), (5, 2), (6, 2), (5, 2), (4, 1), (3, 1), (2, 2), (0, 4)),
    ((5, 2), (4, 2), (3, 1), (2, 1), (3, 2), (4, 2), (2, 2), (1, 1), (0, 5)),
)


def write_station_signal(into: Path) -> None:
    """Write the short call by which a station announces itself (nhạc hiệu), about 5 seconds, as WAV."""
    _write(_phrase(_SIGNAL), into)


def write_tune(into: Path, *, seconds: float, tune: int = 0) -> None:
    """Write a plain instrumental piece (nhạc không lời) of a given length, faded at both ends, as WAV.

    Args:
        into: where the WAV goes.
        seconds: how long the piece is; 10 minutes at most, since it is held in memory.
        tune: which of the melodies begins.
    """
    if not 1 <= seconds <= 600:
        raise ValueError("a tune lasts from 1 second to 10 minutes")
    length_ms = round(seconds * 1000)
    phrases = []
    made_ms = 0
    for number in cycle(range(len(_TUNES))):
        phrase = _phrase(_TUNES[(tune + number) % len(_TUNES)])
        phrases.append(phrase.raw_data)
        made_ms += len(phrase)
        if made_ms >= length_ms:
            break
    piece = _segment(b"".join(phrases))[:length_ms]
    _write(piece.fade_in(min(200, length_ms // 4)).fade_out(min(3000, length_ms // 2)), into)


def _phrase(notes: tuple[tuple[int, int], ...]) -> AudioSegment:
    """Lay notes (step of the scale, beats) one after the other, each ringing on into the next."""
    ring_ms = _BEAT_MS
    length_ms = sum(beats for _, beats in notes) * _BEAT_MS
    phrase = AudioSegment.silent(duration=length_ms + ring_ms, frame_rate=_RATE_HZ)
    at = 0
    for step, beats in notes:
        phrase = phrase.overlay(_note(_SCALE_HZ[step], beats * _BEAT_MS + ring_ms), position=at)
        at += beats * _BEAT_MS
    return phrase


@cache
def _note(hertz: float, length_ms: int) -> AudioSegment:
    note = AudioSegment.silent(duration=length_ms, frame_rate=_RATE_HZ)
    for multiple, loudness_db, lasting in _PARTIALS:
        lasts_ms = round(length_ms * lasting)
        partial = Sine(hertz * multiple, sample_rate=_RATE_HZ).to_audio_segment(duration=lasts_ms, volume=loudness_db)
        note = note.overlay(partial.fade_in(8).fade(to_gain=-40, start=8, end=lasts_ms).fade_out(20))
    return note


def _segment(samples: bytes) -> AudioSegment:
    return AudioSegment(data=samples, sample_width=2, frame_rate=_RATE_HZ, channels=1)


def _write(piece: AudioSegment, into: Path) -> None:
    with into.open("wb") as stream:
        piece.export(stream, format="wav")
