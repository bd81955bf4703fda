"""Keeps what the agent obeys as files, one a message, so that it boots and plays with no network.

It must not understand what it keeps: each file is the sealed message as it came.
"""

import logging
from pathlib import Path

from station_agent.disk import replace_whole, sync

log = logging.getLogger(__name__)


class HeldMessages:
    """Files of one directory; each is replaced whole or not at all, whenever the power goes."""

    def __init__(self, directory: Path) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        self._directory = directory

    def everything(self) -> dict[str, bytes]:
        """Return all that is kept and can be read, by name."""
        found = {}
        for path in self._directory.iterdir():
            if path.suffix != ".new":
                try:
                    found[path.name] = path.read_bytes()
                except OSError as error:  # torn by the card: as good as lost, and whoever obeys finds that it is
                    log.warning("held_unreadable name=%s error=%s", path.name, error.errno)
        return found

    def keep(self, name: str, content: bytes) -> None:
        """Put a file in place of what had its name, on the disk before this returns."""
        replace_whole(self._directory / name, content)

    def drop(self, name: str) -> None:
        """Forget a name; nothing happens when it is not there."""
        (self._directory / name).unlink(missing_ok=True)
        sync(self._directory)
