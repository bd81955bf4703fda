"""What single plays measured, read without all that an entry proves. It must not judge."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from schedules.ids import LoudspeakerId, OccurrenceId, ZoneId
from schedules.times import Span
from server.evidence_records import Play
from server.store.rows import HeardRow


def plays_of(session: Session, loudspeaker: LoudspeakerId, span: Span, *, limit: int | None) -> Sequence[Play]:
    """Give what a loudspeaker's entries measured that were planned to start inside a span, the first in order."""
    row = HeardRow
    query = (
        select(
            row.zone,
            row.occurrence,
            row.title,
            row.planned_start,
            row.planned_end,
            row.outcome,
            row.started_at,
            row.played_ms,
            row.level_dbfs,
            row.clock_error_ms,
        )
        .where(row.loudspeaker == loudspeaker, row.planned_start >= span.start, row.planned_start < span.end)
        .order_by(row.planned_start, row.sequence, row.hash)
        .limit(limit)
    )
    return [
        Play(
            zone=ZoneId(each.zone),
            occurrence=OccurrenceId(each.occurrence),
            title=each.title,
            planned=Span(each.planned_start, each.planned_end),
            outcome=each.outcome,
            started_at=each.started_at,
            played_ms=each.played_ms,
            level_dbfs=each.level_dbfs,
            clock_error_ms=each.clock_error_ms,
        )
        for each in session.execute(query)
    ]
