"""Errors carry a code and values; ids come out the same every time."""

from datetime import date

import pytest

from schedules.errors import LONGEST_SHOWN, InvalidValue, Refused, ScheduleError, WireError
from schedules.ids import PlaceId, SlotId, occurrence_id
from schedules.occurrence import exact, in_place, rejoined
from tests.schedules.given import MONDAY, at


def test_an_error_shows_its_code_and_values() -> None:
    error = Refused("slot.in_the_past", start="05:30", zone="Làng Mới")

    assert str(error) == "slot.in_the_past start=05:30 zone=Làng Mới"
    assert str(WireError("wire.unreadable")) == "wire.unreadable"
    assert error.values == {"start": "05:30", "zone": "Làng Mới"}
    assert all(issubclass(kind, ScheduleError) for kind in (InvalidValue, Refused, WireError))


@pytest.mark.parametrize("end", ["\n", "\r", "\u2028", "\x1b[2J"])
def test_who_chose_a_value_writes_no_line_into_the_log(end: str) -> None:
    said = str(WireError("wire.unknown_key", key=f"a{end}2026-11-28 CRITICAL all is lost"))

    assert said.isprintable()
    assert said.startswith("wire.unknown_key key='a\\")


def test_a_long_value_is_cut() -> None:
    said = str(WireError("wire.unknown_key", key="a" * 4000))

    assert len(said) == len("wire.unknown_key key=") + LONGEST_SHOWN


def test_the_id_of_an_occurrence_never_changes() -> None:
    """Evidence of years is filed under these ids: the values are written out here, not computed again."""
    assert exact(SlotId("s1"), at("05:30")) == "6c35817f6c2b73fc0fc1c6e5c6eb6dfe"
    assert in_place(PlaceId("thong-bao"), MONDAY, SlotId("s1")) == "966cbb8787bf183c6099544b5259f3aa"
    assert rejoined(exact(SlotId("s1"), at("05:30")), at("05:40")) == "7d564afdfa94dd02c688e9cbc7f012ac"


def test_ids_of_different_things_differ() -> None:
    ids = [
        exact(SlotId("s1"), at("05:30")),
        exact(SlotId("s1"), at("05:30:01")),
        exact(SlotId("s2"), at("05:30")),
        in_place(PlaceId("p1"), MONDAY, SlotId("s1")),
        in_place(PlaceId("p1"), MONDAY, SlotId("s2")),
        in_place(PlaceId("p2"), MONDAY, SlotId("s1")),
        in_place(PlaceId("p1"), date(2026, 11, 24), SlotId("s1")),
        rejoined(exact(SlotId("s1"), at("05:30")), at("05:40")),
        occurrence_id("a", "bc"),
        occurrence_id("ab", "c"),
        occurrence_id("a", "b", "c"),
    ]

    assert len(set(ids)) == len(ids)
    assert all(len(each) == 32 for each in ids)
