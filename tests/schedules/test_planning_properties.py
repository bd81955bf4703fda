"""What holds for every rundown, whatever people booked, and for every plan made after another."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schedules.candidates import Candidates
from schedules.hours import minutes_findings
from schedules.ids import PlaceId, SlotId
from schedules.planning import Planner
from schedules.playhead import OnAir, Progress, on_air
from schedules.programme import Kind, Level, Programme, State
from schedules.recurrence import DAILY
from schedules.regulation import Regulation, in_force
from schedules.rundown import RundownItem
from schedules.schedule import Schedule
from schedules.session import Place
from schedules.slot import AtTime, CatchUp, Interrupted, Slot, StartPolicy
from schedules.times import DAY, Span
from schedules.unit import Target
from tests.schedules.given import (
    HA_NOI,
    MINUTE,
    MONDAY,
    SECOND,
    SON_HA,
    ZONE,
    a_place,
    a_programme,
    a_regulation,
    a_relay,
    a_rundown,
    a_schedule,
    a_slot,
    a_template,
    a_zone,
    approve,
    at,
    hours,
    in_places,
)

pytestmark = pytest.mark.slow

TWO_DAYS = Span(at("00:00"), at("00:00", MONDAY + 2 * DAY))
NOTICES, LONG_NOTICES = PlaceId("thong-bao"), PlaceId("thong-bao-dai")


def music(name: str) -> Place:
    return a_place(name, fixed="nhac", filler=True)


TEMPLATES = [
    a_template("05:00", "05:40", a_place("hieu", fixed="nhac-hieu"), a_place(NOTICES), music("nhac-1"), name="sáng"),
    a_template(
        "05:10",
        "06:00",
        a_place(LONG_NOTICES),
        music("nhac-2"),
        a_place("tiep-song", fixed="vov1", timed="05:40", minutes=15),
        name="sáng dài",
    ),
    a_template("06:00", "06:20", a_place("lai", repeats=NOTICES), music("nhac-3"), name="lại"),
]
FIXED = [
    a_programme("nhac-hieu", 30 * SECOND, kind=Kind.SIGNAL),
    a_programme("nhac", 3 * MINUTE, kind=Kind.MUSIC),
    a_relay("vov1"),
]
ROOMY = [
    a_regulation(hours("05:00", "06:20")),
    a_regulation(hours("00:00", "00:00")),
    a_regulation(hours("05:00", "05:45"), hours("06:00", "06:30")),
]
NARROW = [
    a_regulation(hours("05:00", "05:45"), hours("06:00", "06:30"), minutes_a_day=40),
    a_regulation(hours("04:00", "07:00", minutes=50)),
]


def times_of_day() -> st.SearchStrategy[timedelta]:
    """Give times around the morning session, and some around midnight."""
    morning = st.integers(0, 10 * 60 // 20).map(
        lambda twenties: timedelta(hours=4, minutes=55) + twenties * 20 * SECOND
    )
    long_morning = st.integers(0, 100).map(lambda minutes: timedelta(hours=4, minutes=50) + minutes * MINUTE)
    return morning | long_morning | st.sampled_from([timedelta(0), timedelta(hours=23, minutes=50)])


@st.composite
def bookings(draw: st.DrawFn, number: int) -> tuple[Programme, Slot]:
    """Give a programme of any sort with a slot of any sort."""
    level = draw(st.sampled_from([Level.ORDINARY, Level.ORDINARY, Level.PRIORITY]))
    length = draw(st.sampled_from([3 * SECOND, 20 * SECOND, MINUTE, 4 * MINUTE, 15 * MINUTE]))
    valid_until = draw(st.sampled_from([None, None, None, at("05:20"), at("05:33:20", MONDAY + DAY)]))
    relayed = draw(st.sampled_from([False, False, True]))
    if relayed:
        programme = a_relay(f"p{number}", level=level, valid_until=valid_until)
    else:
        programme = a_programme(
            f"p{number}", length, level=level, valid_until=valid_until, times_read=draw(st.integers(1, 2))
        )
    policies: dict[str, Any] = {
        "catch_up": draw(st.sampled_from([CatchUp.JOIN, CatchUp.JOIN, CatchUp.LATE, CatchUp.SKIP])),
        "late": draw(st.sampled_from([MINUTE, 20 * MINUTE])),
        "interrupted": draw(st.sampled_from([Interrupted.DROP, *Interrupted])),
    }
    if draw(st.booleans()) and not relayed:
        places = draw(st.sampled_from([[NOTICES], [LONG_NOTICES], [NOTICES, LONG_NOTICES]]))
        in_place = in_places(*places, days=draw(st.integers(1, 2)), order=draw(st.integers(0, 2)))
        return programme, a_slot(programme, in_place, **policies)
    clock = (at("00:00").astimezone(HA_NOI) + draw(times_of_day())).time()
    timing = AtTime(
        first_day=MONDAY,
        at=clock,
        rule=draw(st.sampled_from([None, DAILY])),
        until=MONDAY + 3 * DAY,
    )
    wait = draw(st.sampled_from([None, None, timedelta(0), 2 * MINUTE, 30 * MINUTE]))
    start = None if wait is None else draw(st.sampled_from([StartPolicy.WAIT, StartPolicy.NEXT]))
    return programme, a_slot(programme, timing, lasts=length, wait=wait, start=start, **policies)


@st.composite
def schedules(draw: st.DrawFn, regulations: Sequence[Regulation] = (*ROOMY, *NARROW)) -> Schedule:
    """Give a crowded schedule of two days, all of it approved."""
    booked = [draw(bookings(number)) for number in range(draw(st.integers(0, 8)))]
    return a_schedule(
        programmes=[*FIXED, *(programme for programme, _ in booked)],
        slots=[slot for _, slot in booked],
        templates=[template for template in TEMPLATES if draw(st.booleans())],
        regulations=[draw(st.sampled_from(regulations))],
    )


def instants() -> st.SearchStrategy[datetime]:
    morning = times_of_day().map(lambda time: at("00:00") + time)
    return st.tuples(morning, st.sampled_from([0, 0, 1, 7_000, 500_000])).map(
        lambda both: both[0] + timedelta(microseconds=both[1])
    )


def plan(schedule: Schedule, now: datetime, history: tuple[RundownItem, ...] = ()) -> tuple[RundownItem, ...]:
    return Planner(schedule, TWO_DAYS).plan(ZONE, now=now, history=history).items


def regulation_of(schedule: Schedule) -> Regulation:
    known = in_force(schedule.regulations, MONDAY)
    assert known is not None
    return known


@st.composite
def edited(draw: st.DrawFn, schedule: Schedule) -> Schedule:
    """Give the schedule after some edits: withdrawn, changed and approved anew, booked, no longer approved."""
    programmes = dict(schedule.programmes)
    for name in draw(st.lists(st.sampled_from(sorted(programmes)), max_size=2, unique=True)):
        change = draw(st.sampled_from(["withdrawn", "edited", "priority"]))
        if change == "withdrawn":
            programmes[name] = replace(programmes[name], state=State.WITHDRAWN)
        elif change == "edited":
            programmes[name] = replace(programmes[name], version=2)
        else:
            programmes[name] = replace(programmes[name], version=2, level=Level.PRIORITY)
    slots = schedule.slots
    templates = schedule.templates
    if draw(st.booleans()):
        programme, slot = draw(bookings(9))
        programmes[programme.id] = programme
        slots = (*slots, slot)
    if draw(st.booleans()):
        templates = tuple(replace(each, starts=each.starts.replace(minute=12)) for each in templates)
    after = replace(schedule, programmes=programmes, slots=slots, templates=templates)
    return approve(after) if draw(st.booleans()) else after


@given(schedules(), instants())
def test_a_rundown_is_in_order_inside_the_hours_and_the_minutes_and_only_valid_things(
    schedule: Schedule, now: datetime
) -> None:
    items = plan(schedule, now)
    regulation = regulation_of(schedule)

    assert a_rundown(*items).items == items
    for item in items:
        assert now <= item.starts_at
        assert regulation.permits(item.span)
        assert item.valid_until is None or item.ends_at <= item.valid_until
        assert item.ends_at <= TWO_DAYS.end
    for day in (MONDAY, MONDAY + DAY):
        assert minutes_findings(regulation, day, (item.span for item in items)) == ()


@given(st.data(), schedules(), instants(), instants())
def test_what_zones_have_in_common_changes_nothing(
    data: st.DataObject, schedule: Schedule, one: datetime, other: datetime
) -> None:
    """A plan from what was shared out once is the plan of a zone on its own; an order of nothing parts the two."""
    before_at, now = sorted((one, other))
    here = Target(zones=frozenset({ZONE.id}))
    neighbour = a_zone("go-sim")

    def partly_common(of: Schedule) -> Schedule:
        slots = tuple(replace(slot, target=here) if data.draw(st.booleans()) else slot for slot in of.slots)
        return approve(replace(of, slots=slots, zones=(ZONE, neighbour)))

    def planned(of: Schedule, at_instant: datetime, history: tuple[RundownItem, ...] = ()) -> tuple[RundownItem, ...]:
        planner, alone = Planner(of, TWO_DAYS), Planner(replace(of, orders={SON_HA: (SlotId("none"),)}), TWO_DAYS)
        planner.plan(neighbour, now=at_instant)
        plan = planner.plan(ZONE, now=at_instant, history=history)
        expected = alone.plan(ZONE, now=at_instant, history=history)
        assert plan.items == expected.items
        assert set(plan.notes) == set(expected.notes)
        return plan.items

    before = planned(partly_common(schedule), before_at)
    planned(partly_common(data.draw(edited(schedule))), now, before)


@given(schedules(), instants(), st.randoms(use_true_random=False))
def test_the_order_in_which_people_booked_changes_nothing(schedule: Schedule, now: datetime, random: Random) -> None:
    other = replace(
        schedule,
        programmes=dict(random.sample([*schedule.programmes.items()], len(schedule.programmes))),
        slots=tuple(random.sample(schedule.slots, len(schedule.slots))),
        templates=tuple(random.sample(schedule.templates, len(schedule.templates))),
    )

    assert plan(other, now) == plan(schedule, now)


@given(schedules(ROOMY), st.lists(instants(), min_size=1, max_size=4))
def test_planning_again_without_an_edit_changes_nothing(schedule: Schedule, later: list[datetime]) -> None:
    """Where minutes run short it may: what was left out in the morning may leave room in the evening."""
    first = items = plan(schedule, TWO_DAYS.start)

    for now in sorted(later):
        items = plan(schedule, now, items)
        assert items == first


@given(schedules(ROOMY), instants())
def test_a_plan_made_late_is_the_same_once_more(schedule: Schedule, now: datetime) -> None:
    first = plan(schedule, now)

    for later in (now, now + SECOND, now + 90 * SECOND, now + 20 * MINUTE):
        assert plan(schedule, later, first) == first


@given(st.data(), schedules(), instants(), instants())
def test_after_an_edit_what_has_begun_keeps_its_start_and_nothing_new_is_in_the_past(
    data: st.DataObject, schedule: Schedule, one: datetime, other: datetime
) -> None:
    before_at, now = sorted((one, other))
    before = plan(schedule, before_at)
    after = plan(data.draw(edited(schedule)), now, before)

    rundown = a_rundown(*after)
    known = {item.occurrence: item for item in before}
    kept = {item.occurrence: item for item in after}
    for item in before:
        if item.ends_at <= now:
            # What may still begin late gets less room at most.
            assert kept[item.occurrence].over_at <= item.over_at
            assert replace(kept[item.occurrence], late_until=item.late_until) == item
        elif item.starts_at < now:
            assert kept[item.occurrence].starts_at == item.starts_at
            assert kept[item.occurrence].ends_at >= now
    for item in rundown.items:
        if item.starts_at < now:
            assert item.occurrence in known
    assert all(regulation_of(schedule).permits(item.span) for item in after)


@given(st.data(), schedules(ROOMY), instants(), instants())
def test_a_plan_after_an_edit_is_settled_at_once(
    data: st.DataObject, schedule: Schedule, one: datetime, other: datetime
) -> None:
    """Else the conductor would issue rundown after rundown."""
    before_at, now = sorted((one, other))
    after = data.draw(edited(schedule))
    items = plan(after, now, plan(schedule, before_at))

    for later in (now, now + timedelta(microseconds=1), now + 10 * SECOND, now + 10 * MINUTE):
        assert plan(after, later, items) == items


@given(schedules(), instants())
def test_every_occurrence_of_the_day_is_heard_or_has_a_note(schedule: Schedule, now: datetime) -> None:
    planner = Planner(schedule, TWO_DAYS)
    planned = planner.plan(ZONE, now=now)
    wanted, _ = Candidates(schedule, Span(TWO_DAYS.start, TWO_DAYS.start + DAY - SECOND)).of(
        ZONE, regulation_of(schedule)
    )

    accounted = {item.occurrence for item in planned.items} | {note.occurrence for note in planned.notes}
    assert {each.claim.occurrence for each in wanted} <= accounted


@given(schedules(), instants(), instants())
def test_the_playhead_plays_exactly_what_was_planned(schedule: Schedule, now: datetime, instant: datetime) -> None:
    items = plan(schedule, now)
    rundown = a_rundown(*items)
    here = [item for item in items if item.starts_at <= instant < item.over_at]

    answer = on_air(rundown, Progress(), instant)

    if isinstance(answer, OnAir):
        assert [answer.item] == here
        late = answer.since > answer.item.starts_at
        # What was planned has sound to its end.
        assert answer.until <= answer.item.silent_from if late else answer.until == answer.item.ends_at
    else:
        assert not here or answer.reason == "too_late"
