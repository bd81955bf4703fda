"""Contributions in the database. It must not judge them."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from schedules.ids import PersonId, ProgrammeId, UnitId, ZoneId
from server.contribution_records import Contribution, ContributionState
from server.store.rows import ContributionRow
from server.store.trees import recording_of, recording_tree


class SqlContributions:
    """See `contribution_port.Contributions`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def get(self, contribution: str) -> Contribution | None:
        """Give a contribution."""
        row = self._session.get(ContributionRow, contribution)
        return None if row is None else _contribution(row)

    def of_person(self, person: PersonId, *, limit: int) -> Sequence[Contribution]:
        """Give what a person handed in, the newest first."""
        row = ContributionRow
        query = select(row).where(row.by == person).order_by(row.sent_at.desc(), row.id.desc()).limit(limit)
        return [_contribution(each) for each in self._session.scalars(query)]

    def sent(self, person: PersonId, *, since: datetime) -> int:
        """Give how many a person handed in from an instant on."""
        row = ContributionRow
        query = select(func.count()).select_from(row).where(row.by == person, row.sent_at >= since)
        return self._session.scalar(query) or 0

    def of_station(self, station: UnitId, states: Sequence[ContributionState], *, limit: int) -> Sequence[Contribution]:
        """Give what was handed in to a station in some states, the newest first."""
        row = ContributionRow
        query = select(row).where(row.station == station, row.state.in_(states))
        ordered = query.order_by(row.sent_at.desc(), row.id.desc()).limit(limit)
        return [_contribution(each) for each in self._session.scalars(ordered)]

    def count(self, station: UnitId, state: ContributionState) -> int:
        """Give how many of a station are in a state."""
        row = ContributionRow
        query = select(func.count()).select_from(row).where(row.station == station, row.state == state)
        return self._session.scalar(query) or 0

    def preparing(self) -> Sequence[Contribution]:
        """Give those whose sound is not prepared yet, the oldest first."""
        row = ContributionRow
        query = select(row).where(row.state == ContributionState.PREPARING).order_by(row.sent_at, row.id)
        return [_contribution(each) for each in self._session.scalars(query)]

    def put(self, contribution: Contribution) -> None:
        """Insert or replace a contribution."""
        values = {**asdict(contribution), "zones": list(contribution.zones)}
        self._session.merge(ContributionRow(**{**values, "recording": recording_tree(contribution.recording)}))
        self._session.flush()


def _contribution(row: ContributionRow) -> Contribution:
    return Contribution(
        id=row.id,
        station=UnitId(row.station),
        zones=tuple(map(ZoneId, row.zones)),
        by=PersonId(row.by),
        sent_at=row.sent_at,
        title=row.title,
        text=row.text,
        first_day=row.first_day,
        last_day=row.last_day,
        file_name=row.file_name,
        recording=recording_of(row.recording),
        state=row.state,
        settled_by=None if row.settled_by is None else PersonId(row.settled_by),
        settled_at=row.settled_at,
        reason=row.reason,
        programme=None if row.programme is None else ProgrammeId(row.programme),
    )
