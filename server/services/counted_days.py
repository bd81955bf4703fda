"""At which zones a verdict may be found on a day, by what was counted and what was told since. It must not judge."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from schedules.ids import LoudspeakerId, UnitId, ZoneId
from schedules.ledger import LeafKind
from schedules.reconciliation import Verdict
from schedules.times import DAY, local_midnight
from server.inspection_records import Tally
from server.ports import UnitOfWork
from server.services.schedule import CIVIL_TIME
from server.services.tallies import is_open

MOST_TOLD = 5_000
"""So much told since a day was counted, and it is no longer looked through: then the whole day is judged."""


@dataclass(frozen=True, slots=True)
class Counted:
    """Days that were counted.

    Attributes:
        told_of: zones of which something was told since the open ones were.
    """

    tallies: Mapping[tuple[UnitId, date], Tally]
    told_of: Collection[ZoneId]
    now: datetime

    @classmethod
    def of(cls, uow: UnitOfWork, tallies: Iterable[Tally], now: datetime) -> "Counted":
        """Take what still holds: a closed day that nothing made doubtful, and an open one that had ended before.

        Of that one only what was awaited can have become another verdict, or what its loudspeakers told of since.
        """
        counted = list(tallies)
        ends = {day: local_midnight(day + DAY, CIVIL_TIME) for day in {each.day for each in counted}}
        found = [each for each in counted if not each.doubtful and each.counted_at >= ends[each.day]]
        begun = min((each.leaves for each in found if is_open(each.day, now)), default=None)
        told_of: Collection[ZoneId] = ()
        if begun is not None and uow.ledger.size() - begun > MOST_TOLD:
            found = [each for each in found if not is_open(each.day, now)]
        elif begun is not None:
            told_of = _told_of(uow, begun)
        return cls({(each.station, each.day): each for each in found}, told_of, now)

    def where(self, station: UnitId, day: date, verdicts: Collection[Verdict]) -> Collection[ZoneId] | None:
        """Give the zones that may have one of some verdicts; None where all of them may."""
        tally = self.tallies.get((station, day))
        if tally is None or not verdicts:
            return None
        sought, is_closed = {*verdicts, Verdict.AWAITED}, not is_open(day, self.now)
        if is_closed and not any(tally.counts.get(each) for each in sought):
            return ()
        if tally.zones is None or Verdict.CONFIRMED in sought:
            return None
        where = frozenset[ZoneId]().union(*(tally.zones.get(each, ()) for each in sought))
        return where if is_closed else where.union(self.told_of)

    def count(self, station: UnitId, day: date, verdicts: Iterable[Verdict]) -> int:
        """Give how many of some verdicts were counted."""
        return sum(self.tallies[station, day].counts.get(each, 0) for each in verdicts)


def _told_of(uow: UnitOfWork, after: int) -> frozenset[ZoneId]:
    leaves = uow.newest.leaves(after=after)
    spoke = frozenset(LoudspeakerId(each.subject) for each in leaves if each.kind == LeafKind.REPORT)
    planned = (ZoneId(each.subject.rpartition("/")[0]) for each in leaves if each.kind == LeafKind.RUNDOWN)
    stood = (zone for each in uow.places.loudspeakers(among=spoke) for zone in each.zones)
    return frozenset([*planned, *stood])
