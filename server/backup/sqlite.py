"""The SQLite database: copied while it is written to, and put in place of another one. It must not know its tables."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from server.backup.files import flush, put, sum_of, sync
from server.backup.progress import Progress
from server.errors import BackupUnusable
from server.store.snapshots import DatabaseState, state_of

PAGES = 2048
"""Copied at a time, between two words about how far it is: 8 MB."""


class SqliteDatabase:
    """A file; see `databases.Database`."""

    engine = "sqlite"
    file = "radio.db"

    def __init__(self, url: str) -> None:
        self._file = Path(url.removeprefix("sqlite:///"))

    def dump(self, into: Path, progress: Progress) -> DatabaseState:
        """Copy one state of the database, whoever writes meanwhile, and prove that the copy is whole.

        Raises:
            BackupUnusable: `backup.no_database`, `backup.database_damaged`.
        """
        if not self._file.is_file():
            raise BackupUnusable("backup.no_database", file=self._file)

        def tell(_status: int, remaining: int, total: int) -> None:
            progress.at("backup.database_at", done=total - remaining, total=total)

        try:
            with closing(sqlite3.connect(self._file, isolation_level=None)) as source:
                # Held open, this transaction keeps the state that is copied: else each writer would begin it anew.
                source.execute("BEGIN")
                source.execute("SELECT count(*) FROM sqlite_master").fetchone()
                with closing(sqlite3.connect(into)) as target:
                    source.backup(target, pages=PAGES, progress=tell)
                    (found,) = target.execute("PRAGMA quick_check(1)").fetchone()
        except sqlite3.DatabaseError as error:
            raise BackupUnusable("backup.database_damaged", file=self._file, cause=str(error)) from error
        if found != "ok":
            raise BackupUnusable("backup.database_damaged", file=self._file, cause=found)
        state = state_of(f"sqlite:///{into}")
        flush(into)
        return state

    def is_empty(self) -> bool:
        """Tell whether nothing is where the database is to be."""
        return not self._file.exists()

    def is_in_use(self) -> bool:
        """Tell whether another process has the database open."""
        if self.is_empty():
            return False
        try:
            with closing(sqlite3.connect(self._file, timeout=0.2)) as connection:
                connection.execute("PRAGMA journal_mode = DELETE")  # which needs that nobody else is there
        except sqlite3.OperationalError:
            return True
        except sqlite3.DatabaseError:
            pass  # a damaged one is what a backup is for
        return False

    def load(self, file: Path, prepare: Callable[[str], None], aside: str) -> None:
        """Put the database of a backup in place, prepared; what was there is set aside under another name."""
        fresh = self._file.with_name(f"{self._file.name}.restoring")
        for left in self._with_log(fresh):
            left.unlink(missing_ok=True)
        put(file, fresh, sha256=sum_of(file))
        flush(fresh)
        prepare(f"sqlite:///{fresh.absolute()}")
        for old in self._with_log(self._file):
            if old.exists():
                old.rename(old.with_name(f"{old.name}.{aside}"))
        fresh.rename(self._file)
        sync(self._file.parent)

    @staticmethod
    def _with_log(file: Path) -> tuple[Path, ...]:
        """Give a database's file and those beside it: a log that is not its own would be its ruin."""
        return (file, file.with_name(f"{file.name}-wal"), file.with_name(f"{file.name}-shm"))
