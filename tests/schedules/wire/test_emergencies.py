"""Emergencies as bytes: what a store keeps today must be read by every later release."""

from dataclasses import replace

import pytest

from schedules.emergency import Emergency, Exercise, Words
from schedules.emergency_list import EmergencyList
from schedules.errors import WireError
from schedules.ids import EmergencyId
from schedules.wire.codec import read, written
from tests.schedules.given import MINUTE
from tests.schedules.given_emergencies import NOON, an_emergency, an_exercise, listed, without

KEPT = (
    b'{"id":"flood","sender":"son-ha","origin":"commune","issued_by":"officer","sent":"2026-11-23T05:00:00.000Z",'
    b'"expires":"2026-11-23T06:00:00.000Z","units":["son-ha"],"event":"flood","severity":"severe",'
    b'"urgency":"immediate","certainty":"observed","headline":"L\xc5\xa9","words":[{"language":"vi",'
    b'"text":"Ch\xe1\xba\xa1y."}],"times":3,"pause_s":20,"break_glass":false}'
)


def test_every_field_comes_back() -> None:
    whole = an_emergency(
        onset=NOON + MINUTE, instruction="Mang giấy tờ.", references=(EmergencyId("a"),), break_glass=True
    )
    known = without(listed(whole, an_emergency("b")), an_emergency("b"))

    assert read(Emergency, written(whole)) == whole
    assert read(Exercise, written(an_exercise())) == an_exercise()
    assert read(EmergencyList, written(known)) == known


def test_the_form_that_is_kept_does_not_change() -> None:
    emergency = an_emergency(headline="Lũ", words=(Words("vi", "Chạy."),))

    assert written(emergency) == KEPT
    assert read(Emergency, KEPT) == emergency


def test_an_exercise_is_not_read_as_an_emergency_nor_the_other_way_round() -> None:
    with pytest.raises(WireError):
        read(Emergency, written(an_exercise()))
    with pytest.raises(WireError):
        read(Exercise, written(replace(an_emergency())))


def test_what_lives_too_long_is_not_read() -> None:
    for_ever = KEPT.replace(b"2026-11-23T06:00", b"2026-11-24T06:00")

    with pytest.raises(WireError) as refused:
        read(Emergency, for_ever)

    assert (refused.value.code, refused.value.values["cause"]) == ("wire.malformed", "emergency.lives_too_long")
