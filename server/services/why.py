"""Why something is or is not heard: the planner's reasons for a zone, and what its loudspeakers said of it.

It reads what an explanation needs; the reasons are `schedules.why`'s. It stores nothing.
"""

from dataclasses import dataclass
from datetime import datetime

from schedules.ids import OccurrenceId, ZoneId
from schedules.rundown import RundownItem
from schedules.schedule import Schedule
from schedules.standing import regulation_for
from schedules.times import DAY, Span, local_day, local_midnight
from schedules.unit import Zone
from schedules.why import Case, Contender, Explanation, why_at, why_occurrence
from server.errors import NotFound
from server.ports import Clock, Store, UnitOfWork
from server.services.judged_plays import Row, judged
from server.services.rights import ANY_ROLE, require
from server.services.schedule import assumed, schedule_around, welcomed
from server.services.silence import audiences, silence_of
from server.values import Person


@dataclass(frozen=True, slots=True, kw_only=True)
class WhyAt:
    """Why a zone hears what it hears at an instant.

    Attributes:
        reported: what its loudspeakers said of what plays then; empty ahead of time.
    """

    told: Explanation
    reported: tuple[Row, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class WhyOccurrence:
    """Why an occurrence is or is not heard at a zone, and what its loudspeakers said of it."""

    zone: Zone
    told: Contender
    reported: tuple[Row, ...]


def explain_instant(store: Store, clock: Clock, person: Person, zone: ZoneId, at: datetime) -> WhyAt:
    """Explain what a zone hears at an instant, past, present or to come.

    Raises:
        NotFound: `zone.unknown`.
        NotAllowed: `rights.missing` for somebody without a role there.
    """
    now = clock.now()
    with store.reading() as uow:
        case = _case(uow, person, zone, at, now)
        told = why_at(case, at)
        played = {told.plays.occurrence} if told.plays is not None else set()
        return WhyAt(told=told, reported=_reported(uow, case.zone, at, now, played))


def explain_occurrence(
    store: Store, clock: Clock, person: Person, zone: ZoneId, occurrence: OccurrenceId, near: datetime
) -> WhyOccurrence:
    """Explain one occurrence of the local day of an instant.

    Raises:
        NotFound: `zone.unknown`, `occurrence.unknown`.
        NotAllowed: `rights.missing`.
    """
    now = clock.now()
    with store.reading() as uow:
        case = _case(uow, person, zone, near, now)
        told = why_occurrence(case, occurrence, near)
        if told is None:
            raise NotFound("occurrence.unknown")
        reported = _reported(uow, case.zone, near, now, {occurrence, told.occurrence})
        return WhyOccurrence(zone=case.zone, told=told, reported=reported)


def _case(uow: UnitOfWork, person: Person, zone_id: ZoneId, at: datetime, now: datetime) -> Case:
    schedule = schedule_around(uow, [zone_id])
    zone = next((each for each in schedule.zones if each.id == zone_id), None)
    if zone is None:
        raise NotFound("zone.unknown")
    require(schedule.units, person, zone.station, *ANY_ROLE)
    obeyed = audiences(zone, schedule.units)
    return Case(
        schedule=schedule,
        supposed=welcomed(assumed(schedule, now), now),
        zone=zone,
        now=now,
        history=_history(uow, schedule, zone, at, now),
        silences=tuple(silence_of(order) for order in uow.issue.silences() if order.audience in obeyed),
    )


def _history(uow: UnitOfWork, schedule: Schedule, zone: Zone, at: datetime, now: datetime) -> tuple[RundownItem, ...]:
    """Give what stood in the rundowns of the day: of a day that is over all of it, of today what is in force."""
    regulation = regulation_for(zone, schedule.regulations, at)
    if regulation is None:
        return ()
    midnight = local_midnight(local_day(at, regulation.zone), regulation.zone)
    day = Span(midnight, local_midnight(local_day(at, regulation.zone) + DAY, regulation.zone))
    if day.end <= now:
        return tuple(item for _, item in uow.issue.planned(day, [zone.id]))
    issued = uow.issue.issued(zone.id) if day.holds(now) else None
    return issued.rundown.items if issued is not None else ()


def _reported(
    uow: UnitOfWork, zone: Zone, at: datetime, now: datetime, occurrences: set[OccurrenceId]
) -> tuple[Row, ...]:
    around = Span(at - DAY, max(at - DAY, min(at + DAY, now)))  # what lies ahead is a plan, not a log
    return tuple(row for row in judged(uow, [zone], around, now) if row.occurrence in occurrences)
