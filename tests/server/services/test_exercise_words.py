"""What says that an exercise is one: made by one, approved by another, told to every loudspeaker below."""

from dataclasses import replace
from datetime import timedelta

import pytest

from schedules.ids import UnitId
from schedules.programme import Recording
from schedules.unit import Zone
from server.errors import NotAllowed, NotFound, Unacceptable
from server.services import exercise_words, programmes
from server.services.assignments import assignments
from server.services.exercise_words import pinned
from tests.server.services.alarm import makes_words, may_speak
from tests.server.services.radio import (
    ADMINISTRATOR,
    APPROVER,
    BOTH,
    EDITOR,
    GATE,
    GO_SIM,
    INSPECTOR,
    LANG_MOI,
    NEIGHBOUR,
    NEIGHBOURS,
    OFFICER,
    QUANG_NGAI,
    SON_HA,
    SON_LINH,
    Radio,
)


def approves(radio: Radio, words: str) -> Recording:
    return exercise_words.approve(radio.store, radio.clock, APPROVER, words).recording


def pins(radio: Radio, where: str = LANG_MOI) -> Recording | None:
    with radio.store.reading() as uow:
        zone: Zone = next(each for each in uow.places.zones() if each.id == where)
        return pinned(uow.emergencies.exercise_words(), zone, uow.places.units())


def test_they_count_once_another_person_has_approved_them(radio: Radio) -> None:
    words = makes_words(radio)
    assert pins(radio) is None

    recording = approves(radio, words)

    assert pins(radio) == recording
    assert radio.actions()[-2:] == ["exercise_words.made", "exercise_words.approved"]
    with pytest.raises(NotFound, match=r"exercise_words\.unknown"):
        approves(radio, words)


def test_every_loudspeaker_below_is_told_anew(radio: Radio) -> None:
    before, _ = radio.store.kept.assignments[GATE]

    recording = approves(radio, makes_words(radio))

    assert radio.store.kept.assignments[GATE][0] == before + 1
    with radio.store.reading() as uow:
        told = assignments(uow, {GATE: 1}, epoch=0, now=radio.now())[GATE]
    assert told.exercise_words == recording


def test_nobody_approves_their_own_and_only_approvers_do(radio: Radio) -> None:
    words = makes_words(radio, by=BOTH)

    with pytest.raises(NotAllowed, match=r"approval\.own_work"):
        exercise_words.approve(radio.store, radio.clock, BOTH, words)
    for by in (OFFICER, NEIGHBOUR, INSPECTOR):
        with pytest.raises(NotAllowed, match=r"rights\.missing"):
            exercise_words.approve(radio.store, radio.clock, by, words)
    assert pins(radio) is None


def test_only_who_writes_there_makes_them(radio: Radio) -> None:
    for by, unit in ((INSPECTOR, SON_HA), (NEIGHBOUR, SON_HA), (OFFICER, QUANG_NGAI)):
        with pytest.raises(NotAllowed, match=r"rights\.missing"):
            makes_words(radio, by=by, unit=unit)


@pytest.mark.parametrize("text", ["", "  ", "a" * 500])
def test_the_text_is_kept_short_and_is_there(radio: Radio, text: str) -> None:
    with pytest.raises(Unacceptable, match=r"exercise_words\.text"):
        makes_words(radio, text=text)


def test_a_long_recording_is_refused(radio: Radio) -> None:
    with pytest.raises(Unacceptable, match=r"media\.refused\.too-long"):
        makes_words(radio, lasts=timedelta(seconds=16))


def test_a_machine_speaks_vietnamese_only_and_only_where_it_may(radio: Radio) -> None:
    with pytest.raises(Unacceptable, match=r"exercise\.machine_voice"):
        makes_words(radio, is_machine=True)
    may_speak(radio)
    with pytest.raises(Unacceptable, match=r"voice\.language"):
        makes_words(radio, is_machine=True, language="hre")
    words = makes_words(radio, is_machine=True)
    assert radio.preparation.spoken == ["Đây là diễn tập"]

    programmes.allow_machine_voice(radio.store, radio.clock, ADMINISTRATOR, SON_HA, allowed=False)
    with pytest.raises(Unacceptable, match=r"exercise\.machine_voice"):
        approves(radio, words)


def test_a_zone_has_them_in_the_best_of_its_languages(radio: Radio) -> None:
    vietnamese = approves(radio, makes_words(radio))
    assert pins(radio, GO_SIM) == vietnamese

    hre = approves(radio, makes_words(radio, language="hre"))

    assert (pins(radio, GO_SIM), pins(radio, LANG_MOI)) == (hre, vietnamese)


def test_the_nearest_unit_counts_then_the_newest(radio: Radio) -> None:
    own = approves(radio, makes_words(radio))
    province = makes_words(radio, by=EDITOR, unit=QUANG_NGAI)
    kept = radio.store.kept.emergencies.exercise_words
    kept[province] = replace(kept[province], approved_by=OFFICER.id, approved_at=radio.now() + timedelta(days=1))
    assert pins(radio) == own

    radio.clock.advance(timedelta(seconds=1))
    newer = approves(radio, makes_words(radio, text="Đây chỉ là diễn tập"))

    assert pins(radio) == newer
    assert pins(radio, NEIGHBOURS) == kept[province].recording


def test_those_of_the_unit_and_above_are_shown_to_whoever_has_a_role(radio: Radio) -> None:
    own, province = makes_words(radio), makes_words(radio, by=EDITOR, unit=QUANG_NGAI)

    shown = exercise_words.words_at(radio.store, INSPECTOR, SON_HA)

    assert {each.id for each in shown} == {own, province}
    assert [each.id for each in exercise_words.words_at(radio.store, NEIGHBOUR, SON_LINH)] == [province]
    with pytest.raises(NotAllowed, match=r"rights\.missing"):
        exercise_words.words_at(radio.store, NEIGHBOUR, UnitId(SON_HA))
