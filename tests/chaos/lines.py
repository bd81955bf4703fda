"""TCP lines that can be cut, torn, delayed and deafened, between loudspeakers, centre and broker.

One thread with an event loop of its own carries the bytes. It does not know what they mean.
"""

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass, field
from threading import Thread
from typing import Any

from tests.services.ports import find_free_port

HOST = "127.0.0.1"
CHUNK = 1 << 14


@dataclass(slots=True)
class Line:
    """One way to the broker, with a port of its own.

    Attributes:
        is_cut: nothing stands and nobody gets through.
        hears: while it is not set, what stands stays open and nothing arrives, in either direction.
        delay_s: how long each piece waits.
        to_tear: break what stands in the middle of the next piece.
    """

    port: int
    is_cut: bool = False
    delay_s: float = 0.0
    to_tear: bool = False
    hears: asyncio.Event = field(default_factory=asyncio.Event)
    open: set[asyncio.StreamWriter] = field(default_factory=set)


class Lines:
    """All lines to one broker's port."""

    def __init__(self, to_port: int) -> None:
        self._to_port = to_port
        self._lines: dict[str, Line] = {}
        self._servers: list[asyncio.Server] = []
        self._loop = asyncio.new_event_loop()
        self._thread = Thread(target=self._loop.run_forever, name="lines", daemon=True)
        self._thread.start()

    def add(self, name: str) -> int:
        """Lay a line and give its port."""
        line = self._lines[name] = Line(find_free_port())
        line.hears.set()
        self._wait(self._listen(line))
        return line.port

    def cut(self, name: str) -> None:
        """Break what stands, and let nobody through until it is mended."""
        self._lines[name].is_cut = True
        self._soon(lambda: self._break(self._lines[name]))

    def tear(self, name: str) -> None:
        """Break what stands in the middle of a packet; the line itself is whole."""
        self._lines[name].to_tear = True

    def delay(self, name: str, seconds: float) -> None:
        """Have every piece arrive later, in order."""
        self._lines[name].delay_s = seconds

    def deafen(self, name: str) -> None:
        """Keep everything open and let nothing arrive."""
        self._soon(self._lines[name].hears.clear)

    def mend(self, name: str) -> None:
        """Make a line as it was."""
        line = self._lines[name]
        line.is_cut = False
        line.delay_s = 0.0
        self._soon(line.hears.set)

    def close(self) -> None:
        """Carry nothing any more."""
        self._wait(self._end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _listen(self, line: Line) -> None:
        self._servers.append(await asyncio.start_server(lambda *ends: self._carry(line, *ends), HOST, line.port))

    async def _carry(self, line: Line, near: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        if line.is_cut:
            back.transport.abort()
            return
        try:
            far, there = await asyncio.open_connection(HOST, self._to_port)
        except OSError:
            back.transport.abort()
            return
        line.open |= {back, there}
        try:
            ways = {asyncio.ensure_future(self._pour(line, *way)) for way in ((near, there), (far, back))}
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)
        finally:
            line.open -= {back, there}
            back.transport.abort()
            there.transport.abort()

    async def _pour(self, line: Line, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while piece := await source.read(CHUNK):
                await line.hears.wait()
                if line.delay_s:
                    await asyncio.sleep(line.delay_s)
                if line.to_tear:
                    line.to_tear = False
                    sink.write(piece[: len(piece) // 2])
                    await asyncio.wait_for(sink.drain(), 1)
                    return
                sink.write(piece)
                await sink.drain()

    def _break(self, line: Line) -> None:
        for writer in list(line.open):
            writer.transport.abort()

    async def _end(self) -> None:
        for server in self._servers:
            server.close()
        for line in self._lines.values():
            self._break(line)
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    def _soon(self, do: Callable[[], None]) -> None:
        self._loop.call_soon_threadsafe(do)

    def _wait(self, what: Coroutine[Any, Any, object]) -> None:
        asyncio.run_coroutine_threadsafe(what, self._loop).result(10)
