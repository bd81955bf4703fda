"""Envelopes and seals: what is signed, and what is refused before anything is believed."""

import json
from base64 import b64encode
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from schedules.errors import WireError
from schedules.wire.codec import PAYLOAD_LIMIT
from schedules.wire.messages import Challenge, KeyRole, Message, RundownIssued, SilenceOrdered, TrustList
from schedules.wire.seal import (
    MAGIC,
    SigningKey,
    envelope_of,
    fingerprint,
    holds,
    new_seed,
    pre_authentication,
    seal_payload,
    sealed,
    type_of,
    unsealed,
)
from tests.schedules.wire.samples import FULL, ISSUE, OTHER_ROOT, ROOT, STATE, TRUST, AnyKey, signer_of

ANY = AnyKey()
CHALLENGE = next(message for message in FULL if isinstance(message, Challenge))
SILENCE = next(message for message in FULL if isinstance(message, SilenceOrdered))


def code_of(data: bytes) -> str:
    with pytest.raises(WireError) as refused:
        unsealed(data, ANY)
    return refused.value.code


def with_header(change: Callable[[dict[str, Any]], object], message: Message = SILENCE) -> bytes:
    """Give a sealed message whose header was changed afterwards."""
    data = sealed(message, signer_of(message))
    size = int.from_bytes(data[4:6], "big")
    header = json.loads(data[6 : 6 + size])
    change(header)
    text = json.dumps(header).encode()
    return MAGIC + len(text).to_bytes(2, "big") + text + data[6 + size :]


@pytest.mark.parametrize(
    "message", [each for each in FULL if not isinstance(each, TrustList)], ids=lambda message: type(message).__name__
)
def test_every_message_is_read_from_its_own_seal(message: Message) -> None:
    signer = signer_of(message)

    assert unsealed(sealed(message, signer), ANY) == (message, signer.key)


def test_the_envelope_is_magic_header_and_payload() -> None:
    data = sealed(CHALLENGE, STATE)
    envelope = envelope_of(data)

    assert data[:4] == b"CRW\x01"
    assert data[6:].startswith(b'{"type":"Challenge","seals":[{"key":"')
    assert (envelope.type, envelope.seals[0].key, len(envelope.seals[0].signature)) == ("Challenge", STATE.key, 64)
    assert data.endswith(envelope.payload)
    assert type_of(envelope) is Challenge


def test_a_signature_covers_domain_type_and_payload_with_their_lengths() -> None:
    assert pre_authentication("Challenge", b"{}") == b"CRWv1 9 Challenge 2 {}"
    assert pre_authentication("A", b"1 B") != pre_authentication("A 1", b"B")


def test_a_message_relabelled_as_another_type_is_refused() -> None:
    """Every field of a challenge would also do for an order: only the signature tells them apart."""
    relabelled = with_header(lambda header: header.update(type="Presence"), CHALLENGE)

    assert code_of(relabelled) == "wire.bad_signature"
    forged = seal_payload("RundownIssued", envelope_of(sealed(SILENCE, STATE)).payload, [STATE])
    assert code_of(forged) == "wire.unreadable"


@pytest.mark.parametrize("offset", [-1, -40])
def test_one_changed_bit_is_noticed(offset: int) -> None:
    data = bytearray(sealed(SILENCE, STATE))
    data[offset] ^= 1

    assert code_of(bytes(data)) == "wire.bad_signature"


def test_trailing_and_missing_bytes_are_noticed() -> None:
    data = sealed(SILENCE, STATE)

    assert code_of(data + b" ") == "wire.bad_signature"
    assert code_of(data[:-1]) == "wire.bad_signature"


def test_another_keys_signature_is_refused() -> None:
    data = sealed(SILENCE, SigningKey(STATE.key, bytes([9]) * 32))

    assert code_of(data) == "wire.bad_signature"


@pytest.mark.parametrize("signers", [(), (STATE, STATE), (STATE, ISSUE)])
def test_only_one_seal_counts(signers: tuple[SigningKey, ...]) -> None:
    assert code_of(sealed(SILENCE, *signers)) == "wire.seals"


def test_a_trust_list_never_comes_by_one_key() -> None:
    """Else one root of several could pass a list by itself."""
    trust_list = next(message for message in FULL if isinstance(message, TrustList))

    assert code_of(sealed(trust_list, ROOT)) == "wire.wrong_type"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "wire.unreadable"),
        (b"CRW", "wire.unreadable"),
        (b"CRW\x01\x00", "wire.unreadable"),
        (b"CRW\x01\x00\x05{}", "wire.unreadable"),
        (b"XRW\x01\x00\x02{}", "wire.unreadable"),
        (b'{"type":"RundownIssued"}', "wire.unreadable"),
        (b"CRW\x02\x00\x02{}", "wire.unknown_version"),
        (b"CRW\x00\x00\x02{}", "wire.unknown_version"),
        (b"CRW\x01" + (4097).to_bytes(2, "big") + b" " * 5000, "wire.unreadable"),
        (b"CRW\x01" + b"\x00\x02{}" + b" " * (PAYLOAD_LIMIT + 4096), "wire.too_large"),
        (b"x" * 10_000_000, "wire.too_large"),
    ],
    ids=lambda value: None,
)
def test_what_is_no_envelope_is_refused(data: bytes, code: str) -> None:
    assert code_of(data) == code


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda header: header.update(type="RundownForgotten"), "wire.unknown_type"),
        (lambda header: header.update(type=5), "wire.unreadable"),
        (lambda header: header.pop("type"), "wire.unreadable"),
        (lambda header: header.pop("seals"), "wire.unreadable"),
        (lambda header: header.update(seals={}), "wire.unreadable"),
        (lambda header: header.update(seals=["x"]), "wire.unreadable"),
        (lambda header: header["seals"][0].pop("key"), "wire.unreadable"),
        (lambda header: header["seals"][0].update(key=7), "wire.unreadable"),
        (lambda header: header["seals"][0].update(signature="không"), "wire.unreadable"),
        (lambda header: header["seals"][0].update(signature="a b"), "wire.unreadable"),
        (lambda header: header["seals"][0].update(signature=b64encode(b"x" * 63).decode()), "wire.bad_signature"),
        (lambda header: header["seals"][0].update(signature=""), "wire.bad_signature"),
    ],
)
def test_a_header_that_was_tampered_with_is_refused(change: Callable[[dict[str, Any]], object], code: str) -> None:
    assert code_of(with_header(change)) == code


def test_a_header_with_a_key_twice_is_refused() -> None:
    header = b'{"type":"Challenge","type":"Presence","seals":[]}'

    assert code_of(MAGIC + len(header).to_bytes(2, "big") + header) == "wire.unreadable"


def test_fields_the_header_may_get_are_ignored() -> None:
    data = with_header(lambda header: header.update(mới={"a": 1}))

    assert unsealed(data, ANY)[0] == SILENCE


def test_a_long_unknown_type_is_not_repeated_at_length() -> None:
    with pytest.raises(WireError) as refused:
        unsealed(with_header(lambda header: header.update(type="x" * 1000)), ANY)

    assert refused.value.values["type"] == "x" * 40


def test_a_key_keeps_its_secret() -> None:
    seed = new_seed()
    key = SigningKey("k1", seed)

    assert repr(key) == "SigningKey('k1')"
    assert len(seed) == 32
    assert new_seed() != seed
    assert bytes.fromhex(key.public) not in seed
    assert SigningKey("k2", seed).public == key.public


def test_the_id_of_a_key_is_the_print_of_its_public_half() -> None:
    assert fingerprint(ROOT.public) == ROOT.key == "34750f98bd59fcfc"
    assert len({ROOT.key, OTHER_ROOT.key, ISSUE.key, STATE.key}) == 4


@pytest.mark.parametrize("public", ["", "zz", "00" * 31, "00" * 32])
def test_a_public_key_that_is_none_holds_nothing(public: str) -> None:
    envelope = envelope_of(sealed(SILENCE, STATE))

    assert not holds(public, envelope.seals[0], envelope)
    assert holds(STATE.public, envelope.seals[0], envelope)
    assert not holds(STATE.public, replace(envelope.seals[0], signature=b""), envelope)


def test_a_keyring_decides_before_anything_is_parsed() -> None:
    for role, signer in ((KeyRole.STATE, STATE), (KeyRole.ISSUE, ISSUE)):
        data = seal_payload("RundownIssued", b"not even zlib", [signer])
        with pytest.raises(WireError) as refused:
            unsealed(data, TRUST)
        assert refused.value.code == ("wire.wrong_role" if role is KeyRole.STATE else "wire.unreadable")
    with pytest.raises(WireError, match=r"wire\.unknown_key"):
        unsealed(seal_payload(RundownIssued.__name__, b"", [SigningKey("x", bytes(32))]), TRUST)
