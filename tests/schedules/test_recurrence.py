"""Rules of days: what can be written and read, and what is refused."""

from collections.abc import Callable

import pytest

from schedules.errors import InvalidValue
from schedules.recurrence import DAILY, Frequency, LunarDays, Recurrence, ShortMonth, weekly


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=DAILY",
        "FREQ=DAILY;INTERVAL=3;BYMONTH=1,12;BYMONTHDAY=-1,1;BYDAY=MO",
        "FREQ=WEEKLY;BYDAY=MO,TH",
        "FREQ=WEEKLY;INTERVAL=2",
        "FREQ=MONTHLY;BYMONTHDAY=-1,15",
        "FREQ=MONTHLY;BYDAY=-1FR,2TU",
        "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1",
        "FREQ=YEARLY;BYMONTH=9;BYMONTHDAY=2",
        "FREQ=YEARLY;BYDAY=53SU",
    ],
)
def test_a_rule_is_read_and_written_alike(rule: str) -> None:
    assert Recurrence.of(rule).rule == rule


def test_a_rule_may_be_written_in_another_order_and_in_small_letters() -> None:
    assert Recurrence.of("byday=th,mo;interval=1;freq=weekly") == weekly({0, 3})
    assert Recurrence.of("FREQ=DAILY") == DAILY


@pytest.mark.parametrize(
    ("rule", "code"),
    [
        ("", "recurrence.unreadable"),
        ("DAILY", "recurrence.unreadable"),
        ("INTERVAL=2", "recurrence.unreadable"),
        ("FREQ=FORTNIGHTLY", "recurrence.unreadable"),
        ("FREQ=DAILY;FREQ=DAILY", "recurrence.unreadable"),
        ("FREQ=DAILY;INTERVAL=two", "recurrence.unreadable"),
        ("FREQ=WEEKLY;BYDAY=XX", "recurrence.unreadable"),
        ("FREQ=WEEKLY;BYDAY=1.5MO", "recurrence.unreadable"),
        ("FREQ=HOURLY", "recurrence.finer_than_day"),
        ("FREQ=DAILY;BYHOUR=5", "recurrence.finer_than_day"),
        ("FREQ=DAILY;COUNT=5", "recurrence.part_unknown"),
        ("FREQ=DAILY;UNTIL=20261231", "recurrence.part_unknown"),
        ("FREQ=YEARLY;BYWEEKNO=20", "recurrence.part_unknown"),
        ("FREQ=DAILY;INTERVAL=0", "recurrence.part"),
        ("FREQ=DAILY;INTERVAL=367", "recurrence.part"),
        ("FREQ=YEARLY;BYMONTH=13", "recurrence.part"),
        ("FREQ=MONTHLY;BYMONTHDAY=0", "recurrence.part"),
        ("FREQ=MONTHLY;BYMONTHDAY=32", "recurrence.part"),
        ("FREQ=WEEKLY;BYMONTHDAY=1", "recurrence.part"),
        ("FREQ=WEEKLY;BYDAY=1MO", "recurrence.part"),
        ("FREQ=MONTHLY;BYDAY=6MO", "recurrence.part"),
        ("FREQ=YEARLY;BYMONTH=1;BYDAY=6MO", "recurrence.part"),
        ("FREQ=YEARLY;BYDAY=54MO", "recurrence.part"),
        ("FREQ=MONTHLY;BYDAY=MO,1TU", "recurrence.part"),
        ("FREQ=MONTHLY;BYSETPOS=1", "recurrence.part"),
        ("FREQ=MONTHLY;BYDAY=MO;BYSETPOS=0", "recurrence.part"),
        ("FREQ=WEEKLY;BYDAY=MO;BYSETPOS=1", "recurrence.part"),
    ],
)
def test_what_a_rule_cannot_say_is_refused(rule: str, code: str) -> None:
    with pytest.raises(InvalidValue) as refused:
        Recurrence.of(rule)

    assert refused.value.code == code


def test_a_weekday_is_one_of_seven() -> None:
    with pytest.raises(InvalidValue, match=r"recurrence\.part part=BYDAY"):
        Recurrence(frequency=Frequency.WEEKLY, weekdays=frozenset({7}))


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        (lambda: LunarDays(days=frozenset()), "lunar.no_day"),
        (lambda: LunarDays(days=frozenset({0})), "lunar.no_day"),
        (lambda: LunarDays(days=frozenset({31})), "lunar.no_day"),
        (lambda: LunarDays(days=frozenset({1}), months=frozenset({13})), "lunar.month"),
        (lambda: LunarDays(days=frozenset({30})), "lunar.short_month_open"),
        (lambda: LunarDays(days=frozenset({29}), short_month=ShortMonth.SKIP), "lunar.short_month_open"),
    ],
)
def test_a_lunar_rule_that_makes_no_sense_cannot_exist(wrong: Callable[[], object], code: str) -> None:
    with pytest.raises(InvalidValue) as refused:
        wrong()

    assert refused.value.code == code
