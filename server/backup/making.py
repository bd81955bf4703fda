"""Making a backup while conductor and pages go on. It must not change anything of the centre."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from server.backup import audio, secrets
from server.backup.databases import database_of
from server.backup.files import sum_of
from server.backup.manifest import FILE, Manifest, Part
from server.backup.place import Place
from server.backup.progress import Progress
from server.config import Config
from server.locked import require_long
from server.secret_files import write_new

SECRETS = "locked-secrets"


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """What was made.

    Attributes:
        directory: the backup.
        new_audio: recordings the place did not have.
        damaged: recordings that were not as their name says, and are not in it.
    """

    directory: Path
    manifest: Manifest
    new_audio: int
    damaged: Sequence[str]


def make_backup(config: Config, place: Place, passphrase: str, *, now: datetime, progress: Progress) -> Made:
    """Make a backup of the centre; what was committed before this was called is in it.

    Raises:
        BackupUnusable: it cannot be made; the place has no new backup, and those it had.
        KeysInvalid: `keys.passphrase_short`.
    """
    require_long(passphrase)
    database = database_of(config)
    with place.beginning(now) as (name, directory):
        # The database first: whatever a row of it names, recording or key, was on the disk before the row.
        state = database.dump(directory / database.file, progress)
        write_new(directory / SECRETS, secrets.locked(config, passphrase))
        kept = audio.keep(config.audio_directory, place.audio, progress)
        manifest = Manifest(
            at=now,
            engine=database.engine,
            state=state,
            database=_part(directory / database.file),
            secrets=_part(directory / SECRETS),
            audio=kept.parts,
        )
        write_new(directory / FILE, manifest.text())
    return Made(directory=place.root / name, manifest=manifest, new_audio=kept.new, damaged=kept.damaged)


def _part(file: Path) -> Part:
    return Part(file.name, sum_of(file), file.stat().st_size)
