"""A centre's door for tests: over real HTTP, answers by keys of its own whatever a test wants answered."""

import json
import ssl
import threading
from base64 import b64encode
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from schedules.ids import DeviceId, EnrolmentId, LoudspeakerId
from schedules.wire.codec import decoded
from schedules.wire.enrolment import PROOF, CertificateIssued, CertificateRequested, Enrolled, EnrolmentRequested
from schedules.wire.first_trust import roots_fingerprint
from schedules.wire.messages import KeyRole, TrustedKey, TrustList
from schedules.wire.seal import SigningKey, envelope_of, fingerprint, sealed
from station_agent.enrolment import Code

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
SECRET = bytes(range(16))
Reply = tuple[int, Any]


def key(seed: int) -> SigningKey:
    """Give a key under its fingerprint."""
    drawn = bytes([seed]) * 32
    return SigningKey.of(drawn)


ROOT, OTHER_ROOT, STATE, THIEF = (key(seed) for seed in (31, 32, 33, 34))


def trust_list(number: int = 1, *, root: SigningKey = ROOT, expires: datetime | None = None) -> TrustList:
    """Give a list of one root and one state key."""
    roles = ((root, KeyRole.ROOT, expires), (STATE, KeyRole.STATE, None))
    keys = tuple(TrustedKey(key=each.key, public=each.public, role=role, expires=ends) for each, role, ends in roles)
    return TrustList(audience="all", epoch=1, number=number, issued=NOW, keys=keys)


class FakeDoor:
    """A centre that gives every device what it asks for, until told otherwise.

    Attributes:
        lists: the trust lists it sends.
        signer: seals its answers.
        certificates: whether the broker asks for any.
        says: further fields of `Enrolled`, or others.
        replies: answers given instead, the first one first.
        bodies, proofs: what came.
    """

    def __init__(self, *, certificate: Path | None = None) -> None:
        self.lists = [sealed(trust_list(), ROOT)]
        self.roots = roots_fingerprint(trust_list())
        self.signer = STATE
        self.certificates = True
        self.says: dict[str, Any] = {}
        self.replies: list[Reply] = []
        self.bodies: list[bytes] = []
        self.proofs: list[str] = []
        door = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                door.bodies.append(body)
                door.proofs.append(self.headers.get(PROOF, ""))
                status, content = door.replies.pop(0) if door.replies else (200, door.answer(body))
                if status == 0:  # the line breaks
                    return
                text = content if isinstance(content, bytes) else json.dumps(content).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            def do_GET(self) -> None:
                number = int(self.path.rpartition("/")[2])
                there = 1 <= number <= len(door.lists) and self.path == f"/agent/v1/trust/{number}"
                status, content = (
                    door.replies.pop(0) if door.replies else (200, door.lists[number - 1]) if there else (404, b"")
                )
                self.send_response(status)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it
                """Stay quiet."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._scheme = "http" if certificate is None else "https"
        if certificate is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def url(self) -> str:
        return f"{self._scheme}://127.0.0.1:{self._server.server_address[1]}"

    def code(self, enrolment: str = "k7m29qxt", **said: str) -> Code:
        """Give a code as scanned."""
        scanned = Code(server=self.url, enrolment=EnrolmentId(enrolment), secret=SECRET, roots=self.roots)
        return replace(scanned, **said)  # type: ignore[arg-type]  # by name

    def answer(self, body: bytes) -> dict[str, object]:
        """Give what it answers a request."""
        envelope = envelope_of(body)
        enrols = envelope.type == "EnrolmentRequested"
        message = self._enrolled(envelope.payload) if enrols else self._issued(envelope.payload)
        told = sealed(replace(message, **self.says), self.signer)
        return {"trust": [b64encode(each).decode() for each in self.lists], "answer": b64encode(told).decode()}

    def _enrolled(self, payload: bytes) -> Enrolled:
        asked = decoded(EnrolmentRequested, payload)
        given: dict[str, Any] = {
            "certificate": "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n",
            "authority": "authority",
            "certificate_expires": NOW + timedelta(days=90),
        }
        return Enrolled(
            audience="loudspeaker:loa-1",
            epoch=1,
            number=1,
            issued=NOW,
            nonce=asked.nonce,
            loudspeaker=LoudspeakerId("loa-1"),
            device=DeviceId(fingerprint(asked.device_key)),
            broker_host="broker.example.vn",
            broker_port=8883,
            **(given if self.certificates else {}),
        )

    def _issued(self, payload: bytes) -> CertificateIssued:
        asked = decoded(CertificateRequested, payload)
        return CertificateIssued(
            audience="loudspeaker:loa-1",
            epoch=1,
            number=2,
            issued=NOW,
            nonce=asked.nonce,
            certificate="-----BEGIN CERTIFICATE-----\nMIIC\n-----END CERTIFICATE-----\n",
            authority="next authority",
            certificate_expires=NOW + timedelta(days=190),
        )

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


def refusal(code: str, status: int = 403) -> Reply:
    """Give the centre's answer to what it refuses."""
    return status, {"code": code, "vi": f"không: {code}", "en": f"no: {code}"}
