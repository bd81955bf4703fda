"""An exercise from the words that mark it to every loudspeaker, and to the page that says who was drilled."""

from datetime import timedelta

import pytest

from schedules.asrun import AsRunEntry, Outcome
from schedules.emergency import Event, Exercise
from schedules.emergency_lane import EXERCISE
from schedules.emergency_right import EmergencyRight
from schedules.ids import PersonId
from schedules.programme import Recording
from schedules.reconciliation import Verdict
from schedules.times import DAY, Span
from server.services import exercise_words, exercises, log
from server.services.emergency_results import Heard
from server.services.exercise_board import exercises_at
from server.services.exercise_words import WordsWanted
from server.services.exercises import ExerciseWanted
from tests.fakes.sound import FakePreparation
from tests.journeys.places import SON_HA
from tests.journeys.pole import Pole
from tests.journeys.test_emergency import MINUTE, issues, lives
from tests.journeys.world import World


def has_words(world: World, text: str = "Đây là diễn tập", *, seconds: int = 4) -> Recording:
    """Have the officer record what marks an exercise, and the leader approve it."""
    wanted = WordsWanted(unit=SON_HA, language="vi", text=text, is_machine=False)
    sound = world.folder / "words"
    sound.write_text(text)
    preparation = FakePreparation(lasts=timedelta(seconds=seconds))
    made = exercise_words.make(world.store, world.clock, preparation, world.officer.person, wanted, sound=sound)
    approved = exercise_words.approve(world.store, world.clock, world.leader.person, made.id)
    world.settle()
    return approved.recording


def orders(world: World, *, times: int = 2) -> Exercise:
    officer, now = world.officer.person, world.clock.now()
    with world.store.writing() as uow:
        uow.emergencies.put_right(
            EmergencyRight(person=officer.id, unit=SON_HA, given_by=PersonId("admin"), since=now - MINUTE)
        )
        uow.places.allow_machine_voice(SON_HA, allowed=True)
        uow.commit()
    wanted = ExerciseWanted(
        units=(SON_HA,),
        event=Event.FLASH_FLOOD,
        headline="Diễn tập sơ tán",
        texts={"vi": "Bà con tập trung về nhà văn hoá."},
        times=times,
        pause_s=20,
        ends_at=now + 20 * MINUTE,
    )
    drill = exercises.order(world.store, world.clock, officer, wanted)
    world.settle()
    return drill


def drilled(pole: Pole) -> list[AsRunEntry]:
    return [each for each in pole.entries if each.programme == EXERCISE]


def board(world: World) -> dict[str, tuple[Heard, str]]:
    (shown, *_) = exercises_at(world.store, world.clock, world.officer.person, SON_HA)
    return {each.loudspeaker.id: (each.heard, each.reason) for each in shown.results}


@pytest.fixture
def morning(world: World) -> World:
    world.until("05:31")
    return world


def test_every_loudspeaker_says_that_it_is_one_before_and_after_each_time(morning: World) -> None:
    words = has_words(morning)
    assert all(words.sha256 in pole.cache.present for pole in morning.poles)

    drill = orders(morning)
    lives(morning, 120)

    for pole in morning.poles:
        said = pole.said_of(drill.id)
        assert len(said) == 2
        for parts in said:
            assert [each.path == pole.cache.path(words.sha256) for each in parts] == [True, False, True]
            assert parts[1].content.decode(errors="ignore").endswith(drill.words[0].text)
        assert [each.outcome for each in drilled(pole)] == [Outcome.FINISHED] * 2
    assert set(board(morning).values()) == {(Heard.TOLD, "")}


def test_the_log_calls_it_an_exercise(morning: World) -> None:
    has_words(morning)
    drill = orders(morning)
    lives(morning, 120)

    span = Span(morning.clock.now() - DAY, morning.clock.now() + DAY)
    rows = log.verdicts(morning.store, morning.clock, morning.officer.person, SON_HA, span=span).rows

    assert {(row.finding.verdict, row.title) for row in rows if row.item is None} == {
        (Verdict.EXERCISE, drill.headline)
    }
    assert all(not each.flags for row in rows for each in row.entries)


def test_a_loudspeaker_without_the_words_is_silent_and_the_board_says_why(morning: World) -> None:
    morning.gate.cache.generous = False
    has_words(morning)

    orders(morning)
    lives(morning, 120)

    assert not morning.gate.sounded
    assert board(morning) == {
        morning.gate.id: (Heard.NOTHING, "exercise.no_words"),
        morning.market.id: (Heard.TOLD, ""),
    }


def test_new_words_take_the_place_of_the_old_at_every_loudspeaker(morning: World) -> None:
    has_words(morning)
    lives(morning, 1)
    newer = has_words(morning, "Đây chỉ là diễn tập", seconds=5)

    drill = orders(morning, times=1)
    lives(morning, 60)

    for pole in morning.poles:
        assert [parts[0].path for parts in pole.said_of(drill.id)] == [pole.cache.path(newer.sha256)]


def test_one_that_is_ended_is_silent_at_once_and_who_comes_back_hears_nothing(morning: World) -> None:
    has_words(morning)
    morning.gate.loses_line()
    drill = orders(morning)
    lives(morning, 5)
    assert [pole.is_sounding for pole in morning.poles] == [False, True]

    exercises.end(morning.store, morning.clock, morning.officer.person, drill.id)
    morning.settle()
    lives(morning, 3)
    assert [pole.is_sounding for pole in morning.poles] == [False, False]
    morning.gate.has_line_again()
    lives(morning, 60)

    assert not morning.gate.said_of(drill.id)


def test_a_real_one_takes_the_air_from_an_exercise_and_gives_it_back(morning: World) -> None:
    has_words(morning)
    drill = orders(morning, times=1)
    lives(morning, 5)

    stored = issues(morning, times=1)
    lives(morning, 200)

    for pole in morning.poles:
        order = [(str(each.occurrence), each.outcome) for each in pole.entries]
        assert order[0] == (drill.id, Outcome.CUT_SHORT)
        assert (stored.emergency.id, Outcome.FINISHED) in order


def test_a_broker_that_starts_anew_in_the_middle_adds_no_time(morning: World) -> None:
    has_words(morning)
    drill = orders(morning)
    lives(morning, 10)

    morning.broker.forgets_everything()
    morning.conductor.connects()
    for pole in morning.poles:
        pole.has_line_again()
    lives(morning, 200)

    assert [len(pole.said_of(drill.id)) for pole in morning.poles] == [2, 2]
