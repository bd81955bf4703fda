"""Bringing a centre back from a backup: everything is proven before anything is changed.

What is replaced is set aside, not lost. It must not start the centre.
"""

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from server.backup import audio, secrets
from server.backup.databases import Database, database_of
from server.backup.files import make_directory, sum_of
from server.backup.manifest import FILE, Manifest, Part
from server.backup.place import Place
from server.backup.progress import Progress
from server.config import Config
from server.errors import BackupUnusable
from server.services.restores import KnownLedger, record_restore
from server.store import open_store
from server.store.snapshots import is_known

_NAMED = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """How a backup is to be restored.

    Attributes:
        by: who does it, as the record of it says.
        passphrase: of the secrets.
        replace: whether what is there may be set aside.
        without: whether recordings that the place does not have whole may be done without.
        known: the newest head of the ledger that anybody still has.
    """

    by: str
    passphrase: str
    replace: bool = False
    without: bool = False
    known: KnownLedger | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """What came back.

    Attributes:
        directory: of the backup.
        audio: recordings that were not there.
        missing: recordings that could not be brought back.
        lost: entries of the ledger that are known to be gone.
    """

    directory: Path
    manifest: Manifest
    audio: int
    missing: Sequence[str]
    lost: int


def restore(config: Config, given: Path, wish: Wish, *, now: datetime, progress: Progress) -> Restored:
    """Put the centre of the settings back to what a backup has.

    Args:
        config: the centre.
        given: the place, whose newest backup is meant, or one backup in it.
        wish: how.
        now: when.
        progress: told how far it is.

    Raises:
        BackupUnusable: it cannot be done; the centre is as it was.
    """
    place, directory = Place.around(given)
    manifest = Manifest.of((directory / FILE).read_text(encoding="utf-8"), name=str(directory / FILE))
    database = database_of(config)
    aside = f"before-restore-{now.astimezone(UTC):%Y-%m-%dT%H%M%S.%fZ}"
    _require_fitting(manifest, database)
    _require_free(config, database, replace=wish.replace)
    missing = _proven(place, directory, manifest, progress, without=wish.without)
    brought_keys = secrets.opened(directory / manifest.secrets.name, wish.passphrase)

    make_directory(config.state_directory)
    held = [each for each in manifest.audio if each.sha256 not in missing]
    brought = audio.bring_back(held, place.audio, config.audio_directory, progress)

    def prepare(url: str) -> None:
        with closing(open_store(url)) as store:
            record_restore(store, now, wish.by, backup=directory.name, state=_ledger(manifest), known=wish.known)

    database.load(directory / manifest.database.name, prepare, aside)
    secrets.write(brought_keys, config, aside)
    lost = 0 if wish.known is None else max(0, wish.known.size - manifest.state.size)
    return Restored(directory=directory, manifest=manifest, audio=brought, missing=missing, lost=lost)


def _require_fitting(manifest: Manifest, database: Database) -> None:
    if manifest.engine != database.engine:
        raise BackupUnusable("restore.other_engine", engine=manifest.engine, here=database.engine)
    if not is_known(manifest.state.schema):
        raise BackupUnusable("restore.newer_release", schema=manifest.state.schema)


def _require_free(config: Config, database: Database, *, replace: bool) -> None:
    """Refuse to restore over what is there, unless told so; and over what is running, whatever is told."""
    keys = config.key_directory
    if not replace and (not database.is_empty() or (keys.is_dir() and any(keys.iterdir()))):
        raise BackupUnusable("restore.not_empty", directory=config.state_directory)
    if database.is_in_use():
        raise BackupUnusable("restore.in_use")


def _proven(place: Place, directory: Path, manifest: Manifest, progress: Progress, *, without: bool) -> tuple[str, ...]:
    """Read everything through; give the recordings that are to be done without."""
    for part in (manifest.database, manifest.secrets):
        if not _is_whole(directory / part.name, part):
            raise BackupUnusable("restore.part_damaged", file=directory / part.name)
    damaged = tuple(audio.damaged(manifest.audio, place.audio, progress))
    if damaged and not without:
        raise BackupUnusable("restore.audio_damaged", count=len(damaged), names=", ".join(damaged[:_NAMED]))
    return damaged


def _is_whole(file: Path, part: Part) -> bool:
    return file.is_file() and file.stat().st_size == part.length and sum_of(file) == part.sha256


def _ledger(manifest: Manifest) -> KnownLedger:
    return KnownLedger(size=manifest.state.size, root=manifest.state.root, at=manifest.at)
