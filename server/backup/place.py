"""A place where backups are kept: one directory each, and the audio of all. It must not know what is in a backup."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from shutil import rmtree

from server.backup.files import make_directory, sync
from server.backup.manifest import FILE
from server.errors import BackupUnusable

AUDIO = "audio"
_NAME = "%Y-%m-%dT%H%M%SZ"
_UNFINISHED = ".unfinished-"
_GOING = ".going-"


class Place:
    """A directory, on another disk or machine than the centre."""

    def __init__(self, root: Path) -> None:
        self.root = root

    @classmethod
    def around(cls, given: Path) -> tuple["Place", Path]:
        """Give the place and the backup that are meant by a place, whose newest is meant, or by one backup in it.

        Raises:
            BackupUnusable: `backup.none`.
        """
        if (given / FILE).is_file():
            return cls(given.absolute().parent), given
        place = cls(given)
        found = place.backups()
        if not found:
            raise BackupUnusable("backup.none", directory=given)
        return place, found[-1]

    @property
    def audio(self) -> Path:
        """Where the recordings of all backups lie."""
        return self.root / AUDIO

    def backups(self) -> list[Path]:
        """Give every whole backup, the oldest first."""
        return sorted(each.parent for each in self.root.glob(f"*/{FILE}") if not each.parent.name.startswith("."))

    @contextmanager
    def beginning(self, at: datetime) -> Iterator[tuple[str, Path]]:
        """Give the name of a new backup and a directory to fill; it gets the name when the block ends well.

        Raises:
            BackupUnusable: `backup.is_there`: another was begun in this second.
        """
        name = at.astimezone(UTC).strftime(_NAME)
        if (self.root / name).exists():
            raise BackupUnusable("backup.is_there", directory=self.root / name)
        make_directory(self.root)
        for left in (*self.root.glob(f"{_UNFINISHED}*"), *self.root.glob(f"{_GOING}*")):
            rmtree(left)
        directory = self.root / f"{_UNFINISHED}{name}"
        directory.mkdir(mode=0o700)
        try:
            yield name, directory
            sync(directory)
            directory.rename(self.root / name)
        finally:
            if directory.exists():
                rmtree(directory)
        sync(self.root)

    def keep_only(self, count: int) -> list[str]:
        """Let all but the newest backups go; give the names of those that went. Their recordings stay."""
        going = self.backups()[:-count]
        for each in going:
            gone = each.rename(self.root / f"{_GOING}{each.name}")  # whole or not at all
            sync(self.root)
            rmtree(gone)
        return [each.name for each in going]
