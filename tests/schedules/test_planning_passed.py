"""What should have begun, or has ended, before the plan is made: to the second, and who is told."""

from dataclasses import replace

import pytest

from schedules.occurrence import exact
from schedules.planning import Plan, Planner
from schedules.programme import Level
from schedules.rundown import RundownItem
from schedules.schedule import Note, Schedule
from schedules.slot import CatchUp, Interrupted, Slot
from schedules.times import DAY
from tests.schedules.given import (
    HA_NOI,
    MINUTE,
    MONDAY,
    ZONE,
    a_place,
    a_programme,
    a_regulation,
    a_relay,
    a_schedule,
    a_slot,
    a_template,
    at,
    hours,
    nine_days,
    once,
)

ALWAYS = a_regulation(hours("00:00", "00:00"))
NEWS = a_programme("tin", 10 * MINUTE)
URGENT = a_programme("gap", 4 * MINUTE, level=Level.PRIORITY)
RELAY = a_relay("vov1")
LATE_RELAY = a_slot(RELAY, once("06:00"), name="z", lasts=30 * MINUTE, catch_up=CatchUp.LATE, late=10 * MINUTE)


def planned(schedule: Schedule, now: str = "00:00", history: tuple[RundownItem, ...] = ()) -> Plan:
    return Planner(schedule, nine_days()).plan(ZONE, now=at(now), history=history)


def shown(plan: Plan) -> list[tuple[str, str, str]]:
    return [
        (item.programme, f"{item.starts_at.astimezone(HA_NOI):%H:%M:%S}", f"{item.ends_at.astimezone(HA_NOI):%H:%M:%S}")
        for item in plan.items
    ]


@pytest.mark.parametrize(
    ("now", "heard"),
    [
        ("06:05", [("vov1", "06:05:00", "06:30:00")]),
        ("06:10", [("vov1", "06:10:00", "06:30:00")]),
        ("06:10:01", []),
    ],
)
def test_a_relay_begun_late_is_joined_up_to_its_last_instant_and_ends_on_time(
    now: str, heard: list[tuple[str, str, str]]
) -> None:
    plan = planned(a_schedule(programmes=[RELAY], slots=[LATE_RELAY]), now)

    assert shown(plan) == heard
    assert [note.code for note in plan.notes] == ([] if heard else ["planning.too_late"])


@pytest.mark.parametrize(("now", "heard"), [("06:29:55", 1), ("06:29:56", 0)])
def test_a_relay_is_not_joined_for_less_than_five_seconds(now: str, heard: int) -> None:
    relay = a_slot(RELAY, once("06:00"), lasts=30 * MINUTE)

    assert len(planned(a_schedule(programmes=[RELAY], slots=[relay]), now).items) == heard


@pytest.mark.parametrize("name", "abcdef")  # the last row of precedence, the id, would let some of them win
def test_a_relay_joined_late_is_as_strong_as_when_it_should_have_begun(name: str) -> None:
    news = a_slot(NEWS, once("06:05"), name=name)

    plan = planned(a_schedule(programmes=[RELAY, NEWS], slots=[LATE_RELAY, news]), "06:05")

    assert shown(plan) == [("vov1", "06:05:00", "06:30:00")]


def test_what_nobody_was_promised_does_not_begin_in_the_middle_of_its_session() -> None:
    session = a_template("06:00", "06:30", a_place("mot", fixed="tin", minutes=10))
    schedule = a_schedule(programmes=[NEWS], templates=[session])

    plan = planned(schedule, "06:02")

    assert [item.starts_at for item in plan.items] == [at("06:00", MONDAY + n * DAY) for n in range(1, 9)]
    assert [note.code for note in plan.notes] == ["planning.too_late"]


def test_yesterdays_are_told_to_nobody_and_what_begins_with_the_day_is_todays() -> None:
    yesterdays = a_slot(NEWS, once("23:50", MONDAY - DAY), name="hom-qua")
    todays = a_slot(NEWS, once("00:00"), name="hom-nay")

    def notes(*slots: Slot, now: str) -> list[tuple[str, object]]:
        plan = planned(a_schedule(programmes=[NEWS], slots=slots, regulations=[ALWAYS]), now)
        return [(note.code, note.occurrence) for note in plan.notes]

    assert notes(yesterdays, now="00:00") == []
    assert notes(todays, now="00:10") == [("planning.too_late", exact(todays.id, at("00:00")))]


def test_what_expired_before_its_start_is_told_with_its_occurrence() -> None:
    expired = replace(NEWS, valid_until=at("06:00"))
    slot = a_slot(expired, once("06:00"))

    plan = planned(a_schedule(programmes=[expired], slots=[slot]))

    assert plan.items == ()
    assert plan.notes == (Note(expired.title, "programme.expired", (), at("06:00"), exact(slot.id, at("06:00"))),)


def test_what_was_taken_up_to_its_end_is_over_and_leaves_the_rest_alone() -> None:
    resumes = a_slot(NEWS, once("06:00"), name="b", interrupted=Interrupted.RESUME)
    before_it, after_it = a_slot(NEWS, once("07:00"), name="a"), a_slot(NEWS, once("08:00"), name="c")
    slots = [before_it, resumes, after_it, a_slot(URGENT, once("06:03"))]
    schedule = a_schedule(programmes=[NEWS, URGENT], slots=slots)
    whole = planned(schedule)

    for now in ("06:05", "06:30"):
        assert planned(schedule, now, whole.items).items == whole.items
    assert shown(whole) == [
        ("tin", "06:00:00", "06:03:00"),
        ("gap", "06:03:00", "06:07:00"),
        ("tin", "06:07:00", "06:14:00"),
        ("tin", "07:00:00", "07:10:00"),
        ("tin", "08:00:00", "08:10:00"),
    ]


def test_a_planner_that_is_asked_again_plans_as_a_new_one_would() -> None:
    slots = (LATE_RELAY, a_slot(NEWS, once("06:20")), a_slot(URGENT, once("06:22"), name="g"))
    schedule = a_schedule(slots=slots, programmes=(NEWS, URGENT, RELAY))
    planner = Planner(schedule, nine_days(), again=True)

    again = [planner.plan(ZONE, now=at(now)) for now in ("00:00", "06:05", "06:05", "06:21", "06:23")]

    assert again == [planned(schedule, now) for now in ("00:00", "06:05", "06:05", "06:21", "06:23")]
    assert len({plan.items for plan in again}) == 4
