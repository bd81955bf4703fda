"""What a plan is told as in tests: what sounds when, and why not."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from schedules.planning import Plan, Planner
from schedules.programme import Kind, Level, Programme, State
from schedules.regulation import Regulation
from schedules.rundown import RundownItem
from schedules.schedule import Schedule
from schedules.times import DAY
from schedules.unit import Zone
from tests.schedules.given import (
    HA_NOI,
    MINUTE,
    MONDAY,
    ZONE,
    a_programme,
    a_regulation,
    a_relay,
    a_schedule,
    a_slot,
    at,
    hours,
    nine_days,
    once,
)

TUESDAY = MONDAY + DAY
NEWS = a_programme("ban-tin", 10 * MINUTE, kind=Kind.BULLETIN)
URGENT = a_programme("gap", 5 * MINUTE, level=Level.PRIORITY)
VOV = a_relay("vov1")
ALL_DAY = a_regulation(hours("00:00", "00:00"))


def planned(schedule: Schedule, now: str | datetime = "00:00", history: tuple[RundownItem, ...] = ()) -> Plan:
    instant = at(now) if isinstance(now, str) else now
    return Planner(schedule, nine_days()).plan(schedule.zones[0], now=instant, history=history)


def again(before: Schedule, after: Schedule, now: str | datetime) -> Plan:
    """Plan at midnight, then once more at an instant with an edited schedule."""
    return planned(after, now, planned(before).items)


def shown(plan: Plan) -> list[tuple[str, str, str]]:
    """Give programme, start and end of each item of Monday as local wall times."""
    return [
        (item.programme, f"{item.starts_at.astimezone(HA_NOI):%H:%M:%S}", f"{item.ends_at.astimezone(HA_NOI):%H:%M:%S}")
        for item in plan.items
        if item.starts_at < at("00:00", TUESDAY)
    ]


def told(plan: Plan) -> list[tuple[str, str]]:
    return [(note.title.removeprefix("Chương trình "), note.code) for note in plan.notes]


def one_of(
    *booked: tuple[Programme, str], regulations: Sequence[Regulation] = (), zones: Sequence[Zone] = (ZONE,)
) -> Schedule:
    """Give a schedule of single slots on Monday, each at its second; relays last half an hour."""
    slots = [a_slot(programme, once(clock), lasts=30 * MINUTE) for programme, clock in booked]
    programmes = [programme for programme, _ in booked]
    return a_schedule(programmes=programmes, slots=slots, regulations=regulations, zones=zones)


def withdrawn(schedule: Schedule, programme: Programme) -> Schedule:
    gone = replace(programme, state=State.WITHDRAWN)
    return replace(schedule, programmes={**schedule.programmes, programme.id: gone})
