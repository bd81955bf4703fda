"""The `run` command: wires the real world to the agent and keeps its loop alive.

It must not decide anything about sound or evidence.
"""

import logging
import queue
import secrets
import signal
import sys
import time
from contextlib import ExitStack
from functools import partial

from schedules.ids import JournalId, LoudspeakerId
from station_agent import __version__
from station_agent.agent import Agent
from station_agent.cache import AudioCache
from station_agent.clock import clock_of
from station_agent.config import Config
from station_agent.disk import only_one
from station_agent.health import read_health
from station_agent.held import HeldMessages
from station_agent.host import RecentLog, ThisHost
from station_agent.identity import begin, read_identity, read_key
from station_agent.journal import SqliteJournal
from station_agent.link import MqttLink, web_context
from station_agent.pace import Pace
from station_agent.player import Backend, SoundPlayer
from station_agent.ports import AudioChanged, Event

log = logging.getLogger("station_agent")

SWITCH = 0.001  # seconds a thread may hold the interpreter: the sound's callback waits for no parser longer than this
LAST_WORDS = 1.0  # seconds to write and say what is left when the agent is told to end

FORM = "%(asctime)s %(levelname)s %(name)s %(message)s"

Inbox = queue.SimpleQueue[Event | None]
"""What the loop waits for; None ends it."""


def run(config: Config) -> bool:
    """Play until told to end; tell whether whoever keeps this process is to start it again.

    Raises:
        AgentError: `agent.already_running`, or the device has no key.
    """
    logging.basicConfig(level=config.log_level.upper(), stream=sys.stderr, format=FORM)
    recent = RecentLog(logging.Formatter(FORM))
    logging.getLogger().addHandler(recent)
    sys.setswitchinterval(SWITCH)
    config.state_directory.mkdir(parents=True, exist_ok=True)
    inbox: Inbox = queue.SimpleQueue()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: inbox.put(None))
    with ExitStack() as stack:
        stack.enter_context(only_one(config.state_directory))
        agent = _wired(config, inbox, recent, stack)
        log.info("agent_started loudspeaker=%s version=%s sound=%s", config.loudspeaker, __version__, config.sound)
        _loop(agent, inbox)
        log.info("agent_stopped restart=%s", agent.wants_restart)
        return agent.wants_restart


def _wired(config: Config, inbox: Inbox, recent: RecentLog, stack: ExitStack) -> Agent:
    """Choose the real adapters; they are closed in the opposite order."""
    state = config.state_directory
    clock = clock_of(config)
    key = read_key(state)
    journal = SqliteJournal(
        state / "journal.db",
        loudspeaker=LoudspeakerId(config.loudspeaker),
        new_id=lambda: JournalId(secrets.token_hex(16)),
        clock=clock,
    )
    stack.callback(journal.shut)
    cache = AudioCache(
        state / "audio",
        config.audio_url,
        lambda: inbox.put(AudioChanged()),
        pace=Pace(clock, state / "downloaded.json"),
        tls=partial(web_context, config.broker),
    )
    stack.callback(cache.close)
    held = HeldMessages(state / "held")
    begin(state, held)
    player = SoundPlayer(Backend(config.sound), monotonic=clock.monotonic, report=inbox.put)
    stack.callback(player.close)

    known = read_identity(state)
    # A device that was never enrolled knows the centre by its audio alone.
    server = config.audio_url.removesuffix("/").removesuffix("/audio") if known is None else known.server
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
        commanded=HeldMessages(state / "commands"),
        host=ThisHost(config, server=server, recent=recent, report=inbox.put),
        cache=cache,
        link=link,
    )
    for code in config.reported_faults:
        agent.note_fault(code)

    def deliver(event: Event) -> None:
        agent.hush_if_ordered(event)
        inbox.put(event)

    link.start(will=agent.will, deliver=deliver)
    stack.callback(link.stop)
    if known is not None:
        from station_agent.lists import TrustLists
        from station_agent.renewal import Renewal

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
        pause = agent.step(event)
        if agent.wants_restart:
            break
    agent.leave()
    deadline = time.monotonic() + LAST_WORDS
    while time.monotonic() < deadline and agent.is_sounding:
        try:
            agent.step(inbox.get(timeout=0.05))
        except queue.Empty:
            continue
    agent.say_goodbye()
