"""The audit trail in the database: lines are added and read, never changed."""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from schedules.ids import PersonId, UnitId
from schedules.times import Span
from server.store.rows import AuditRow
from server.values import AuditLine


class SqlAudit:
    """See `repositories.Audit`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, line: AuditLine) -> None:
        """Keep a line."""
        row = AuditRow(
            at=line.at,
            by=line.by,
            action=line.action,
            subject=line.subject,
            unit=line.unit,
            # Instants, dates and lengths are kept as text: a line is for reading.
            details=json.loads(json.dumps(dict(line.details), default=str)),
        )
        self._session.add(row)
        self._session.flush()

    def latest(self, *, unit: UnitId | None, limit: int, subject: str | None = None) -> Sequence[AuditLine]:
        """Give the newest lines, of one unit or of all, about one subject or any, the newest first."""
        query = select(AuditRow).order_by(AuditRow.id.desc()).limit(limit)
        if unit is not None:
            query = query.where(AuditRow.unit == unit)
        if subject is not None:
            query = query.where(AuditRow.subject == subject)
        return list(map(_line, self._session.scalars(query)))

    def actions_of(self, person: PersonId, among: Iterable[str]) -> frozenset[str]:
        """Give which of some actions a person has ever done."""
        done = select(AuditRow.action).where(AuditRow.by == person, AuditRow.action.in_(tuple(among))).distinct()
        return frozenset(self._session.scalars(done))

    def about(self, subjects: Iterable[str], among: Iterable[str], *, since: datetime) -> Sequence[AuditLine]:
        """Give the lines of some actions about some subjects from an instant on, the oldest first."""
        row = AuditRow
        query = select(row).where(row.subject.in_(list(subjects)), row.action.in_(list(among)), row.at >= since)
        return list(map(_line, self._session.scalars(query.order_by(row.id))))

    def page(
        self,
        *,
        units: Sequence[UnitId] | None,
        by: PersonId | None,
        subject: str,
        span: Span | None,
        skip: int,
        limit: int,
    ) -> Sequence[AuditLine]:
        """Give lines, the newest first."""
        query = select(AuditRow).order_by(AuditRow.id.desc()).offset(skip).limit(limit)
        if units is not None:
            query = query.where(AuditRow.unit.in_(units))
        if by is not None:
            query = query.where(AuditRow.by == by)
        if subject:
            query = query.where(AuditRow.action.startswith(f"{subject}.", autoescape=True))
        if span is not None:
            query = query.where(AuditRow.at >= span.start, AuditRow.at < span.end)
        return list(map(_line, self._session.scalars(query)))


def _line(row: AuditRow) -> AuditLine:
    return AuditLine(
        at=row.at,
        by=None if row.by is None else PersonId(row.by),
        action=row.action,
        subject=row.subject,
        unit=None if row.unit is None else UnitId(row.unit),
        details=row.details,
    )
