"""Tables of the ledger: its leaves and the signed heads over them. Both are append-only."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from server.store.rows.base import AnyRow


class LedgerRow(AnyRow):
    """A leaf."""

    __tablename__ = "ledger"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[str]
    subject: Mapped[str]
    at: Mapped[datetime | None]
    data: Mapped[bytes]


class LedgerHeadRow(AnyRow):
    """A signed head, and the roots of the complete subtrees from which the tree grows on."""

    __tablename__ = "ledger_heads"

    size: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    root: Mapped[str]
    at: Mapped[datetime]
    peaks: Mapped[list[str]]
    envelope: Mapped[bytes]
    outside: Mapped[bool]
