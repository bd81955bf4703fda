"""The database of the centre as backups see it: SQLite or PostgreSQL, by its address."""

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from server.backup.postgresql import PostgresqlDatabase
from server.backup.progress import Progress
from server.backup.sqlite import SqliteDatabase
from server.config import Config
from server.store.snapshots import DatabaseState


class Database(Protocol):
    """One of them.

    Attributes:
        engine: its name in a manifest.
        file: name of the copy in a backup.
    """

    engine: str
    file: str

    def dump(self, into: Path, progress: Progress) -> DatabaseState:
        """Copy one state of the database into a file, whoever writes meanwhile, and give that state."""

    def is_empty(self) -> bool:
        """Tell whether there is nothing that a restore would replace."""

    def is_in_use(self) -> bool:
        """Tell whether another process is connected."""

    def load(self, file: Path, prepare: Callable[[str], None], aside: str) -> None:
        """Put a copy in place.

        Args:
            file: the copy.
            prepare: is given the address of what was loaded before anybody else can see it, or as good as.
            aside: what the name of that which was there before ends with from now on.
        """


def database_of(config: Config) -> Database:
    """Give the database of the settings."""
    kind = SqliteDatabase if config.database.startswith("sqlite") else PostgresqlDatabase
    return kind(config.database)
