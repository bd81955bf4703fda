"""Night silence: which spans touch a night, across midnight and across a change of the clocks."""

from datetime import date, time

import pytest

from schedules.errors import InvalidValue
from schedules.night import NightSilence
from schedules.times import Span
from tests.schedules.given import HA_NOI, MONDAY, SECOND, at, span

NIGHT = NightSilence(time(22), time(5), "Asia/Ho_Chi_Minh")
SIESTA = NightSilence(time(12), time(13), "Asia/Ho_Chi_Minh")


@pytest.mark.parametrize(
    ("begins", "ends", "touches"),
    [
        ("05:00", "22:00", False),
        ("04:59:59", "05:00:01", True),
        ("21:59", "22:00:01", True),
        ("21:59", "22:00", False),
        ("00:00", "01:00", True),
        ("23:00", "23:01", True),
        ("22:00", "22:00", True),
        ("05:00", "05:00", False),
    ],
)
def test_a_night_lasts_over_midnight_and_ends_on_its_instant(begins: str, ends: str, touches: bool) -> None:
    assert NIGHT.touches(span(begins, ends)) is touches


def test_a_silence_within_one_day_is_no_night_of_its_own() -> None:
    assert SIESTA.touches(span("11:00", "12:00:01"))
    assert not SIESTA.touches(span("13:00", "23:00"))


def test_a_span_of_days_touches() -> None:
    assert SIESTA.touches(Span(at("13:00"), at("12:00:01", date(2026, 11, 26))))


def test_local_time_is_that_of_the_place_named() -> None:
    paris = NightSilence(time(2, 30), time(3, 30), "Europe/Paris")
    spring = date(2027, 3, 28)

    assert HA_NOI.key == NIGHT.time_zone
    assert paris.touches(Span(at("03:00", MONDAY, HA_NOI), at("23:00", MONDAY, HA_NOI)))
    before = at("06:30", spring)  # 00:30 in Paris
    assert not paris.touches(Span(before, before + 60 * SECOND))


@pytest.mark.parametrize(
    ("since", "until", "zone", "code"),
    [
        (time(5), time(5), "Asia/Ho_Chi_Minh", "night.without_length"),
        (time(22), time(5), "Asia", "night.time_zone"),
        (time(22), time(5), "../etc", "night.time_zone"),
    ],
)
def test_a_night_that_cannot_be_never_exists(since: time, until: time, zone: str, code: str) -> None:
    with pytest.raises(InvalidValue, match=code.replace(".", r"\.")):
        NightSilence(since, until, zone)
