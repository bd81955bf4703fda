"""The `backup` command: keeps everything of the centre in another place, while it runs.

It must not show a passphrase.
"""

import argparse
import sys
from collections.abc import Mapping
from getpass import getpass
from pathlib import Path
from zoneinfo import ZoneInfo

from server.backup.making import make_backup
from server.backup.place import Place
from server.backup.progress import Progress
from server.clock import WallClock
from server.config import Config
from server.errors import BackupUnusable, ServerError
from server.web.sentences import sentence


class Voice:
    """Speaks to whoever runs a command about backups."""

    def __init__(self, language: str, config: Config) -> None:
        self._language, self._zone = language, ZoneInfo(config.time_zone)

    def said(self, code: str, values: Mapping[str, object]) -> str:
        """Give a sentence."""
        return sentence(code, values, language=self._language, zone=self._zone)

    def says(self, code: str, values: Mapping[str, object]) -> None:
        """Print a sentence, at once: somebody waits for it."""
        print(self.said(code, values), flush=True)

    def complains(self, code: str, values: Mapping[str, object]) -> None:
        """Print a sentence where errors go."""
        print(self.said(code, values), file=sys.stderr)

    def passphrase(self, file: Path | None, *, twice: bool) -> str:
        """Ask for the passphrase of the secrets, or read it from the file that was named.

        Raises:
            BackupUnusable: `backup.passphrases_differ`.
        """
        if file is not None:
            return file.read_text(encoding="utf-8").rstrip("\r\n")
        passphrase = getpass(f"{self.said('backup.ask_passphrase', {})} ")
        if twice and getpass(f"{self.said('backup.ask_passphrase_again', {})} ") != passphrase:
            raise BackupUnusable("backup.passphrases_differ")
        return passphrase


def main(given: argparse.Namespace, config: Config) -> int:
    """Make a backup; return the exit code: 0 whole, 1 none was made, 3 made without recordings that are damaged."""
    voice = Voice(given.language, config)
    place = Place(given.to)
    try:
        passphrase = voice.passphrase(given.passphrase_file, twice=True)
        now = WallClock(config.clock_offset).now()
        made = make_backup(config, place, passphrase, now=now, progress=Progress(voice.says))
        gone = place.keep_only(given.keep) if given.keep else []
    except ServerError as error:
        voice.complains(error.code, error.values)
        return 1
    except OSError as error:
        print(error, file=sys.stderr)
        return 1
    told = {"audio": len(made.manifest.audio), "new": made.new_audio, "size": made.manifest.state.size}
    voice.says("backup.made", {"directory": made.directory, **told})
    if gone:
        voice.says("backup.gone", {"names": ", ".join(gone)})
    if made.damaged:
        voice.complains("backup.audio_damaged", {"count": len(made.damaged), "names": ", ".join(made.damaged)})
        return 3
    return 0
