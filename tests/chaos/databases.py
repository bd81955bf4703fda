"""The database of a run, which can lose its power and be put back to an older copy: a file, or a server."""

import shutil
import sqlite3
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Protocol

from tests.services.postgresql import PROGRAMS, PostgreSQL
from tests.services.programs import find_program


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

    def back_up(self) -> None:
        """Copy it while it is in use."""
        ...

    def restore(self) -> None:
        """Put the copy in its place; nobody uses it meanwhile."""
        ...


class SqliteDatabase:
    """A file; it is served by whoever opens it."""

    def __init__(self, folder: Path) -> None:
        self._file, self._copy = folder / "radio.db", folder / "copy.db"
        self.url = f"sqlite:///{self._file}"

    def lose_power(self) -> None:
        """See `Database`."""

    def come_back(self) -> None:
        """See `Database`."""

    def back_up(self) -> None:
        """See `Database`."""
        with closing(sqlite3.connect(self._file)) as now, closing(sqlite3.connect(self._copy)) as copy:
            now.backup(copy)

    def restore(self) -> None:
        """See `Database`."""
        for ending in ("-wal", "-shm"):
            self._file.with_name(self._file.name + ending).unlink(missing_ok=True)
        shutil.copyfile(self._copy, self._file)


class PostgreSQLDatabase:
    """A database on a server of its own."""

    NAME = "radio"

    def __init__(self, server: PostgreSQL, folder: Path) -> None:
        self._server, self._copy = server, folder / "radio.dump"
        server.command(f"CREATE DATABASE {self.NAME}")
        self.url = server.url(self.NAME)
        self._address = self.url.replace("postgresql+psycopg", "postgresql")

    def lose_power(self) -> None:
        """See `Database`."""
        self._server.kill()

    def come_back(self) -> None:
        """See `Database`."""
        self._server.start()

    def back_up(self) -> None:
        """See `Database`."""
        self._run("pg_dump", "--format=custom", f"--file={self._copy}", self._address)

    def restore(self) -> None:
        """See `Database`."""
        self._server.command(f"DROP DATABASE {self.NAME} WITH (FORCE)")
        self._server.command(f"CREATE DATABASE {self.NAME}")
        self._run("pg_restore", "--exit-on-error", f"--dbname={self._address}", str(self._copy))

    def _run(self, name: str, *arguments: str) -> None:
        subprocess.run([find_program(f"{PROGRAMS}/{name}", package="postgresql-client-15"), *arguments], check=True)


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
        yield PostgreSQLDatabase(server, folder)
