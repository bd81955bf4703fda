"""The table of leases: which process alone may do something."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from server.store.rows.base import AnyRow


class LeaseRow(AnyRow):
    """A lease as it stands."""

    __tablename__ = "leases"

    name: Mapped[str] = mapped_column(primary_key=True)
    holder: Mapped[str]
    token: Mapped[int]
    renewals: Mapped[int]
    renewed_at: Mapped[datetime | None]
