"""The operating regulation: permitted hours, minutes, volume, and which one is in force."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from schedules.errors import InvalidValue
from schedules.programme import Kind
from schedules.regulation import (
    GUARD_MARGIN,
    Finding,
    Hours,
    SessionName,
    VolumeRule,
    findings,
    in_force,
    limits,
    minutes_findings,
)
from schedules.times import DAY, Span
from tests.schedules.given import HA_NOI, MINUTE, MONDAY, SECOND, a_regulation, at, hours, nine_days, span

TUESDAY = MONDAY + DAY
MORNING = hours("05:00", "06:30")
EVENING = hours("17:00", "18:00", name=SessionName.EVENING)
TWO_SESSIONS = a_regulation(MORNING, EVENING)
ALWAYS = a_regulation(hours("00:00", "00:00"))
NEW_YORK = ZoneInfo("America/New_York")


def test_every_instant_must_lie_inside_one_window() -> None:
    assert TWO_SESSIONS.permits(span("05:00", "06:30"))
    assert not TWO_SESSIONS.permits(span("04:59:59", "05:10"))
    assert not TWO_SESSIONS.permits(span("06:20", "06:30:01"))
    assert not TWO_SESSIONS.permits(span("06:00", "17:30"))


def test_windows_that_touch_are_one() -> None:
    joined = a_regulation(MORNING, hours("06:30", "07:00", name=SessionName.NOON))

    assert joined.permits(span("06:00", "07:00"))
    assert joined.windows(MONDAY) == (span("05:00", "07:00"),)


def test_a_station_open_at_all_hours_is_open_across_midnight_and_new_year() -> None:
    new_year = Span(at("23:59:30", date(2026, 12, 31)), at("00:30", date(2027, 1, 1)))

    assert ALWAYS.permits(new_year)
    assert ALWAYS.permits(Span(at("00:00"), at("00:00") + 8 * DAY))
    assert ALWAYS.permits(Span(at("23:00", date(2028, 2, 28)), at("01:00", date(2028, 2, 29))))


def test_a_window_until_midnight_ends_there() -> None:
    late = a_regulation(hours("20:00", "00:00"))

    assert late.permits(Span(at("23:00"), at("00:00", TUESDAY)))
    assert not late.permits(Span(at("23:00"), at("00:00", TUESDAY) + SECOND))


def test_a_weekday_without_the_session_has_no_window() -> None:
    weekdays = a_regulation(hours("05:00", "06:00", days="01234"))

    assert weekdays.windows(MONDAY + 4 * DAY)
    assert weekdays.windows(MONDAY + 5 * DAY) == ()
    assert not weekdays.permits(span("05:10", "05:20", MONDAY + 5 * DAY))


def test_the_guard_has_90_seconds_more_at_both_ends() -> None:
    wide = Span(at("05:00") - 90 * SECOND, at("06:30") + 90 * SECOND)

    assert timedelta(seconds=90) == GUARD_MARGIN
    assert TWO_SESSIONS.permits(wide, GUARD_MARGIN)
    assert not TWO_SESSIONS.permits(Span(wide.start - SECOND, wide.end), GUARD_MARGIN)
    assert not TWO_SESSIONS.permits(Span(wide.start, wide.end + SECOND), GUARD_MARGIN)


@pytest.mark.parametrize(
    ("day", "begin", "end", "length"),
    [
        (date(2026, 3, 8), "01:30", "04:00", 90 * MINUTE),  # the hour from 02:00 is skipped
        (date(2026, 3, 8), "02:30", "04:00", 30 * MINUTE),  # 02:30 is 03:30
        (date(2026, 11, 1), "00:30", "03:00", 210 * MINUTE),  # the hour from 01:00 comes twice
        (date(2026, 11, 1), "00:30", "01:30", 60 * MINUTE),  # until 01:30 the first time
    ],
)
def test_a_window_keeps_the_walls_clock_where_clocks_change(day: date, begin: str, end: str, length: timedelta) -> None:
    rule = hours(begin, end)
    window = rule.window(day, NEW_YORK)

    assert window is not None
    assert window.duration == length


@pytest.mark.parametrize("end", ["03:10", "03:30"])
def test_a_window_that_a_clock_change_swallows_is_none(end: str) -> None:
    swallowed = a_regulation(hours("02:30", end), time_zone="America/New_York")

    assert swallowed.windows(date(2026, 3, 8)) == ()
    assert len(swallowed.windows(date(2026, 3, 9))) == 1


@pytest.mark.parametrize(
    ("rule", "loud", "quiet"),
    [
        (VolumeRule(time(11), time(13), 40), ("10:59:59", "13:00"), ("11:00", "12:59:59")),
        (VolumeRule(time(20), time(0), 40), ("19:59:59", "00:00"), ("20:00", "23:59:59")),
        (VolumeRule(time(22), time(5), 40), ("21:59:59", "05:00"), ("22:00", "00:00", "04:59:59")),
    ],
)
def test_the_volume_has_a_ceiling_by_hour(rule: VolumeRule, loud: tuple[str, ...], quiet: tuple[str, ...]) -> None:
    regulation = replace(ALWAYS, volume=(rule,))

    assert [regulation.volume_ceiling(at(clock)) for clock in loud] == [100] * len(loud)
    assert [regulation.volume_ceiling(at(clock)) for clock in quiet] == [40] * len(quiet)


def test_the_lowest_of_several_ceilings_holds() -> None:
    rules = (VolumeRule(time(5), time(6), 60), VolumeRule(time(5), time(5, 30), 30), VolumeRule(time(0), time(0), 80))
    regulation = replace(ALWAYS, volume=rules)

    assert [regulation.volume_ceiling(at(clock)) for clock in ("05:10", "05:40", "12:00")] == [30, 60, 80]


def test_what_is_forbidden_is_said_with_its_values() -> None:
    late = span("06:20", "06:40")

    assert findings(TWO_SESSIONS, span("05:00", "05:10"), Kind.NOTICE) == ()
    assert findings(TWO_SESSIONS, late, Kind.MOURNING) == (
        Finding("regulation.kind_not_allowed", (("kind", Kind.MOURNING),)),
        Finding("regulation.outside_hours", (("start", late.start), ("end", late.end))),
    )


def test_minutes_are_counted_per_session_and_per_day() -> None:
    regulation = a_regulation(
        hours("05:00", "06:30", minutes=60),
        hours("17:00", "18:00", minutes=60, name=SessionName.EVENING),
        minutes_a_day=90,
    )
    morning, evening = span("05:00", "06:00"), span("17:00", "17:30")

    assert minutes_findings(regulation, MONDAY, [morning, evening]) == ()
    assert minutes_findings(regulation, MONDAY, [Span(morning.start, morning.end + SECOND)]) == (
        Finding("regulation.session_too_long", (("session", SessionName.MORNING), ("minutes", 61), ("limit", 60))),
    )
    assert minutes_findings(regulation, MONDAY, [morning, Span(evening.start, evening.end + SECOND)]) == (
        Finding("regulation.day_too_long", (("minutes", 91), ("limit", 90))),
    )


def test_minutes_that_overlap_count_once_and_those_of_another_day_not() -> None:
    regulation = a_regulation(hours("00:00", "00:00", minutes=30))
    across = Span(at("23:45"), at("00:30", TUESDAY))

    assert minutes_findings(regulation, MONDAY, [across, across, span("05:00", "05:15")]) == ()
    found = minutes_findings(regulation, TUESDAY, [across, span("05:00", "05:01", TUESDAY)])
    assert [dict(each.values)["minutes"] for each in found] == [31]


def test_the_limits_of_a_day_are_its_sessions_and_the_day() -> None:
    found = limits(a_regulation(MORNING, hours("10:00", "11:00", days="6"), minutes_a_day=120), MONDAY)

    assert [(limit.inside, limit.code) for limit in found] == [
        (span("05:00", "06:30"), "regulation.session_too_long"),
        (Span(at("00:00"), at("00:00", TUESDAY)), "regulation.day_too_long"),
    ]


def test_the_newest_regulation_begun_is_in_force() -> None:
    old, new = a_regulation(valid_from=date(2025, 1, 1)), a_regulation(valid_from=MONDAY)
    same_day = a_regulation(valid_from=MONDAY, number="13/QĐ-UBND")

    assert in_force([new, old], MONDAY - DAY) is old
    assert in_force([new, old], MONDAY) is new
    assert in_force([same_day, new, old], MONDAY) is same_day
    assert in_force([new, old], date(2024, 12, 31)) is None
    assert in_force([], MONDAY) is None


def test_hours_worked_out_once_agree_with_the_regulation() -> None:
    known = Hours([TWO_SESSIONS], nine_days())

    for day in range(9):
        for begin, end in [
            ("05:00", "06:30"),
            ("04:59", "05:30"),
            ("06:00", "06:31"),
            ("17:30", "18:00"),
            ("12:00", "13:00"),
        ]:
            asked = span(begin, end, MONDAY + day * DAY)
            found = findings(TWO_SESSIONS, asked, Kind.NOTICE)
            assert known.finding(asked.start, asked.end, Kind.NOTICE) == next(iter(found), None)
    assert known.finding(at("05:10"), at("05:20"), Kind.MOURNING) == Finding(
        "regulation.kind_not_allowed", (("kind", Kind.MOURNING),)
    )


def test_what_sounds_into_a_day_with_a_stricter_regulation_keeps_that_one_too() -> None:
    strict = a_regulation(MORNING, valid_from=TUESDAY)
    across = Span(at("23:50"), at("00:10", TUESDAY))

    assert Hours([ALWAYS], nine_days()).finding(across.start, across.end, Kind.NOTICE) is None
    found = Hours([ALWAYS, strict], nine_days()).finding(across.start, across.end, Kind.NOTICE)
    assert found is not None
    assert found.code == "regulation.outside_hours"


def test_before_its_first_regulation_a_station_has_no_hours() -> None:
    known = Hours([a_regulation(valid_from=TUESDAY)], nine_days())

    assert known.regulation(at("12:00")) is None
    found = known.finding(at("12:00"), at("12:01"), Kind.NOTICE)
    assert found is not None
    assert found.code == "regulation.outside_hours"
    assert known.finding(at("12:00", TUESDAY), at("12:01", TUESDAY), Kind.NOTICE) is None


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        (lambda: hours("06:00", "05:00"), "regulation.ends_before_start"),
        (lambda: hours("06:00", "06:00"), "regulation.ends_before_start"),
        (lambda: hours("05:00", "06:00", minutes=0), "regulation.no_minutes"),
        (lambda: VolumeRule(time(5), time(6), 101), "regulation.volume"),
        (lambda: replace(ALWAYS, sessions=()), "regulation.no_window"),
        (lambda: replace(ALWAYS, time_zone="Asia/Son_Ha"), "regulation.time_zone"),
        (lambda: replace(ALWAYS, time_zone="../../etc/passwd"), "regulation.time_zone"),
        (lambda: replace(ALWAYS, time_zone="Asia"), "regulation.time_zone"),
    ],
)
def test_a_regulation_that_makes_no_sense_cannot_exist(wrong: Callable[[], object], code: str) -> None:
    with pytest.raises(InvalidValue) as refused:
        wrong()

    assert refused.value.code == code


def test_a_regulation_knows_its_civil_time() -> None:
    assert ALWAYS.zone is HA_NOI
