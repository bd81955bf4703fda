"""Bare MQTT 5 clients over TLS for the benchmarks, thousands to a process: they note what came when, and no more.

One may stand for a device behind a line of so many bits a second: it takes in no more than would have come through, and
a message has come when its last byte has. It understands nothing of what it carries.
"""

import heapq
import selectors
import socket
import ssl
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from time import monotonic

sys.path.insert(0, str(Path(__file__).parents[1]))

CONNECT, PUBLISH, PUBACK, SUBSCRIBE, PING = 0x10, 0x30, 0x40, 0x82, b"\xc0\x00"
QOS_1 = 0x02
KEEPALIVE_S = 120
PING_EVERY_S = 60.0
CHUNK = 16 * 1024
OVERHEAD = 1.05
"""What IP, TCP and TLS add to a byte on a line."""


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that happened at a loudspeaker.

    Attributes:
        what: The topic of a message that came, or the name of a sound that begins.
        at: Monotonic instant.
        took: For a sound: seconds from taking in hand what brought it about.
    """

    who: str
    what: str
    at: float
    took: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """How one client reaches the broker; `tls` is a PEM file with its certificate and key."""

    name: str
    tls: Path
    key: Path | None = None


class Line:
    """One client's connection; connecting waits, everything else does not.

    Args:
        caller: Who connects.
        host, port, authority: Where to, and who signed the broker's certificate.
        facts: Takes what came.
        topics: What to subscribe to with QoS 1.
        bits_per_s: What the line carries; None for as much as comes.
        keeps: Whether the newest message of each topic is kept.
    """

    def __init__(
        self,
        caller: Caller,
        host: str,
        port: int,
        authority: Path,
        *,
        facts: list[Fact],
        topics: Iterable[str],
        bits_per_s: float | None = None,
        keeps: bool = False,
    ) -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.load_verify_locations(cafile=str(authority))
        context.load_cert_chain(caller.tls, caller.key)
        plain = socket.create_connection((host, port), timeout=60)
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.name = caller.name
        self.socket = context.wrap_socket(plain, server_hostname=host)
        self.messages: dict[str, bytes] = {}
        self._facts = facts
        self._keeps = keeps
        self._seconds_a_byte = None if bits_per_s is None else 8 * OVERHEAD / bits_per_s
        self.free_at = 0.0
        self._came = bytearray()
        self._send(CONNECT, _text("MQTT") + bytes([5, 2]) + KEEPALIVE_S.to_bytes(2) + b"\0" + _text(caller.name))
        self._send(SUBSCRIBE, b"\0\1\0" + b"".join(_text(topic) + b"\1" for topic in topics))
        self.socket.setblocking(False)

    def publish(self, topic: str, payload: bytes) -> None:
        """Send a message with QoS 1; waits until it has left."""
        self.socket.setblocking(True)
        self._send(PUBLISH | QOS_1, _text(topic) + b"\0\1\0" + payload)
        self.socket.setblocking(False)

    def ping(self) -> None:
        """Keep the connection alive."""
        self.socket.sendall(PING)

    def read(self) -> float | None:
        """Take in what has come; give when the line is free again, None when it is and nothing more waits.

        Raises:
            ConnectionError: The broker has hung up.
        """
        while True:
            now = monotonic()
            if now < self.free_at:
                return self.free_at
            try:
                chunk = self.socket.recv(CHUNK)
            except ssl.SSLWantReadError:
                return None
            if not chunk:
                raise ConnectionAbortedError(f"{self.name} was thrown out")
            self.free_at = now if self._seconds_a_byte is None else now + len(chunk) * self._seconds_a_byte
            self._came += chunk
            self._take_in()

    def _take_in(self) -> None:
        while (bounds := _bounds(self._came)) is not None:
            begin, end = bounds
            kind, packet = self._came[0], bytes(memoryview(self._came)[begin:end])
            del self._came[:end]
            if kind & 0xF0 == PUBLISH:
                self._published(kind, packet)

    def _published(self, kind: int, packet: bytes) -> None:
        length = int.from_bytes(packet[:2])
        topic, place = packet[2 : 2 + length].decode(), 2 + length
        if kind & 0x06:
            self._send(PUBACK, packet[place : place + 2])
            place += 2
        self._facts.append(Fact(self.name, topic, self.free_at))
        if self._keeps:
            properties, begin = _number(packet, place)
            self.messages[topic] = packet[begin + properties :]

    def _send(self, kind: int, body: bytes) -> None:
        self.socket.sendall(bytes([kind]) + _length(len(body)) + body)


def serve(lines: list[Line], facts: list[Fact], orders: Connection) -> None:
    """Read whatever comes on some lines until told to end, in a process of its own; see `answered` for the orders."""
    selector = selectors.DefaultSelector()
    selector.register(orders, selectors.EVENT_READ)
    for number, line in enumerate(lines):
        selector.register(line.socket, selectors.EVENT_READ, number)
    busy: list[tuple[float, int]] = []
    pinged_at = monotonic()
    while True:
        pause = max(0.0, busy[0][0] - monotonic()) if busy else None
        readable = [key.data for key, _ in selector.select(pause)]
        while busy and busy[0][0] <= monotonic():
            _, number = heapq.heappop(busy)
            selector.register(lines[number].socket, selectors.EVENT_READ, number)
            readable.append(number)
        for number in (each for each in readable if each is not None):
            free_at = lines[number].read()
            if free_at is not None:
                selector.unregister(lines[number].socket)
                heapq.heappush(busy, (free_at, number))
        if None in readable:
            if not answered(orders, facts):
                return
            pinged_at = kept_alive(lines, pinged_at)


def kept_alive(lines: list[Line], pinged_at: float) -> float:
    """Keep some lines alive, between two measurements; give when they were (monotonic)."""
    now = monotonic()
    if now - pinged_at < PING_EVERY_S:
        return pinged_at
    for line in lines:
        line.ping()
    return now


def answered(orders: Connection, facts: list[Fact]) -> bool:
    """Answer whoever started this process: how many facts there are, or all of them, which are then forgotten.

    Returns:
        False when it was told to end.
    """
    order = orders.recv()
    if order == "count":
        orders.send(len(facts))
    elif order == "facts":
        orders.send(list(facts))
        facts.clear()
    return bool(order != "end")


def _text(text: str) -> bytes:
    return len(text.encode()).to_bytes(2) + text.encode()


def _length(number: int) -> bytes:
    """Write a length as MQTT does: seven bits a byte, the lowest first."""
    written = bytearray()
    while number > 0x7F:
        written.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*written, number])


def _number(data: bytes | bytearray, place: int) -> tuple[int, int]:
    """Read a length as MQTT writes it; give it and where it ends.

    Raises:
        IndexError: It has not come whole.
    """
    value, shift = 0, 0
    while True:
        value |= (data[place] & 0x7F) << shift
        place, shift = place + 1, shift + 7
        if data[place - 1] <= 0x7F:
            return value, place


def _bounds(data: bytearray) -> tuple[int, int] | None:
    """Give where the body of the first packet begins and ends; None while it has not come whole."""
    try:
        length, begin = _number(data, 1)
    except IndexError:
        return None
    return (begin, begin + length) if len(data) >= begin + length else None
