"""Dates, times and lengths as people read them, and where things stand on a strip."""

from collections.abc import Collection
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from schedules.times import Span
from server.web import formats, pictures

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
DAWN = datetime(2026, 11, 22, 22, 30, tzinfo=UTC)


def test_instants_are_local_with_seconds_only_where_there_are_any() -> None:
    assert formats.exact_time(DAWN, HANOI) == "05:30"
    assert formats.exact_time(DAWN + timedelta(seconds=7), HANOI) == "05:30:07"
    assert formats.clock_time(DAWN, HANOI, seconds=True) == "05:30:00"
    assert formats.clock_time(DAWN - timedelta(milliseconds=1), HANOI, seconds=True) == "05:30:00"
    assert formats.instant_text(DAWN, HANOI) == "05:30 23/11/2026"
    assert formats.wall_time(time(5, 30, 7)) == "05:30:07"


def test_a_decimal_number_has_its_languages_sign() -> None:
    assert (formats.decimal(-19.43, "vi"), formats.decimal(-19.43, "en")) == ("-19,4", "-19.4")
    assert formats.decimal(9.0, "vi") == "9,0"


def test_dates_are_day_month_year_with_their_weekday() -> None:
    assert formats.long_day(date(2026, 11, 29), "vi") == "Chủ nhật, 29/11/2026"
    assert formats.long_day(date(2026, 11, 29), "en") == "Sunday, 29/11/2026"


@pytest.mark.parametrize(
    ("length", "short", "words"),
    [
        (timedelta(seconds=70), "1:10", "1 phút 10 giây"),
        (timedelta(0), "0:00", "0 giây"),
        (timedelta(seconds=29, milliseconds=400), "0:29", "30 giây"),
        (timedelta(hours=1, minutes=2, seconds=5), "1:02:05", "1 giờ 2 phút"),
        (timedelta(minutes=2), "2:00", "2 phút"),
    ],
)
def test_lengths_are_short_or_in_words(length: timedelta, short: str, words: str) -> None:
    assert formats.length_text(length) == short
    assert formats.length_words(length, "vi") == words


def test_a_document_names_the_place_without_what_it_is() -> None:
    assert formats.place_name("Xã Sơn Hà") == "Sơn Hà"
    assert formats.place_name("Làng Mới") == "Làng Mới"


def test_a_strip_places_things_in_percent_of_its_span() -> None:
    span = Span(DAWN, DAWN + timedelta(hours=1))
    quarter = Span(DAWN + timedelta(minutes=15), DAWN + timedelta(minutes=30))
    outside = Span(DAWN - timedelta(hours=2), DAWN - timedelta(hours=1))

    strip = pictures.strip(
        span,
        [(quarter, "plan", "Bản tin"), (outside, "plan", "Hôm qua")],
        now=DAWN + timedelta(minutes=30),
        zone=HANOI,
        ground=[span],
    )

    assert [(bar.x, bar.width, bar.label) for bar in strip.bars] == [(25.0, 25.0, "Bản tin")]
    assert [(tick.x, tick.label) for tick in strip.ticks][:2] == [(0.0, "05:30"), (16.667, "05:40")]
    assert strip.now == 50.0
    assert strip.ground[0].width == 100.0


def test_a_strip_of_another_day_marks_no_present() -> None:
    span = Span(DAWN, DAWN + timedelta(hours=1))

    assert pictures.strip(span, [], now=DAWN + timedelta(days=1), zone=HANOI).now is None


@pytest.mark.parametrize(
    ("weekdays", "text"),
    [
        (range(7), "Hằng ngày"),
        (range(5), "Thứ Hai – Thứ Sáu"),
        ((0, 1), "Thứ Hai, Thứ Ba"),
        ((6, 0, 2), "Thứ Hai, Thứ Tư, Chủ nhật"),
    ],
)
def test_weekdays_that_follow_each_other_are_told_as_a_stretch(weekdays: Collection[int], text: str) -> None:
    assert formats.weekdays_text(weekdays, "vi") == text


@pytest.mark.parametrize(("language", "written"), [("vi", "1.234.567"), ("en", "1,234,567"), ("hre", "1.234.567")])
def test_large_numbers_are_grouped_as_the_language_does(language: str, written: str) -> None:
    assert formats.whole_number(1_234_567, language) == written
    assert formats.whole_number(999, language) == "999"
