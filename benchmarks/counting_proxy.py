"""Stands between agents and their broker and counts the bytes that pass, as the line's bill would; it reads none."""

import selectors
import socket
import threading
from contextlib import suppress
from time import monotonic
from typing import NamedTuple

CHUNK = 64 * 1024


class Passed(NamedTuple):
    """Bytes that passed at an instant (monotonic) on one connection; `up`: from the agent."""

    at: float
    connection: int
    up: bool
    size: int


class CountingProxy:
    """Listens on a free port of this machine and passes everything on to a broker.

    Attributes:
        passed: Everything that passed, in order.
    """

    def __init__(self, host: str, port: int) -> None:
        self.passed: list[Passed] = []
        self._broker = host, port
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=256)
        self.port: int = self._listener.getsockname()[1]
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._listener, selectors.EVENT_READ)
        self._closed = threading.Event()
        self._connections = 0
        self._thread = threading.Thread(target=self._run, name="proxy", daemon=True)
        self._thread.start()

    def between(self, since: float, until: float) -> list[Passed]:
        """Give what passed in a span of time."""
        return [each for each in list(self.passed) if since <= each.at < until]

    def close(self) -> None:
        """End every connection."""
        self._closed.set()
        self._thread.join()
        for key in list(self._selector.get_map().values()):
            assert isinstance(key.fileobj, socket.socket)
            key.fileobj.close()
        self._selector.close()

    def _run(self) -> None:
        while not self._closed.is_set():
            for key, _ in self._selector.select(0.2):
                assert isinstance(key.fileobj, socket.socket)
                if key.data is None:
                    self._accept()
                else:
                    self._pass_on(key.fileobj, *key.data)

    def _accept(self) -> None:
        agent, _ = self._listener.accept()
        broker = socket.create_connection(self._broker)
        self._connections += 1
        for line in (agent, broker):
            line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._selector.register(agent, selectors.EVENT_READ, (broker, self._connections, True))
        self._selector.register(broker, selectors.EVENT_READ, (agent, self._connections, False))

    def _pass_on(self, line: socket.socket, to: socket.socket, connection: int, up: bool) -> None:  # noqa: FBT001
        data = b""
        with suppress(OSError):
            data = line.recv(CHUNK)
            to.sendall(data)
            self.passed.append(Passed(monotonic(), connection, up, len(data)))
        if not data:
            for end in (line, to):
                with suppress(KeyError):
                    self._selector.unregister(end)
                end.close()
