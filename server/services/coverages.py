"""Who was reached in a stretch of days below a unit: by programme, campaign, language, topic or unit.

From the loudspeakers' own word alone, computed when asked; nothing is stored.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from schedules.campaign import CampaignState
from schedules.coverage import (
    Play,
    Reach,
    campaign_by,
    coverage,
    language_of,
    plays_of,
    programme_of,
    reach_of,
    topic_by,
    unit_by,
)
from schedules.ids import UnitId
from schedules.schedule import Schedule
from schedules.times import DAY, Span, local_midnight
from schedules.unit import Zone, ZoneIndex
from server.errors import Unacceptable
from server.ports import Clock, Store
from server.services.judged_plays import judged
from server.services.rights import ANY_ROLE, require
from server.services.schedule import lies_in, regulation_on, schedule_of, zones_ever_below
from server.values import Person

LONGEST = 92 * DAY
"""A quarter: what offices report on."""


class By(StrEnum):
    """What plays are sorted by."""

    PROGRAMME = "programme"
    CAMPAIGN = "campaign"
    LANGUAGE = "language"
    TOPIC = "topic"
    UNIT = "unit"


@dataclass(frozen=True, slots=True)
class Sorted:
    """The plays under one key: an id, a language tag, or a topic (empty where none was given); and its name."""

    key: str
    name: str
    reach: Reach


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """What was planned to start on some local days and is over or under way: all of it, and sorted, most plays first.

    What counts for two campaigns, or two units, stands in both rows and once in `whole`.
    """

    whole: Reach
    rows: tuple[Sorted, ...]


def coverage_of(
    store: Store, clock: Clock, person: Person, unit: UnitId, *, first: date, last: date, by: By
) -> Coverage:
    """Say who was reached below a unit.

    Args:
        store: read from.
        clock: what has not begun is not counted.
        person: who asks.
        unit: a hamlet, a commune or a province.
        first: local date, included, as is `last`.
        last: not before it, nor later than a quarter after it.
        by: what the rows are.

    Raises:
        NotAllowed: `rights.missing` for somebody without a role there.
        Unacceptable: `coverage.ends_before_start`, `coverage.too_long`, with the field `last`.
    """
    if last < first:
        raise Unacceptable("coverage.ends_before_start", "last", first=first, last=last)
    if last - first >= LONGEST:
        raise Unacceptable("coverage.too_long", "last", limit=LONGEST.days)
    now = clock.now()
    with store.reading() as uow:
        require(uow.places.units(), person, unit, *ANY_ROLE)
        schedule = schedule_of(uow)
        judged_rows = [
            row
            for time, zones in _by_time(schedule, zones_ever_below(schedule, unit), now).items()
            for row in judged(uow, zones, _until(now, first, last, time), now)
            if lies_in(schedule.units, row.zone, unit)
        ]
    plays = plays_of((row.zone, row.item, row.finding.verdict) for row in judged_rows if row.item is not None)
    names, keys = _sorting(schedule, unit, by, now)
    found = coverage(plays, schedule.units, keys)
    rows = (Sorted(key, names.get(key, key), reach) for key, reach in found.items())
    return Coverage(
        whole=reach_of(plays, schedule.units),
        rows=tuple(sorted(rows, key=lambda row: (-row.reach.planned, row.name, row.key))),
    )


def _sorting(
    schedule: Schedule, unit: UnitId, by: By, now: datetime
) -> tuple[Mapping[str, str], Callable[[Play], Iterable[str]]]:
    """Give what keys are called, where not by themselves, and the keys of a play."""
    if by is By.LANGUAGE:
        return {}, language_of
    if by is By.TOPIC:
        return {}, topic_by(schedule.programmes)
    if by is By.UNIT:
        near = (each for each in schedule.units.by_id.values() if unit in (each.id, each.parent))
        called: dict[str, str] = {each.id: each.name for each in near}
        above = unit_by(schedule.units)
        return called, lambda play: [each for each in above(play) if each in called]
    if by is By.CAMPAIGN:
        shown = [each for each in schedule.campaigns if each.state is not CampaignState.DRAFT]
        index = ZoneIndex(schedule.zones, schedule.units, schedule.groups)
        keys = campaign_by(shown, index, lambda zone: _time(schedule, zone, now))
        return {each.id: each.title for each in shown}, keys
    return {each.id: each.title for each in schedule.programmes.values()}, programme_of


def _by_time(schedule: Schedule, zones: Iterable[Zone], now: datetime) -> dict[ZoneInfo, list[Zone]]:
    found: dict[ZoneInfo, list[Zone]] = {}
    for zone in zones:
        found.setdefault(_time(schedule, zone, now), []).append(zone)
    return found


def _time(schedule: Schedule, zone: Zone, now: datetime) -> ZoneInfo:
    regulation = regulation_on(schedule, zone.station, now)
    return ZoneInfo("UTC") if regulation is None else regulation.zone


def _until(now: datetime, first: date, last: date, time: ZoneInfo) -> Span:
    begins = local_midnight(first, time)
    return Span(begins, max(begins, min(local_midnight(last + DAY, time), now)))
