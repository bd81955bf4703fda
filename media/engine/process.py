"""Runs one child process under limits and follows what it writes; it knows no sound and no shell."""

import os
import selectors
import signal
import subprocess
import sys
import tempfile
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from media.errors import Cancelled, EngineOverran

Listener = Callable[[str], None]

_CONFINE = Path(__file__).with_name("confine.py")
_LOOK_EVERY_S = 0.1
_LAST_LINES = 40
_LONGEST_LINE = 64 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """How much a child may use before it is stopped; bytes and seconds."""

    cpu_s: int
    wall_s: float
    file_bytes: int
    memory_bytes: int = 1 << 30  # address space, far above resident memory: ffmpeg maps 170 MB of itself


@dataclass(frozen=True, slots=True)
class Finished:
    """How a child ended: its exit status and the last lines of its log."""

    status: int
    last_lines: tuple[str, ...]


def ignore(_: object) -> None:
    """Take any line and do nothing with it."""


def never() -> bool:
    """Ask for no stop."""
    return False


def run(
    command: Sequence[str],
    *,
    limits: Limits,
    stdin: bytes = b"",
    on_output: Listener = ignore,
    on_log: Listener = ignore,
    cancelled: Callable[[], bool] = never,
) -> Finished:
    """Run a command to its end, off the network where the system allows it, at low priority.

    Args:
        command: the program and its arguments; no shell reads them.
        limits: what it may use.
        stdin: what it can read.
        on_output: called with each line of its standard output, as it comes.
        on_log: called with each line of its standard error, as it comes.
        cancelled: asked ten times a second.

    Raises:
        Cancelled: `cancelled` said so; the child and its children are gone.
        EngineOverran: a limit of time or processor was passed.
    """
    bounds = (os.getpid(), limits.cpu_s, limits.memory_bytes, limits.file_bytes)
    last_lines: deque[str] = deque(maxlen=_LAST_LINES)

    def log(line: str) -> None:
        last_lines.append(line)
        on_log(line)

    with tempfile.TemporaryFile() as given:
        given.write(stdin)
        given.seek(0)
        with subprocess.Popen(
            [sys.executable, "-I", "-S", str(_CONFINE), *map(str, bounds), *command],
            stdin=given,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd="/",
            env={"PATH": os.environ.get("PATH", os.defpath), "LANG": "C.UTF-8", "MALLOC_ARENA_MAX": "2"},
            start_new_session=True,
        ) as child:
            try:
                _follow(child, on_output=on_output, on_log=log, cancelled=cancelled, wall_s=limits.wall_s)
                status = child.wait()
            except BaseException:
                os.killpg(child.pid, signal.SIGKILL)
                raise
    if status in (-signal.SIGXCPU, -signal.SIGKILL):
        raise EngineOverran(bound="cpu")
    return Finished(status, tuple(last_lines))


def _follow(
    child: subprocess.Popen[bytes],
    *,
    on_output: Listener,
    on_log: Listener,
    cancelled: Callable[[], bool],
    wall_s: float,
) -> None:
    """Hand on both streams line by line until they close; look up between lines to see whether to stop."""
    until = time.monotonic() + wall_s
    with selectors.DefaultSelector() as selector:
        for stream, listener in ((child.stdout, on_output), (child.stderr, on_log)):
            if stream is not None:
                selector.register(stream, selectors.EVENT_READ, _Lines(stream, listener))
        while selector.get_map():
            if cancelled():
                raise Cancelled
            if time.monotonic() > until:
                raise EngineOverran(bound="time")
            for key, _ in selector.select(_LOOK_EVERY_S):
                if not key.data.read():
                    selector.unregister(key.fileobj)


class _Lines:
    """Cuts a stream into lines as it arrives."""

    def __init__(self, stream: IO[bytes], listener: Listener) -> None:
        self._stream = stream
        self._listener = listener
        self._rest = b""

    def read(self) -> bool:
        """Hand on the lines that are there; say whether more can come."""
        chunk = os.read(self._stream.fileno(), 65536)
        *lines, self._rest = (self._rest + chunk).replace(b"\r", b"\n").split(b"\n")
        if not chunk or len(self._rest) > _LONGEST_LINE:
            lines, self._rest = [*lines, self._rest], b""
        for line in lines:
            if line:
                self._listener(line.decode("utf-8", "replace"))
        return bool(chunk)
