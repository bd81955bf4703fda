"""Under whose regulation a zone sounds, day by day, when it moves from one station to another.

It must not know what a regulation permits: that is `regulation`.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from itertools import pairwise

from schedules.ids import UnitId
from schedules.override import Override
from schedules.regulation import Regulation, in_force
from schedules.times import local_day
from schedules.unit import Zone


def regulations_at(zone: Zone, of_station: Mapping[UnitId, Sequence[Regulation]]) -> tuple[Regulation, ...]:
    """Give the regulations of a zone: of each station it stands at, for the days on which it does.

    A station without one of its own goes on under the one before: what a merged commune had decided holds until it
    is replaced.

    Args:
        zone: with where it stood and will stand.
        of_station: every regulation of every station.
    """
    if not (zone.stood or zone.moves):
        return tuple(of_station.get(zone.station, ()))
    return tuple(_by_day(zone, of_station))


def regulation_for(zone: Zone, regulations: Iterable[Regulation], instant: datetime) -> Regulation | None:
    """Give the regulation under which a zone sounds at an instant; None where it has none."""
    of_station: dict[UnitId, list[Regulation]] = {}
    for each in regulations:
        of_station.setdefault(each.station, []).append(each)
    own = regulations_at(zone, of_station)
    return in_force(own, local_day(instant, own[0].zone)) if own else None


def overrides_at(zone: Zone, of_station: Mapping[UnitId, Sequence[Override]]) -> tuple[Override, ...]:
    """Give the overrides of a zone: of each station it stands at, those of the days on which it does."""
    return tuple(
        each
        for station in sorted(zone.everywhere())
        for each in of_station.get(station, ())
        if zone.on(each.day).station == station
    )


def _by_day(zone: Zone, of_station: Mapping[UnitId, Sequence[Regulation]]) -> Iterator[Regulation]:
    stations = [*(each.station for each in zone.stood), zone.station, *(each.station for each in zone.moves)]
    days = [date.min, *(each.day for each in (*zone.stood, *zone.moves)), date.max]
    for station, (since, until) in zip(stations, pairwise(days), strict=True):
        own = of_station.get(station, ())
        first = in_force(own, since)
        if first is not None:
            yield replace(first, valid_from=since)
        yield from (each for each in own if since < each.valid_from < until)
