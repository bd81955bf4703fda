"""A new device before it is anybody's: its keys, and what it says by them."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from schedules.ids import DeviceId, EnrolmentId
from schedules.wire.enrolment import CertificateRequested, EnrolmentRequested, proof
from schedules.wire.messages import KeyRole, TrustedKey, TrustList
from schedules.wire.seal import SigningKey, sealed
from server.device_records import Enrolment
from tests.fakes.sealing import FakeSealing

BORN = datetime(1970, 1, 1, 0, 5, tzinfo=UTC)
"""What its clock says before anybody has told it the time."""


def key_of(seed: int) -> SigningKey:
    """Give a key under its fingerprint."""
    drawn = bytes([seed]) * 32
    return SigningKey.of(drawn)


ROOT = key_of(200)


def trust_list(sealing: FakeSealing, *, number: int = 1) -> bytes:
    """Give a list that names the online keys and the root that signed it."""
    root = TrustedKey(key=ROOT.key, public=ROOT.public, role=KeyRole.ROOT)
    named: TrustList = replace(sealing.trust.list, number=number, keys=(root, *sealing.trust.list.keys))
    return sealed(named, ROOT)


@dataclass(frozen=True)
class NewDevice:
    """Two keys."""

    seed: int = 1
    device: SigningKey = field(init=False)
    tls: SigningKey = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "device", key_of(self.seed))
        object.__setattr__(self, "tls", key_of(self.seed + 100))

    @property
    def id(self) -> DeviceId:
        return DeviceId(self.device.key)

    def asks(self, enrolment: EnrolmentId, **said: object) -> bytes:
        """Give its request."""
        wanted: dict[str, object] = {
            "audience": "server",
            "number": 1,
            "issued": BORN,
            "enrolment": enrolment,
            "nonce": f"{self.seed:032x}",
            "device_key": self.device.public,
            "tls_key": self.tls.public,
            **said,
        }
        return sealed(EnrolmentRequested(**wanted), self.device, self.tls)  # type: ignore[arg-type]  # by name

    def renews(self, number: int = 1, **said: object) -> bytes:
        """Give its request for a certificate."""
        wanted: dict[str, object] = {
            "audience": "server",
            "number": number,
            "issued": BORN,
            "device": self.id,
            "nonce": f"{number:032x}",
            "tls_key": self.tls.public,
            **said,
        }
        return sealed(CertificateRequested(**wanted), self.device, self.tls)  # type: ignore[arg-type]  # by name


def by_scanning(code: Enrolment, data: bytes) -> str:
    """Give the proof of who scanned a code."""
    return proof(code.secret, data)


def by_typing(code: Enrolment, data: bytes) -> str:
    """Give the proof of who typed it."""
    return proof(code.typed_secret, data)
