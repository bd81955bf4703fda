"""The database: SQLite for one machine, PostgreSQL for a province, by the same code. SQLAlchemy lives here.

Rows mirror the values of the centre and never leave this package. It must not decide anything.
"""

from server.store.engine import close_to_others, open_engine, upgrade
from server.store.unit_of_work import SqlStore

__all__ = ["SqlStore", "open_as_it_is", "open_store"]


def open_as_it_is(url: str) -> SqlStore:
    """Open a database to look at it: its tables stay as they are."""
    return SqlStore(open_engine(url))


def open_store(url: str) -> SqlStore:
    """Open a database by its URL (`sqlite:///path` or `postgresql+psycopg://…`) with its tables up to date."""
    engine = open_engine(url)
    close_to_others(engine)
    upgrade(engine)
    return SqlStore(engine)
