"""The board of exercises: which loudspeakers were drilled, which not, and why."""

from datetime import timedelta

import pytest

from schedules.asrun import Outcome
from schedules.emergency_lane import EXERCISE
from server.errors import NotAllowed
from server.services import exercises
from server.services.emergency_results import NOT_CONNECTED, Heard
from server.services.exercise_board import TOLD_OF, Drilled, exercises_at
from tests.server.services.alarm import gives, issues, may_drill, tells
from tests.server.services.radio import (
    APPROVER,
    GATE,
    GATEWAY,
    INSPECTOR,
    MARKET,
    NEIGHBOUR,
    OFFICER,
    SON_HA,
    SON_LINH,
    Radio,
    local,
)
from tests.server.services.test_exercises import orders


@pytest.fixture
def morning(radio: Radio) -> Radio:
    gives(radio, OFFICER, APPROVER)
    may_drill(radio)
    radio.at(local(5, 30))
    return radio


def shown(radio: Radio) -> tuple[Drilled, ...]:
    return exercises_at(radio.store, radio.clock, INSPECTOR, SON_HA)


def test_it_says_who_was_drilled_and_who_not_and_why(morning: Radio) -> None:
    drill = orders(morning)
    tells(morning, drill, GATE, programme=EXERCISE)
    tells(morning, drill, MARKET, programme=EXERCISE, outcome=Outcome.SKIPPED, reason="guard.outside_hours")

    (only,) = shown(morning)

    found = {each.loudspeaker.id: (each.heard, each.reason) for each in only.results}
    assert only.is_running
    assert found[GATE] == (Heard.TOLD, "")
    assert found[MARKET] == (Heard.NOTHING, "guard.outside_hours")
    assert found[GATEWAY] == (Heard.NOTHING, NOT_CONNECTED)
    assert only.told == 1


def test_a_refusal_that_a_loudspeaker_tells_of_now_is_the_reason(morning: Radio) -> None:
    drill = orders(morning)
    morning.speaks(GATE, faults=("clock.doubtful", "exercise.no_words"))

    (only,) = shown(morning)

    assert {each.loudspeaker.id: each.reason for each in only.results}[GATE] == "exercise.no_words"
    assert only.stored.exercise == drill


def test_what_is_over_or_ended_runs_no_more_and_what_is_old_is_only_named(morning: Radio) -> None:
    for _ in range(TOLD_OF + 1):
        exercises.end(morning.store, morning.clock, OFFICER, orders(morning).id)
        morning.clock.advance(timedelta(seconds=1))

    found = shown(morning)

    assert [each.is_running for each in found] == [False] * (TOLD_OF + 1)
    assert [bool(each.results) for each in found] == [True] * TOLD_OF + [False]


def test_a_real_one_is_no_exercise(morning: Radio) -> None:
    tells(morning, issues(morning).emergency, GATE)

    assert shown(morning) == ()


def test_a_neighbour_sees_none_of_it(morning: Radio) -> None:
    orders(morning)

    assert exercises_at(morning.store, morning.clock, NEIGHBOUR, SON_LINH) == ()
    with pytest.raises(NotAllowed, match=r"rights\.missing"):
        exercises_at(morning.store, morning.clock, NEIGHBOUR, SON_HA)
