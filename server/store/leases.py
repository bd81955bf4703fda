"""Leases in the database. It must not decide who may have one."""

from dataclasses import asdict

from sqlalchemy.orm import Session

from server.lease_records import Lease
from server.store.rows import LeaseRow


class SqlLeases:
    """See `repositories.Leases`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def get(self, name: str) -> Lease | None:
        """Give a lease; None when nobody ever had it."""
        row = self._session.get(LeaseRow, name, populate_existing=True)
        if row is None:
            return None
        return Lease(
            name=row.name, holder=row.holder, token=row.token, renewals=row.renewals, renewed_at=row.renewed_at
        )

    def put(self, lease: Lease) -> None:
        """Keep a lease in the place of what it was."""
        self._session.merge(LeaseRow(**asdict(lease)))
        self._session.flush()
