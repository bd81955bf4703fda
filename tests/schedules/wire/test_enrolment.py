"""Requests that show two keys, the proof of a code, the code itself, and the first trust of a new device."""

from dataclasses import replace
from datetime import timedelta
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schedules.errors import InvalidValue, WireError
from schedules.ids import DeviceId, EnrolmentId
from schedules.wire.codec import encoded
from schedules.wire.enrolment import CertificateRequested, EnrolmentRequested, proof
from schedules.wire.enrolment_code import (
    SECRET_BYTES,
    TYPED_BYTES,
    EnrolmentCode,
    code_of,
    grouped,
    secret_of,
    typed,
)
from schedules.wire.possession import certificate_requested, enrolment_requested
from schedules.wire.seal import SigningKey, seal_payload, sealed
from tests.schedules.wire.samples import DEVICE, FULL, STATE, TLS

ASKED = next(message for message in FULL if isinstance(message, EnrolmentRequested))
RENEWED = next(message for message in FULL if isinstance(message, CertificateRequested))
ROOTS = "ab" * 32


def device_key(device: DeviceId) -> str:
    if device != DEVICE.key:
        raise WireError("wire.unknown_key", key=device)
    return DEVICE.public


def refused_enrolment(data: bytes) -> str:
    with pytest.raises(WireError) as error:
        enrolment_requested(data)
    return error.value.code


def refused_renewal(data: bytes) -> str:
    with pytest.raises(WireError) as error:
        certificate_requested(data, device_key)
    return error.value.code


def test_who_holds_both_keys_may_ask() -> None:
    assert enrolment_requested(sealed(ASKED, DEVICE, TLS)) == ASKED
    assert certificate_requested(sealed(RENEWED, DEVICE, TLS), device_key) == RENEWED


@pytest.mark.parametrize(
    ("signers", "code"),
    [
        ((DEVICE,), "wire.seals"),
        ((), "wire.seals"),
        ((DEVICE, TLS, STATE), "wire.seals"),
        ((DEVICE, DEVICE), "wire.bad_signature"),
        ((TLS, DEVICE), "wire.bad_signature"),
        ((DEVICE, STATE), "wire.bad_signature"),
        ((DEVICE, SigningKey(TLS.key, bytes([9]) * 32)), "wire.bad_signature"),
    ],
)
def test_who_holds_only_one_of_them_may_not(signers: tuple[SigningKey, ...], code: str) -> None:
    assert refused_enrolment(sealed(ASKED, *signers)) == code
    expected = "wire.unknown_key" if signers[:1] == (TLS,) else code
    assert refused_renewal(sealed(RENEWED, *signers)) == expected


def test_a_known_device_asks_for_itself_only_and_by_its_own_key() -> None:
    stolen = SigningKey(DEVICE.key, bytes([9]) * 32)

    assert refused_renewal(sealed(replace(RENEWED, device=DeviceId("f" * 16)), DEVICE, TLS)) == "wire.wrong_sender"
    assert refused_renewal(sealed(RENEWED, stolen, TLS)) == "wire.bad_signature"
    assert refused_renewal(sealed(RENEWED, STATE, TLS)) == "wire.unknown_key"


def test_one_request_is_never_taken_for_the_other() -> None:
    assert refused_enrolment(sealed(RENEWED, DEVICE, TLS)) == "wire.wrong_type"
    assert refused_renewal(sealed(ASKED, DEVICE, TLS)) == "wire.wrong_type"
    assert refused_enrolment(seal_payload("EnrolmentRequested", encoded(RENEWED), [DEVICE, TLS])) == "wire.unreadable"


@pytest.mark.parametrize("public", ["", "ab" * 31, "AB" * 32, "zz" * 32, "ab" * 33])
def test_a_key_that_is_none_is_refused(public: str) -> None:
    with pytest.raises(InvalidValue, match=r"enrolment\.no_key"):
        replace(ASKED, device_key=public)
    with pytest.raises(InvalidValue, match=r"enrolment\.no_key"):
        replace(ASKED, tls_key=public)
    with pytest.raises(InvalidValue, match=r"enrolment\.no_key"):
        replace(RENEWED, tls_key=public)


def test_the_two_keys_are_two() -> None:
    with pytest.raises(InvalidValue, match=r"enrolment\.one_key"):
        replace(ASKED, tls_key=DEVICE.public)


def test_a_proof_is_of_one_secret_and_of_exact_bytes() -> None:
    assert proof(b"key", b"The quick brown fox jumps over the lazy dog") == (
        "f7bc83f430538424b13298e6aa6fb143ef4d59a14946175997479dbc2d1a3cd8"
    )
    assert len({proof(b"a", b"x"), proof(b"b", b"x"), proof(b"a", b"y")}) == 3


@given(st.binary(min_size=SECRET_BYTES, max_size=SECRET_BYTES))
def test_the_text_of_a_code_says_all_of_it(secret: bytes) -> None:
    code = EnrolmentCode(
        server="https://radio.example.vn:8443/dai", enrolment=EnrolmentId("k7m29qxt"), roots=ROOTS, secret=secret
    )

    assert code_of(f" {code.text}\n") == code
    assert secret.hex() not in repr(code)


CODE = EnrolmentCode(server="http://10.0.0.1", enrolment=EnrolmentId("k7m29qxt"), roots=ROOTS, secret=bytes(16)).text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "https://radio.example.vn",
        CODE.replace("commune-radio", "other"),
        CODE.replace("http://", "ftp://"),
        CODE.replace("k7m29qxt", "k7m29qx"),
        CODE.replace("ab", "AB"),
        CODE[:-1],
        CODE + "A",
        CODE.replace("AAAA", "aaaa"),
        CODE + "&more=1",
    ],
)
def test_what_is_no_code_is_refused(text: str) -> None:
    with pytest.raises(InvalidValue, match=r"enrolment\.not_a_code"):
        code_of(text)


def test_a_slash_at_the_servers_end_is_not_part_of_it() -> None:
    assert code_of(CODE.replace("10.0.0.1", "10.0.0.1/")).server == "http://10.0.0.1"


@given(st.binary(min_size=TYPED_BYTES, max_size=TYPED_BYTES))
def test_a_typed_secret_is_read_as_it_was_meant(secret: bytes) -> None:
    shown = typed(secret)

    assert secret_of(shown) == secret
    assert secret_of(shown.lower().replace(" ", "-")) == secret
    assert secret_of(shown.replace("1", "l").replace("0", "O").replace(" ", "")) == secret
    assert not set(shown) & set("ILOU")
    assert [len(group) for group in shown.split(" ")] == [4, 4, 4, 4]


@pytest.mark.parametrize("text", ["", "0000 0000 0000 000", "0000 0000 0000 0000 0", "0000 0000 0000 000U", "đ" * 16])
def test_what_nobody_was_shown_is_refused(text: str) -> None:
    with pytest.raises(InvalidValue, match=r"enrolment\.not_typed"):
        secret_of(text)


def test_a_typed_secret_has_the_letters_of_crockford() -> None:
    assert typed(bytes(10)) == "0000 0000 0000 0000"
    assert typed(bytes([255] * 10)) == "ZZZZ ZZZZ ZZZZ ZZZZ"


def test_a_fingerprint_is_compared_in_groups_of_four() -> None:
    assert grouped("abcdef0123") == "abcd ef01 23"
    assert len(grouped(sha256(b"").hexdigest()).split(" ")) == 16


def test_a_request_is_far_below_what_the_door_takes() -> None:
    assert len(sealed(ASKED, DEVICE, TLS)) < 4096
    assert ASKED.expires is not None
    assert ASKED.expires - ASKED.issued > timedelta(0)
