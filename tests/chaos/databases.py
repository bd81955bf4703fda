"""The database of a run, which can lose its power: a file, or a server."""

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Protocol

from tests.services.postgresql import PostgreSQL


class Database(Protocol):
    """What the suite does to a database.

    Attributes:
        url: as `server.store` takes it.
    """

    url: str

    def lose_power(self) -> None:
        """End what serves it, without warning."""
        ...

    def come_back(self) -> None:
        """Start it again, as it was."""
        ...


class SqliteDatabase:
    """A file; it is served by whoever opens it."""

    def __init__(self, folder: Path) -> None:
        self.url = f"sqlite:///{folder / 'radio.db'}"

    def lose_power(self) -> None:
        """See `Database`."""

    def come_back(self) -> None:
        """See `Database`."""


class PostgreSQLDatabase:
    """A database on a server of its own."""

    NAME = "radio"

    def __init__(self, server: PostgreSQL) -> None:
        self._server = server
        server.command(f"CREATE DATABASE {self.NAME}")
        self.url = server.url(self.NAME)

    def lose_power(self) -> None:
        """See `Database`."""
        self._server.kill()

    def come_back(self) -> None:
        """See `Database`."""
        self._server.start()


@contextmanager
def database_for(sort: str, folder: Path) -> Iterator[Database]:
    """Make an empty database of a sort, `sqlite` or `postgresql`; what serves it ends with the block."""
    if sort == "sqlite":
        yield SqliteDatabase(folder)
        return
    with ExitStack() as stack:
        # Not the run's folder: the server's user may not enter it, and a socket's path has at most 107 characters.
        place = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="postgresql-")))
        server = PostgreSQL(place)
        server.start()
        stack.callback(server.kill)
        yield PostgreSQLDatabase(server)
