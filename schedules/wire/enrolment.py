"""The messages by which a new device becomes a loudspeaker's, and by which a known one renews its certificate.

They travel by HTTP, not by the broker. A device asks with two seals, by its device key and by its TLS key: so it holds
both, and neither can be claimed by who only saw it. It must not decide who may enrol.
"""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from hmac import new as hmac

from schedules.errors import InvalidValue
from schedules.ids import DeviceId, EnrolmentId, LoudspeakerId, is_hex64
from schedules.wire.messages import Message

PROOF = "Commune-Radio-Proof"
"""The header beside a request to enrol that carries its `proof`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EnrolmentRequested(Message):
    """A new device asks to be a loudspeaker's; the code's secret proves beside it that it may.

    Attributes:
        enrolment: id of the code.
        nonce: the answer names it.
        device_key, tls_key: public halves, 64 hexadecimal digits each; two different keys.
    """

    enrolment: EnrolmentId
    nonce: str
    device_key: str
    tls_key: str
    version: str = ""

    def __post_init__(self) -> None:
        _require_key(self.device_key)
        _require_key(self.tls_key)
        if self.device_key == self.tls_key:
            raise InvalidValue("enrolment.one_key")


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrolled(Message):
    """What a device is from now on, and where the centre is.

    Attributes:
        nonce: of the request.
        device: the id by which the broker knows it: the fingerprint of its device key.
        audio_url: address below which it finds audio; unset: `audio/` at the address it enrolled at.
        certificate, authority: PEM; unset where the broker asks for none.
    """

    nonce: str
    loudspeaker: LoudspeakerId
    device: DeviceId
    broker_host: str
    broker_port: int
    audio_url: str = ""
    certificate: str = ""
    authority: str = ""
    certificate_expires: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateRequested(Message):
    """A known device asks for a new certificate, for a new TLS key; also when its last one has expired."""

    device: DeviceId
    nonce: str
    tls_key: str

    def __post_init__(self) -> None:
        _require_key(self.tls_key)


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateIssued(Message):
    """The new certificate.

    Attributes:
        nonce: of the request.
        certificate, authority: PEM.
    """

    nonce: str
    certificate: str
    authority: str
    certificate_expires: datetime


def proof(secret: bytes, envelope: bytes) -> str:
    """Give what proves that who sends an envelope knows a code's secret: HMAC-SHA256, hexadecimal."""
    return hmac(secret, envelope, sha256).hexdigest()


def _require_key(public: str) -> None:
    if not is_hex64(public):
        raise InvalidValue("enrolment.no_key")
