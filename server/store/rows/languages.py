"""Tables of languages, and of what zones hear instead of their own."""

from datetime import datetime

import sqlalchemy
from sqlalchemy.orm import Mapped, mapped_column

from server.store.rows.base import AnyRow


class LanguageRow(AnyRow):
    """A language; `position` is its place in the list."""

    __tablename__ = "languages"

    tag: Mapped[str] = mapped_column(primary_key=True)
    position: Mapped[int]
    name: Mapped[str]
    people: Mapped[str]
    english: Mapped[str]


class SubstitutionRow(AnyRow):
    """A choice of what a zone hears instead. Append-only; the latest counts."""

    __tablename__ = "substitutions"

    id: Mapped[int] = mapped_column(sqlalchemy.Integer, primary_key=True)
    zone: Mapped[str] = mapped_column(index=True)
    programme: Mapped[str] = mapped_column(index=True)
    language: Mapped[str | None]
    by: Mapped[str]
    at: Mapped[datetime]
