"""Receives an HTTP MP3 stream for as long as it is wanted; it plays nothing and writes nothing down."""

from __future__ import annotations

import http.client
import logging
import random
import threading
from array import array
from collections.abc import Iterator
from contextlib import ExitStack, closing
from itertools import repeat
from urllib.parse import urlsplit

from station_agent.errors import SoundError
from station_agent.player.decoding import mp3_blocks, recording_blocks
from station_agent.player.feed import Feed
from station_agent.player.pcm import RATE
from station_agent.ports import Recordings, Stream

log = logging.getLogger(__name__)

TIMEOUT = 4.0  # seconds without a byte before the line is taken for dead
BACKOFF = (0.5, 1.0, 2.0, 4.0, 8.0)  # seconds between attempts, each shortened by chance so that poles do not march
RESUME = RATE // 2  # samples that must be ready before the stream is heard again, so that it does not stutter


class RelaySource:
    """A stream with its fallback, taken like any other source."""

    def __init__(self, stream: Stream, name: str) -> None:
        self._closed = threading.Event()
        self._live = Feed(_stream_blocks(stream.url, self._closed), name)
        self._fallback = Feed(_again_and_again(stream.fallback), f"{name} fallback") if stream.fallback else None
        self._patience = round(stream.patience * RATE)
        self._dry = True
        self._missing = 0
        self._received = 0

    @property
    def finished(self) -> bool:
        """A stream is over only when its end instant comes."""
        return False

    @property
    def reason(self) -> str:
        """Why there will be no more sound: never, the line may always come back."""
        return ""

    @property
    def received(self) -> int:
        """Samples that came from the stream itself."""
        return self._received

    def take(self, frames: int) -> array[int]:
        """Return samples of the stream, else of the fallback once patience is over, else fewer than asked."""
        if self._dry and self._live.buffered >= RESUME:
            self._dry = False
        taken: array[int] = array("h") if self._dry else self._live.take(frames)
        self._received += len(taken)
        if len(taken) == frames:
            self._missing = 0
            return taken
        self._dry = True
        self._missing += frames - len(taken)
        if self._fallback is not None and self._missing > self._patience:
            taken.extend(self._fallback.take(frames - len(taken)))
        return taken

    def close(self) -> None:
        """Hang up."""
        self._closed.set()
        self._live.close()
        if self._fallback is not None:
            self._fallback.close()


def _again_and_again(sound: Recordings) -> Iterator[array[int]]:
    for one in repeat(sound):
        yield from recording_blocks(one)


def _stream_blocks(url: str, closed: threading.Event) -> Iterator[array[int]]:
    attempt = 0
    while not closed.is_set():
        try:
            for block in _connected_blocks(url):
                attempt = 0
                yield block
            log.info("relay_broken url=%s cause=ended", url)
        except (OSError, http.client.HTTPException, SoundError) as error:
            log.info("relay_broken url=%s cause=%s", url, error)
        pause = BACKOFF[min(attempt, len(BACKOFF) - 1)]
        attempt += 1
        closed.wait(pause * random.uniform(0.5, 1.0))  # noqa: S311 - spreads load, guards nothing


def _connected_blocks(url: str) -> Iterator[array[int]]:
    parts = urlsplit(url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    with ExitStack() as stack:
        connection = stack.enter_context(closing(kind(parts.hostname or "", parts.port, timeout=TIMEOUT)))
        connection.request("GET", parts.path + (f"?{parts.query}" if parts.query else "") or "/")
        response = stack.enter_context(closing(connection.getresponse()))
        # a redirect is not followed: the signed channel list names one address, not where it may lead
        if response.status != http.client.OK:
            raise SoundError("sound.stream_refused", status=response.status)

        def read(count: int) -> bytes:
            try:
                return response.read1(count)
            except (OSError, http.client.HTTPException):
                return b""  # an exception cannot cross the decoder; no bytes end it

        yield from mp3_blocks(read)
