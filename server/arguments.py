"""What the words of `commune-radio` are: options and steps of its larger commands. It starts nothing."""

import argparse
from datetime import date
from pathlib import Path


def add_ceremonies(parser: argparse.ArgumentParser) -> None:
    """Describe the steps of `keys`; without one it does what `init` does."""
    parser.add_argument("--config", type=Path, help="settings (a TOML file)")
    parser.set_defaults(step="init", language="vi")
    steps = parser.add_subparsers(metavar="step")

    def step(name: str, what: str) -> argparse.ArgumentParser:
        added = steps.add_parser(name, help=what, description=what)
        added.set_defaults(step=name)
        added.add_argument("--language", choices=("vi", "en"), default="vi")
        added.add_argument("--config", type=Path, default=argparse.SUPPRESS, help="settings (a TOML file)")
        return added

    step("init", "draw every key of a new centre, a single root too, and sign the first list: to try it out")
    root = step("root", "offline: draw a root key, locked by a passphrase")
    root.add_argument("--out", type=Path, required=True, help="the file it is written to")
    next_list = step("propose", "write the next trust list into a file that is carried to the roots to be signed")
    next_list.add_argument("--out", type=Path, required=True, help="the file it is written to")
    next_list.add_argument("--add-root", action="append", default=[], metavar="PUBLIC", help="its public half")
    next_list.add_argument("--drop", action="append", default=[], metavar="KEY", help="leave a key out, by its id")
    next_list.add_argument("--threshold", type=int, metavar="N", help="how many roots have to sign from then on")
    next_list.add_argument("--rotate", default="", metavar="ROLES", help="draw new keys: issue,state,emergency")
    next_list.add_argument("--roots-until", type=date.fromisoformat, metavar="DAY", help="when roots are replaced")
    next_list.add_argument("--volume-ceiling", type=int, metavar="PERCENT", help="that no other key can exceed")
    night = next_list.add_mutually_exclusive_group()
    night.add_argument("--night", metavar="HOURS", help="silence of every night: 22:00-05:00")
    night.add_argument("--no-night", action="store_true", help="no silence of every night any more")
    next_list.add_argument("--raise-epoch", action="store_true", help="void all that was signed: a key was stolen")
    signed = step("sign", "offline: show what a list changes, and sign it with a root")
    signed.add_argument("list", type=Path, help="the file that `propose` wrote")
    signed.add_argument("--root", type=Path, required=True, help="the file of the root key")
    signed.add_argument("--yes", action="store_true", help="do not ask")
    for each in (root, signed):
        each.add_argument("--passphrase-file", type=Path, help="read the passphrase there instead of asking")
    published = step("publish", "put a signed list in force; a running conductor follows it by itself")
    published.add_argument("list", type=Path, help="the signed file")
    shown = step("show", "show the list in force, or a file and what it still lacks")
    shown.add_argument("list", type=Path, nargs="?", help="a file that `propose` wrote")


def add_accounts(parser: argparse.ArgumentParser) -> None:
    """Describe the steps of `people`."""
    steps = parser.add_subparsers(required=True, metavar="step", dest="step")

    def step(name: str, what: str) -> argparse.ArgumentParser:
        added = steps.add_parser(name, help=what, description=what)
        added.add_argument("--language", choices=("vi", "en"), default="vi")
        added.add_argument("--config", type=Path, help="settings (a TOML file)")
        return added

    opened = step("add", "open an account; its password is asked for, and is changed at the first sign-in")
    opened.add_argument("--name", required=True, help="as it stands under what the person decides")
    opened.add_argument(
        "--unit", required=True, help="id, as `commune-radio units find` gives it; roles hold below too"
    )
    opened.add_argument(
        "--role",
        action="append",
        required=True,
        choices=("editor", "approver", "officer", "technician", "inspector", "administrator"),
        help="may be given several times",
    )
    renewed = step("password", "give somebody who forgot theirs a password for one sign-in")
    closed = step("close", "close an account and sign it out everywhere; what the person decided stays")
    listed = step("list", "show the accounts of a unit")
    listed.add_argument("--unit", required=True, help="id, as `commune-radio units find` gives it")
    for each in (opened, renewed, closed):
        each.add_argument("login")
    for each in (opened, renewed):
        each.add_argument("--password-file", type=Path, help="read the password there instead of asking")


def add_questions(parser: argparse.ArgumentParser) -> None:
    """Describe what `simulate` is asked."""
    place = parser.add_mutually_exclusive_group(required=True)
    place.add_argument("--zone", help="id of one zone")
    place.add_argument("--unit", help="id of a unit: all zones below it")
    parser.add_argument("--from", dest="first", type=date.fromisoformat, required=True, help="first day, 2026-12-01")
    parser.add_argument("--to", dest="last", type=date.fromisoformat, help="last day (default: the first)")
    parser.add_argument("--approve", action="append", default=[], metavar="PROGRAMME", help="as if it were approved")
    parser.add_argument("--withdraw", action="append", default=[], metavar="PROGRAMME", help="as if it were withdrawn")
    parser.add_argument("--remove-slot", action="append", default=[], metavar="SLOT", help="as if it were removed")
    parser.add_argument("--change", type=Path, metavar="FILE", help="the same as JSON, and bookings: see the README")
    parser.add_argument(
        "--fault",
        action="append",
        default=[],
        metavar="KIND=FROM..TO",
        help="link_down, power_cut, clock_off:SECONDS, clock_wrong:SECONDS (does not know it), "
        "download_failed[:PROGRAMME]; local days or times, 2026-12-01T05:00..2026-12-01T06:30",
    )
    parser.add_argument("--at", action="append", default=[], metavar="ZONE", help="where it fails; default: all")
    parser.add_argument("--language", choices=("vi", "en"), default="vi")
    parser.add_argument("--json", action="store_true", help="everything, as JSON")
    parser.add_argument("--config", type=Path, help="settings (a TOML file)")


def add_verification(parser: argparse.ArgumentParser) -> None:
    """Describe what `verify` is given."""
    parser.epilog = "Ends with 0 when nothing was found, 1 when something was, 2 when it could not run."
    parser.add_argument(
        "--head", type=Path, action="append", default=[], metavar="FILE", help="a head that was kept outside"
    )
    parser.add_argument("--file", type=Path, help="verify this exported file instead of the database")
    parser.add_argument("--export", type=Path, metavar="FILE", help="write everything to verify into one file")
    parser.add_argument("--language", choices=("vi", "en"), default="vi")
    parser.add_argument("--json", action="store_true", help="everything, as JSON")
    parser.add_argument("--config", type=Path, help="settings (a TOML file)")


def add_backups(backup: argparse.ArgumentParser, restore: argparse.ArgumentParser) -> None:
    """Describe `backup` and `restore`."""
    backup.epilog = (
        "Ends with 0 when all is kept, 1 when no backup was made, 3 when one was made without recordings that are "
        "damaged at the centre."
    )
    backup.add_argument("--to", type=Path, required=True, metavar="PLACE", help="a directory: one backup a time in it")
    backup.add_argument("--keep", type=_at_least_one, metavar="N", help="let all but the newest N of the place go")
    restore.epilog = "Stop the centre first. What is replaced is set aside under another name, not deleted."
    restore.add_argument("backup", type=Path, metavar="FROM", help="a place (its newest backup is taken) or one backup")
    restore.add_argument("--replace", action="store_true", help="set aside the database and the keys that are there")
    restore.add_argument("--by", metavar="NAME", help="who restores, for the ledger (default: the system's user)")
    restore.add_argument(
        "--head", type=Path, action="append", default=[], metavar="FILE", help="a head of the ledger kept outside"
    )
    restore.add_argument(
        "--without-damaged-audio", action="store_true", help="go on without recordings that the place has not whole"
    )
    for each in (backup, restore):
        each.add_argument("--passphrase-file", type=Path, help="read the passphrase there instead of asking")
        each.add_argument("--language", choices=("vi", "en"), default="vi")
        each.add_argument("--config", type=Path, help="settings (a TOML file): those of the conductor")


def _at_least_one(text: str) -> int:
    if (count := int(text)) < 1:
        raise argparse.ArgumentTypeError("at least 1")
    return count
