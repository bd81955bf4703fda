"""Which loudspeakers were lost together, and what that tells: a whole place at once is power, one alone is its own.

Pure: it is told who is gone since when, and guesses nothing more than it says.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol, TypeVar

from schedules.ids import LoudspeakerId
from schedules.unit import Zone

TOGETHER = timedelta(minutes=5)
"""Loudspeakers lost within this time of one another were lost together: the broker takes three minutes to notice."""


class Losable(Protocol):
    """A loudspeaker that has spoken before.

    Attributes:
        gone_since: when it was lost, or was heard last; None while it is there.
        gone_by: by when it was lost at the latest, where nobody told and only its next word did not come; None where it
            was lost at `gone_since`, as the broker told.
    """

    @property
    def loudspeaker(self) -> LoudspeakerId: ...  # noqa: D102
    @property
    def gone_since(self) -> datetime | None: ...  # noqa: D102
    @property
    def gone_by(self) -> datetime | None: ...  # noqa: D102


_Lost = TypeVar("_Lost", bound=Losable)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A loudspeaker in its zone; fields as of `Losable`."""

    loudspeaker: LoudspeakerId
    zone: Zone
    gone_since: datetime | None
    gone_by: datetime | None = None


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
        """When they were lost."""
        return lost_at(self.lost)

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


def lost_together(known: Iterable[_Lost]) -> list[list[_Lost]]:
    """Part those that are gone into what may have been lost at one time, the earliest first.

    Without a word from the broker a loss is noticed when the next word is overdue, up to an hour later and for each at
    another time. Such ones may have been lost together when there is an instant between the last and the missing word
    of all of them.
    """
    gone = [(each.gone_since, each.loudspeaker, each) for each in known if each.gone_since is not None]
    together: list[list[_Lost]] = []
    until: datetime | None = None
    for since, _, each in sorted(gone, key=lambda found: found[:2]):
        latest = each.gone_by or since
        if until is not None and since - until <= TOGETHER:
            together[-1].append(each)
            until = max(since, min(until, latest))
        else:
            together.append([each])
            until = latest
    return together


def lost_at(lost: Iterable[Losable]) -> datetime:
    """Give when those lost together were lost: the first by the broker's word, else when the last was last heard."""
    known = [(each.gone_since, each.gone_by) for each in lost if each.gone_since is not None]
    told = [since for since, by in known if by is None]
    return min(told) if told else max(since for since, _ in known)


def _of_station(own: Sequence[Standing]) -> Iterable[Absence]:
    there = [each for each in own if each.gone_since is None]
    left = {each.zone.id for each in there}
    for lost in lost_together(own):
        whole = left.isdisjoint(each.zone.id for each in lost)
        if len(lost) > 1:
            extent = Extent.PLACE if whole else Extent.PART
        else:
            extent = Extent.ALONE if there else Extent.UNKNOWN
        yield Absence(lost=tuple(lost), extent=extent)
