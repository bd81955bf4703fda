"""The rundowns of a period, as the centre would issue them."""

from dataclasses import replace
from datetime import timedelta

from schedules.faults import Faults, LinkDown
from schedules.planning import Planner
from schedules.reissue import Issued, reissued
from schedules.rundown import HORIZON
from schedules.times import DAY, Span
from tests.schedules.given import (
    HOUR,
    MONDAY,
    SON_TAY,
    ZONE,
    a_programme,
    a_regulation,
    a_schedule,
    a_slot,
    a_zone,
    at,
    daily,
)

WEEK = Span(at("00:00"), at("00:00") + 7 * DAY)
NEWS = a_programme("tin", timedelta(minutes=10))
SCHEDULE = a_schedule(programmes=[NEWS], slots=[a_slot(NEWS, daily("05:30", first=MONDAY - 3 * DAY))])


def of_zone(issued: tuple[Issued, ...]) -> Issued:
    (one,) = (each for each in issued if each.zone == ZONE)
    return one


def test_a_zone_is_planned_at_every_midnight_from_the_day_before_on() -> None:
    issued = of_zone(reissued(SCHEDULE, WEEK))

    assert [issue.at for issue in issued.issues] == [WEEK.start + number * DAY for number in range(-1, 7)]
    assert [issue.rundown.revision for issue in issued.issues] == list(range(1, 9))


def test_each_day_says_what_planning_the_whole_period_says() -> None:
    whole = Planner(SCHEDULE, WEEK).plan(ZONE, now=WEEK.start)

    issued = of_zone(reissued(SCHEDULE, WEEK))

    day_by_day = [
        item for issue in issued.issues[1:] for item in issue.rundown.items if item.starts_at < issue.at + DAY
    ]
    assert tuple(day_by_day) == whole.items


def test_a_rundown_reaches_over_the_whole_horizon_where_the_next_may_not_come() -> None:
    down = Faults([LinkDown(Span(WEEK.start + 12 * HOUR, WEEK.start + 60 * HOUR))])

    issued = of_zone(reissued(SCHEDULE, WEEK, faults={ZONE.id: down}))

    assert [issue.rundown.covers.duration for issue in issued.issues[:4]] == [2 * DAY, HORIZON, HORIZON, 2 * DAY]


def test_what_is_not_planned_is_noted_once_with_its_reason() -> None:
    early = a_slot(NEWS, daily("04:00"), name="early")
    schedule = a_schedule(programmes=[NEWS], slots=[early])

    issued = of_zone(reissued(schedule, Span(WEEK.start, WEEK.start + 2 * DAY)))

    noted = [(note.code, note.start) for note in issued.notes.values()]
    assert noted == [("regulation.outside_hours", at("04:00", MONDAY + number * DAY)) for number in range(2)]


def test_a_zone_without_a_regulation_is_told_so() -> None:
    elsewhere = a_zone("xa-khac", station=SON_TAY, within=SON_TAY)
    later = a_regulation(valid_from=MONDAY + 100 * DAY)
    schedule = replace(SCHEDULE, zones=(ZONE, elsewhere), regulations=(later,))

    not_yet, never = reissued(schedule, WEEK)

    assert (not_yet.issues, [note.code for note in not_yet.notes.values()]) == ([], ["planning.no_regulation"])
    assert (never.issues, [note.code for note in never.notes.values()]) == ([], ["planning.no_regulation"])


def test_progress_is_told_zone_by_zone() -> None:
    told: list[tuple[int, int]] = []

    reissued(SCHEDULE, Span(WEEK.start, WEEK.start + DAY), planned=lambda done, whole: told.append((done, whole)))

    zones = len(SCHEDULE.zones)
    assert told == [(number + 1, 2 * zones) for number in range(2 * zones)]
