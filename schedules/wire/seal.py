"""Seals: Ed25519 signatures over exact payload bytes. The only file that uses PyNaCl.

It must not decide who is trusted (trust) nor parse a payload before its signature held. The signature
covers a pre-authentication encoding of (type, payload), in the manner of DSSE, so that no payload can
be taken for one of another type.

Envelope: `CRW` + version byte 1 + header length (2 bytes, big endian) + header JSON + payload.
Header: `{"type": …, "seals": [{"key": …, "signature": base64}]}`, at most 4096 bytes.
"""

import json
import re
from base64 import b64decode, b64encode
from binascii import a2b_base64
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from typing import Protocol, TypeVar

from nacl.exceptions import BadSignatureError
from nacl.signing import SigningKey as NaclSigningKey
from nacl.signing import VerifyKey

from schedules.errors import WireError
from schedules.wire import strict
from schedules.wire.codec import PAYLOAD_LIMIT, decoded, encoded
from schedules.wire.kinds import TYPES
from schedules.wire.messages import Message, TrustList

MAGIC = b"CRW\x01"
_HEADER_LIMIT = 4096
_PLAIN = re.compile(
    rb'\{"type":"([A-Za-z]{1,40})","seals":\[\{"key":"([0-9a-z]{1,64})","signature":"([A-Za-z0-9+/]{86}==)"\}\]\}'
)
"""The header as `sealed` writes it with one seal: read at once, since a centre reads thousands a second."""

M = TypeVar("M", bound=Message)


class SigningKey:
    """A private key and its id; neither `repr` nor a log line ever shows the secret."""

    def __init__(self, key: str, seed: bytes) -> None:
        self.key = key
        self._signing = NaclSigningKey(seed)

    @classmethod
    def of(cls, seed: bytes) -> "SigningKey":
        """Give the key of a seed under the fingerprint of its public half."""
        return cls(fingerprint(bytes(NaclSigningKey(seed).verify_key).hex()), seed)

    @property
    def public(self) -> str:
        """The public half, 32 bytes as 64 hexadecimal digits."""
        return bytes(self._signing.verify_key).hex()

    def sign(self, data: bytes) -> bytes:
        """Sign bytes; 64 bytes."""
        return bytes(self._signing.sign(data).signature)

    def __repr__(self) -> str:
        return f"SigningKey({self.key!r})"


def new_seed() -> bytes:
    """Draw the 32 secret bytes of a new key from the system's generator."""
    return bytes(NaclSigningKey.generate())


def fingerprint(public: str) -> str:
    """Give the id of a key by its public half: the first 16 hexadecimal digits of its SHA-256."""
    return sha256(bytes.fromhex(public)).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Seal:
    """One signature and the id of its key."""

    key: str
    signature: bytes


@dataclass(frozen=True, slots=True)
class Envelope:
    """A message as it came, nothing in it believed yet."""

    type: str
    seals: tuple[Seal, ...]
    payload: bytes


class Keyring(Protocol):
    """Knows which public key a key id stands for."""

    def public_key(self, key: str, kind: type[Message]) -> str:
        """Give the public key, in hexadecimal, that may sign this type under this id.

        Raises:
            WireError: `wire.unknown_key` or `wire.wrong_role`.
        """
        ...


def sealed(message: Message, *signers: SigningKey) -> bytes:
    """Give the envelope of a message signed by one key, or several (a trust list)."""
    return seal_payload(type(message).__name__, encoded(message), signers)


def seal_payload(type_name: str, payload: bytes, signers: Sequence[SigningKey]) -> bytes:
    """Give the envelope of payload bytes already encoded."""
    to_sign = pre_authentication(type_name, payload)
    return assembled(Envelope(type_name, tuple(Seal(each.key, each.sign(to_sign)) for each in signers), payload))


def assembled(envelope: Envelope) -> bytes:
    """Give an envelope as bytes; what `envelope_of` splits."""
    seals = [{"key": seal.key, "signature": b64encode(seal.signature).decode()} for seal in envelope.seals]
    header = json.dumps({"type": envelope.type, "seals": seals}, separators=(",", ":")).encode()
    return MAGIC + len(header).to_bytes(2, "big") + header + envelope.payload


def pre_authentication(type_name: str, payload: bytes) -> bytes:
    """Give the bytes a signature covers: domain, then type and payload each with its length."""
    kind = type_name.encode()
    return b"CRWv1 %d %s %d " % (len(kind), kind, len(payload)) + payload


def envelope_of(data: bytes) -> Envelope:
    """Split an envelope without believing it.

    Raises:
        WireError: `wire.too_large`, `wire.unreadable`, or `wire.unknown_version` for another major.
    """
    if len(data) > PAYLOAD_LIMIT + _HEADER_LIMIT:
        raise WireError("wire.too_large", size=len(data), limit=PAYLOAD_LIMIT + _HEADER_LIMIT)
    if data[:3] != MAGIC[:3] or len(data) < 6:
        raise WireError("wire.unreadable", cause="not_an_envelope")
    if data[:4] != MAGIC:
        raise WireError("wire.unknown_version", version=data[3])
    size = int.from_bytes(data[4:6], "big")
    header, payload = data[6 : 6 + size], data[6 + size :]
    if len(header) != size or size > _HEADER_LIMIT:
        raise WireError("wire.unreadable", cause="header")
    if plain := _PLAIN.fullmatch(header):
        return Envelope(plain[1].decode(), (Seal(plain[2].decode(), a2b_base64(plain[3])),), payload)
    facts = strict.parsed(header)
    try:
        seals = tuple(
            Seal(strict.text(each["key"]), b64decode(strict.text(each["signature"]), validate=True))
            for each in strict.items(facts["seals"])
        )
        return Envelope(strict.text(facts["type"]), seals, payload)
    except (ValueError, KeyError, TypeError) as error:  # bad base64 is a ValueError
        raise WireError("wire.unreadable", cause="header") from error


def holds(public: str, seal: Seal, envelope: Envelope) -> bool:
    """Tell whether a seal is a true signature of the envelope's type and payload."""
    try:
        _verifying(public).verify(pre_authentication(envelope.type, envelope.payload), seal.signature)
    except (BadSignatureError, ValueError, TypeError):
        return False
    return True


@lru_cache(maxsize=4096)
def _verifying(public: str) -> VerifyKey:
    return VerifyKey(bytes.fromhex(public))


def type_of(envelope: Envelope) -> type[Message]:
    """Give the type an envelope claims.

    Raises:
        WireError: `wire.unknown_type`; the reader drops it, since a newer sender may know more.
    """
    kind = TYPES.get(envelope.type)
    if kind is None:
        raise WireError("wire.unknown_type", type=envelope.type[:40])
    return kind


def unsealed(data: bytes, keyring: Keyring) -> tuple[Message, str]:
    """Verify an envelope with exactly one seal, then read its payload.

    A trust list never comes this way: one key of many does not decide about it (`trust.accepted`).

    Returns:
        The message and the id of the key that signed it.

    Raises:
        WireError: nothing in the bytes may be obeyed.
    """
    envelope = envelope_of(data)
    kind = type_of(envelope)
    if kind is TrustList:
        raise WireError("wire.wrong_type", type=envelope.type)
    if len(envelope.seals) != 1:
        raise WireError("wire.seals", count=len(envelope.seals))
    seal = envelope.seals[0]
    if not holds(keyring.public_key(seal.key, kind), seal, envelope):
        raise WireError("wire.bad_signature", type=envelope.type, key=seal.key)
    return decoded(kind, envelope.payload), seal.key
