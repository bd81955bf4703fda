"""Planning under decisions: what is opened sounds, what is suspended does not, an override is for one slot."""

from dataclasses import replace
from datetime import date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schedules.ids import SlotId
from schedules.override import Override, opened_by
from schedules.planning import Plan, Planner
from schedules.programme import Kind, Level
from schedules.recurrence import DAILY
from schedules.regulation import Opening, Regulation, SessionName, Suspension
from schedules.schedule import Schedule
from schedules.slot import AtTime
from schedules.times import DAY, Span, local_midnight
from schedules.unit import Standing
from tests.schedules.given import (
    MINUTE,
    MONDAY,
    SON_HA,
    SON_TAY,
    ZONE,
    a_programme,
    a_regulation,
    a_schedule,
    a_slot,
    at,
    daily,
    hours,
    nine_days,
    once,
    target_of_zones,
)

TUESDAY = MONDAY + DAY
MORNING = a_regulation(hours("05:00", "06:30"))
NOTICE = a_programme("vo-kenh", 5 * MINUTE)
MUSIC = a_programme("nhac", 5 * MINUTE, kind=Kind.MUSIC)
OPENED = Opening(
    number="31/TB-UBND",
    signed_on=MONDAY - DAY,
    signer="Chủ tịch UBND xã",
    reason="Mưa lũ",
    first_day=MONDAY,
    last_day=TUESDAY,
    rule=hours("11:00", "11:30", minutes=15, name=SessionName.NOON),
)
SUSPENDED = Suspension(
    number="102/CĐ-TTg",
    signed_on=MONDAY - DAY,
    signer="Thủ tướng Chính phủ",
    reason="Quốc tang",
    first_day=MONDAY,
    last_day=MONDAY,
    kinds=frozenset({Kind.MUSIC}),
)


def planned(schedule: Schedule, now: datetime | None = None, before: Plan | None = None) -> Plan:
    history = () if before is None else before.items
    return Planner(schedule, nine_days()).plan(ZONE, now=now or at("00:00"), history=history)


def starts(plan: Plan) -> list[datetime]:
    return [item.starts_at for item in plan.items]


def codes(plan: Plan) -> list[str]:
    return [note.code for note in plan.notes]


def override_of(schedule: Schedule, slot: str, earliest: time, latest: time, day: date = MONDAY) -> Override:
    return Override(
        station=SON_HA,
        slot=SlotId(slot),
        record=schedule.approvals[SlotId(slot)][0].record,
        day=day,
        earliest=earliest,
        latest=latest,
        reason="Vỡ kênh",
    )


def test_midday_sounds_on_the_days_it_is_opened_for() -> None:
    every_noon = AtTime(first_day=MONDAY, at=time(11), rule=DAILY, until=MONDAY + 2 * DAY)
    regulation = replace(MORNING, openings=(OPENED,))
    plan = planned(a_schedule(programmes=[NOTICE], slots=[a_slot(NOTICE, every_noon)], regulations=[regulation]))

    assert starts(plan) == [at("11:00"), at("11:00", TUESDAY)]
    assert codes(plan) == ["regulation.outside_hours"]


def test_a_suspended_kind_is_left_out_with_the_reason_and_others_sound() -> None:
    regulation = replace(MORNING, suspensions=(SUSPENDED,))
    slots = [a_slot(MUSIC, once("05:00")), a_slot(NOTICE, once("05:10"))]
    plan = planned(a_schedule(programmes=[MUSIC, NOTICE], slots=slots, regulations=[regulation]))

    assert starts(plan) == [at("05:10")]
    assert codes(plan) == ["regulation.kind_suspended"]
    assert dict(plan.notes[0].values)["reason"] == "Quốc tang"


def test_what_is_on_the_air_when_its_kind_is_suspended_ends_at_once() -> None:
    before = a_schedule(programmes=[MUSIC], slots=[a_slot(MUSIC, once("05:00"))], regulations=[MORNING])
    after = replace(before, regulations=(replace(MORNING, suspensions=(SUSPENDED,)),))

    plan = planned(after, at("05:02"), planned(before))

    assert [(item.starts_at, item.ends_at) for item in plan.items] == [(at("05:00"), at("05:02"))]


def test_an_override_is_for_one_slot_and_counts_in_the_days_minutes() -> None:
    other = a_programme("khac", 5 * MINUTE)
    tight = a_regulation(hours("05:00", "06:30"), minutes_a_day=9)
    slots = [a_slot(NOTICE, once("20:00")), a_slot(other, once("20:05")), a_slot(MUSIC, once("05:00"))]
    schedule = a_schedule(programmes=[NOTICE, other, MUSIC], slots=slots, regulations=[MORNING])
    override = override_of(schedule, slots[0].id, time(20), time(20, 30))

    granted = planned(replace(schedule, overrides=(override,)))
    short = planned(replace(schedule, overrides=(override,), regulations=(tight,)))

    assert codes(planned(schedule)) == ["regulation.outside_hours"] * 2
    assert starts(granted) == [at("05:00"), at("20:00")]
    assert starts(short) == [at("05:00")]
    assert "regulation.day_too_long" in codes(short)


def test_an_override_leaves_a_zone_on_the_day_it_moves_to_another_station() -> None:
    wednesday = TUESDAY + DAY
    moving = replace(ZONE, moves=(Standing(wednesday, SON_TAY, SON_TAY),))
    slot = a_slot(NOTICE, daily("20:00", days=4), target=target_of_zones(ZONE.id))
    elsewhere = replace(MORNING, station=SON_TAY)
    schedule = a_schedule(programmes=[NOTICE], slots=[slot], zones=[moving], regulations=[MORNING, elsewhere])
    overrides = tuple(
        override_of(schedule, slot.id, time(20), time(20, 30), day) for day in (TUESDAY, wednesday, wednesday + DAY)
    )

    plan = Planner(replace(schedule, overrides=overrides), nine_days()).plan(moving, now=at("00:00"))

    assert starts(plan) == [at("20:00", TUESDAY)]
    assert codes(plan) == ["regulation.outside_hours"] * 3


def test_what_waits_inside_its_override_sounds_there() -> None:
    urgent = a_programme("gap", 4 * MINUTE, level=Level.PRIORITY)
    slots = [a_slot(urgent, once("19:58")), a_slot(NOTICE, once("20:00"), wait=10 * MINUTE)]
    schedule = a_schedule(programmes=[urgent, NOTICE], slots=slots, regulations=[MORNING])
    first = override_of(schedule, slots[0].id, time(19, 58), time(20, 2))
    second = override_of(schedule, slots[1].id, time(20), time(20, 7))

    def starts_until(latest: time) -> list[datetime]:
        return starts(planned(replace(schedule, overrides=(first, replace(second, latest=latest)))))

    assert starts_until(time(20, 7)) == [at("19:58"), at("20:02")]
    assert starts_until(time(20, 6)) == [at("19:58")]


def test_an_override_goes_on_while_it_sounds_and_is_void_once_its_slot_changes() -> None:
    slot = a_slot(NOTICE, once("20:00"))
    schedule = a_schedule(programmes=[NOTICE], slots=[slot], regulations=[MORNING])
    granted = replace(schedule, overrides=(override_of(schedule, slot.id, time(20), time(20, 30)),))
    moved = a_schedule(programmes=[NOTICE], slots=[a_slot(NOTICE, once("20:10"))], regulations=[MORNING])
    before = planned(granted)

    assert planned(granted, at("20:02"), before) == before
    assert codes(planned(replace(moved, overrides=granted.overrides))) == ["regulation.outside_hours"]


ZONES = st.sampled_from(["Asia/Ho_Chi_Minh", "America/New_York", "Australia/Lord_Howe"])
DAYS = st.sampled_from([MONDAY, date(2026, 3, 8), date(2026, 11, 1), date(2026, 4, 5), date(2026, 10, 4)])
TIMES = st.integers(0, 47).map(lambda half: time(half // 2, half % 2 * 30))


@st.composite
def stations(draw: st.DrawFn) -> tuple[Schedule, date]:
    """Give a station with decisions around a day that may change its clocks, and slots at any hour of it."""
    day = draw(DAYS)
    earliest, latest = sorted(draw(st.lists(TIMES, min_size=2, max_size=2, unique=True)))
    rule = hours(earliest.isoformat(), latest.isoformat(), minutes=20, name=SessionName.NOON)
    regulation = replace(
        a_regulation(hours("01:00", "03:00"), hours("22:00", "00:00"), valid_from=date(2025, 1, 1)),
        time_zone=draw(ZONES),
        openings=draw(st.sampled_from([(), (replace(OPENED, first_day=day, last_day=day, rule=rule),)])),
        suspensions=draw(st.sampled_from([(), (replace(SUSPENDED, first_day=day, last_day=day),)])),
    )
    programmes, slots = [], []
    for number in range(draw(st.integers(1, 4))):
        kind = draw(st.sampled_from([Kind.NOTICE, Kind.MUSIC]))
        programme = a_programme(f"p{number}", draw(st.sampled_from([5, 45])) * MINUTE, kind=kind)
        timing = AtTime(first_day=day, at=draw(TIMES), rule=DAILY, until=day + DAY)
        programmes.append(programme)
        slots.append(a_slot(programme, timing, wait=draw(st.sampled_from([None, 30 * MINUTE]))))
    schedule = a_schedule(programmes=programmes, slots=slots, regulations=[regulation])
    overrides = [override_of(schedule, slots[0].id, earliest, latest, day)] if draw(st.booleans()) else []
    return replace(schedule, overrides=tuple(overrides)), day


@pytest.mark.slow
@given(stations())
def test_no_plan_leaves_its_windows_or_plays_what_is_suspended(station: tuple[Schedule, date]) -> None:
    schedule, day = station
    regulation: Regulation = schedule.regulations[0]
    begins = local_midnight(day, regulation.zone)

    plan = Planner(schedule, Span(begins, begins + 2 * DAY)).plan(ZONE, now=begins)

    for item in plan.items:
        assert opened_by(regulation, schedule.overrides).permits(item.span, item.approval)
        assert regulation.suspension(item.kind, item.span) is None
