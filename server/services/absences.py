"""Which loudspeakers were lost together, and what that tells: a whole place at once is power, one alone is its own.

Pure: it is told who is gone since when, and guesses nothing more than it says.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from schedules.ids import LoudspeakerId
from schedules.unit import Zone

TOGETHER = timedelta(minutes=5)
"""Loudspeakers lost within this time of one another were lost together: the broker takes three minutes to notice."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A loudspeaker that has spoken before: since when it is gone, None while it is there."""

    loudspeaker: LoudspeakerId
    zone: Zone
    gone_since: datetime | None


class Extent(StrEnum):
    """What was lost at one time: all there is in its zones, part of them, or one loudspeaker beside others."""

    PLACE = "place"
    PART = "part"
    ALONE = "alone"
    UNKNOWN = "unknown"
    """One loudspeaker, and no other near it to compare with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Absence:
    """Loudspeakers of one station that were lost together."""

    lost: tuple[Standing, ...]
    extent: Extent

    @property
    def since(self) -> datetime:
        """When the first of them was lost."""
        return min(each.gone_since for each in self.lost if each.gone_since is not None)

    @property
    def zones(self) -> tuple[Zone, ...]:
        """The zones they stand in, by name."""
        found = {each.zone.id: each.zone for each in self.lost}
        return tuple(sorted(found.values(), key=lambda zone: (zone.name, zone.id)))


def absences(known: Iterable[Standing]) -> tuple[Absence, ...]:
    """Put the loudspeakers that are gone into what was lost together, station by station, the earliest first."""
    by_station: dict[str, list[Standing]] = {}
    for each in known:
        by_station.setdefault(each.zone.station, []).append(each)
    found = [each for own in by_station.values() for each in _of_station(own)]
    return tuple(sorted(found, key=lambda each: (each.since, each.lost[0].loudspeaker)))


def _of_station(own: Sequence[Standing]) -> Iterable[Absence]:
    gone = [(each.gone_since, each.loudspeaker, each) for each in own if each.gone_since is not None]
    together: list[list[Standing]] = []
    last: datetime | None = None
    for since, _, each in sorted(gone, key=lambda found: found[:2]):
        if last is not None and since - last <= TOGETHER:
            together[-1].append(each)
        else:
            together.append([each])
        last = since
    there = [each for each in own if each.gone_since is None]
    left = {each.zone.id for each in there}
    for lost in together:
        whole = left.isdisjoint(each.zone.id for each in lost)
        if len(lost) > 1:
            extent = Extent.PLACE if whole else Extent.PART
        else:
            extent = Extent.ALONE if there else Extent.UNKNOWN
        yield Absence(lost=tuple(lost), extent=extent)
