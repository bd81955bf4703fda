"""Asks the centre over HTTP: to be enrolled, for a certificate, for a trust list.

It must not believe an answer: who asks verifies it.
"""

import http.client
import re
import ssl
from base64 import b64decode
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from urllib.parse import urlsplit

from schedules.errors import WireError
from schedules.wire import strict
from station_agent.errors import DoorError

TIMEOUT = 20.0  # seconds; the centre itself waits 10 for its conductor
_CODE = re.compile(r"[a-z_-]+(\.[a-z_-]+)+")
LARGEST = 4 * 1024 * 1024  # bytes of an answer: every trust list there ever was


@dataclass(frozen=True, slots=True)
class Answer:
    """Envelopes, nothing in them believed yet: the trust lists, the first one first, and the answer itself."""

    trust: tuple[bytes, ...]
    message: bytes


class Door:
    """The centre's door for devices.

    Args:
        server: Address of its pages.
    """

    def __init__(self, server: str) -> None:
        self._server = server
        self._url = urlsplit(server)

    def ask(self, path: str, body: bytes, headers: Mapping[str, str]) -> Answer | None:
        """Post an envelope; None when the centre has it and has not decided yet: then post the same again.

        Raises:
            DoorError: `enrol.unreachable`, `enrol.not_the_centre`, or the centre's own code, with its sentences.
        """
        sent = {"Content-Type": "application/octet-stream", **headers}
        status, content = self._sent("POST", f"{self._url.path}/agent/v1/{path}", body, sent)
        if status != http.HTTPStatus.OK:
            refusal = self._refusal(status, content)
            if status == http.HTTPStatus.ACCEPTED and refusal.said is not None:
                return None
            raise refusal
        try:
            facts = strict.parsed(content)
            lists = tuple(b64decode(each, validate=True) for each in facts["trust"])
            return Answer(lists, b64decode(facts["answer"], validate=True))
        except (WireError, ValueError, KeyError, TypeError) as error:  # bad base64 is a ValueError
            raise DoorError("enrol.not_the_centre", server=self._server, status=status) from error

    def leave(self, path: str, body: bytes) -> None:
        """Post an envelope that nobody answers but to say that it is there.

        Raises:
            DoorError: `enrol.unreachable`, `enrol.not_the_centre`, or the centre's own code, with its sentences.
        """
        sent = {"Content-Type": "application/octet-stream"}
        status, content = self._sent("POST", f"{self._url.path}/agent/v1/{path}", body, sent)
        if status != http.HTTPStatus.NO_CONTENT:
            raise self._refusal(status, content)

    def fetch(self, path: str) -> bytes | None:
        """Get what lies under a path; None where the centre has nothing there.

        Raises:
            DoorError: `enrol.unreachable` or `enrol.not_the_centre`.
        """
        status, content = self._sent("GET", f"{self._url.path}/agent/v1/{path}", None, {})
        if status == http.HTTPStatus.NOT_FOUND:
            return None
        if status != http.HTTPStatus.OK:
            raise DoorError("enrol.not_the_centre", server=self._server, status=status)
        return content

    def _refusal(self, status: int, content: bytes) -> DoorError:
        """Read why the centre does not do what was asked."""
        try:
            facts = strict.parsed(content)
            code, said = str(facts["code"]), (str(facts["vi"]), str(facts["en"]))
            if not _CODE.fullmatch(code) or not "".join(said).isprintable():  # it is logged, and shown on a terminal
                raise ValueError(code)
        except (WireError, ValueError, KeyError, TypeError):
            return DoorError("enrol.not_the_centre", server=self._server, status=status)
        return DoorError(code, said=said)

    def _sent(self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]) -> tuple[int, bytes]:
        try:
            with closing(self._connection()) as connection:
                connection.request(method, path, body, headers)
                answer = connection.getresponse()
                return answer.status, answer.read(LARGEST)
        except (OSError, http.client.HTTPException) as error:
            raise DoorError("enrol.unreachable", server=self._server, error=str(error)) from error

    def _connection(self) -> http.client.HTTPConnection:
        host = self._url.hostname or ""
        if self._url.scheme != "https":
            return http.client.HTTPConnection(host, self._url.port, timeout=TIMEOUT)
        # Nothing secret is said here, and nothing is believed but what the centre's keys have signed. A device that
        # does not know the time yet, or whose centre has a certificate of its own making, could not check one anyway.
        unchecked = ssl.create_default_context()
        unchecked.check_hostname = False
        unchecked.verify_mode = ssl.CERT_NONE
        return http.client.HTTPSConnection(host, self._url.port, timeout=TIMEOUT, context=unchecked)
