"""What a backup holds: each part with its sum, the state of the database, and when it was taken.

It must not read the parts.
"""

import json
from dataclasses import dataclass
from datetime import datetime

from server.errors import BackupUnusable
from server.store.snapshots import DatabaseState

FORMAT = "commune-radio backup 1"
FILE = "manifest.json"


@dataclass(frozen=True, slots=True)
class Part:
    """One file of a backup, by its name there; of a recording the name is its sum."""

    name: str
    sha256: str
    length: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """One backup.

    Attributes:
        at: when it was begun; everything committed before is in it.
        engine: `sqlite` or `postgresql`: it can be restored into the same only.
        state: of the database in it.
        database, secrets: its two files.
        audio: every recording, kept beside all backups of the place.
    """

    at: datetime
    engine: str
    state: DatabaseState
    database: Part
    secrets: Part
    audio: tuple[Part, ...]

    def text(self) -> str:
        """Give the file."""
        tree = {
            "format": FORMAT,
            "at": self.at.isoformat(),
            "engine": self.engine,
            "schema": self.state.schema,
            "ledger": {"size": self.state.size, "root": self.state.root},
            "database": _written(self.database),
            "secrets": _written(self.secrets),
            "audio": [[each.sha256, each.length] for each in self.audio],
        }
        return json.dumps(tree, indent=0) + "\n"

    @classmethod
    def of(cls, text: str, *, name: str) -> "Manifest":
        """Read the file.

        Raises:
            BackupUnusable: `backup.manifest_unreadable`.
        """
        try:
            tree = json.loads(text)
            if tree["format"] != FORMAT:
                raise ValueError(tree["format"])
            ledger = tree["ledger"]
            return cls(
                at=datetime.fromisoformat(tree["at"]),
                engine=str(tree["engine"]),
                state=DatabaseState(schema=str(tree["schema"]), size=int(ledger["size"]), root=str(ledger["root"])),
                database=_read(tree["database"]),
                secrets=_read(tree["secrets"]),
                audio=tuple(Part(str(digest), str(digest), int(length)) for digest, length in tree["audio"]),
            )
        except (ValueError, KeyError, TypeError) as error:
            raise BackupUnusable("backup.manifest_unreadable", file=name) from error


def _written(part: Part) -> dict[str, object]:
    return {"file": part.name, "sha256": part.sha256, "length": part.length}


def _read(tree: dict[str, str]) -> Part:
    return Part(str(tree["file"]), str(tree["sha256"]), int(tree["length"]))
