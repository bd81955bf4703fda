"""Counted days and saved views in memory."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from schedules.ids import PersonId, UnitId
from server.inspection_records import SavedView, Tally


@dataclass
class KeptInspection:
    """Everything there is of them."""

    tallies: dict[tuple[date, UnitId], Tally] = field(default_factory=dict)
    views: dict[tuple[PersonId, str], SavedView] = field(default_factory=dict)

    def __copy__(self) -> "KeptInspection":
        return KeptInspection(dict(self.tallies), dict(self.views))


class FakeTallies:
    def __init__(self, kept: KeptInspection) -> None:
        self._kept = kept

    def put(self, tallies: Iterable[Tally]) -> None:
        self._kept.tallies |= {(each.day, each.station): each for each in tallies}

    def inside(self, stations: Iterable[UnitId], first: date, last: date) -> Sequence[Tally]:
        wanted = frozenset(stations)
        found = sorted(self._kept.tallies.items())
        return [each for (day, station), each in found if station in wanted and first <= day <= last]

    def settled(self, since: date) -> frozenset[date]:
        known = self._kept.tallies.values()
        doubted = {each.day for each in known if each.doubtful}
        return frozenset(each.day for each in known if each.day >= since) - doubted

    def doubt(self, days: Iterable[date]) -> None:
        doubted = frozenset(days)
        for key, each in self._kept.tallies.items():
            if each.day in doubted:
                self._kept.tallies[key] = replace(each, doubtful=True)


class FakeViews:
    def __init__(self, kept: KeptInspection) -> None:
        self._kept = kept

    def of(self, person: PersonId) -> Sequence[SavedView]:
        return [each for (whose, _), each in sorted(self._kept.views.items()) if whose == person]

    def put(self, view: SavedView) -> None:
        self._kept.views[view.person, view.name] = view

    def remove(self, person: PersonId, name: str) -> None:
        self._kept.views.pop((person, name), None)
