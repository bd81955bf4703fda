"""The key of a write, kept until its answer came: the same command given again sends the same key, and is done once.

With the key stands the version it went on from: what is sent again must be the same to the last letter.
"""

import json
import os
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from uuid import uuid4

from server.calling.errors import CallFailed, Ending

GOOD_FOR = timedelta(hours=23)
"""An hour less than the centre remembers it: older, and the write might be done a second time."""


@dataclass(frozen=True, slots=True)
class Kept:
    """The key of one write.

    Attributes:
        version: it went on from; empty for none.
        known: it was sent before, and nobody knows what became of it.
    """

    key: str
    version: str
    known: bool = False


class KeptKeys:
    """Keys in a directory that only its owner reads, a file each."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def find(self, what: str, now: datetime) -> Kept | None:
        """Give the key of a write that was sent before and never answered.

        Raises:
            CallFailed: `call.too_old` for one the centre may have forgotten.
        """
        try:
            told = json.loads(self._file(what).read_text(encoding="ascii"))
            kept, at = Kept(told["key"], told["version"], known=True), datetime.fromisoformat(told["at"])
        except FileNotFoundError:
            return None
        except (ValueError, KeyError, TypeError):  # cut short by a power cut, before anything was sent
            return None
        if now - at > GOOD_FOR:
            raise CallFailed("call.too_old", Ending.CHANGED, at=at)
        return kept

    def keep(self, what: str, version: str, now: datetime) -> Kept:
        """Draw a key for a write, and keep it before anything is sent."""
        kept = Kept(str(uuid4()), version)
        self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = self._file(what)
        fresh = file.with_suffix(f".{os.getpid()}")
        fresh.touch(mode=0o600)
        fresh.write_text(json.dumps({"key": kept.key, "version": version, "at": now.isoformat()}), encoding="ascii")
        fresh.replace(file)
        return kept

    def forget(self, what: str) -> None:
        """Let the key of a write go: it was answered."""
        self._file(what).unlink(missing_ok=True)

    def _file(self, what: str) -> Path:
        return self._directory / sha256(what.encode()).hexdigest()
