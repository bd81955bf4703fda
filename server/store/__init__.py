"""The database: SQLite for one machine, PostgreSQL for a province, by the same code. SQLAlchemy lives here.

Rows mirror the values of the centre and never leave this package. It must not decide anything.
"""

from server.store.engine import open_engine, upgrade
from server.store.unit_of_work import SqlStore

__all__ = ["SqlStore", "open_store"]


def open_store(url: str) -> SqlStore:
    """Open a database by its URL (`sqlite:///path` or `postgresql+psycopg://…`) with its tables up to date."""
    engine = open_engine(url)
    upgrade(engine)
    return SqlStore(engine)
