"""The page "Hôm nay": a station's sessions of one day, line by line, as planned and as heard so far.

Planned lines come from the planner the conductor uses; what waits for approval stands apart, marked. What is on the
air and what was heard is the loudspeakers' own word.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, time

from schedules.ids import UnitId
from schedules.regulation import Regulation
from schedules.schedule import Schedule
from schedules.times import DAY, local_day, local_instant
from schedules.unit import Zone
from server.errors import NotFound
from server.ports import Clock, Store, UnitOfWork
from server.services.around import Around
from server.services.composed_day import Composed
from server.services.day import Day, DayLine, DaySession, LineState, ZoneGroup
from server.services.heard_days import HeardDay, heard_days
from server.services.outlook import day_of_station
from server.services.rights import ANY_ROLE, require
from server.services.schedule import (
    around,
    ever_below,
    regulation_on,
)
from server.values import Person

__all__ = ["Day", "DayLine", "DaySession", "LineState", "ZoneGroup", "day_of", "days_of"]


def day_of(store: Store, clock: Clock, person: Person, station: UnitId, *, day: date | None = None) -> Day:
    """Show a station's day; today when none is named.

    A past day shows what was planned then. Today and a coming day show what is planned, as the conductor plans it, and
    marked apart what waits for approval.

    Raises:
        NotAllowed: `rights.missing` for somebody without a role there.
        NotFound: `station.unknown`; `station.no_regulation`.
    """
    (found,) = days_of(store, clock, person, station, days=(day,))
    return found


def days_of(
    store: Store, clock: Clock, person: Person, station: UnitId, *, days: Iterable[date | None]
) -> tuple[Day, ...]:
    """Show several days of a station that follow each other, as `day_of` shows one, all of one moment.

    Raises:
        NotAllowed, NotFound: as for `day_of`.
    """
    now = clock.now()
    with store.reading() as uow:
        units = uow.places.units()
        require(units, person, station, *ANY_ROLE)
        ever = ever_below(units, uow.places.zones(), station)
        here = around(uow, (zone.id for zone in ever))
        ruled = [_ruled(here.schedule, station, day, now) for day in days]
        heard = heard_days(uow, ever, [day_of_station(*each) for each in ruled], now)
        return tuple(
            _shown(uow, here, ever, station, *each, told, now) for each, told in zip(ruled, heard, strict=True)
        )


def _ruled(schedule: Schedule, station: UnitId, day: date | None, now: datetime) -> tuple[date, Regulation]:
    """Give a day, today when none is named, with the regulation in force on it."""
    regulation = regulation_on(schedule, station, now)
    if regulation is None:
        raise NotFound("station.no_regulation", unit=schedule.units.by_id[station].name)
    today = local_day(now, regulation.zone)
    if day in (None, today):
        return today, regulation
    return day, regulation_on(schedule, station, local_instant(day, time(12), regulation.zone)) or regulation


def _shown(
    uow: UnitOfWork,
    here: Around,
    ever: Iterable[Zone],
    station: UnitId,
    day: date,
    regulation: Regulation,
    told: HeardDay,
    now: datetime,
) -> Day:
    zones, span = tuple(zone for zone in ever if zone.on(day).station == station), day_of_station(day, regulation)

    def composed() -> Day:
        return Composed(uow, here, zones, day, regulation, told, now).day(station)

    key = (station, *(zone.id for zone in zones), day, regulation.number, told.facts)
    # From the day after tomorrow on nothing of a plan has begun, and of what is over nothing goes on: the same all day.
    if span.start - DAY > now:
        found = here.laid_out(("ahead", key), composed)
    elif span.end <= now:
        items = tuple(uow.issue.planned(span, (zone.id for zone in zones)))
        is_over = all(item.ends_at <= now for _, item in items)
        found = here.laid_out(("past", key, items), composed) if is_over else composed()
    else:
        found = composed()
    return replace(found, now=now, settled=told.unsettled.isdisjoint(zone.id for zone in zones))
