"""When exact-second slots come: days, exceptions, clock changes, and slots that never come."""

from dataclasses import replace
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from schedules.errors import Refused
from schedules.expansion import comes_between, comes_on, days_of, expand, require_occurrence
from schedules.recurrence import DAILY, Holidays, LunarDays, ShortMonth, weekly
from schedules.slot import AtTime, InPlace, SlotException
from schedules.times import DAY, Span
from tests.schedules.given import (
    HA_NOI,
    HOUR,
    MINUTE,
    MONDAY,
    a_programme,
    a_slot,
    at,
    daily,
    in_places,
    nine_days,
    once,
    span,
)

NEW_YORK, APIA = ZoneInfo("America/New_York"), ZoneInfo("Pacific/Apia")
NEWS = a_programme()
SERIES = daily("05:30")


def starts(timing: AtTime | InPlace, within: Span, zone: ZoneInfo = HA_NOI) -> list[datetime]:
    return [occurrence.start for occurrence in expand([a_slot(NEWS, timing)], within, zone)]


def excepted(timing: AtTime, *exceptions: SlotException) -> AtTime:
    return replace(timing, exceptions=exceptions)


def test_a_single_slot_comes_once() -> None:
    assert starts(once("05:30"), nine_days()) == [at("05:30")]
    assert starts(once("05:30"), nine_days(MONDAY + DAY)) == []


def test_a_daily_slot_comes_until_its_last_day() -> None:
    assert starts(daily("05:30", days=3), nine_days()) == [at("05:30", MONDAY + n * DAY) for n in range(3)]
    assert len(starts(daily("05:30", first=MONDAY - 1000 * DAY, days=2000), nine_days())) == 9


def test_a_weekly_slot_comes_on_its_weekdays() -> None:
    series = AtTime(
        first_day=MONDAY + 2 * DAY,
        at=time(17),
        rule=weekly({0, 4}),
        until=date(2026, 12, 7),
    )

    assert list(days_of(series, MONDAY, date(2027, 1, 1))) == [
        date(2026, 11, 27),
        date(2026, 11, 30),
        date(2026, 12, 4),
        date(2026, 12, 7),
    ]


def test_days_in_places_come_every_day_or_by_a_rule() -> None:
    places = in_places("thong-bao", days=14)
    mondays = replace(places, rule=weekly({0}))

    assert len(list(days_of(places, MONDAY - DAY, MONDAY + 30 * DAY))) == 14
    assert list(days_of(mondays, MONDAY, MONDAY + 30 * DAY)) == [MONDAY, MONDAY + 7 * DAY]
    assert [comes_on(mondays, MONDAY + n * DAY) for n in (-7, 0, 1, 7, 14)] == [False, True, False, True, False]


def test_a_series_may_leave_out_public_holidays() -> None:
    """24 November is the Day of Vietnamese Culture, a public holiday since 2026."""
    working = replace(daily("05:30", days=3), holidays=Holidays.NOT)

    assert starts(working, nine_days()) == [at("05:30"), at("05:30", MONDAY + 2 * DAY)]


def test_a_series_may_come_on_lunar_days() -> None:
    full_moon = replace(daily("05:30", days=90), rule=LunarDays(days=frozenset({1, 15})))

    assert list(days_of(full_moon, MONDAY, MONDAY + 90 * DAY))[:3] == [
        date(2026, 11, 23),
        date(2026, 12, 9),
        date(2026, 12, 23),
    ]


def test_the_lunar_thirtieth_of_a_short_month_is_refused_by_its_name() -> None:
    """The second month of Bính Ngọ has 29 days."""
    rule = LunarDays(days=frozenset({30}), months=frozenset({2}), short_month=ShortMonth.SKIP)
    slot = a_slot(NEWS, replace(daily("05:30", first=date(2026, 3, 1), days=90), rule=rule))

    with pytest.raises(Refused) as refused:
        require_occurrence(slot, at("05:00", date(2026, 3, 1)), HA_NOI)

    assert refused.value.code == "lunar.no_such_day"
    assert (refused.value.values["month"], refused.value.values["length"]) == (2, 29)


def test_a_daily_slot_comes_on_leap_days_and_over_the_year() -> None:
    february = daily("23:59:59", first=date(2028, 2, 28), days=3)

    assert [f"{day:%d/%m}" for day in days_of(february, date(2028, 1, 1), date(2029, 1, 1))] == [
        "28/02",
        "29/02",
        "01/03",
    ]
    new_year = daily("00:00", first=date(2026, 12, 31), days=2)
    assert starts(new_year, Span(at("23:00", date(2026, 12, 31)), at("01:00", date(2027, 1, 1)))) == [
        at("00:00", date(2027, 1, 1))
    ]


def test_a_span_takes_what_starts_inside_and_not_at_its_end() -> None:
    assert starts(SERIES, span("05:30", "05:31")) == [at("05:30")]
    assert starts(SERIES, span("05:00", "05:30")) == []


def test_occurrences_of_several_slots_come_in_order_of_start_and_id() -> None:
    slots = [a_slot(NEWS, once(clock), name=f"s{n}") for n, clock in enumerate(["07:00", "06:00", "06:00"])]

    found = expand([*slots, a_slot(NEWS, in_places("thong-bao"))], nine_days(), HA_NOI)

    assert [occurrence.start for occurrence in found] == [at("06:00"), at("06:00"), at("07:00")]
    assert found[0].id < found[1].id
    assert found == expand(reversed(slots), nine_days(), HA_NOI)


@pytest.mark.parametrize(
    ("clock", "instants"),
    [
        ("02:30", ["2026-03-07T07:30", "2026-03-08T07:30", "2026-03-09T06:30"]),  # skipped on the 8th: 03:30
        ("00:30", ["2026-03-07T05:30", "2026-03-08T05:30", "2026-03-09T04:30"]),
    ],
)
def test_a_daily_slot_keeps_the_walls_clock_where_clocks_go_forward(clock: str, instants: list[str]) -> None:
    series = daily(clock, first=date(2026, 3, 7), days=3)

    assert [f"{start:%Y-%m-%dT%H:%M}" for start in starts(series, nine_days(date(2026, 3, 6)), NEW_YORK)] == instants


def test_a_daily_slot_comes_once_where_the_hour_comes_twice() -> None:
    series = daily("01:30", first=date(2026, 11, 1), days=1)

    assert [f"{start:%H:%M}" for start in starts(series, nine_days(date(2026, 10, 31)), NEW_YORK)] == ["05:30"]


def test_a_date_that_a_country_skipped_makes_no_second_occurrence() -> None:
    """Samoa had no 30 December 2011: its wall times are those of the 31st."""
    series = daily("06:00", first=date(2011, 12, 29), days=3)

    found = expand([a_slot(NEWS, series)], nine_days(date(2011, 12, 28)), APIA)

    assert [f"{each.start:%d %H:%M}" for each in found] == ["29 16:00", "30 16:00"]
    assert len({each.id for each in found}) == 2


def test_a_wall_time_that_was_skipped_into_the_next_day_comes_there() -> None:
    """Pyongyang went from 23:30 to midnight on 4 May 2018."""
    zone = ZoneInfo("Asia/Pyongyang")
    next_day = Span(at("00:00", date(2018, 5, 5), zone), at("23:00", date(2018, 5, 5), zone))

    assert starts(daily("23:45", first=date(2018, 5, 4), days=1), next_day, zone) == [
        at("00:15", date(2018, 5, 5), zone)
    ]


def test_a_cancelled_occurrence_does_not_come() -> None:
    without = excepted(daily("05:30", days=3), SlotException(at("05:30", MONDAY + DAY)))

    assert starts(without, nine_days()) == [at("05:30"), at("05:30", MONDAY + 2 * DAY)]


def test_a_moved_occurrence_keeps_its_id() -> None:
    moved = excepted(daily("05:30", days=1), SlotException(at("05:30"), at("17:00", MONDAY + DAY)))

    before = expand([a_slot(NEWS, daily("05:30", days=1))], nine_days(), HA_NOI)
    after = expand([a_slot(NEWS, moved)], nine_days(), HA_NOI)

    assert [each.id for each in after] == [each.id for each in before]
    assert (after[0].original_start, after[0].start) == (at("05:30"), at("17:00", MONDAY + DAY))


def test_an_occurrence_moved_in_from_far_outside_the_span_comes() -> None:
    far = MONDAY + 60 * DAY
    moved = excepted(daily("05:30", days=61), SlotException(at("05:30", far), at("18:00")))

    assert at("18:00") in starts(moved, nine_days())
    assert starts(moved, nine_days(far)) == []


def test_an_exception_survives_a_new_hour_of_the_series() -> None:
    cancelled = SlotException(at("05:30", MONDAY + DAY))
    moved = SlotException(at("05:30", MONDAY + 2 * DAY), at("20:00", MONDAY + 2 * DAY))

    later = excepted(daily("07:00", days=4), cancelled, moved)

    assert starts(later, nine_days()) == [
        at("07:00"),
        at("20:00", MONDAY + 2 * DAY),
        at("07:00", MONDAY + 3 * DAY),
    ]


def test_an_exception_means_nothing_on_a_day_the_series_no_longer_comes() -> None:
    """Else what was moved would be heard beside the series that replaced it."""
    orphan = excepted(daily("05:30", days=2), SlotException(at("05:30", MONDAY + 5 * DAY), at("18:00")))

    assert starts(orphan, nine_days()) == [at("05:30"), at("05:30", MONDAY + DAY)]


def test_of_two_exceptions_on_one_day_the_later_original_counts() -> None:
    both = (SlotException(at("07:00"), at("19:00")), SlotException(at("05:30"), at("18:00")))

    assert starts(excepted(daily("07:00", days=1), *both), nine_days()) == [at("19:00")]
    assert starts(excepted(daily("07:00", days=1), *reversed(both)), nine_days()) == [at("19:00")]


def test_a_slot_in_the_past_is_refused() -> None:
    slot = a_slot(NEWS, once("05:30"))

    require_occurrence(slot, at("05:29:59"), HA_NOI)
    with pytest.raises(Refused) as refused:
        require_occurrence(slot, at("05:30"), HA_NOI)
    assert (refused.value.code, refused.value.values) == ("slot.in_the_past", {"start": at("05:30")})


@pytest.mark.parametrize(
    "timing",
    [
        daily("05:30", first=MONDAY - DAY, days=1),
        daily("05:30", days=1),
        AtTime(first_day=MONDAY, at=time(17), rule=weekly({6}), until=MONDAY + 5 * DAY),
        replace(daily("17:00", days=1), exceptions=(SlotException(at("17:00")),)),
        replace(daily("17:00", days=1), exceptions=(SlotException(at("17:00"), at("05:59")),)),
        replace(once("17:00"), exceptions=(SlotException(at("17:00")),)),
        in_places("thong-bao", first=MONDAY - DAY, days=1),
        replace(in_places("thong-bao", days=2), rule=weekly({6})),
        replace(daily("17:00", days=1), holidays=Holidays.ONLY),
        replace(daily("17:00", days=1), rule=LunarDays(days=frozenset({1}))),
    ],
)
def test_a_slot_that_never_comes_is_refused(timing: AtTime | InPlace) -> None:
    with pytest.raises(Refused, match=r"slot\.no_occurrence"):
        require_occurrence(a_slot(NEWS, timing), at("06:00"), HA_NOI)


@pytest.mark.parametrize(
    "timing",
    [
        daily("17:00", days=1),
        daily("05:30", first=MONDAY - DAY, days=3),
        replace(daily("05:30", days=1), exceptions=(SlotException(at("05:30"), at("06:01")),)),
        replace(once("05:30"), exceptions=(SlotException(at("05:30"), at("06:01")),)),
        in_places("thong-bao", days=1),
        AtTime(first_day=date(2026, 1, 1), at=time(5), rule=DAILY, until=date.max),
    ],
)
def test_a_slot_that_comes_once_more_is_enough(timing: AtTime | InPlace) -> None:
    require_occurrence(a_slot(NEWS, timing), at("06:00"), HA_NOI)


@pytest.mark.parametrize("timing", [once("05:30"), daily("05:30", days=1), in_places("a", days=1)])
def test_a_slot_outside_the_days_asked_for_can_be_passed_over(timing: AtTime | InPlace) -> None:
    assert comes_between(timing, MONDAY, MONDAY)
    assert comes_between(timing, MONDAY - 7 * DAY, MONDAY + 7 * DAY)
    assert not comes_between(timing, MONDAY + DAY, MONDAY + 7 * DAY)
    assert not comes_between(timing, MONDAY - 7 * DAY, MONDAY - DAY)


def test_a_moved_occurrence_is_never_passed_over() -> None:
    moved = excepted(once("05:30"), SlotException(at("05:30"), at("05:30") + 90 * DAY + HOUR + MINUTE))

    assert comes_between(moved, MONDAY + 90 * DAY, MONDAY + 90 * DAY)
