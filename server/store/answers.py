"""What stations answered to offers, in the database. It must not say who may answer."""

from collections.abc import Iterable, Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from schedules.ids import PersonId, PlaceId, SlotId, UnitId
from schedules.way import Answer
from server.store.rows import AnswerRow


class SqlAnswers:
    """See `repositories.Answers`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def newest(
        self, *, stations: Iterable[UnitId] | None = None, slots: Iterable[SlotId] | None = None
    ) -> Sequence[Answer]:
        """Give the last answer of each station to each slot, the oldest first."""
        last = select(func.max(AnswerRow.id)).group_by(AnswerRow.slot, AnswerRow.station)
        query = select(AnswerRow.__table__).where(AnswerRow.id.in_(last)).order_by(AnswerRow.id)
        if stations is not None:
            query = query.where(AnswerRow.station.in_(list(stations)))
        if slots is not None:
            query = query.where(AnswerRow.slot.in_(list(slots)))
        return [
            Answer(
                slot=SlotId(row.slot),
                station=UnitId(row.station),
                record=row.record,
                accepted=row.accepted,
                reason=row.reason,
                places=tuple(map(PlaceId, row.places)),
                by=PersonId(row.by),
                at=row.at,
            )
            for row in self._session.execute(query)
        ]

    def add(self, answer: Answer) -> None:
        """Keep an answer."""
        self._session.add(
            AnswerRow(
                slot=answer.slot,
                station=answer.station,
                record=answer.record,
                accepted=answer.accepted,
                reason=answer.reason,
                places=list(answer.places),
                by=answer.by,
                at=answer.at,
            )
        )
        self._session.flush()
