"""The pages over real sockets: what the server does with a request before the application sees it."""

import gzip
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from threading import Event

import pytest
from flask import Flask, Response, request

import server.web
from server.app import serving
from server.config import Config, Web
from tests.services.waitress import listening

STATIC = Path(server.web.__file__).parent / "static"


@contextmanager
def served(config: Config) -> Iterator[int]:
    """Serve who a request is said to come from, at a free port."""
    app, ends = Flask(__name__), Event()
    app.add_url_rule("/", view_func=lambda: request.remote_addr or "", methods=["GET", "POST"])
    app.add_url_rule("/stream", "stream", view_func=lambda: Response(without_end(ends), mimetype="text/event-stream"))
    with listening(app, **{**serving(config), "port": 0}) as port:
        try:
            yield port
        finally:
            ends.set()


def without_end(ends: Event) -> Iterator[str]:
    yield "retry: 3000\n\n"
    ends.wait(30)


def said(port: int, *lines: str) -> bytes:
    """Send the lines of a request and no body; give the answer."""
    with socket.create_connection(("127.0.0.1", port), timeout=5) as line:
        line.sendall("\r\n".join((*lines, "Host: radio", "Connection: close", "", "")).encode())
        answer = b""
        while piece := line.recv(65_536):
            answer += piece
        return answer


def test_a_stranger_cannot_fill_the_disk_by_one_request_without_end() -> None:
    with served(Config(upload_limit=1000)) as port:
        answer = said(port, "POST / HTTP/1.1", "Content-Length: 1000000000")

    assert answer.startswith(b"HTTP/1.1 413 ")


@pytest.mark.parametrize(
    ("proxy", "whom"), [("127.0.0.1", b"203.0.113.7"), ("", b"127.0.0.1"), ("192.0.2.1", b"127.0.0.1")]
)
def test_only_the_proxy_that_was_named_says_for_whom_it_speaks(proxy: str, whom: bytes) -> None:
    with served(Config(web=Web(proxy=proxy))) as port:
        answer = said(port, "GET / HTTP/1.1", "X-Forwarded-For: 203.0.113.7")

    assert answer.endswith(b"\r\n\r\n" + whom)


def test_pages_are_answered_while_many_look_on() -> None:
    with served(Config()) as port, ExitStack() as lines:
        for _ in range(40):
            line = lines.enter_context(socket.create_connection(("127.0.0.1", port), timeout=30))
            line.sendall(b"GET /stream HTTP/1.1\r\nHost: radio\r\n\r\n")
            assert b"200 OK" in line.recv(4096)

        assert said(port, "GET / HTTP/1.1").startswith(b"HTTP/1.1 200 ")


@pytest.mark.parametrize("encodings", ["gzip", "identity"])
@pytest.mark.parametrize("name", ["mark.svg", "vendor/lucide/icons.svg", "base.css", "page.js"])
def test_the_files_of_pages_arrive(app: Flask, name: str, encodings: str) -> None:
    with listening(app, **{**serving(Config()), "port": 0}) as port:
        answer = said(
            port, f"GET /static/{name} HTTP/1.1", f"Accept-Encoding: {encodings}", "Sec-Fetch-Site: same-origin"
        )

    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200 ")
    assert (gzip.decompress(body) if encodings == "gzip" else body) == (STATIC / name).read_bytes()
