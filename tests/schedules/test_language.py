"""Languages: tags, names, groups; and what stands in for a language that is missing, only by choice."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as some

from schedules.candidates import Candidates
from schedules.choice import language_for
from schedules.errors import InvalidValue
from schedules.ids import PersonId, ProgrammeId
from schedules.language import LANGUAGES, Language, Substitution
from schedules.programme import Kind
from schedules.schedule import Note
from tests.schedules.given import ZONE, a_programme, a_schedule, a_slot, a_zone, at, nine_days, once

HRE = LANGUAGES[1]
BOTH = a_programme("tin", kind=Kind.BULLETIN, languages=("vi", "sed"))


def test_the_list_begins_with_the_peoples_of_the_province_under_standard_tags() -> None:
    assert " ".join(each.tag for each in LANGUAGES) == "vi hre cua sed kxy bdq jeh stg jra brb rmx"
    assert [each.name for each in LANGUAGES if each.group == "Xơ Đăng"] == ["Xơ Đăng", "Ca Dong"]


@pytest.mark.parametrize("tag", ["vi", "hre", "sed-x-cadong", "zh-hant-tw"])
def test_a_tag_may_be_any_of_bcp_47_in_small_letters(tag: str) -> None:
    assert replace(HRE, tag=tag).tag == tag


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        *((lambda tag=tag: replace(HRE, tag=tag), "language.tag") for tag in ("", "V", "tiếng", "vi-", "x-a", "a_b")),
        (lambda: replace(HRE, name=" "), "language.name"),
        (lambda: replace(HRE, group=""), "language.name"),
        (lambda: replace(HRE, english="x" * 61), "language.name"),
    ],
)
def test_a_language_without_a_tag_or_a_name_cannot_exist(wrong: Callable[[], Language], code: str) -> None:
    with pytest.raises(InvalidValue) as refused:
        wrong()

    assert refused.value.code == code


def test_a_choice_is_dated_in_utc() -> None:
    made = Substitution(zone=ZONE.id, programme=ProgrammeId("a"), language="vi", by=PersonId("b"), at=at("05:00"))

    with pytest.raises(InvalidValue, match=r"time\.not_utc"):
        replace(made, at=datetime(2026, 11, 23))  # noqa: DTZ001 -- naive on purpose


def test_what_was_chosen_stands_in_and_is_told_as_such() -> None:
    zone = a_zone("go-sim", "hre")
    schedule = a_schedule(programmes=[BOTH], slots=[a_slot(BOTH, once("05:31"))], zones=[zone])
    chosen = replace(schedule, substitutions={(zone.id, BOTH.id): "vi"})

    candidates, notes = Candidates(chosen, nine_days()).of(zone, schedule.regulations[0])

    assert [each.language for each in candidates] == ["vi"]
    values = (("language", "hre"), ("heard", "vi"))
    assert notes == [Note(BOTH.title, "language.substituted", values, programme=BOTH.id)]


def test_a_choice_of_a_language_the_programme_lost_counts_no_more() -> None:
    assert language_for(BOTH, a_zone("go-sim", "hre"), "cua") == (None, "language.none")


def test_music_needs_no_choice() -> None:
    music = replace(BOTH, kind=Kind.MUSIC)

    assert language_for(music, a_zone("go-sim", "hre"), "sed") == ("vi", "")


@given(
    spoken=some.lists(some.sampled_from(["vi", "hre", "sed", "cua"]), min_size=1, unique=True),
    made=some.lists(some.sampled_from(["vi", "hre", "sed", "cua"]), unique=True),
    instead=some.one_of(some.none(), some.sampled_from(["vi", "hre", "sed", "cua"])),
)
def test_a_zone_hears_its_own_language_or_what_was_chosen_or_nothing(
    spoken: list[str], made: list[str], instead: str | None
) -> None:
    programme = a_programme("tin", kind=Kind.BULLETIN, languages=made)

    language, code = language_for(programme, a_zone("go-sim", *spoken), instead)

    own = [each for each in spoken if each in made]
    assert language == (own[0] if own else instead if instead in made else None)
    assert (code == "language.substituted") == (not own and instead in made)
    assert (code == "language.none") == (language is None)
