"""The audit trail in the database: lines are added and read, never changed."""

import json
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from schedules.ids import PersonId, UnitId
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
        return [
            AuditLine(
                at=row.at,
                by=None if row.by is None else PersonId(row.by),
                action=row.action,
                subject=row.subject,
                unit=None if row.unit is None else UnitId(row.unit),
                details=row.details,
            )
            for row in self._session.scalars(query)
        ]
