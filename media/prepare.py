"""The pipeline from a stranger's file to a recording in the library; it decides nothing itself but the order of steps.

Probe, check, decode once, check again, trim, level, encode, measure, store. Memory does not grow with the length: the
sound only ever passes through ffmpeg, in a child process.
"""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from media import checks, engine, loudness
from media.facts import Container, Prepared
from media.library import Library

_LISTENING = 0.4  # its share of the whole work; writing and measuring the copy is the rest


def prepare(
    source: Path,
    *,
    library: Library,
    limit: timedelta,
    target_lufs: float = loudness.SPEECH_LUFS,
    progress: Callable[[float], None] = engine.ignore,
    cancelled: Callable[[], bool] = engine.never,
) -> Prepared:
    """Store the broadcast copy of a file and return all its facts; the file itself is left as it is.

    Args:
        source: the file as it came in; its name means nothing.
        library: where the copy is kept.
        limit: the longest sound accepted.
        target_lufs: the loudness of the copy, EBU R128 integrated.
        progress: called with a share from 0 to 1 that never goes back.
        cancelled: asked ten times a second; a true answer stops the work and leaves nothing behind.

    Raises:
        Refused: the file cannot be broadcast; the subclass says why.
        StorageFull: the disk has no room; nothing partial is kept.
        Cancelled: `cancelled` said so.
        EngineMissing, EngineFailed, EngineOverran: the work itself could not be done.
    """
    source = source.absolute()  # ffmpeg runs in a directory of its own
    container = _look_at(source)
    probe = engine.probe(source, container, cancelled=cancelled)
    checks.require_within(probe.declared_ms, limit)

    # One second past the limit tells a file that is too long from one that just fits.
    limit_s = limit.total_seconds()
    expected_s = limit_s if probe.declared_ms is None else max(probe.declared_ms / 1000, 0.001)
    heard = engine.listen(
        source,
        container,
        stop_after_s=limit_s + 1,
        on_progress=lambda seconds: progress(_LISTENING * min(1.0, seconds / expected_s)),
        cancelled=cancelled,
    )
    checks.require_within(heard.duration_ms, limit)
    checks.require_complete(probe, heard)
    checks.require_audible(heard)

    span = checks.span_to_keep(heard)
    with library.workspace() as workspace:
        copy = workspace / "broadcast.mp3"
        levelled = loudness.level(
            source,
            container,
            copy,
            span=span,
            before=heard.loudness,
            target_lufs=target_lufs,
            on_progress=lambda share: progress(_LISTENING + (1 - _LISTENING) * share),
            cancelled=cancelled,
        )
        stored = library.add(copy)
    progress(1.0)
    return Prepared(
        sha256=stored.sha256,
        length=stored.length,
        duration_ms=levelled.duration_ms,
        before=heard.loudness,
        after=levelled.loudness,
        format=engine.BROADCAST_FORMAT,
        trimmed_ms=heard.duration_ms - span.length_ms,
        source=probe,
    )


def _look_at(source: Path) -> Container:
    """Tell the container by its bytes and refuse a file that its own structure shows to be cut."""
    with source.open("rb") as stream:
        size = stream.seek(0, 2)
        start = 0
        stream.seek(0)
        while tag := checks.tag_length(stream.read(10)):
            start += tag
            stream.seek(start)
        stream.seek(start)
        head = stream.read(checks.HEAD_BYTES)
        container = checks.container_of(head or b"\0" * bool(size))
        stream.seek(max(start, size - checks.TAIL_BYTES))
        checks.require_whole(container, head=head, tail=stream.read(), size=size - start)
    return container
