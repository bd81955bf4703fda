"""Opens the database: SQLite with its pragmas or PostgreSQL, and brings its tables up to date.

It must not know any table: those are in `rows`, their history in `migrations`.
"""

import logging
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, create_engine, event

from server.store.ledger_beginning import begin_ledger

MIGRATIONS = Path(__file__).parent / "migrations"
_BUSY_TIMEOUT_MS = 10_000
_POOL = {"pool_size": 16, "max_overflow": 32}
"""A connection for each thread of the web server, and room for a use case that looks up while it writes."""
_QUIET = {"hide_parameters": True}
"""An error names the statement, not its values: they may be a code's secret or a password's hash, and go to the log."""
_POSTGRESQL = "-c lock_timeout=10s -c idle_in_transaction_session_timeout=60s"
"""A writer waits as long as SQLite's would; one whose machine has gone lets the others write after a minute."""
_TURN = 0x72616469
"""Key of PostgreSQL's advisory lock of the one who writes: any constant, the same in every process."""


def open_engine(url: str) -> Engine:
    """Open a database by its SQLAlchemy URL (`sqlite:///…` or `postgresql+psycopg://…`)."""
    if url.startswith("sqlite"):
        engine = create_engine(url, **_POOL, **_QUIET)
        event.listen(engine, "connect", _prepare_sqlite)
        engine = engine.execution_options(begin="BEGIN")
    else:
        given = {"pool_pre_ping": True, "isolation_level": "REPEATABLE READ", "connect_args": {"options": _POSTGRESQL}}
        engine = create_engine(url, **given, **_POOL, **_QUIET)
    event.listen(engine, "begin", _begin)
    return engine


def close_to_others(engine: Engine) -> None:
    """Make the file of a new SQLite database so that only its owner can read it; SQLite would not."""
    if engine.dialect.name == "sqlite" and engine.url.database not in (None, "", ":memory:"):
        file = Path(str(engine.url.database))
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch(mode=0o600)


def writing(engine: Engine) -> Engine:
    """Give the same database for transactions that write: one at a time, and what it has read stays so.

    On SQLite they begin IMMEDIATE: a deferred transaction that reads and then writes fails "locked"
    at once, whatever `busy_timeout` says. On PostgreSQL they begin by taking their turn, and then read
    what was committed until that: under REPEATABLE READ it would be what was committed before they waited.
    """
    if engine.dialect.name == "sqlite":
        return engine.execution_options(begin="BEGIN IMMEDIATE")
    turn = f"SELECT pg_advisory_xact_lock({_TURN})"
    return engine.execution_options(isolation_level="READ COMMITTED", begin=turn)


def upgrade(engine: Engine) -> None:
    """Bring the tables up to date; of several processes that start together one does it, the others wait."""
    with writing(engine).begin() as connection:
        logging.getLogger("alembic").setLevel(logging.WARNING)  # it tells of every look
        config = Config(attributes={"connection": connection})
        config.set_main_option("script_location", str(MIGRATIONS))
        command.upgrade(config, "head")
        begin_ledger(connection)


def _prepare_sqlite(connection: Any, _record: object) -> None:  # noqa: ANN401  # sqlite3's, by way of SQLAlchemy
    # The driver would begin transactions by itself, and deferred; `_begin` begins them.
    connection.isolation_level = None
    connection.execute(f"PRAGMA busy_timeout = {_BUSY_TIMEOUT_MS}")
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA foreign_keys = ON")
    # FULL, not NORMAL: after a power cut NORMAL may have lost what a person was already told is approved,
    # and a report already acknowledged. It costs 2,100 instead of 5,000 commits a second, a hundred times our need.
    connection.execute("PRAGMA synchronous = FULL")


def _begin(connection: Connection) -> None:
    statement = connection.get_execution_options().get("begin")
    if statement:
        connection.exec_driver_sql(statement)
