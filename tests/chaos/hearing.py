"""Collects what the ears tell, in a thread, into stretches of sound for each agent. It judges nothing."""

import os
import selectors
import time
from bisect import bisect_left
from pathlib import Path
from threading import Event, Thread

from tests.chaos.clock import unix_now
from tests.chaos.ear import BORN, PIPE, RECORD, STALLED
from tests.chaos.judge import Sound, Stretch

TOGETHER_S = 0.12
"""Less silence than this, two buffers, parts no sound into two: the sounds of a tune touch zero."""


class Hearing:
    """What sounded at each agent, by the harness's clock, in seconds of Unix time."""

    def __init__(self) -> None:
        self._selector = selectors.DefaultSelector()
        self._sounds: dict[str, list[Sound]] = {}
        self._stalls: dict[str, list[Stretch]] = {}
        self._births: dict[str, list[float]] = {}
        self._rest: dict[str, bytes] = {}
        self._ahead = unix_now() - time.monotonic()
        self._over = Event()
        self._thread = Thread(target=self._listen, name="hearing", daemon=True)
        self._thread.start()

    def attach(self, agent: str, directory: Path) -> None:
        """Make the pipe of an agent; it outlives the agent's processes."""
        directory.mkdir(parents=True, exist_ok=True)
        os.mkfifo(directory / PIPE)
        self._sounds[agent], self._stalls[agent], self._births[agent], self._rest[agent] = [], [], [], b""
        # Read and write: the end of one writer must not be the end of the pipe.
        self._selector.register(os.open(directory / PIPE, os.O_RDWR | os.O_NONBLOCK), selectors.EVENT_READ, agent)

    def sounds(self, agent: str) -> list[Sound]:
        """Give every sound so far, in order."""
        return list(self._sounds[agent])

    def stalls(self, agent: str) -> list[Stretch]:
        """Give when a device was not served in time, in order."""
        return list(self._stalls[agent])

    def born_since(self, agent: str, instant: float) -> float | None:
        """Give when a process of an agent began that began after an instant."""
        births = self._births[agent]
        at = bisect_left(births, instant)
        return births[at] if at < len(births) else None

    def close(self) -> None:
        """Listen no more."""
        self._over.set()
        self._thread.join()
        for key in list(self._selector.get_map().values()):
            os.close(key.fd)
        self._selector.close()

    def _listen(self) -> None:
        while not self._over.is_set():
            for key, _ in self._selector.select(timeout=0.2):
                self._take(key.data, os.read(key.fd, 1 << 16))

    def _take(self, agent: str, data: bytes) -> None:
        data = self._rest[agent] + data
        whole = len(data) - len(data) % RECORD.size
        self._rest[agent] = data[whole:]
        for what, since, until in RECORD.iter_unpack(data[:whole]):
            told = Stretch(since + self._ahead, until + self._ahead)
            if what == BORN:
                self._births[agent].append(told.since)
            elif what == STALLED:
                self._stalls[agent].append(told)
            else:
                self._add(self._sounds[agent], told)

    @staticmethod
    def _add(sounds: list[Sound], fresh: Stretch) -> None:
        seconds = fresh.until - fresh.since
        if sounds and fresh.since - sounds[-1].until < TOGETHER_S:
            last = sounds.pop()
            sounds.append(Sound(last.since, max(last.until, fresh.until), last.seconds + seconds))
        else:
            sounds.append(Sound(fresh.since, fresh.until, seconds))
