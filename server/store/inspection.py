"""Counted days and saved views in the database. It must not count."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import cache

from sqlalchemy import Text, cast, delete, select, update
from sqlalchemy.orm import Session

from schedules.ids import PersonId, UnitId, ZoneId
from schedules.reconciliation import Verdict
from server.inspection_records import SavedView, Tally
from server.store.rows import TallyRow, ViewRow
from server.store.statements import inserting


class SqlTallies:
    """See `inspection_port.Tallies`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def put(self, tallies: Iterable[Tally]) -> None:
        """Insert or replace tallies."""
        rows = [
            {
                "day": each.day,
                "station": each.station,
                "counts": dict(each.counts),
                "zones": None if each.zones is None else {name: sorted(zones) for name, zones in each.zones.items()},
                "leaves": each.leaves,
                "counted_at": each.counted_at,
                "doubtful": each.doubtful,
            }
            for each in tallies
        ]
        if not rows:
            return
        insert = inserting(self._session, TallyRow)
        anew = {name: insert.excluded[name] for name in ("counts", "zones", "leaves", "counted_at", "doubtful")}
        self._session.connection().execute(
            insert.on_conflict_do_update(index_elements=["day", "station"], set_=anew), rows
        )

    def inside(self, stations: Iterable[UnitId], first: date, last: date) -> Sequence[Tally]:
        """Give the tallies of stations from one day to another."""
        row, counts_of, zones_of = TallyRow, cache(_counts), cache(_zones)  # of thousands few differ
        trees = cast(row.counts, Text), cast(row.zones, Text)
        query = (
            select(row.day, row.station, *trees, row.leaves, row.counted_at, row.doubtful)
            .where(row.day.between(first, last), row.station.in_(list(stations)))
            .order_by(row.day, row.station)
        )
        return [
            Tally(
                station=UnitId(station),
                day=day,
                counts=counts_of(counts),
                zones=zones_of(zones),
                leaves=leaves,
                counted_at=counted_at,
                doubtful=doubtful,
            )
            for day, station, counts, zones, leaves, counted_at, doubtful in self._session.execute(query)
        ]

    def settled(self, since: date) -> frozenset[date]:
        """Give the days that were counted and not doubted since."""
        row = TallyRow
        days = select(row.day).where(row.day >= since).group_by(row.day)
        doubted = select(row.day).where(row.day >= since, row.doubtful).group_by(row.day)
        return frozenset(self._session.scalars(days)) - frozenset(self._session.scalars(doubted))

    def doubt(self, days: Iterable[date]) -> None:
        """Note that something was reported after days were counted."""
        doubted = update(TallyRow).where(TallyRow.day.in_(list(days))).values(doubtful=True)
        self._session.execute(doubted, execution_options={"synchronize_session": False})


def _counts(tree: str) -> Mapping[Verdict, int]:
    return {Verdict(verdict): count for verdict, count in json.loads(tree).items()}


def _zones(tree: str | None) -> Mapping[Verdict, frozenset[ZoneId]] | None:
    if tree is None:
        return None
    return {Verdict(verdict): frozenset(map(ZoneId, zones)) for verdict, zones in json.loads(tree).items()}


class SqlViews:
    """See `inspection_port.Views`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def of(self, person: PersonId) -> Sequence[SavedView]:
        """Give a person's views, by name."""
        rows = self._session.scalars(select(ViewRow).where(ViewRow.person == person).order_by(ViewRow.name))
        return [SavedView(person=PersonId(row.person), name=row.name, query=row.query) for row in rows]

    def put(self, view: SavedView) -> None:
        """Insert a view, or replace the one of its name."""
        self._session.merge(ViewRow(person=view.person, name=view.name, query=view.query))
        self._session.flush()

    def remove(self, person: PersonId, name: str) -> None:
        """Forget a view."""
        self._session.execute(delete(ViewRow).where(ViewRow.person == person, ViewRow.name == name))
