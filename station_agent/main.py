"""The `station-agent` command: wires the real world to the agent and keeps its loop alive.

It must not decide anything about sound or evidence.
"""

import argparse
import fcntl
import logging
import os
import queue
import secrets
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path

from schedules.ids import DeviceId, JournalId, LoudspeakerId
from schedules.wire.seal import SigningKey, fingerprint, new_seed
from station_agent import __version__, enrol_command
from station_agent.agent import Agent
from station_agent.cache import AudioCache
from station_agent.clock import CHIP_FILE, SystemClock
from station_agent.config import Config, load_config
from station_agent.enrolment import begin
from station_agent.errors import AgentError, ConfigInvalid
from station_agent.health import read_health
from station_agent.held import HeldMessages
from station_agent.identity import DEVICE_KEY, place, read_identity, settings
from station_agent.journal import SqliteJournal, read_summary
from station_agent.link import MqttLink, web_context
from station_agent.lists import TrustLists
from station_agent.orders import Orders, missing
from station_agent.player import Backend, SoundPlayer
from station_agent.ports import AudioChanged, Event
from station_agent.renewal import Renewal
from station_agent.sentences import SENTENCES, both

log = logging.getLogger("station_agent")

DEFAULT_CONFIG = Path("/etc/station-agent/config.toml")
SWITCH = 0.001  # seconds a thread may hold the interpreter: the sound's callback waits for no parser longer than this
LAST_WORDS = 1.0  # seconds to write and say what is left when the agent is told to end

Inbox = queue.SimpleQueue[Event | None]
"""What the loop waits for; None ends it."""

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
    enrol_command.add_arguments(enrol)
    enrol.set_defaults(command=_enrol)
    init = commands.add_parser("init", help="make the device's key and print its public half")
    init.add_argument("--state", type=Path, required=True, help="the state directory named in the settings")
    init.set_defaults(command=_init)
    return parser


def _init(given: argparse.Namespace) -> int:
    given.state.mkdir(parents=True, exist_ok=True)
    path = _key_path(given.state)
    if path.exists():
        key = _read_key(given.state)
    else:
        seed = new_seed()
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(seed.hex())
            file.flush()
            os.fsync(file.fileno())
        key = _read_key(given.state)
    print(f"key={key.key} public={key.public}")
    return 0


def _enrol(given: argparse.Namespace) -> int:
    try:
        given.state.mkdir(mode=0o700, parents=True, exist_ok=True)
        if given.state.stat().st_uid != os.geteuid():  # what root writes here, the agent could not read
            raise AgentError("enrol.wrong_user")
        with _only_one(given.state):
            return enrol_command.run(given, SystemClock().now())
    except OSError as error:
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
    config = _config(given)
    held = config.state_directory / "held"
    device = DeviceId(_read_key(config.state_directory).key)
    orders = Orders(LoudspeakerId(config.loudspeaker), device, config.trust_roots, HeldMessages(held))
    clock = _clock(config)
    here, rundown, summary = orders.assignment, orders.rundown, read_summary(config.state_directory / "journal.db")
    kept = config.state_directory / "audio"
    audio = frozenset(path.name for path in kept.iterdir()) if kept.exists() else frozenset()
    print(f"loudspeaker={config.loudspeaker} version={__version__}")
    print(f"trust={orders.trust.list.number if orders.trust else 'none'}")
    print(f"assignment={here.number if here else 'none'} zone={here.zone if here else '-'}")
    if orders.is_lost:
        print("lost=true")  # nothing sounds until all that the centre names has come
    if rundown is not None:
        lacking = missing(orders.recordings(clock.now()), audio)
        print(f"rundown={rundown.revision} covers_until={rundown.covers.end:%Y-%m-%dT%H:%MZ} missing={len(lacking)}")
    for silence in orders.silences:
        print(f"silence={silence.audience} number={silence.number} ordered={str(silence.holds(clock.now())).lower()}")
    if summary is not None:
        print(f"journal={summary.id} entries={summary.entries} unacknowledged={summary.pending}")
    return 0


def _run(given: argparse.Namespace) -> int:
    config = _config(given)
    logging.basicConfig(
        level=config.log_level.upper(), stream=sys.stderr, format="%(asctime)s %(levelname)s %(name)s %(message)s"
    )
    sys.setswitchinterval(SWITCH)
    config.state_directory.mkdir(parents=True, exist_ok=True)
    inbox: Inbox = queue.SimpleQueue()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: inbox.put(None))
    with ExitStack() as stack:
        stack.enter_context(_only_one(config.state_directory))
        agent = _wired(config, inbox, stack)
        log.info("agent_started loudspeaker=%s version=%s sound=%s", config.loudspeaker, __version__, config.sound)
        _loop(agent, inbox)
        log.info("agent_stopped")
    return 0


def _wired(config: Config, inbox: Inbox, stack: ExitStack) -> Agent:
    """Choose the real adapters; they are closed in the opposite order."""
    state = config.state_directory
    clock = _clock(config)
    key = _read_key(state)
    journal = SqliteJournal(
        state / "journal.db",
        loudspeaker=LoudspeakerId(config.loudspeaker),
        new_id=lambda: JournalId(secrets.token_hex(16)),
        clock=clock,
    )
    stack.callback(journal.shut)
    cache = AudioCache(
        state / "audio", config.audio_url, lambda: inbox.put(AudioChanged()), tls=web_context(config.broker)
    )
    stack.callback(cache.close)
    held = HeldMessages(state / "held")
    begin(state, held)
    player = SoundPlayer(Backend(config.sound), monotonic=clock.monotonic, report=inbox.put)
    stack.callback(player.close)

    link = MqttLink(config.broker, client_id=key.key)
    agent = Agent(
        LoudspeakerId(config.loudspeaker),
        key=key,
        roots=config.trust_roots,
        heartbeat=config.heartbeat,
        read_health=partial(read_health, state),
        clock=clock,
        player=player,
        journal=journal,
        held=held,
        cache=cache,
        link=link,
    )
    for code in (*config.reported_faults, *(("journal.damaged",) if journal.was_damaged else ())):
        agent.note_fault(code)

    def deliver(event: Event) -> None:
        agent.hush_if_ordered(event)
        inbox.put(event)

    link.start(will=agent.will, deliver=deliver)
    stack.callback(link.stop)
    known = read_identity(state)
    if known is not None:
        renewal = Renewal(
            state,
            server=known.server,
            loudspeaker=LoudspeakerId(config.loudspeaker),
            key=key,
            clock=clock,
            deliver=inbox.put,
        )
        renewal.start()
        stack.callback(renewal.close)
        lists = TrustLists(state, server=known.server, deliver=inbox.put)
        lists.start()
        stack.callback(lists.close)
    return agent


def _loop(agent: Agent, inbox: Inbox) -> None:
    """Take events and tick, whatever goes wrong in between, until told to end."""
    pause = 0.0
    while True:
        try:
            event = inbox.get(timeout=pause)
        except queue.Empty:
            event = None
        else:
            if event is None:
                break
        pause = _step(agent, event)
    agent.leave()
    deadline = time.monotonic() + LAST_WORDS
    while time.monotonic() < deadline and agent.is_sounding:
        try:
            _step(agent, inbox.get(timeout=0.05))
        except queue.Empty:
            continue
    agent.say_goodbye()


def _step(agent: Agent, event: Event | None) -> float:
    try:
        if event is not None:
            agent.handle(event)
        return agent.tick()
    except Exception:
        # the one broad catch of the agent: a fault in one order must not silence the pole for good
        log.exception("loop_failed event=%s", type(event).__name__)
        agent.note_fault("agent.loop_failed")
        return 1.0


def _clock(config: Config) -> SystemClock:
    return SystemClock(
        offset=config.clock_offset,
        chip=CHIP_FILE if config.has_clock_chip else None,
        kept=config.state_directory / "clock.json",
    )


def _key_path(state: Path) -> Path:
    enrolled = place(state) / DEVICE_KEY
    return enrolled if enrolled.exists() else state / DEVICE_KEY


def _read_key(state: Path) -> SigningKey:
    try:
        seed = bytes.fromhex(_key_path(state).read_text().strip())
    except FileNotFoundError:
        raise AgentError("key.missing", hint="station-agent enrol") from None
    except ValueError:
        raise AgentError("key.unreadable", path=str(_key_path(state))) from None
    return SigningKey(fingerprint(SigningKey("", seed).public), seed)


@contextmanager
def _only_one(state: Path) -> Iterator[None]:
    """Hold the state directory: two agents on one journal would break its chain."""
    with (state / "lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise AgentError("agent.already_running", state=str(state)) from None
        yield


if __name__ == "__main__":
    sys.exit(main())
