"""Tables of the API: tokens, and what was answered to their writes."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from server.store.columns import Tree
from server.store.rows.base import AnyRow


class ApiTokenRow(AnyRow):
    """A token; its secret is not here."""

    __tablename__ = "api_tokens"
    __table_args__ = (Index(None, "person"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    secret_sha256: Mapped[str]
    name: Mapped[str]
    person: Mapped[str] = mapped_column(ForeignKey("people.id"))
    unit: Mapped[str] = mapped_column(ForeignKey("units.id"))
    scopes: Mapped[list[str]]
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class ApiWriteRow(AnyRow):
    """A write under a key."""

    __tablename__ = "api_writes"
    __table_args__ = (Index(None, "at"),)

    token: Mapped[str] = mapped_column(ForeignKey("api_tokens.id"), primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    print: Mapped[str]
    at: Mapped[datetime]
    status: Mapped[int | None]
    headers: Mapped[Tree]
    body: Mapped[bytes]
