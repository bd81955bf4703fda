"""The line to an API: what is sent again, what is not, and where a token does not go."""

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from server.calling.errors import CallFailed, CallRefused, Ending
from server.calling.line import WAITS_S, Answer, Line


class Played(BaseHTTPRequestHandler):
    """Answers with what the test put there, and remembers what came."""

    statuses: list[int]
    came: list[tuple[str, str, dict[str, str], bytes]]

    def do_GET(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        type(self).came.append((self.command, self.path, dict(self.headers), self.rfile.read(length)))
        status = type(self).statuses.pop(0)
        if not status:
            self.close_connection = True
            return
        self.send_response(status)
        self.send_header("Location", "http://localhost/elsewhere")
        self.send_header("ETag", '"7"')
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    do_POST = do_GET  # noqa: N815 -- as the standard library calls it

    def log_message(self, *_: object) -> None:
        """Stay quiet."""


@pytest.fixture
def server() -> Iterator[str]:
    Played.statuses, Played.came = [], []
    with ThreadingHTTPServer(("127.0.0.1", 0), Played) as http:
        Thread(target=http.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{http.server_port}/"
        http.shutdown()


def line_to(server: str, waited: list[float]) -> Line:
    return Line(server, "id.secret", "vi", wait=waited.append)


def test_a_request_says_who_asks_and_gives_the_version_back(server: str) -> None:
    Played.statuses = [200]

    answer = line_to(server, []).ask("POST", "/v1/x", headers={"Idempotency-Key": "k"}, body=b"{}")

    ((method, path, headers, body),) = Played.came
    assert (answer.status, answer.etag, answer.told()) == (200, '"7"', {})
    assert (method, path, body) == ("POST", "/api/v1/x", b"{}")
    assert (headers["Authorization"], headers["Accept-Language"]) == ("Bearer id.secret", "vi")


@pytest.mark.parametrize("trouble", [0, 502, 503, 504])
def test_while_nobody_answers_the_same_is_sent_again(server: str, trouble: int, tmp_path: Path) -> None:
    Played.statuses = [trouble, trouble, 201]
    waited: list[float] = []
    (tmp_path / "tin.mp3").write_bytes(b"sound")

    answer = line_to(server, waited).ask("POST", "/v1/x", headers={"Idempotency-Key": "k"}, body=tmp_path / "tin.mp3")

    assert answer.status == 201
    assert waited == list(WAITS_S[:2])
    assert [(headers["Idempotency-Key"], body) for _, _, headers, body in Played.came] == [("k", b"sound")] * 3


def test_who_never_answers_is_given_up(server: str) -> None:
    Played.statuses = [503] * 4
    waited: list[float] = []

    with pytest.raises(CallFailed, match=r"call\.no_answer") as refused:
        line_to(server, waited).ask("GET", "/v1/x")

    assert refused.value.ending is Ending.UNKNOWN
    assert waited == list(WAITS_S)


def test_where_nobody_listens_it_says_so(free_port: int) -> None:
    with pytest.raises(CallFailed, match=r"call\.no_answer"):
        line_to(f"http://127.0.0.1:{free_port}", []).ask("GET", "/v1/x")


def test_a_refusal_by_whoever_stands_before_the_centre_is_told_by_its_number() -> None:
    with pytest.raises(CallRefused) as refused:
        Answer(413, "", b"too large").require_done()

    assert refused.value.sentences == ("HTTP 413",)
    assert refused.value.ending is Ending.REFUSED


@pytest.mark.parametrize("status", [400, 404, 422, 500])
def test_a_refusal_is_an_answer(server: str, status: int) -> None:
    Played.statuses = [status]

    assert line_to(server, []).ask("GET", "/v1/x").status == status


def test_a_token_follows_no_redirection(server: str) -> None:
    Played.statuses = [302]

    assert line_to(server, []).ask("GET", "/v1/x").status == 302
    assert len(Played.came) == 1


@pytest.mark.parametrize("server", ["centre", "ftp://centre", "http://", "file:///etc/passwd"])
def test_what_is_no_address_is_refused(server: str) -> None:
    with pytest.raises(CallFailed, match=r"call\.address"):
        line_to(server, [])


def test_a_token_does_not_travel_for_everybody_to_read() -> None:
    with pytest.raises(CallFailed, match=r"call\.unencrypted"):
        line_to("http://centre.example", [])

    Line("http://centre.example", "", "vi", wait=lambda _: None)
    Line("http://centre.example", "id.secret", "vi", wait=lambda _: None, unencrypted=True)
    Line("https://centre.example", "id.secret", "vi", wait=lambda _: None)
    Line("http://[::1]:8080", "id.secret", "vi", wait=lambda _: None)
