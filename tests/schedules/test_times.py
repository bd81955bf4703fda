"""Instants, spans and civil time, in zones whose clocks change too."""

from datetime import UTC, date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from schedules.errors import InvalidValue
from schedules.times import (
    Span,
    instant_of,
    instant_text,
    local_day,
    local_instant,
    local_midnight,
    merged,
    milliseconds,
    next_millisecond,
    require_utc,
)
from tests.schedules.given import HA_NOI, at

NEW_YORK, BERLIN, LONDON = ZoneInfo("America/New_York"), ZoneInfo("Europe/Berlin"), ZoneInfo("Europe/London")
SAO_PAULO, APIA, HAVANA = ZoneInfo("America/Sao_Paulo"), ZoneInfo("Pacific/Apia"), ZoneInfo("America/Havana")


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "day", "clock", "instant"),
    [
        (HA_NOI, date(2026, 11, 23), "05:30", "2026-11-22T22:30"),
        (NEW_YORK, date(2026, 3, 8), "02:30", "2026-03-08T07:30"),  # skipped: sounds at 03:30
        (NEW_YORK, date(2026, 11, 1), "01:30", "2026-11-01T05:30"),  # twice: the first time
        (BERLIN, date(2026, 3, 29), "02:00", "2026-03-29T01:00"),  # the first skipped minute is 03:00
        (BERLIN, date(2026, 10, 25), "02:59:59", "2026-10-25T00:59:59"),
        (BERLIN, date(2026, 10, 25), "03:00", "2026-10-25T02:00"),
        (HA_NOI, date(2028, 2, 29), "00:00", "2028-02-28T17:00"),
        (HA_NOI, date(2027, 1, 1), "00:00", "2026-12-31T17:00"),
    ],
)
def test_a_local_wall_time_has_one_instant(zone: ZoneInfo, day: date, clock: str, instant: str) -> None:
    assert local_instant(day, time.fromisoformat(clock), zone) == utc(instant)


@pytest.mark.parametrize(
    ("zone", "day", "instant"),
    [
        (HA_NOI, date(2026, 11, 23), "2026-11-22T17:00"),
        (SAO_PAULO, date(2018, 11, 4), "2018-11-04T03:00"),  # clocks skip midnight: the day begins at 01:00
        (HAVANA, date(2026, 11, 1), "2026-11-01T04:00"),  # midnight comes twice: the day begins with the first
        (APIA, date(2011, 12, 30), "2011-12-30T10:00"),  # a date that never was begins where the next one does
        (APIA, date(2011, 12, 31), "2011-12-30T10:00"),
    ],
)
def test_a_civil_date_begins_at_its_first_instant(zone: ZoneInfo, day: date, instant: str) -> None:
    assert local_midnight(day, zone) == utc(instant)


def test_the_civil_date_of_an_instant_is_that_of_its_zone() -> None:
    assert local_day(utc("2026-12-31T16:59:59.999999"), HA_NOI) == date(2026, 12, 31)
    assert local_day(utc("2026-12-31T17:00"), HA_NOI) == date(2027, 1, 1)


def test_an_instant_must_be_aware_utc() -> None:
    for good in (utc("2026-11-23"), datetime(2026, 1, 1, tzinfo=ZoneInfo("UTC")), datetime(2026, 1, 1, tzinfo=UTC)):
        require_utc(good, "start")
    in_london = datetime(2026, 1, 1, tzinfo=LONDON)
    for bad in (datetime(2026, 1, 1), in_london, in_london.astimezone(timezone(timedelta(hours=7)))):  # noqa: DTZ001  # a naive instant is what is refused
        with pytest.raises(InvalidValue) as refused:
            require_utc(bad, "start")
        assert (refused.value.code, refused.value.values["field"]) == ("time.not_utc", "start")


def test_a_span_holds_its_start_and_not_its_end() -> None:
    span = Span(at("05:00"), at("06:00"))

    assert span.duration == timedelta(hours=1)
    assert span.holds(at("05:00"))
    assert not span.holds(at("06:00"))
    assert span.covers(span)
    assert not span.covers(Span(at("05:00"), at("06:00:01")))
    assert span.overlaps(Span(at("05:59:59"), at("07:00")))
    assert not span.overlaps(Span(at("06:00"), at("07:00")))


def test_a_span_never_ends_before_it_starts() -> None:
    with pytest.raises(InvalidValue, match=r"time\.ends_before_start"):
        Span(at("06:00"), at("05:59:59"))
    with pytest.raises(InvalidValue, match=r"time\.not_utc"):
        Span(at("06:00").astimezone(HA_NOI), at("07:00"))
    with pytest.raises(InvalidValue, match=r"time\.not_utc"):
        Span(at("06:00"), at("07:00").astimezone(HA_NOI))


def test_spans_that_touch_are_joined() -> None:
    spans = [Span(at("07:00"), at("08:00")), Span(at("05:00"), at("06:00")), Span(at("06:00"), at("06:30"))]
    inner = Span(at("05:10"), at("05:20"))

    assert merged([*spans, inner]) == (Span(at("05:00"), at("06:30")), Span(at("07:00"), at("08:00")))
    assert merged([]) == ()


def test_an_instant_is_written_to_the_millisecond() -> None:
    assert instant_text(utc("2026-11-23T22:30:00.123999")) == "2026-11-23T22:30:00.123Z"
    assert instant_text(utc("0099-01-01")) == "0099-01-01T00:00:00.000Z"


def test_an_instant_is_read_in_whatever_offset_it_was_written() -> None:
    assert instant_of("2026-11-24T05:30:00.500+07:00") == utc("2026-11-23T22:30:00.5")
    assert instant_of(instant_text(at("05:30"))).tzinfo is UTC


@pytest.mark.parametrize(
    "text", ["", "2026-11-23", "2026-11-23T05:30", "05:30Z", "hôm nay", "0001-01-01T00:00:00+14:00", "x" * 5000]
)
def test_what_is_no_instant_is_refused(text: str) -> None:
    with pytest.raises(InvalidValue) as refused:
        instant_of(text)

    assert refused.value.code == "time.unreadable"
    assert len(str(refused.value.values["text"])) <= 40


def test_milliseconds_round_down_and_instants_up() -> None:
    assert milliseconds(timedelta(microseconds=1999)) == 1
    assert milliseconds(timedelta(microseconds=-1)) == -1
    assert next_millisecond(utc("2026-11-23T00:00:00.000001")) == utc("2026-11-23T00:00:00.001")
    assert next_millisecond(utc("2026-11-23T00:00:00.001")) == utc("2026-11-23T00:00:00.001")
