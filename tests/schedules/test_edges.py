"""At the edges of the permitted hours, on a clock in doubt: what sounds, by true time, and what is joined."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schedules.faults import ClockOff, Fault, Faults
from schedules.guard import GUARD_MARGIN, Rules
from schedules.rundown import Played, RundownItem
from schedules.simulation import Issue, Run, simulate
from schedules.times import Span
from tests.schedules.given import SECOND, a_recording, a_regulation, a_rundown, an_item, at, hours

OPENS, CLOSES = at("05:30"), at("06:30")
BEGINS, ENDS = at("05:00"), at("07:00")
RULES = Rules(regulations=(a_regulation(hours("05:30", "06:30")),))
FIRST, LAST = an_item("05:30", "05:45"), an_item("06:15", "06:30")
WIDTHS = (timedelta(0), timedelta(milliseconds=50), SECOND, 180 * SECOND, 600 * SECOND)


def run(
    *items: RundownItem, width: timedelta, part: float = 0.5, until: datetime = ENDS, after: Fault | None = None
) -> Run:
    """Let a loudspeaker live whose interval is so wide, true time being a part of it from its earliest instant."""
    by = width * (0.5 - part)
    faults = [ClockOff(Span(at("04:00"), until), by, width / 2), *([after] if after else [])]
    return simulate([Issue(BEGINS, a_rundown(*items))], rules=RULES, faults=Faults(faults), until=ENDS)


@pytest.mark.parametrize("width", WIDTHS)
def test_an_item_at_the_window_start_is_joined_as_soon_as_the_interval_clears(width: timedelta) -> None:
    (heard,) = run(FIRST, width=width).heard

    clears = max(OPENS, OPENS + width / 2 - GUARD_MARGIN)
    assert clears <= heard.span.start <= clears + (2 * SECOND if clears > OPENS else timedelta(0))
    assert heard.span.end == FIRST.ends_at


@pytest.mark.parametrize("width", WIDTHS)
def test_an_item_at_the_window_end_sounds_if_all_of_it_is_surely_inside(width: timedelta) -> None:
    outcome = run(LAST, width=width)

    if width / 2 <= GUARD_MARGIN:
        assert [each.span for each in outcome.heard] == [LAST.span]
    else:
        assert not outcome.heard
        assert [entry.reason for entry in outcome.entries] == ["guard.at_edge"]


@pytest.mark.parametrize("width", WIDTHS)
@settings(max_examples=50)
@given(st.floats(0, 1), st.integers(-900, 3600), st.integers(1, 1200))
def test_nothing_sounds_outside_whatever_the_true_time(width: timedelta, part: float, begins: int, lasts: int) -> None:
    starts, length = OPENS + begins * SECOND, lasts * SECOND
    sound = Played((a_recording(length),))
    planned = replace(an_item(), starts_at=starts, ends_at=starts + length, sound=sound)

    outcome = run(planned, width=width, part=part)

    for each in outcome.heard:
        assert each.span.start >= OPENS - GUARD_MARGIN
        assert each.span.end <= CLOSES + GUARD_MARGIN


def test_what_waits_for_the_edge_is_joined_at_its_place_once_the_clock_is_sure() -> None:
    outcome = run(FIRST, width=600 * SECOND, until=at("05:31"))

    (heard,) = outcome.heard
    assert at("05:31") <= heard.span.start <= at("05:31") + 2 * SECOND
    (entry,) = outcome.entries
    assert abs(timedelta(milliseconds=entry.played_ms) - (FIRST.ends_at - heard.span.start)) < SECOND


def test_what_reaches_out_of_the_hours_by_its_plan_is_not_joined_inside() -> None:
    early = an_item("05:20", "05:50")
    late = an_item("06:20", "06:40")

    outcome = run(early, late, width=SECOND)

    assert not outcome.heard
    assert [entry.reason for entry in outcome.entries] == ["guard.outside_hours"] * 2


def test_a_clock_in_more_doubt_than_ten_minutes_starts_nothing_until_it_is_sure() -> None:
    middle = an_item("05:50", "06:10")

    outcome = run(middle, width=600 * SECOND + 2 * timedelta.resolution, until=at("06:00"))

    (heard,) = outcome.heard
    assert heard.span.start >= at("06:00")
