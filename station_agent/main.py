"""The `station-agent` command: reads what is asked and hands it on.

It must not load what only another command needs: the one that runs for years keeps in memory what it imports.
"""

import argparse
import os
import sys
from pathlib import Path

from station_agent import __version__
from station_agent.config import Config, load_config
from station_agent.disk import only_one
from station_agent.errors import AgentError, ConfigInvalid
from station_agent.identity import make_key, read_identity, settings

DEFAULT_CONFIG = Path("/etc/station-agent/config.toml")
AGAIN = 75
"""Exit code of a process that was told to restart: whoever keeps it starts it again."""
DESCRIPTION = """\
Plays the broadcast schedule on one loudspeaker of a commune radio station.

The agent keeps the whole rundown and its audio on its own disk, so it plays on time with or without a network, and
writes down what it played until the centre has it. It obeys nothing that is not signed.
"""

EPILOG = """\
A first start:
  1. a technician opens a code on the loudspeaker's page at the centre
  2. station-agent enrol --state /var/lib/station-agent    asks for the code, makes the keys, gets a certificate
  3. station-agent run --state /var/lib/station-agent      usually by systemd; ends cleanly on SIGTERM or Ctrl-C
  4. station-agent status --state /var/lib/station-agent   what it holds, what is still to be reported
"""


def main(arguments: list[str] | None = None) -> int:
    """Run the command; return its exit code."""
    given = _parser().parse_args(arguments)
    try:
        return int(given.command(given))
    except ConfigInvalid as error:
        print("\n".join(error.faults), file=sys.stderr)
    except AgentError as error:
        from station_agent.sentences import SENTENCES, both

        print(both(error.code) if error.code in SENTENCES else error, file=sys.stderr)
    return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="station-agent",
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=__version__)
    commands = parser.add_subparsers(required=True, metavar="command")
    run = commands.add_parser("run", help="play, until told to end")
    run.set_defaults(command=_run)
    status = commands.add_parser("status", help="show what this loudspeaker holds")
    status.set_defaults(command=_status)
    for each in (run, status):
        each.add_argument("--config", type=Path, help=f"settings (default: {DEFAULT_CONFIG}, where it is there)")
        each.add_argument("--state", type=Path, help="the state directory of an enrolled device")
    enrol = commands.add_parser("enrol", help="become a loudspeaker's, by the code a technician brings")
    enrol.set_defaults(command=_enrol)
    enrol.add_argument("code", nargs="?", help="the text that was scanned; without it, it is asked for")
    enrol.add_argument("--state", type=Path, required=True, help="the state directory")
    enrol.add_argument("--again", action="store_true", help="although this device is enrolled already")
    typed = enrol.add_argument_group("instead of a code that was scanned")
    typed.add_argument("--server", help="address of the centre's pages")
    typed.add_argument("--id", help="number of the code")
    typed.add_argument("--secret", help="its 16 letters; better left out and typed when asked for")
    typed.add_argument("--roots", help="fingerprint of the root keys, 64 digits, instead of comparing it by eye")
    init = commands.add_parser("init", help="make the device's key and print its public half")
    init.add_argument("--state", type=Path, required=True, help="the state directory named in the settings")
    init.set_defaults(command=_init)
    return parser


def _init(given: argparse.Namespace) -> int:
    key = make_key(given.state)
    print(f"key={key.key} public={key.public}")
    return 0


def _enrol(given: argparse.Namespace) -> int:
    from station_agent.clock import SystemClock
    from station_agent.enrol_command import run

    try:
        given.state.mkdir(mode=0o700, parents=True, exist_ok=True)
        if given.state.stat().st_uid != os.geteuid():  # what root writes here, the agent could not read
            raise AgentError("enrol.wrong_user")
        with only_one(given.state):
            return run(given, SystemClock().now())
    except OSError as error:
        from station_agent.sentences import both

        print(both("enrol.unwritable", error=error), file=sys.stderr)
        return 1


def _config(given: argparse.Namespace) -> Config:
    """Read the settings: what enrolment wrote down, and over it what the file says."""
    known = None if given.state is None else read_identity(given.state)
    if known is None:
        return load_config(given.config or DEFAULT_CONFIG)
    file = given.config or (DEFAULT_CONFIG if DEFAULT_CONFIG.exists() else None)
    return load_config(file, under=settings(known, given.state))


def _status(given: argparse.Namespace) -> int:
    from station_agent.status_command import show

    show(_config(given))
    return 0


def _run(given: argparse.Namespace) -> int:
    from station_agent.run_command import run

    return AGAIN if run(_config(given)) else 0


if __name__ == "__main__":
    sys.exit(main())
