"""Emergencies and exercises with their sound behind the header: one is never read as the other."""

from dataclasses import replace

import pytest

from schedules.emergency_list import EmergencyList
from schedules.errors import InvalidValue, WireError
from schedules.wire.codec import decoded, encoded
from schedules.wire.emergency import SOUND_LIMIT, EmergencyIssued, EmergencyListed, ExerciseIssued
from schedules.wire.messages import KeyRole, Message
from schedules.wire.seal import assembled, envelope_of, seal_payload, sealed, unsealed
from schedules.wire.trust import Trust
from tests.schedules.wire.samples import EMERGENCY, FULL, STATE, TRUST_LIST, AnyKey, trusted

ISSUED = next(each for each in FULL if isinstance(each, EmergencyIssued))
EXERCISED = next(each for each in FULL if isinstance(each, ExerciseIssued))
LISTED = next(each for each in FULL if isinstance(each, EmergencyListed))


@pytest.mark.parametrize("message", [ISSUED, EXERCISED], ids=lambda each: type(each).__name__)
def test_the_sound_lies_behind_the_header_as_it_is(message: EmergencyIssued | ExerciseIssued) -> None:
    loud = replace(message, sound=bytes(range(256)) * 384)

    payload = encoded(loud)

    assert payload.endswith(loud.sound)
    assert len(payload) - len(loud.sound) < 4096
    assert decoded(type(loud), payload) == loud


@pytest.mark.parametrize("size", [0, SOUND_LIMIT + 1])
def test_no_sound_and_too_much_are_no_announcement(size: int) -> None:
    with pytest.raises(InvalidValue, match=r"emergency\.sound"):
        replace(ISSUED, sound=bytes(size))


def test_the_header_names_no_sound_of_its_own() -> None:
    text = b'{"sound":"x"}'
    payload = len(text).to_bytes(4, "big") + text + b"mp3"

    with pytest.raises(WireError, match=r"wire\.unreadable"):
        decoded(EmergencyIssued, payload)


@pytest.mark.parametrize("payload", [b"", b"\0", b"\0\0\0\1", b"\xff\xff\xff\xff{}", b"\0\0\0\2[]x", b"\0\0\0\4nullx"])
def test_what_is_cut_is_not_read(payload: bytes) -> None:
    with pytest.raises(WireError, match=r"wire\.unreadable"):
        decoded(EmergencyIssued, payload)


@pytest.mark.parametrize(("message", "other"), [(ISSUED, ExerciseIssued), (EXERCISED, EmergencyIssued)])
def test_an_exercise_is_never_read_as_an_emergency_nor_the_other_way_round(
    message: Message, other: type[Message]
) -> None:
    with pytest.raises(WireError):
        decoded(other, encoded(message))
    renamed = replace(envelope_of(sealed(message, EMERGENCY)), type=other.__name__)
    with pytest.raises(WireError, match=r"wire\.bad_signature"):
        unsealed(assembled(renamed), AnyKey())


@pytest.mark.parametrize("message", [ISSUED, EXERCISED, LISTED], ids=lambda each: type(each).__name__)
def test_only_the_emergency_key_signs_them(message: Message) -> None:
    keys = (*TRUST_LIST.keys, trusted(EMERGENCY, KeyRole.EMERGENCY))
    trust = Trust(replace(TRUST_LIST, keys=keys))

    assert unsealed(sealed(message, EMERGENCY), trust)[0] == message
    with pytest.raises(WireError, match=r"wire\.wrong_role"):
        unsealed(seal_payload(type(message).__name__, encoded(message), [STATE]), trust)


def test_a_list_says_of_itself_what_the_message_says() -> None:
    with pytest.raises(InvalidValue, match=r"emergency\.says_otherwise"):
        replace(LISTED, audience="unit:other")
    with pytest.raises(InvalidValue, match=r"emergency\.says_otherwise"):
        replace(LISTED, listed=EmergencyList(unit=LISTED.listed.unit, number=1))
