"""The table of the orders that officers gave to priority items."""

from datetime import datetime

import sqlalchemy
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from server.store.rows.base import AnyRow


class OrderRow(AnyRow):
    """One order; the newest of a station counts. Append-only."""

    __tablename__ = "orders"

    id: Mapped[int] = mapped_column(sqlalchemy.Integer, primary_key=True)
    station: Mapped[str] = mapped_column(ForeignKey("units.id"), index=True)
    keys: Mapped[list[str]]
    by: Mapped[str]
    at: Mapped[datetime]
