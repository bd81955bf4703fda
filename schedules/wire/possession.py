"""Reads a request that its sender sealed with two keys, and believes it only where both seals hold.

It must not decide who may ask.
"""

from collections.abc import Callable

from schedules.errors import WireError
from schedules.ids import DeviceId
from schedules.wire.codec import decoded
from schedules.wire.enrolment import CertificateRequested, EnrolmentRequested
from schedules.wire.messages import Message
from schedules.wire.seal import Envelope, envelope_of, fingerprint, holds, type_of


def enrolment_requested(data: bytes) -> EnrolmentRequested:
    """Read the request of a new device, sealed by both keys it names.

    The payload is parsed before its seals are verified, since the keys stand in it; so who calls this has seen the
    proof of the code's secret over these very bytes.

    Raises:
        WireError: it is not one, or its sender does not hold both keys.
    """
    envelope = _sealed_twice(data, EnrolmentRequested)
    request = decoded(EnrolmentRequested, envelope.payload)
    _require_seals(envelope, request.device_key, request.tls_key)
    return request


def certificate_requested(data: bytes, key_of: Callable[[DeviceId], str]) -> CertificateRequested:
    """Read the request of a known device, sealed by its device key first and then by the TLS key it names.

    Args:
        data: the envelope.
        key_of: gives the device key of a device.

    Raises:
        WireError: it is not one, it names another device, its sender does not hold both keys, or what `key_of` raises.
    """
    envelope = _sealed_twice(data, CertificateRequested)
    device = DeviceId(envelope.seals[0].key)
    public = key_of(device)
    if not holds(public, envelope.seals[0], envelope):
        raise WireError("wire.bad_signature", type=envelope.type, key=device)
    request = decoded(CertificateRequested, envelope.payload)
    if request.device != device:
        raise WireError("wire.wrong_sender", sender=device, claimed=request.device)
    _require_seals(envelope, public, request.tls_key)
    return request


def _sealed_twice(data: bytes, kind: type[Message]) -> Envelope:
    envelope = envelope_of(data)
    if type_of(envelope) is not kind:
        raise WireError("wire.wrong_type", type=envelope.type[:40])
    if len(envelope.seals) != 2:
        raise WireError("wire.seals", count=len(envelope.seals))
    return envelope


def _require_seals(envelope: Envelope, *publics: str) -> None:
    """Refuse an envelope that these keys have not sealed, in this order."""
    for public, seal in zip(publics, envelope.seals, strict=True):
        if seal.key != fingerprint(public) or not holds(public, seal, envelope):
            raise WireError("wire.bad_signature", type=envelope.type, key=seal.key)
