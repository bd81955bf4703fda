"""Exercises: inside the hours only, apart from emergencies, never beside a real one."""

from dataclasses import replace
from datetime import datetime

import pytest

from schedules.emergency import Event, Exercise
from schedules.emergency_list import Drill
from schedules.ids import ExerciseId, UnitId
from server.errors import NotAllowed, NotFound, Unacceptable
from server.services import exercises, programmes
from server.services.exercises import ExerciseWanted
from server.values import Person
from tests.server.services.alarm import MINUTE, gives, issues, listed, may_drill, may_speak
from tests.server.services.radio import (
    ADMINISTRATOR,
    APPROVER,
    EDITOR,
    HAMLETS,
    INSPECTOR,
    OFFICER,
    QUANG_NGAI,
    SON_HA,
    SON_LINH,
    Radio,
    local,
)

MORNING = local(5, 30)
SECOND = MINUTE / 60


@pytest.fixture
def morning(radio: Radio) -> Radio:
    """A quarter of an hour after the permitted hours begin; the officer holds the right."""
    gives(radio, OFFICER)
    may_drill(radio)
    radio.at(MORNING)
    return radio


def orders(radio: Radio, *units: UnitId, by: Person = OFFICER, **about: object) -> Exercise:
    wanted = ExerciseWanted(
        units=units or (SON_HA,),
        event=Event.FLOOD,
        headline="Diễn tập sơ tán",
        texts={"vi": "Bà con tập trung về nhà văn hoá."},
        times=2,
        pause_s=20,
        ends_at=radio.now() + 10 * MINUTE,
    )
    return exercises.order(radio.store, radio.clock, by, replace(wanted, **about))  # type: ignore[arg-type]


def test_an_exercise_is_kept_apart(morning: Radio) -> None:
    drill = orders(morning)

    kept = morning.store.kept.emergencies
    assert list(kept.exercises) == [drill.id]
    assert not kept.emergencies
    assert (listed(morning).live, listed(morning).exercises) == ((), (Drill(drill.id, drill.expires),))
    assert morning.actions()[-1] == "exercise.ordered"


@pytest.mark.parametrize("at", [local(4), local(7, 59), local(12), local(23)])
def test_outside_the_permitted_hours_it_is_refused(radio: Radio, at: datetime) -> None:
    gives(radio, OFFICER)
    may_drill(radio)
    radio.at(at)

    with pytest.raises(Unacceptable) as refused:
        orders(radio, texts={"vi": "ngay " * 130})

    assert (refused.value.code, refused.value.values["station"]) == ("exercise.outside_hours", "Xã Sơn Hà")
    assert not radio.store.kept.emergencies.exercises


def test_the_right_is_needed_for_every_unit(morning: Radio) -> None:
    for by, units in ((APPROVER, [SON_HA]), (OFFICER, [SON_LINH]), (OFFICER, [QUANG_NGAI])):
        with pytest.raises(NotAllowed, match=r"emergency\.no_right"):
            orders(morning, *units, by=by)


def test_what_the_rules_refuse_names_its_field(morning: Radio) -> None:
    with pytest.raises(Unacceptable) as refused:
        orders(morning, ends_at=morning.now())

    assert (refused.value.code, refused.value.field) == ("emergency.already_expired", "ends")
    with pytest.raises(Unacceptable, match=r"emergency\.no_area"):
        orders(morning, units=())


def test_while_a_real_one_lives_nearby_there_is_no_exercise(morning: Radio) -> None:
    issues(morning, next(iter(HAMLETS)), minutes=5)

    with pytest.raises(Unacceptable, match=r"exercise\.real_one"):
        orders(morning)
    morning.clock.advance(5 * MINUTE)
    assert orders(morning).units == (SON_HA,)


def test_it_is_ended_once_by_whoever_may(morning: Radio) -> None:
    drill = orders(morning)

    with pytest.raises(NotAllowed, match=r"emergency\.no_right"):
        exercises.end(morning.store, morning.clock, INSPECTOR, drill.id)
    exercises.end(morning.store, morning.clock, OFFICER, drill.id)

    for gone in (drill.id, ExerciseId("nobody")):
        with pytest.raises(NotFound, match=r"exercise\.over"):
            exercises.end(morning.store, morning.clock, OFFICER, gone)
    assert morning.actions()[-1] == "exercise.ended"


def test_what_is_ended_is_listed_no_more(morning: Radio) -> None:
    first, second = orders(morning), orders(morning)

    exercises.end(morning.store, morning.clock, OFFICER, first.id)

    assert [each.id for each in listed(morning).exercises] == [second.id]


def test_a_third_at_once_is_refused_and_keeps_nothing(morning: Radio) -> None:
    orders(morning), orders(morning)

    with pytest.raises(Unacceptable) as refused:
        orders(morning)

    assert (refused.value.code, refused.value.field) == ("exercise.too_many", "units")
    assert len(morning.store.kept.emergencies.exercises) == 2


def test_words_that_no_voice_can_speak_are_refused(morning: Radio) -> None:
    with pytest.raises(Unacceptable, match=r"emergency\.not_spoken"):
        orders(morning, texts={"hre": "chi pu"})
    with pytest.raises(Unacceptable, match=r"emergency\.too_long"):
        orders(morning, texts={"vi": "ngay " * 180})


def test_without_approved_words_that_say_so_there_is_none(radio: Radio) -> None:
    gives(radio, OFFICER)
    may_speak(radio)
    radio.at(MORNING)

    with pytest.raises(Unacceptable, match=r"exercise\.no_words_here"):
        orders(radio)


def test_where_no_machine_may_speak_there_is_none(morning: Radio) -> None:
    programmes.allow_machine_voice(morning.store, morning.clock, ADMINISTRATOR, SON_HA, allowed=False)

    with pytest.raises(Unacceptable) as refused:
        orders(morning)
    assert (refused.value.code, refused.value.values["unit"]) == ("exercise.machine_voice", "Xã Sơn Hà")


def test_what_says_so_before_and_after_has_to_end_within_the_hours_too(morning: Radio) -> None:
    """Twice 19 s and 20 s between them end within the hours; with four seconds around each they do not."""
    ends = local(7)
    morning.at(ends - 63 * SECOND)

    with pytest.raises(Unacceptable, match=r"exercise\.outside_hours"):
        orders(morning, texts={"vi": "ngay " * 41})
    morning.at(ends - 75 * SECOND)
    assert orders(morning, texts={"vi": "ngay " * 41}).lasts_s == 19


def test_another_holder_ends_it_and_what_is_over_is_over(morning: Radio) -> None:
    gives(morning, EDITOR, unit=QUANG_NGAI)
    first, second = orders(morning), orders(morning)

    exercises.end(morning.store, morning.clock, EDITOR, first.id)
    morning.clock.advance(10 * MINUTE)

    with pytest.raises(NotFound, match=r"exercise\.over"):
        exercises.end(morning.store, morning.clock, OFFICER, second.id)
