"""The suite's judge notices each thing that must not be, and nothing else."""

from dataclasses import replace

import pytest

from tests.chaos.judge import DUPLICATED, FALSE, LOST, Entry, Excuse, Play, Sound, Stretch, Told, Verdict, judge

POLE = "loudspeaker-1"
FIRST, SECOND = (Play(POLE, name, Stretch(at, at + 1.0)) for name, at in (("a", 100.0), ("b", 101.5)))
PLAYS = [FIRST, SECOND]
SOUNDS = [Stretch(100.01, 101.02), Stretch(101.51, 102.52)]


def entry(sequence: int, since: float, until: float) -> Entry:
    return Entry((POLE, "journal", sequence, f"hash {sequence}"), Stretch(since, until), until - since)


def confirmed(sequence: int, play: Play) -> Told:
    return Told("confirmed", "", (entry(sequence, play.planned.since, play.planned.until),))


TOLD = {(POLE, "a"): confirmed(1, FIRST), (POLE, "b"): confirmed(2, SECOND)}


def judged(
    told: dict[tuple[str, str], Told] | None = None,
    sounds: list[Stretch] | None = None,
    excuses: tuple[Excuse, ...] = (),
) -> Verdict:
    told = TOLD if told is None else {**TOLD, **told}
    heard = [
        each if isinstance(each, Sound) else Sound(each.since, each.until, each.until - each.since)
        for each in (SOUNDS if sounds is None else sounds)
    ]
    return judge(PLAYS, told, {POLE: heard}, excuses)


def excuse(since: float, until: float, *, is_loose: bool = False) -> tuple[Excuse, ...]:
    return (Excuse(POLE, Stretch(since, until), "agent killed", is_loose),)


def test_everything_planned_heard_and_confirmed_once_is_right() -> None:
    verdict = judged()

    assert (verdict.planned, verdict.played, verdict.confirmed, verdict.excused) == (2, 2, 2, 0)
    assert verdict.wrongs == ()


def test_a_play_that_did_not_sound_is_lost_whatever_the_centre_says() -> None:
    verdict = judged(sounds=SOUNDS[:1])

    assert {(wrong.sort, wrong.occurrence) for wrong in verdict.wrongs} == {(LOST, "b"), (FALSE, "b")}


@pytest.mark.parametrize("said", ["awaited", "missed", "partial", "failed"])
def test_a_play_that_sounded_and_is_not_confirmed_is_lost(said: str) -> None:
    verdict = judged(told={(POLE, "b"): Told(said, "report.none", TOLD[POLE, "b"].entries)})

    assert verdict.count(LOST) >= 1


def test_an_excused_play_may_be_missed() -> None:
    verdict = judged({(POLE, "b"): Told("missed", "device.off", ())}, SOUNDS[:1], excuse(101.0, 104.0))

    assert verdict.wrongs == ()
    assert verdict.excused == 1


def test_nobody_else_is_excused() -> None:
    verdict = judged({(POLE, "b"): Told("missed", "device.off", ())}, SOUNDS[:1], excuse(103.0, 104.0))

    assert verdict.count(LOST) == 1
    assert len(verdict.wrongs) == 2


def test_an_excused_play_must_be_explained_all_the_same() -> None:
    verdict = judged({(POLE, "b"): Told("awaited", "", ())}, SOUNDS[:1], excuse(101.0, 104.0))

    assert verdict.count(LOST) == 1


def test_two_entries_of_a_play_that_nothing_touched_are_one_too_many() -> None:
    two = Told("confirmed", "", (entry(2, 101.5, 102.0), entry(3, 102.0, 102.5)))

    assert judged({(POLE, "b"): two}).count(DUPLICATED) == 1
    assert judged({(POLE, "b"): two}, excuses=excuse(101.0, 104.0)).wrongs == ()


def test_entries_of_one_play_never_overlap_unless_two_devices_played() -> None:
    two = {(POLE, "b"): Told("partial", "", (entry(2, 101.5, 102.1), entry(3, 102.0, 102.5)))}

    assert judged(two, excuses=excuse(101.0, 104.0)).count(DUPLICATED) == 1
    assert judged(two, excuses=excuse(101.0, 104.0, is_loose=True)).wrongs == ()


def test_two_rows_with_one_key_are_noticed() -> None:
    row = TOLD[POLE, "a"].entries[0]

    verdict = judged({(POLE, "b"): Told("confirmed", "", (replace(row, span=SECOND.planned),))})

    assert verdict.count(DUPLICATED) == 1


def test_more_said_than_sounded_is_false_also_where_there_is_an_excuse() -> None:
    verdict = judged(sounds=SOUNDS[:1], excuses=excuse(101.0, 104.0))

    assert verdict.count(FALSE) == 1


def test_sound_nobody_planned_is_false() -> None:
    assert judged(sounds=[*SOUNDS, Stretch(110.0, 110.5)]).count(FALSE) == 1


def test_sound_that_goes_on_after_its_time_is_false() -> None:
    assert judged(sounds=[SOUNDS[0], Stretch(101.51, 103.4)]).count(FALSE) == 1


def test_a_play_nobody_planned_is_false() -> None:
    assert judged({(POLE, "c"): confirmed(3, SECOND)}).count(FALSE) == 1


def test_a_clock_that_may_be_wrong_by_its_own_word_moves_what_is_heard() -> None:
    (known,) = TOLD[POLE, "b"].entries
    doubtful = {(POLE, "b"): Told("confirmed", "", (replace(known, error_s=0.4),))}
    late = [SOUNDS[0], Stretch(101.9, 102.9)]

    assert judged(doubtful, late).wrongs == ()
    assert judged(sounds=late).count(LOST) == 1


def test_a_device_that_was_served_late_was_given_all_the_same() -> None:
    hurried = Sound(101.7, 102.5, 1.0)

    assert judged(sounds=[SOUNDS[0], hurried]).wrongs == ()
