"""The timing of a slot on disk: what an earlier release wrote is read, what is written is read back."""

from datetime import date, time

import pytest

from schedules.ids import PlaceId
from schedules.recurrence import DAILY, DayRule, Holidays, LunarDays, Recurrence, ShortMonth, weekly
from schedules.slot import AtTime, InPlace, SlotException
from server.store.columns import Tree
from server.store.trees import timing_of, timing_tree
from tests.schedules.given import MONDAY, at

UNTIL = date(2026, 12, 31)


@pytest.mark.parametrize(
    ("repeat", "weekdays", "rule"),
    [("once", [], None), ("daily", [], DAILY), ("weekly", [0, 4], weekly({0, 4}))],
)
def test_what_was_written_before_there_were_rules_is_read(
    repeat: str, weekdays: list[int], rule: DayRule | None
) -> None:
    tree: Tree = {
        "first_day": "2026-11-23",
        "at": "05:30:00",
        "repeat": repeat,
        "weekdays": weekdays,
        "until": "2026-12-31",
        "exceptions": [{"original_start": "2026-11-22T22:30:00.000Z", "moved_to": None}],
    }

    assert timing_of(tree) == AtTime(
        first_day=MONDAY, at=time(5, 30), rule=rule, until=UNTIL, exceptions=(SlotException(at("05:30")),)
    )


def test_places_that_were_written_before_there_were_rules_come_every_day() -> None:
    tree: Tree = {"places": ["thong-bao"], "first_day": "2026-11-23", "last_day": "2026-12-31", "order": 2}

    assert timing_of(tree) == InPlace(places=(PlaceId("thong-bao"),), first_day=MONDAY, last_day=UNTIL, order=2)


@pytest.mark.parametrize("holidays", list(Holidays))
@pytest.mark.parametrize(
    "rule",
    [
        None,
        DAILY,
        Recurrence.of("FREQ=MONTHLY;INTERVAL=2;BYDAY=-1FR"),
        LunarDays(days=frozenset({1, 15}), leap_month=True),
        LunarDays(days=frozenset({30}), months=frozenset({8}), short_month=ShortMonth.LAST),
    ],
)
def test_every_rule_is_read_back_as_it_was_written(rule: DayRule | None, holidays: Holidays) -> None:
    exact = AtTime(first_day=MONDAY, at=time(5, 30), rule=rule, until=UNTIL, holidays=holidays, ended=MONDAY)
    in_place = InPlace(
        places=(PlaceId("thong-bao"),),
        first_day=MONDAY,
        last_day=UNTIL,
        rule=rule,
        holidays=holidays,
        order=1,
        left_out=frozenset({MONDAY}),
        ended=MONDAY,
    )

    assert timing_of(timing_tree(exact)) == exact
    assert timing_of(timing_tree(in_place)) == in_place
