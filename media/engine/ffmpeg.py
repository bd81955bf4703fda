"""The only file that knows ffmpeg: every call has a name, takes facts and returns facts; flags stay in here.

ffmpeg always runs as a child process (its licence is the GPL, and its input comes from strangers): the reader of the
container is forced, decoders come from a short list, it opens files and pipes only, under limits.
"""

import re
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

import imageio_ffmpeg

from media.engine.ear import ENDED_EARLY, SILENCE_LASTS_S, Ear
from media.engine.process import Finished, Limits, ignore, never, run
from media.errors import CutShort, EngineFailed, EngineMissing, EngineOverran, NotAudio, StorageFull
from media.facts import Container, Format, Heard, Probe, Span

# 48 kHz makes every MP3 frame 24 ms and 192 bytes: any byte of the file is an instant, and no decoder disagrees.
BROADCAST_FORMAT = Format(codec="mp3", bit_rate_kbps=64, sample_rate_hz=48_000, channels=1)

_SILENCE_DB = -50

_READERS = {
    Container.WAV: "wav",
    Container.MP3: "mp3",
    Container.MP4: "mov",
    Container.AAC: "aac",
    Container.OGG: "ogg",
    Container.FLAC: "flac",
    Container.WEBM: "matroska",
}
_DECODERS = ",".join(
    (
        *("mp3float", "mp3", "aac", "alac", "flac", "opus", "libopus", "vorbis", "libvorbis"),
        *("pcm_u8", "pcm_s16le", "pcm_s16be", "pcm_s24le", "pcm_s32le", "pcm_f32le", "pcm_f64le"),
        *("pcm_alaw", "pcm_mulaw", "adpcm_ms", "adpcm_ima_wav"),
    )
)
# The mean of the channels, in floating point: left to itself ffmpeg mixes integers 3 dB lower than floats, and the
# measured and the written sound would differ by that.
_MONO = "aresample=rematrix_maxval=1,aformat=sample_fmts=fltp:channel_layouts=mono"
_STREAM = re.compile(r"Stream #0:\d+.*?: Audio: (?P<codec>\w+).*?, (?P<rate>\d+) Hz, (?P<layout>[^,]+)")
_DURATION = re.compile(r"^\s*Duration: (\d+):(\d\d):(\d\d\.\d+)")
_GUESSED = "Estimating duration from bitrate"
_NO_ROOM = ("No space left on device", "File too large", "Disk quota exceeded")
_NO_MEMORY = ("Cannot allocate memory", "failed to map segment")
_SMALL_OUTPUT = 1 << 20


def find_ffmpeg() -> str:
    """Return the ffmpeg program: the system's, else the one that came with imageio-ffmpeg.

    Raises:
        EngineMissing: there is neither.
    """
    if on_path := shutil.which("ffmpeg"):
        return on_path
    try:
        return str(imageio_ffmpeg.get_ffmpeg_exe())
    except RuntimeError as error:
        raise EngineMissing from error


def probe(source: Path, container: Container, *, cancelled: Callable[[], bool] = never) -> Probe:
    """Read what a file says of itself, decoding nothing.

    Raises:
        NotAudio: no sound in it that one of the allowed decoders reads.
        CutShort: its table of contents is missing, which is written last.
    """
    lines: list[str] = []
    finished = _ffmpeg(
        [*_input(source, container), "-t", "0", "-f", "null", "-"],
        limits=Limits(cpu_s=20, wall_s=30, file_bytes=_SMALL_OUTPUT),
        on_log=lines.append,
        cancelled=cancelled,
    )
    stream = next(filter(None, map(_STREAM.search, lines)), None)
    if finished.status or stream is None:
        _raise_for(finished)
        raise NotAudio(container=container.value)
    declared = next(filter(None, map(_DURATION.match, lines)), None)
    return Probe(
        container=container,
        codec=stream["codec"],
        sample_rate_hz=int(stream["rate"]),
        layout=stream["layout"].strip(),
        declared_ms=_milliseconds(declared) if declared and not any(_GUESSED in line for line in lines) else None,
    )


def _milliseconds(match: re.Match[str]) -> int:
    hours, minutes, seconds = match.groups()
    return round((int(hours) * 3600 + int(minutes) * 60 + float(seconds)) * 1000)


def listen(
    source: Path,
    container: Container,
    *,
    stop_after_s: float,
    on_progress: Callable[[float], None] = ignore,
    cancelled: Callable[[], bool] = never,
) -> Heard:
    """Decode a file once, in mono, and return its length, its loudness by EBU R128 and the silence at its ends.

    Args:
        source: the file.
        container: how to read it.
        stop_after_s: seconds of sound after which decoding stops; what lies behind is not looked at.
        on_progress: called with the seconds of sound decoded so far.
        cancelled: asked ten times a second.
    """
    ear = Ear()
    detect = f"silencedetect=noise={_SILENCE_DB}dB:duration={SILENCE_LASTS_S}"
    finished = _ffmpeg(
        [
            *("-t", f"{stop_after_s:.3f}"),
            *_input(source, container),
            *("-af", f"{_MONO},{detect},ebur128=peak=true:framelog=verbose"),
            *("-f", "null", "-"),
        ],
        limits=_limits_for(stop_after_s, file_bytes=_SMALL_OUTPUT),
        on_log=ear.log,
        on_output=_clock(on_progress, ear),
        cancelled=cancelled,
    )
    if finished.status and ear.seconds == 0:
        _raise_for(finished)
        raise NotAudio(container=container.value)
    if finished.status:
        raise EngineFailed(reason=_reason(finished))
    return ear.heard()


def export(  # noqa: PLR0913 - what ffmpeg has to be told
    source: Path,
    container: Container,
    into: Path,
    *,
    span: Span,
    gain_db: float,
    ceiling_db: float,
    form: Format = BROADCAST_FORMAT,
    on_progress: Callable[[float], None] = ignore,
    cancelled: Callable[[], bool] = never,
) -> None:
    """Write a stretch of a file as MP3: mono, one gain for all of it, peaks held under a ceiling.

    The MP3 is of constant bit rate and without a Xing header: every decoder plays the same samples, and none takes the
    header for a frame of silence. No tag or picture of the source comes along.

    Args:
        source: the file.
        container: how to read it.
        into: where the MP3 goes; written over.
        span: the stretch to keep.
        gain_db: added to every sample.
        ceiling_db: where the limiter holds the peaks, in dBFS, before encoding.
        form: of the MP3; the broadcast one unless it has to be small.
        on_progress: called with the seconds written so far.
        cancelled: asked ten times a second.

    Raises:
        StorageFull: the disk has no room.
    """
    filters = ",".join(
        (
            _MONO,
            f"atrim=start={span.start_ms / 1000:.3f}:end={span.end_ms / 1000:.3f}",
            "asetpts=PTS-STARTPTS",
            f"aresample={form.sample_rate_hz}",
            "aformat=sample_fmts=dblp",
            f"volume={gain_db:.2f}dB:precision=double",
            f"alimiter=limit={10 ** (ceiling_db / 20):.6f}:attack=2:release=15:level=false",
        )
    )
    encoder = (
        "-c:a",
        "libmp3lame",
        "-compression_level",
        "5",
        "-b:a",
        f"{form.bit_rate_kbps}k",
        "-ar",
        str(form.sample_rate_hz),
        "-ac",
        "1",
    )
    finished = _ffmpeg(
        [
            *_input(source, container),
            *("-af", filters, *encoder, "-map_metadata", "-1", "-map_chapters", "-1"),
            *("-write_xing", "0", "-id3v2_version", "0", "-f", "mp3", f"file:{into}"),
        ],
        limits=_limits_for(span.end_ms / 1000, file_bytes=_SMALL_OUTPUT + span.length_ms * form.bit_rate_kbps // 8 * 2),
        on_output=_clock(on_progress),
        cancelled=cancelled,
    )
    if finished.status:
        _raise_for(finished)
        raise EngineFailed(reason=_reason(finished))


def _input(source: Path, container: Container) -> Sequence[str]:
    """Return the flags that read a stranger's file: forced reader, listed decoders, first sound, nothing else."""
    reader = ("-protocol_whitelist", "file,pipe", "-codec_whitelist", _DECODERS, "-f", _READERS[container])
    return ("-threads", "1", *reader, "-i", f"file:{source.absolute()}", "-map", "0:a:0", "-vn", "-sn", "-dn")


def _ffmpeg(
    arguments: Sequence[str],
    *,
    limits: Limits,
    on_log: Callable[[str], None] = ignore,
    on_output: Callable[[str], None] = ignore,
    cancelled: Callable[[], bool],
) -> Finished:
    quiet = ("-hide_banner", "-nostdin", "-nostats", "-loglevel", "info", "-filter_threads", "1")
    following = ("-progress", "pipe:1", "-stats_period", "0.25", "-y")
    return run(
        [find_ffmpeg(), *quiet, *following, *arguments],
        limits=limits,
        on_log=on_log,
        on_output=on_output,
        cancelled=cancelled,
    )


def _limits_for(seconds_of_sound: float, *, file_bytes: int) -> Limits:
    """Return generous bounds: work that runs at 100 times real time may take ten times as long on a slow computer."""
    seconds = 60 + seconds_of_sound / 10
    return Limits(cpu_s=round(seconds), wall_s=seconds * 3, file_bytes=file_bytes)


def _clock(on_progress: Callable[[float], None], ear: Ear | None = None) -> Callable[[str], None]:
    """Return a reader of `-progress` lines, which are keys and values for machines."""

    def read(line: str) -> None:
        key, _, value = line.partition("=")
        if key == "out_time_us" and value.lstrip("-").isdigit():
            seconds = max(0, int(value)) / 1e6
            if ear is not None:
                ear.seconds = seconds
            on_progress(seconds)

    return read


def _raise_for(finished: Finished) -> None:
    """Raise the error that the last lines name, if they name one."""
    log = "\n".join(finished.last_lines)
    if any(words in log for words in _NO_ROOM):
        raise StorageFull
    if any(words in log for words in _NO_MEMORY):
        raise EngineOverran(bound="memory")
    if any(words in log for words in ENDED_EARLY):
        raise CutShort


def _reason(finished: Finished) -> str:
    return " | ".join(finished.last_lines[-3:])[:500]
