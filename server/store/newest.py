"""What was written last, in the database. It reads keys and instants, and no content."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from schedules.ids import LoudspeakerId, UnitId
from server.newest_records import NewAct, NewLeaf
from server.store.rows import AuditRow, LedgerRow, SeenRow


class SqlNewest:
    """See `newest_port.Newest`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def leaves(self, *, after: int) -> Sequence[NewLeaf]:
        """Give the leaves of the ledger after a number, in order."""
        row = LedgerRow
        query = select(row.kind, row.subject).where(row.number > after).order_by(row.number)
        return [NewLeaf(kind, subject) for kind, subject in self._session.execute(query)]

    def act(self) -> int:
        """Give the number of the newest line of the audit trail."""
        return self._session.scalar(select(func.max(AuditRow.id))) or 0

    def acts(self, *, after: int) -> Sequence[NewAct]:
        """Give the lines of the audit trail after a number, in order."""
        row = AuditRow
        query = select(row.id, row.action, row.unit).where(row.id > after).order_by(row.id)
        return [
            NewAct(number, action, None if unit is None else UnitId(unit))
            for number, action, unit in self._session.execute(query)
        ]

    def spoken(self) -> datetime | None:
        """Give when a loudspeaker last said how it is."""
        return self._session.scalar(select(func.max(SeenRow.presence_at, type_=SeenRow.presence_at.type)))

    def speakers(self, *, since: datetime) -> Mapping[LoudspeakerId, datetime]:
        """Give which loudspeakers said since an instant how they are, and when each did last."""
        row = SeenRow
        query = select(row.loudspeaker, row.presence_at).where(row.presence_at >= since)
        return {LoudspeakerId(loudspeaker): at for loudspeaker, at in self._session.execute(query) if at is not None}
