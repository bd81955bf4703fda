"""What the use cases need kept for those who look over many stations. It must not name a framework."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Protocol

from schedules.ids import PersonId, UnitId
from server.inspection_records import SavedView, Tally


class Tallies(Protocol):
    """Verdicts of past days, counted: made from evidence at any time anew, so they prove nothing."""

    def put(self, tallies: Iterable[Tally]) -> None: ...
    def inside(self, stations: Iterable[UnitId], first: date, last: date) -> Sequence[Tally]:
        """Give the tallies of stations from one day to another, both included, by day and station."""
        ...

    def settled(self, since: date) -> frozenset[date]:
        """Give the days from one on that were counted and not doubted since."""
        ...

    def doubt(self, days: Iterable[date]) -> None:
        """Note that something about these days was reported after they were counted."""
        ...


class Views(Protocol):
    """Views that people saved, each their own."""

    def of(self, person: PersonId) -> Sequence[SavedView]:
        """Give a person's views, by name."""
        ...

    def put(self, view: SavedView) -> None: ...
    def remove(self, person: PersonId, name: str) -> None: ...
