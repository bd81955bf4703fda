"""The `commune-radio` command. It only reads arguments and starts what does the work."""

import argparse
import gc
import logging
import signal
import sys
from collections.abc import Callable
from datetime import time
from pathlib import Path
from threading import Event, Thread
from zoneinfo import ZoneInfo

from server.arguments import add_accounts, add_backups, add_ceremonies, add_questions, add_verification
from server.config import Config, ConfigInvalid, load_config

DESCRIPTION = """\
The centre of a province's commune radio: plans what every loudspeaker plays, says so, and collects what was heard.

An installation runs `web` and `conductor` beside a broker and a database; `demo` runs all of it on one machine.
"""


def main(arguments: list[str] | None = None) -> int:
    """Run the command; return its exit code."""
    words = sys.argv[1:] if arguments is None else arguments
    if words[:1] == ["call"]:  # it knows its words only when the centre has said what calls there are
        from server import call_command

        return call_command.main(words[1:])
    given = _parser().parse_args(words)
    try:
        return int(given.run(given))
    except ConfigInvalid as error:
        print("\n".join(error.faults), file=sys.stderr)
        return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="commune-radio", description=DESCRIPTION, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(required=True, metavar="command")

    def command(name: str, run: Callable[[argparse.Namespace], int], what: str) -> argparse.ArgumentParser:
        added = commands.add_parser(name, help=what, description=what)
        added.set_defaults(run=run)
        return added

    for name, run, what in (
        ("web", _web, "serve the pages, and the audio to the loudspeakers"),
        ("conductor", _conductor, "plan, sign and publish rundowns; take in what loudspeakers report"),
        ("broker", _broker, "the embedded MQTT 5 broker: one machine only, not for production"),
    ):
        command(name, run, what).add_argument("--config", type=Path, help="settings (a TOML file)")
    files = command("broker-files", _broker_files, "make what a broker in production is started with, and renew it")
    files.add_argument("names", nargs="+", metavar="NAME", help="host name or address at which the broker is reached")
    files.add_argument("--config", type=Path, help="settings (a TOML file)")
    keys = command("keys", _keys, "make and rotate the keys of the centre (docs/ceremony.md); without a step: `init`")
    add_ceremonies(keys)
    units = command("units", _units, "take in the official list of units, or look one up")
    asked = units.add_subparsers(required=True, metavar="what", dest="what")
    imported = asked.add_parser("import", help="add a list to the tree (twice changes nothing)")
    imported.add_argument("file", nargs="?", type=Path, help="a CSV like the official list, which is the default")
    found = asked.add_parser("find", help="show units by a part of their name or code")
    found.add_argument("text")
    for each in (imported, found):
        each.add_argument("--config", type=Path, help="settings (a TOML file)")
    add_accounts(command("people", _people, "open, list and close accounts, or give a forgotten password anew"))
    simulate = command(
        "simulate", _simulate, "say what would be heard if the schedule were changed, or if something failed"
    )
    add_questions(simulate)
    why = command("why", _why, "say what a zone hears at an instant, and by which rules")
    why.add_argument("zone", help="id of the zone")
    why.add_argument("at", help="local time, 2026-12-01T05:25")
    why.add_argument("--config", type=Path, help="settings (a TOML file)")
    add_verification(
        command("verify", _verify, "say of the ledger of evidence what was added, dropped, altered or forked")
    )
    add_backups(
        command("backup", _backup, "keep database, recordings and keys in another place, while the centre runs"),
        command("restore", _restore, "bring the centre back from a backup"),
    )
    commands.add_parser("call", help="make a call of a centre's API, from a script: see `call --help`")
    radio = command("radio", _radio, "stream one recording for ever: a stand-in for a relay channel")
    radio.add_argument("recording", type=Path)
    radio.add_argument("--port", type=int, default=0)
    demo = command("demo", _demo, "start everything on this machine with demonstration data")
    demo.add_argument("--state", type=Path, default=Path("var/demo"), help="where its data lies (default: var/demo)")
    demo.add_argument("--port", type=int, default=8080, help="of the pages (default: 8080)")
    training = command("training", _training, "serve a centre to practise on, from which nothing can sound")
    training.add_argument("--state", type=Path, default=Path("var/training"), help="a directory of its own")
    training.add_argument("--host", default="127.0.0.1", help="where the pages are served (default: this machine only)")
    training.add_argument("--port", type=int, default=8090, help="of the pages (default: 8090)")
    smoke = command(
        "smoke", _smoke, "play real sound through the whole system in under a minute and count what was confirmed"
    )
    smoke.add_argument("--at", type=time.fromisoformat, help="local time the run pretends to begin at, 23:59:30")
    return parser


# Each command imports only what it runs: the conductor has no need of Flask, nor the pages of paho.


def _web(given: argparse.Namespace) -> int:
    config = _settings(given)
    from waitress import serve

    from server.app import create_app, serving
    from server.audio import MediaPreparation
    from server.clock import WallClock
    from server.passwords import Argon2Hashing
    from server.store import open_store

    app = create_app(
        config,
        store=open_store(config.database),
        clock=WallClock(config.clock_offset),
        hashing=Argon2Hashing(),
        preparation=MediaPreparation(config.audio_directory),
    )
    gc.freeze()  # what is loaded by now stays: to look through it for garbage doubles the time of a long page
    serve(app, **serving(config))
    return 0


def _conductor(given: argparse.Namespace) -> int:
    from server import conductor

    return conductor.main(_settings(given))


def _broker(given: argparse.Namespace) -> int:
    from server import broker

    return broker.main(_settings(given))


def _keys(given: argparse.Namespace) -> int:
    from server import keys_command

    return keys_command.main(given)


def _broker_files(given: argparse.Namespace) -> int:
    config = _settings(given)
    from server import broker_files
    from server.clock import WallClock
    from server.errors import KeysInvalid
    from server.services.broker_accounts import revocations, wanted
    from server.store import open_store

    clock = WallClock(config.clock_offset)
    try:
        authority = broker_files.make(config, given.names, now=clock.now())
    except (KeysInvalid, ValueError) as error:
        print(error, file=sys.stderr)
        return 1
    with open_store(config.database).reading() as uow:
        rights, revoked = wanted(uow, clock.now()), revocations(uow)
    broker_files.BrokerFiles(config.broker_directory, authority, clock).write(rights, revoked)
    print(f"directory={config.broker_directory} accounts={len(rights.accounts)} revoked={len(revoked)}")
    return 0


def _units(given: argparse.Namespace) -> int:
    config = _settings(given)
    from schedules.errors import ScheduleError
    from server.clock import WallClock
    from server.errors import Unacceptable
    from server.official.units import OFFICIAL, read_units
    from server.services import units
    from server.store import open_store
    from server.web.sentences import sentence

    store = open_store(config.database)
    if given.what == "find":
        for unit in units.find(store, given.text):
            days = f"{unit.valid_from or ''}..{unit.valid_to or ''}"
            print(f"{unit.id}\t{unit.level}\t{unit.name}\t{days}\t{' '.join(unit.successors)}")
        return 0
    try:
        done = units.take_in(store, WallClock(config.clock_offset), read_units(given.file or OFFICIAL))
    except OSError as error:
        print(error, file=sys.stderr)
        return 1
    except (ScheduleError, Unacceptable) as error:
        print(sentence(error.code, error.values, language="vi", zone=ZoneInfo(config.time_zone)), file=sys.stderr)
        return 1
    print(f"added={done.added} changed={done.changed} unchanged={done.unchanged}")
    return 0


def _people(given: argparse.Namespace) -> int:
    from server import people_command

    return people_command.main(given, load_config(given.config))


def _simulate(given: argparse.Namespace) -> int:
    from server import simulate

    return simulate.main(given, load_config(given.config))


def _why(given: argparse.Namespace) -> int:
    from server import why

    return why.main(given, load_config(given.config))


def _verify(given: argparse.Namespace) -> int:
    from server import verify

    return verify.main(given, load_config(given.config))


def _backup(given: argparse.Namespace) -> int:
    from server import backup_command

    return backup_command.main(given, load_config(given.config))


def _restore(given: argparse.Namespace) -> int:
    from server import restore_command

    return restore_command.main(given, load_config(given.config))


def _radio(given: argparse.Namespace) -> int:
    from server.radio import LocalRadio

    stream = LocalRadio(given.recording, given.port)
    ends = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ends.set())
    Thread(target=stream.serve_forever, daemon=True).start()
    print(f"http://127.0.0.1:{stream.port}/", flush=True)
    ends.wait()
    stream.end()
    return 0


def _demo(given: argparse.Namespace) -> int:
    from server.demo.run import Demonstration

    return Demonstration(given.state, given.port).run()


def _training(given: argparse.Namespace) -> int:
    from server.training.run import Training

    return Training(given.state, host=given.host, port=given.port).run()


def _smoke(given: argparse.Namespace) -> int:
    from server.smoke import run

    return run.main(given.at)


def _settings(given: argparse.Namespace) -> Config:
    config = load_config(given.config)
    logging.getLogger("alembic").setLevel(logging.WARNING)  # it tells of every plugin
    logging.basicConfig(
        level=config.log_level.upper(), format="%(asctime)s %(levelname)s %(name)s %(message)s", stream=sys.stdout
    )
    return config


if __name__ == "__main__":
    sys.exit(main())
