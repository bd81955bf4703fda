"""Faults that people see to, in the database."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from schedules.ids import LoudspeakerId, PersonId
from server.fault_records import Ending, Fault
from server.store.rows import FaultRow


class SqlFaults:
    """See `fault_port.Faults`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def get(self, fault: str) -> Fault | None:
        """Give a fault."""
        row = self._session.get(FaultRow, fault)
        return None if row is None else _fault(row)

    def open(self) -> Sequence[Fault]:
        """Give the faults that have not ended, the oldest first."""
        query = select(FaultRow).where(FaultRow.ended_at.is_(None)).order_by(FaultRow.at, FaultRow.id)
        return [_fault(row) for row in self._session.scalars(query)]

    def ended(self, *, since: datetime) -> Sequence[Fault]:
        """Give the faults that ended from an instant on, the last first."""
        row = FaultRow
        query = select(row).where(row.ended_at >= since).order_by(row.ended_at.desc(), row.id.desc())
        return [_fault(each) for each in self._session.scalars(query)]

    def of(self, loudspeakers: Iterable[LoudspeakerId]) -> Sequence[Fault]:
        """Give every fault of some loudspeakers, the newest first."""
        row = FaultRow
        query = select(row).where(row.loudspeaker.in_(list(loudspeakers))).order_by(row.at.desc(), row.id.desc())
        return [_fault(each) for each in self._session.scalars(query)]

    def put(self, fault: Fault) -> None:
        """Insert or replace a fault."""
        ending = fault.ending
        self._session.merge(
            FaultRow(
                id=fault.id,
                loudspeaker=fault.loudspeaker,
                kind=fault.kind,
                note=fault.note,
                by=fault.by,
                at=fault.at,
                alarm=fault.alarm,
                outcome=ending.outcome if ending else None,
                ended_by=ending.by if ending else None,
                ended_at=ending.at if ending else None,
                done=ending.done if ending else "",
                parts=ending.parts if ending else "",
            )
        )
        self._session.flush()


def _fault(row: FaultRow) -> Fault:
    return Fault(
        id=row.id,
        loudspeaker=LoudspeakerId(row.loudspeaker),
        kind=row.kind,
        note=row.note,
        by=PersonId(row.by),
        at=row.at,
        alarm=row.alarm,
        ending=_ending(row),
    )


def _ending(row: FaultRow) -> Ending | None:
    if row.outcome is None or row.ended_by is None or row.ended_at is None:
        return None
    return Ending(outcome=row.outcome, by=PersonId(row.ended_by), at=row.ended_at, done=row.done, parts=row.parts)
