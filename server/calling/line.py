"""The line to an API: one request at a time over HTTP, sent again while nobody answers. It follows no redirection.

A token travels encrypted, or not further than this machine.
"""

import http.client
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from server.calling.errors import CallFailed, CallRefused, Ending

WAITS_S = (1.0, 3.0, 10.0)
"""Between one attempt and the next; nothing is done twice, for a write keeps its key."""
PATIENCE_S = 120.0
"""For one answer: a month's log takes a while."""
_NOT_THERE = frozenset({502, 503, 504})
_HERE = frozenset({"localhost", "127.0.0.1", "::1"})


class _Headers(Protocol):
    def get(self, name: str, /) -> str | None: ...


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    etag: str
    body: bytes

    def told(self) -> Any:  # noqa: ANN401 -- JSON as it came
        """Give what the body says.

        Raises:
            CallFailed: `call.not_an_api` for what is no JSON.
        """
        try:
            return json.loads(self.body)
        except ValueError:
            raise CallFailed("call.not_an_api", Ending.UNKNOWN) from None

    def require_done(self) -> None:
        """Refuse a problem.

        Raises:
            CallRefused: with what the centre said.
        """
        if not 200 <= self.status < 300:
            try:
                told = json.loads(self.body)
            except ValueError:  # said by whoever stands before the centre
                told = None
            raise CallRefused(self.status, told)


class Line:
    """The way to one API.

    Args:
        server: address of the centre.
        token: who asks; empty for nobody.
        language: of what goes wrong.
        wait: lets some seconds pass.
        unencrypted: the token may travel as anybody on the way can read it.

    Raises:
        CallFailed: `call.address`, `call.unencrypted`.
    """

    def __init__(
        self, server: str, token: str, language: str, *, wait: Callable[[float], None], unencrypted: bool = False
    ) -> None:
        parts = urlsplit(server)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise CallFailed("call.address", server=server)
        if parts.scheme == "http" and token and not unencrypted and parts.hostname not in _HERE:
            raise CallFailed("call.unencrypted", server=server)
        self.server = server.rstrip("/")
        self._headers = {"Accept-Language": language, "User-Agent": "commune-radio-call"}
        if token:
            self._headers["Authorization"] = f"Bearer {token}"
        self._wait = wait
        self._opener = build_opener(_Stay)

    def ask(
        self, method: str, path: str, *, headers: Mapping[str, str] | None = None, body: bytes | Path | None = None
    ) -> Answer:
        """Send a request and give its answer, whatever its status.

        Raises:
            CallFailed: `call.no_answer` where nobody answered, however often it was asked.
        """
        reason = ""
        for wait in (*WAITS_S, None):
            try:
                answer = self._once(method, path, {**self._headers, **(headers or {})}, body)
                if answer.status not in _NOT_THERE:
                    return answer
                reason = str(answer.status)
            except URLError as error:
                reason = str(error.reason)
            except (OSError, http.client.HTTPException) as error:
                reason = str(error) or type(error).__name__
            if wait is not None:
                self._wait(wait)
        raise CallFailed("call.no_answer", Ending.UNKNOWN, server=self.server, reason=reason)

    def _once(self, method: str, path: str, headers: Mapping[str, str], body: bytes | Path | None) -> Answer:
        request = Request(f"{self.server}/api{path}", method=method, headers=dict(headers))  # noqa: S310 -- checked
        if isinstance(body, Path):
            with body.open("rb") as file:
                request.data = file
                request.add_header("Content-Length", str(body.stat().st_size))
                return self._answered(request)
        request.data = body
        return self._answered(request)

    def _answered(self, request: Request) -> Answer:
        try:
            with self._opener.open(request, timeout=PATIENCE_S) as answer:
                return _kept(answer.status, answer.headers, answer.read())
        except HTTPError as error:
            with error:
                return _kept(error.code, error.headers, error.read())


def _kept(status: int, headers: _Headers, body: bytes) -> Answer:
    return Answer(status, headers.get("ETag") or "", body)


class _Stay(HTTPRedirectHandler):
    """Goes nowhere else: the token is for this centre alone."""

    def redirect_request(self, *_: object) -> None:
        """Follow nothing."""
