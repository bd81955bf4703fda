"""Keeps what the agent obeys as files, one a message, so that it boots and plays with no network.

It must not understand what it keeps: each file is the sealed message as it came.
"""

import os
from pathlib import Path


class HeldMessages:
    """Files of one directory; each is replaced whole or not at all, whenever the power goes."""

    def __init__(self, directory: Path) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        self._directory = directory

    def everything(self) -> dict[str, bytes]:
        """Return all that is kept, by name."""
        return {path.name: path.read_bytes() for path in self._directory.iterdir() if path.suffix != ".new"}

    def keep(self, name: str, content: bytes) -> None:
        """Put a file in place of what had its name, on the disk before this returns."""
        fresh = self._directory / f"{name}.new"
        with fresh.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        fresh.rename(self._directory / name)
        self._sync()

    def drop(self, name: str) -> None:
        """Forget a name; nothing happens when it is not there."""
        (self._directory / name).unlink(missing_ok=True)
        self._sync()

    def _sync(self) -> None:
        descriptor = os.open(self._directory, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
