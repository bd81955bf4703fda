"""Emergencies and exercises: what an issue must be, and that the one never becomes the other."""

import inspect
from collections.abc import Callable
from dataclasses import fields, replace
from datetime import datetime, timedelta

import pytest

import schedules.emergency
import schedules.emergency_lane
import schedules.emergency_list
from schedules.emergency import LONGEST_LIFE, Emergency, Exercise, Words
from schedules.errors import InvalidValue
from schedules.ids import EmergencyId, UnitId
from tests.schedules.given import HOUR, MINUTE, PROVINCE, SECOND, SON_HA, a_recording
from tests.schedules.given_emergencies import NOON, an_emergency, an_exercise


@pytest.mark.parametrize("make", [an_emergency, an_exercise])
@pytest.mark.parametrize(
    ("about", "code"),
    [
        ({"expires": NOON}, "emergency.already_expired"),
        ({"expires": NOON - SECOND}, "emergency.already_expired"),
        ({"expires": NOON + LONGEST_LIFE + SECOND}, "emergency.lives_too_long"),
        ({"times": 6}, "emergency.times"),
        ({"times": 0}, "emergency.times"),
        ({"pause_s": 4}, "emergency.pause"),
        ({"pause_s": 301}, "emergency.pause"),
        ({"units": ()}, "emergency.no_area"),
        ({"units": (SON_HA, PROVINCE)}, "emergency.no_area"),
        ({"headline": " "}, "emergency.headline"),
        ({"words": ()}, "emergency.no_words"),
        ({"words": (Words("vi", "a"), Words("vi", "b"))}, "emergency.language_twice"),
        ({"sent": NOON.replace(tzinfo=None)}, "time.not_utc"),
    ],
)
def test_what_breaks_a_rule_cannot_exist(make: Callable[..., object], about: dict[str, object], code: str) -> None:
    with pytest.raises(InvalidValue) as refused:
        make(**about)

    assert refused.value.code == code


def test_an_emergency_that_expired_before_it_was_sent_names_both_instants() -> None:
    with pytest.raises(InvalidValue) as refused:
        an_emergency(expires=NOON - MINUTE)

    assert refused.value.values == {"sent": NOON, "expires": NOON - MINUTE}


def test_an_hour_and_five_times_are_just_allowed() -> None:
    emergency = an_emergency(lives=HOUR, times=5, pause_s=300)

    assert emergency.expires - emergency.sent == LONGEST_LIFE


def test_nothing_replaces_itself() -> None:
    with pytest.raises(InvalidValue, match=r"emergency\.references_itself"):
        an_emergency("a", references=(EmergencyId("a"),))


@pytest.mark.parametrize("text", ["", "  ", "a" * 1001])
def test_words_say_something_and_not_too_much(text: str) -> None:
    with pytest.raises(InvalidValue, match=r"emergency\.text"):
        Words("vi", text)


def test_a_recording_is_measured_and_a_text_is_reckoned() -> None:
    recorded = Words("vi", "Sơ tán ngay.", a_recording(timedelta(seconds=30, milliseconds=1)))
    written = Words("hre", "một " * 130)
    both = (recorded, written)

    assert (recorded.lasts_s, written.lasts_s) == (31, 60)
    assert an_emergency(words=both).lasts_s == an_exercise(words=both).lasts_s == 60


def test_no_function_takes_an_exercise_and_gives_an_emergency_or_the_other_way_round() -> None:
    kinds = {Emergency, Exercise}
    for module in (schedules.emergency, schedules.emergency_list, schedules.emergency_lane):
        for _, function in inspect.getmembers(module, inspect.isfunction):
            hints = inspect.get_annotations(function, eval_str=True)
            given = hints.pop("return", None)

            assert not (given in kinds and kinds - {given} & set(hints.values())), function


def test_neither_is_a_kind_of_the_other_nor_equal_to_it() -> None:
    shared = {field.name for field in fields(Exercise)} & {field.name for field in fields(Emergency)}
    same = {name: getattr(an_emergency(), name) for name in shared - {"id"}}
    drill: object = replace(an_exercise("flood"), **same)

    assert not issubclass(Exercise, Emergency)
    assert not issubclass(Emergency, Exercise)
    assert drill != an_emergency("flood")


def test_an_exercise_has_no_field_that_makes_it_louder_or_graver() -> None:
    names = {field.name for field in fields(Exercise)}

    assert not names & {"severity", "urgency", "volume", "origin", "break_glass", "references"}


def test_the_area_is_named_in_order() -> None:
    area = (UnitId("a"), UnitId("b"))

    assert an_emergency(units=area).units == area


def test_the_life_is_counted_from_when_it_was_sent() -> None:
    later: datetime = NOON + HOUR

    assert an_emergency(sent=later).expires == later + HOUR
