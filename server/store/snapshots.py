"""What a backup has to know of a database: where its tables and its ledger stand, and whether this program knows them.

It must not copy anything.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

from schedules.merkle import Frontier
from server.store.engine import MIGRATIONS, open_engine
from server.store.ledger import SqlLedger

_AT_ONCE = 5000


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseState:
    """One state of a database.

    Attributes:
        schema: revision of its tables.
        size, root: of its ledger.
    """

    schema: str
    size: int
    root: str


def is_known(schema: str) -> bool:
    """Tell whether this program knows tables of a revision; those of a later release it does not."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    try:
        return ScriptDirectory.from_config(config).get_revision(schema) is not None
    except CommandError:
        return False


def state_of(url: str) -> DatabaseState:
    """Give the state of a database that nobody writes to."""
    engine = open_engine(url)
    try:
        with engine.connect() as connection:
            return _state(connection)
    finally:
        engine.dispose()


@contextmanager
def held_on_postgresql(url: str) -> Iterator[tuple[DatabaseState, str]]:
    """Hold one state of a database while it is copied; give it, and the name by which `pg_dump` finds it."""
    engine = open_engine(url)
    try:
        with engine.connect() as connection:
            # It waits for as long as the copy takes.
            connection.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))
            name = str(connection.scalar(text("SELECT pg_export_snapshot()")))
            yield _state(connection), name
    finally:
        engine.dispose()


def _state(connection: Connection) -> DatabaseState:
    with Session(connection) as session:
        ledger = SqlLedger(session)
        last = ledger.head()
        frontier = Frontier() if last is None else last.frontier
        while leaves := ledger.leaves(after=frontier.size, limit=_AT_ONCE):
            frontier = frontier.extended(leaf.hash for leaf in leaves)
    schema = MigrationContext.configure(connection).get_current_revision() or ""
    return DatabaseState(schema=schema, size=frontier.size, root=frontier.root.hex())
