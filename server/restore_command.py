"""The `restore` command: brings a centre back from a backup, and says what is to be done next."""

import argparse
import sys
from collections.abc import Iterator
from getpass import getuser
from pathlib import Path

from schedules.errors import ScheduleError
from schedules.ledger import HeadFile
from schedules.wire.codec import decoded
from schedules.wire.messages import LedgerHead
from schedules.wire.seal import envelope_of
from server.backup.progress import Progress
from server.backup.restoring import Restored, Wish, restore
from server.backup_command import Voice
from server.clock import WallClock
from server.config import Config
from server.errors import ServerError
from server.services.restores import KnownLedger


def main(given: argparse.Namespace, config: Config) -> int:
    """Restore; return the exit code."""
    voice = Voice(given.language, config)
    try:
        wish = Wish(
            by=given.by or getuser(),
            passphrase=voice.passphrase(given.passphrase_file, twice=False),
            replace=given.replace,
            without=given.without_damaged_audio,
            known=_newest_known([*given.head, *sorted(config.outside.directory.glob("ledger-*.json"))]),
        )
        now = WallClock(config.clock_offset).now()
        restored = restore(config, given.backup, wish, now=now, progress=Progress(voice.says))
    except (ServerError, ScheduleError) as error:
        voice.complains(error.code, error.values)
        return 1
    except OSError as error:
        print(error, file=sys.stderr)
        return 1
    _tell(voice, restored, config)
    return 0


def _tell(voice: Voice, restored: Restored, config: Config) -> None:
    manifest = restored.manifest
    told = {"directory": restored.directory, "taken": manifest.at, "size": manifest.state.size}
    voice.says("restore.done", {**told, "audio": restored.audio})
    if restored.missing:
        voice.says("restore.without_audio", {"names": ", ".join(restored.missing)})
    if restored.lost:
        voice.says("restore.ledger_shorter", {"lost": restored.lost, "size": manifest.state.size})
    if config.broker.keeps_accounts:
        voice.says("restore.next_broker", {})
    voice.says("restore.next", {"taken": manifest.at})


def _newest_known(files: list[Path]) -> KnownLedger | None:
    """Give the largest head of the ledger that a file still has."""
    return max(_heads(files), key=lambda known: known.size, default=None)


def _heads(files: list[Path]) -> Iterator[KnownLedger]:
    for file in files:
        head = decoded(LedgerHead, envelope_of(HeadFile.of(file.read_text(encoding="utf-8")).head).payload)
        yield KnownLedger(size=head.ledger.size, root=head.ledger.root, at=head.issued)
