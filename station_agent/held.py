"""Keeps what the agent obeys as files, one a message, so that it boots and plays with no network.

It must not understand what it keeps: each file is the sealed message as it came.
"""

from pathlib import Path

from station_agent.disk import replace_whole, sync


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
        replace_whole(self._directory / name, content)

    def drop(self, name: str) -> None:
        """Forget a name; nothing happens when it is not there."""
        (self._directory / name).unlink(missing_ok=True)
        sync(self._directory)
