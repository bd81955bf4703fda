"""What holds for every rundown also where clocks are put forward and back, and at the ends of months and years."""

from datetime import date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schedules.planning import Planner
from schedules.programme import Level
from schedules.recurrence import DAILY
from schedules.rundown import RundownItem
from schedules.schedule import Schedule
from schedules.slot import AtTime, CatchUp, Interrupted, Slot, StartPolicy
from schedules.times import DAY, Span, local_midnight
from tests.schedules.given import (
    MINUTE,
    ZONE,
    a_place,
    a_programme,
    a_regulation,
    a_relay,
    a_rundown,
    a_schedule,
    a_slot,
    a_template,
    hours,
    in_places,
)

pytestmark = pytest.mark.slow

NIGHTS = [
    ("Europe/Berlin", date(2027, 3, 28)),  # 02:00 becomes 03:00
    ("Europe/Berlin", date(2027, 10, 31)),  # 03:00 becomes 02:00
    ("Australia/Lord_Howe", date(2027, 4, 4)),  # back by half an hour
    ("America/Santiago", date(2027, 9, 5)),  # there is no midnight
    ("Asia/Ho_Chi_Minh", date(2027, 12, 31)),
    ("Asia/Ho_Chi_Minh", date(2028, 2, 29)),
]
FIXED = [a_relay("vov1"), a_programme("nhac", 3 * MINUTE)]


def clocks() -> st.SearchStrategy[time]:
    """Give times of the night, in steps of five minutes."""
    return st.integers(0, 12 * 4 - 1).map(lambda steps: time(steps // 12, steps % 12 * 5)) | st.just(time(23, 55))


@st.composite
def slots(draw: st.DrawFn, number: int, day: date) -> tuple[Slot, timedelta]:
    length = draw(st.sampled_from([MINUTE, 10 * MINUTE, 70 * MINUTE]))
    programme = a_programme(f"p{number}", length)
    timing = AtTime(first_day=day, at=draw(clocks()), rule=DAILY, until=day + DAY)
    policies = {
        "start": draw(st.sampled_from(StartPolicy)),
        "wait": draw(st.sampled_from([timedelta(0), 20 * MINUTE])),
        "catch_up": draw(st.sampled_from([CatchUp.JOIN, CatchUp.LATE, CatchUp.SKIP])),
        "late": 30 * MINUTE,
        "interrupted": draw(st.sampled_from(Interrupted)),
    }
    if draw(st.booleans()):
        return a_slot(programme, in_places("thong-bao", first=day, days=2), name=f"s{number}"), length
    return a_slot(programme, timing, name=f"s{number}", **policies), length


@st.composite
def nights(draw: st.DrawFn) -> tuple[Schedule, Span]:
    """Give a crowded schedule of two civil days around a turn of the calendar, and the span of both."""
    zone_name, day = draw(st.sampled_from(NIGHTS))
    booked = [draw(slots(number, day)) for number in range(draw(st.integers(1, 6)))]
    template = a_template(
        "01:30",
        "03:40",
        a_place("thong-bao"),
        a_place("tiep-song", fixed="vov1", timed="02:30", minutes=20),
        a_place("nhac", fixed="nhac", filler=True),
        valid_from=day - DAY,
    )
    schedule = a_schedule(
        programmes=[
            *FIXED,
            *(
                a_programme(f"p{number}", length, level=draw(st.sampled_from([Level.ORDINARY, Level.PRIORITY])))
                for number, (_, length) in enumerate(booked)
            ),
        ],
        slots=[slot for slot, _ in booked],
        templates=[template] if draw(st.booleans()) else [],
        regulations=[a_regulation(hours("00:00", "04:30"), time_zone=zone_name)],
    )
    civil = ZoneInfo(zone_name)
    return schedule, Span(local_midnight(day, civil), local_midnight(day + 2 * DAY, civil))


def plan(
    schedule: Schedule, span: Span, now: datetime, history: tuple[RundownItem, ...] = ()
) -> tuple[RundownItem, ...]:
    return Planner(schedule, span).plan(ZONE, now=now, history=history).items


@given(nights())
def test_a_rundown_is_in_order_and_inside_the_permitted_hours(night: tuple[Schedule, Span]) -> None:
    schedule, span = night
    items = plan(schedule, span, span.start)

    assert a_rundown(*items, covers=span).items == items
    assert all(schedule.regulations[0].permits(item.span) for item in items)
    assert all(schedule.regulations[0].permits(Span(item.starts_at, item.over_at)) for item in items)


@given(nights(), st.randoms(use_true_random=False))
def test_the_order_in_which_people_booked_changes_nothing(night: tuple[Schedule, Span], random: Random) -> None:
    schedule, span = night
    shuffled = a_schedule(
        programmes=schedule.programmes.values(),
        slots=random.sample(schedule.slots, len(schedule.slots)),
        templates=schedule.templates,
        regulations=schedule.regulations,
    )

    assert plan(shuffled, span, span.start) == plan(schedule, span, span.start)


@given(nights(), st.lists(st.integers(0, 5 * 60), min_size=1, max_size=3))
def test_planning_again_during_the_night_changes_nothing(night: tuple[Schedule, Span], minutes: list[int]) -> None:
    schedule, span = night
    first = items = plan(schedule, span, span.start)

    for later in sorted(minutes):
        items = plan(schedule, span, span.start + later * MINUTE, items)
        assert items == first
