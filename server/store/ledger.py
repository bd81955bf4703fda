"""The ledger in the database: leaves are collected in a transaction and numbered when it commits. It must not judge.

So a leaf and what it proves commit together, or neither does. Numbers have no gap: the writer takes the next ones
while nobody else can.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session, UOWTransaction

from schedules.ledger import Leaf, LeafKind
from schedules.merkle import Frontier
from server.evidence_records import SignedHead
from server.store.covered import BY_ROW, PLANNED, REVISIONS, columns_of
from server.store.rows import LedgerHeadRow, LedgerRow


class SqlLedger:
    """See `evidence_port.Ledger`."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._new: list[dict[str, Any]] = []
        self._now: datetime | None = None

    def append(self, kind: LeafKind, subject: str, data: bytes, *, at: datetime | None = None) -> None:
        """Add a leaf, to be numbered at the commit."""
        self._new.append({"kind": kind.value, "subject": subject, "at": at, "data": data})
        self._is_now(at)

    def size(self) -> int:
        """Give how many leaves there are."""
        return self._session.scalar(select(func.max(LedgerRow.number))) or 0

    def leaves(self, *, after: int, limit: int) -> Sequence[Leaf]:
        """Give leaves in order, from the one after a number on."""
        table = LedgerRow.__table__
        query = select(table).where(table.c.number > after).order_by(table.c.number).limit(limit)
        return [Leaf(row.number, row.kind, row.subject, row.at, row.data) for row in self._session.execute(query)]

    def head(self, *, outside: bool = False) -> SignedHead | None:
        """Give the newest signed head; the newest one for outside, if asked."""
        query = select(LedgerHeadRow).order_by(LedgerHeadRow.size.desc()).limit(1)
        row = self._session.scalar(query.where(LedgerHeadRow.outside) if outside else query)
        return None if row is None else _head(row)

    def heads(self) -> Sequence[SignedHead]:
        """Give every signed head, the first first."""
        return [_head(row) for row in self._session.scalars(select(LedgerHeadRow).order_by(LedgerHeadRow.size))]

    def add_head(self, head: SignedHead) -> None:
        """Keep a signed head."""
        self._session.add(
            LedgerHeadRow(
                size=head.frontier.size,
                root=head.frontier.root.hex(),
                at=head.at,
                peaks=[each.hex() for each in head.frontier.peaks],
                envelope=head.envelope,
                outside=head.outside,
            )
        )
        self._session.flush()

    def note_flushed(self, session: Session, _context: UOWTransaction) -> None:
        """Add a leaf for each row of evidence the session has just written."""
        changed = (row for row in session.dirty if session.is_modified(row))
        for row in (*session.new, *changed):
            covered = BY_ROW.get(type(row))
            if covered is not None:
                columns = columns_of(row)
                self.append(covered.kind, covered.subject(columns), covered.bytes_of(columns))
                self._is_now(columns[covered.at] if covered.at else None)

    def note_revisions(self, revisions: Iterable[Mapping[str, Any]], left: Iterable[Mapping[str, Any]]) -> None:
        """Add a leaf for each rundown that was issued: what is kept of it, and the items it no longer holds."""
        gone: dict[str, list[bytes]] = {}
        for row in left:
            gone.setdefault(row["zone"], []).append(PLANNED.bytes_of(row))
        for row in revisions:
            lines = [REVISIONS.bytes_of(row), *gone.get(row["zone"], ())]
            self.append(LeafKind.RUNDOWN, REVISIONS.subject(row), b"\n".join(lines), at=row["issued_at"])

    def number(self) -> None:
        """Write the collected leaves with the next numbers; the transaction must commit right after."""
        if not self._new:
            return
        first = self.size() + 1
        rows = [
            {**leaf, "number": number, "at": leaf["at"] or self._now} for number, leaf in enumerate(self._new, first)
        ]
        self._session.connection().execute(insert(LedgerRow), rows)
        self._new = []

    def _is_now(self, at: datetime | None) -> None:
        """Note the latest instant the transaction speaks of: it holds for leaves that name none."""
        if at is not None and (self._now is None or at > self._now):
            self._now = at


def _head(row: LedgerHeadRow) -> SignedHead:
    frontier = Frontier(row.size, tuple(map(bytes.fromhex, row.peaks)))
    return SignedHead(frontier=frontier, at=row.at, envelope=row.envelope, outside=row.outside)
