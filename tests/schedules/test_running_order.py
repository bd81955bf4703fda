"""The running order foretold: what never fits, what is cut or silent, in values for sentences."""

from dataclasses import replace
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as some

from schedules.hours import Finding
from schedules.ids import PlaceId
from schedules.regulation import SessionName
from schedules.running_order import Remark, loss, misfits, silences, stretches
from schedules.session import span_of
from schedules.times import DAY, Span, merged
from tests.schedules.given import HA_NOI, HOUR, MINUTE, MONDAY, a_place, a_regulation, a_template, at, hours, span

SIGNAL = a_place("nhac-hieu", fixed="nhac-hieu")
NEWS = a_place("ban-tin", minutes=12)
MUSIC = a_place("nhac", fixed="nhac", filler=True, minutes=4)
RELAY = a_place("tiep-song", fixed="vov1", timed="06:00", minutes=29)
MORNING = a_template("05:30", "06:30", SIGNAL, NEWS, MUSIC, RELAY)
OPEN = a_regulation()


def test_a_session_is_parted_at_its_timed_places() -> None:
    parts = stretches(MORNING, MONDAY, HA_NOI)

    assert [(part.span, [place.id for place in part.places]) for part in parts] == [
        (span("05:30", "06:00"), ["nhac-hieu", "ban-tin", "nhac"]),
        (span("06:00", "06:30"), ["tiep-song"]),
    ]


def test_before_a_first_timed_place_nothing_needs_to_stand() -> None:
    parts = stretches(a_template("05:30", "06:30", RELAY), MONDAY, HA_NOI)

    assert [(part.span, len(part.places)) for part in parts] == [
        (span("05:30", "06:00"), 0),
        (span("06:00", "06:30"), 1),
    ]


def test_what_fits_is_no_misfit() -> None:
    assert misfits(MORNING, {}, OPEN, MONDAY) == ()


def test_a_session_longer_than_its_time_says_where_and_by_how_much() -> None:
    long = replace(MORNING, places=(SIGNAL, replace(NEWS, minutes=31), MUSIC, RELAY))

    (found,) = misfits(long, {}, OPEN, MONDAY)

    assert found == Finding(
        "session.too_long",
        (("start", at("05:30")), ("until", at("06:00")), ("planned", 32 * MINUTE), ("over", 2 * MINUTE)),
    )


def test_a_fixed_programme_counts_as_long_as_it_sounds() -> None:
    assert misfits(MORNING, {SIGNAL.id: 18 * MINUTE}, OPEN, MONDAY) == ()
    assert [each.code for each in misfits(MORNING, {SIGNAL.id: 19 * MINUTE}, OPEN, MONDAY)] == ["session.too_long"]


def test_a_session_outside_the_regulations_hours_is_refused() -> None:
    early = replace(MORNING, starts=(at("04:59") + HOUR * 7).time())

    (found,) = misfits(early, {}, OPEN, MONDAY)

    assert found == Finding("session.outside_hours", (("start", at("04:59")), ("end", at("06:30"))))


def test_what_fills_its_time_counts_for_the_minutes_of_the_regulation() -> None:
    strict = a_regulation(hours("05:00", "07:00", minutes=50))

    (found,) = misfits(MORNING, {}, strict, MONDAY)

    assert found.code == "regulation.session_too_long"
    assert dict(found.values) == {"session": SessionName.MORNING, "minutes": 59, "limit": 50}
    assert misfits(replace(MORNING, places=(SIGNAL, NEWS, RELAY)), {}, strict, MONDAY) == ()


def test_what_is_cut_or_not_heard_is_told_before_it_happens() -> None:
    def told(start: str, end: str, wants: str) -> Remark | None:
        return loss("Bản tin", start=at(start), end=at(end), wants_until=at(wants))

    assert told("05:31", "05:43", "05:43") is None
    assert told("05:31", "06:00", "06:02") == Remark(
        "session.item_cut", (("title", "Bản tin"), ("until", at("06:00")), ("over", 2 * MINUTE))
    )
    assert told("06:00", "06:00", "06:01") == Remark(
        "session.item_not_heard", (("title", "Bản tin"), ("until", at("06:00")), ("over", MINUTE))
    )


def test_the_gaps_of_a_session_are_what_nothing_fills() -> None:
    whole = span("05:30", "06:30")

    assert silences(whole, []) == (whole,)
    assert silences(whole, [span("05:20", "05:40"), span("06:00", "06:29")]) == (
        span("05:40", "06:00"),
        span("06:29", "06:30"),
    )
    assert silences(whole, [span("05:30", "06:40")]) == ()
    assert silences(whole, [span("05:30", "05:40"), span("06:35", "06:40")]) == (span("05:40", "06:30"),)


@given(some.lists(some.tuples(some.integers(-10, 70), some.integers(0, 30)), max_size=8))
def test_what_sounds_and_what_is_silent_make_the_whole(parts: list[tuple[int, int]]) -> None:
    whole = span("05:30", "06:30")
    begin = whole.start
    sounding = [Span(begin + start * MINUTE, begin + (start + length) * MINUTE) for start, length in parts]

    gaps = silences(whole, sounding)

    inside = [Span(max(each.start, whole.start), min(each.end, whole.end)) for each in sounding if each.overlaps(whole)]
    assert merged([*gaps, *inside]) == (whole,)
    assert all(not gap.overlaps(each) for gap in gaps for each in merged(inside) if each.duration)
    assert sum((gap.duration for gap in gaps), timedelta(0)) <= whole.duration


def test_a_session_that_a_clock_change_swallows_has_no_time() -> None:
    night = a_template("02:10", "02:50", a_place("a"))

    (part,) = stretches(night, date(2026, 3, 8), ZoneInfo("America/New_York"))

    assert part.span.duration == 40 * MINUTE
    assert span_of(a_template("23:00", "00:00", a_place("a")), MONDAY, HA_NOI).end == at("00:00", MONDAY + DAY)
    assert PlaceId("a") == part.places[0].id
