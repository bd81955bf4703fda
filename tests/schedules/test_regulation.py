"""The operating regulation: permitted hours, decisions under it, volume, and which one is in force."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from schedules.errors import InvalidValue
from schedules.programme import Kind
from schedules.regulation import Opening, SessionName, Suspension, VolumeRule, in_force
from schedules.times import DAY, Span
from tests.schedules.given import HA_NOI, MINUTE, MONDAY, SECOND, a_regulation, at, hours, span

TUESDAY = MONDAY + DAY
MORNING = hours("05:00", "06:30")
EVENING = hours("17:00", "18:00", name=SessionName.EVENING)
TWO_SESSIONS = a_regulation(MORNING, EVENING)
ALWAYS = a_regulation(hours("00:00", "00:00"))
NOON = Opening(
    number="31/TB-UBND",
    signed_on=MONDAY - DAY,
    signer="Chủ tịch UBND xã",
    reason="Mưa lũ",
    first_day=MONDAY,
    last_day=MONDAY + DAY,
    rule=hours("11:00", "11:30", minutes=15, name=SessionName.NOON),
)
MOURNING = Suspension(
    number="102/CĐ-TTg",
    signed_on=MONDAY - DAY,
    signer="Thủ tướng Chính phủ",
    reason="Quốc tang",
    first_day=MONDAY,
    last_day=MONDAY + DAY,
    kinds=frozenset({Kind.MUSIC, Kind.FEATURE}),
)
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
    assert weekdays.sessions[0].window(MONDAY + 5 * DAY, HA_NOI) is None
    assert not weekdays.permits(span("05:10", "05:20", MONDAY + 5 * DAY))


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


def test_an_opening_opens_its_hours_on_its_days_only() -> None:
    opened = replace(TWO_SESSIONS, openings=(NOON,))

    assert opened.windows(MONDAY - DAY) == TWO_SESSIONS.windows(MONDAY - DAY)
    assert opened.windows(MONDAY)[1] == span("11:00", "11:30")
    assert opened.windows(MONDAY + DAY)[1] == span("11:00", "11:30", TUESDAY)
    assert len(opened.windows(MONDAY + 2 * DAY)) == 2
    assert opened.permits(span("11:00", "11:30"))


def test_what_is_opened_brings_its_own_minutes() -> None:
    opened = replace(a_regulation(MORNING, minutes_a_day=60), openings=(NOON,))

    assert [opened.minutes_on(MONDAY + n * DAY) for n in range(3)] == [75, 75, 60]


def test_an_opening_counts_on_its_own_weekdays() -> None:
    tuesdays = replace(NOON, rule=hours("11:00", "11:30", name=SessionName.NOON, days="1"))
    opened = replace(TWO_SESSIONS, openings=(tuesdays,))

    assert [len(opened.windows(MONDAY + n * DAY)) for n in range(3)] == [2, 3, 2]


def test_a_suspension_holds_for_its_kinds_on_every_local_day_that_is_touched() -> None:
    mourning = replace(ALWAYS, suspensions=(MOURNING,))
    before_midnight = Span(at("23:50", MONDAY - DAY), at("00:00"))

    assert mourning.suspension(Kind.MUSIC, span("05:00", "05:10")) == MOURNING
    assert mourning.suspension(Kind.NOTICE, span("05:00", "05:10")) is None
    assert mourning.suspension(Kind.MUSIC, before_midnight) is None
    assert mourning.suspension(Kind.MUSIC, Span(before_midnight.start, before_midnight.end + SECOND)) == MOURNING
    assert mourning.suspension(Kind.MUSIC, Span(at("00:00", TUESDAY), at("00:00", TUESDAY))) == MOURNING
    assert mourning.suspension(Kind.MUSIC, Span(at("00:00", MONDAY + 2 * DAY), at("00:10", MONDAY + 2 * DAY))) is None
    assert ALWAYS.suspension(Kind.MUSIC, span("05:00", "05:10")) is None


def test_of_two_suspensions_the_earlier_is_told_whatever_their_order() -> None:
    other = replace(MOURNING, number="99/CĐ", first_day=MONDAY - DAY)

    for both in ((MOURNING, other), (other, MOURNING)):
        assert replace(ALWAYS, suspensions=both).suspension(Kind.MUSIC, span("05:00", "05:10")) == other


def test_the_newest_regulation_begun_is_in_force() -> None:
    old, new = a_regulation(valid_from=date(2025, 1, 1)), a_regulation(valid_from=MONDAY)
    same_day = a_regulation(valid_from=MONDAY, number="13/QĐ-UBND")

    assert in_force([new, old], MONDAY - DAY) is old
    assert in_force([new, old], MONDAY) is new
    assert in_force([same_day, new, old], MONDAY) is same_day
    assert in_force([new, old], date(2024, 12, 31)) is None
    assert in_force([], MONDAY) is None


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        (lambda: hours("06:00", "05:00"), "regulation.ends_before_start"),
        (lambda: hours("06:00", "06:00"), "regulation.ends_before_start"),
        (lambda: hours("05:00", "06:00", minutes=0), "regulation.no_minutes"),
        (lambda: VolumeRule(time(5), time(6), 101), "regulation.volume"),
        (lambda: replace(ALWAYS, sessions=()), "regulation.no_window"),
        (lambda: replace(MORNING, max_minutes=10, min_minutes=11), "regulation.minimum"),
        (lambda: replace(MORNING, min_minutes=0), "regulation.minimum"),
        (lambda: replace(ALWAYS, max_minutes_a_day=60, min_minutes_a_day=61), "regulation.minimum"),
        (lambda: replace(TWO_SESSIONS, sessions_a_day=1), "regulation.too_many_sessions"),
        (lambda: replace(NOON, reason=" "), "regulation.no_reason"),
        (lambda: replace(NOON, last_day=MONDAY - DAY), "regulation.days"),
        (lambda: replace(MOURNING, reason=""), "regulation.no_reason"),
        (lambda: replace(MOURNING, last_day=MONDAY - DAY), "regulation.days"),
        (lambda: replace(MOURNING, kinds=frozenset()), "regulation.suspends_nothing"),
        (lambda: replace(ALWAYS, time_zone="Asia/Son_Ha"), "regulation.time_zone"),
        (lambda: replace(ALWAYS, time_zone="../../etc/passwd"), "regulation.time_zone"),
        (lambda: replace(ALWAYS, time_zone="Asia"), "regulation.time_zone"),
    ],
)
def test_a_regulation_that_makes_no_sense_cannot_exist(wrong: Callable[[], object], code: str) -> None:
    with pytest.raises(InvalidValue) as refused:
        wrong()

    assert refused.value.code == code


@pytest.mark.parametrize(
    ("wrong", "values"),
    [
        (lambda: VolumeRule(time(5), time(6), -1), {"percent": -1}),
        (lambda: replace(ALWAYS, sessions=()), {"number": ALWAYS.number}),
        (lambda: replace(MOURNING, kinds=frozenset()), {"number": MOURNING.number}),
        (lambda: replace(MOURNING, last_day=MONDAY - DAY), {"first": MONDAY, "until": MONDAY - DAY}),
        (lambda: replace(TWO_SESSIONS, sessions_a_day=1), {"sessions": 2, "limit": 1}),
        (lambda: replace(ALWAYS, time_zone="Asia/Son_Ha"), {"zone": "Asia/Son_Ha"}),
        (lambda: replace(MORNING, max_minutes=10, min_minutes=11), {"minimum": 11, "maximum": 10}),
        (lambda: hours("06:00", "05:00"), {"session": SessionName.MORNING}),
        (lambda: hours("05:00", "06:00", minutes=0), {"session": SessionName.MORNING}),
    ],
)
def test_what_makes_no_sense_is_said_with_its_values(wrong: Callable[[], object], values: dict[str, object]) -> None:
    with pytest.raises(InvalidValue) as refused:
        wrong()

    assert refused.value.values == values


def test_the_least_may_be_as_much_as_the_most() -> None:
    assert replace(MORNING, max_minutes=1, min_minutes=1).min_minutes == 1


def test_a_rule_may_ask_for_no_sound_at_all() -> None:
    muted = replace(ALWAYS, volume=(VolumeRule(time(5), time(6), 0),))

    assert muted.volume_ceiling(at("05:30")) == 0


def test_sessions_of_a_day_are_counted_by_name_and_weekday() -> None:
    early, sunday = hours("04:00", "05:00"), hours("17:00", "18:00", name=SessionName.EVENING, days="6")
    weekdays = replace(early, weekdays=frozenset(range(6)))

    assert replace(ALWAYS, sessions=(early, MORNING), sessions_a_day=1).sessions_a_day == 1
    assert replace(ALWAYS, sessions=(weekdays, sunday), sessions_a_day=1, openings=(NOON,)).sessions_a_day == 1


def test_a_regulation_knows_its_civil_time() -> None:
    assert ALWAYS.zone is HA_NOI
