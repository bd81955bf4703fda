"""Column types that the rows share: instants, and what is stored as JSON.

It must not know any table.
"""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, DateTime, Dialect
from sqlalchemy.types import TypeDecorator

from schedules.times import require_utc

Tree = dict[str, Any]
"""A nested value as a JSON object; `trees` makes and reads them."""
Trees = list[Tree]
Json = JSON(none_as_null=True)


class Instant(TypeDecorator[datetime]):
    """An aware UTC instant; SQLite, which knows no time zones, keeps it as UTC text that sorts by time."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002  # SQLAlchemy's signature
        """Refuse what is not UTC, so that no local time ever reaches the database."""
        if value is not None:
            require_utc(value, "column")
        return value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002  # SQLAlchemy's signature
        """Give the instant back as aware UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
