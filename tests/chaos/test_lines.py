"""The lines between the parts of a site can be cut, torn, slowed and deafened, and mended again."""

import socket
import time
from collections.abc import Iterator
from contextlib import suppress
from threading import Thread

import pytest

from tests.chaos.lines import Lines


def answer(server: socket.socket) -> None:
    """Send back what comes, one connection after the other."""
    while True:
        try:
            connection, _ = server.accept()
        except OSError:
            return
        with connection, suppress(ConnectionError):  # it is about to be broken
            while said := connection.recv(1000):
                connection.sendall(said)


@pytest.fixture
def lines() -> Iterator[Lines]:
    """Lines to somebody who says everything back."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        Thread(target=answer, args=(server,), daemon=True).start()
        laid = Lines(server.getsockname()[1])
        yield laid
        laid.close()


def called(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=5)


def echo(caller: socket.socket, said: bytes = b"hello") -> bytes:
    caller.sendall(said)
    return caller.recv(1000)


def is_broken(caller: socket.socket) -> bool:
    """Tell whether a connection ends before a whole word came."""
    got = b""
    try:
        while piece := caller.recv(1000):
            got += piece
    except ConnectionError:
        pass
    return len(got) < len(b"hello")


def test_a_whole_line_carries_both_ways(lines: Lines) -> None:
    with called(lines.add("a")) as caller:
        assert echo(caller) == b"hello"


def test_a_cut_line_breaks_and_lets_nobody_through_until_it_is_mended(lines: Lines) -> None:
    port = lines.add("a")
    with called(port) as caller:
        echo(caller)
        lines.cut("a")
        assert is_broken(caller)
    with called(port) as caller:
        assert is_broken(caller)

    lines.mend("a")

    with called(port) as caller:
        assert echo(caller) == b"hello"


def test_a_torn_line_gives_half_a_piece_at_most_and_breaks(lines: Lines) -> None:
    with called(lines.add("a")) as caller:
        lines.tear("a")
        caller.sendall(b"hello")
        assert is_broken(caller)


def test_a_slow_line_is_late_and_loses_nothing(lines: Lines) -> None:
    with called(lines.add("a")) as caller:
        lines.delay("a", 0.1)
        began = time.monotonic()
        assert echo(caller) == b"hello"

    assert time.monotonic() - began >= 0.2


def test_a_deaf_line_stays_open_and_gives_all_when_it_hears_again(lines: Lines) -> None:
    with called(lines.add("a")) as caller:
        echo(caller)
        lines.deafen("a")
        time.sleep(0.05)
        caller.sendall(b"still there?")
        caller.settimeout(0.2)
        with pytest.raises(TimeoutError):
            caller.recv(1000)

        lines.mend("a")

        caller.settimeout(5)
        assert caller.recv(1000) == b"still there?"


def test_one_line_is_cut_without_the_others(lines: Lines) -> None:
    lines.add("a")
    with called(lines.add("b")) as caller:
        lines.cut("a")
        assert echo(caller) == b"hello"
