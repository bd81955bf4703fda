"""The agent's loop, one step at a time: takes events, keeps the sound right, tells the server.

It must not know any library: the world comes in as ports, so that a day passes in a test in milliseconds.
"""

import logging
from collections.abc import Callable, Iterable
from datetime import datetime

from schedules.errors import WireError, on_one_line
from schedules.ids import DeviceId, LoudspeakerId, ZoneId
from schedules.wire.command import Command, Section
from schedules.wire.emergency import EmergencyIssued, EmergencyListed, ExerciseIssued
from schedules.wire.messages import (
    AsRunAcknowledged,
    Assignment,
    Current,
    Message,
    RundownIssued,
    SilenceOrdered,
    TrustList,
)
from schedules.wire.seal import SigningKey
from station_agent.air import Air
from station_agent.commands import Commands
from station_agent.condition import Condition
from station_agent.errors import JournalError
from station_agent.freshness import Freshness
from station_agent.lane import EmergencyAir
from station_agent.logbook import Logbook
from station_agent.marks import Marks
from station_agent.orders import Orders
from station_agent.ports import (
    AudioChanged,
    Cache,
    Clock,
    Delivered,
    Event,
    Health,
    Held,
    Host,
    Journal,
    Link,
    LinkDown,
    LinkUp,
    PlayEnded,
    Player,
    PlayStarted,
    Received,
    Wanted,
)
from station_agent.reports import Reports

log = logging.getLogger(__name__)

PRUNE_EVERY = 86_400.0


class Agent:
    """One loudspeaker.

    Args:
        loudspeaker: Its id.
        key: The device's own signing key.
        roots: Public root keys.
        heartbeat: Seconds between two presence messages when nothing changes.
        read_health: Reads disk and temperature.
        clock: Tells the time.
        player: Makes the sound.
        journal: Keeps the evidence.
        held: Keeps what is obeyed.
        commanded: Keeps which commands came.
        host: The process it runs in.
        cache: Keeps the audio.
        link: The line to the broker.
    """

    def __init__(  # noqa: PLR0913 - the one place where everything of a loudspeaker meets
        self,
        loudspeaker: LoudspeakerId,
        *,
        key: SigningKey,
        roots: Iterable[str],
        heartbeat: float,
        read_health: Callable[[], Health],
        clock: Clock,
        player: Player,
        journal: Journal,
        held: Held,
        commanded: Held,
        host: Host,
        cache: Cache,
        link: Link,
    ) -> None:
        self._clock = clock
        self._player = player
        self._journal = journal
        self._cache = cache
        self._link = link
        self._host = host
        self._orders = Orders(loudspeaker, DeviceId(key.key), roots, held)
        if self._orders.trust is not None:
            clock.follow(self._orders.trust.list.epoch)
        self._logbook = Logbook(journal, clock.now())
        self._air = Air(
            loudspeaker, clock=clock, player=player, cache=cache, orders=self._orders, logbook=self._logbook
        )
        self._lane = EmergencyAir(
            loudspeaker, clock=clock, player=player, cache=cache, orders=self._orders, logbook=self._logbook
        )
        self._reports = Reports(loudspeaker, key=key, link=link, clock=clock, heartbeat=heartbeat)
        self._freshness = Freshness(clock, self._orders, self._reports)
        self._marks = Marks(loudspeaker, clock=clock, logbook=self._logbook, orders=self._orders)
        self._commands = Commands(
            DeviceId(key.key),
            clock=clock,
            player=player,
            orders=self._orders,
            reports=self._reports,
            files=commanded,
            host=host,
            resync=self._resync,
            gather=self._gathered,
        )
        self._connected = False
        self._pruned_at = clock.monotonic()
        self._condition = Condition(
            clock=clock,
            player=player,
            journal=journal,
            cache=cache,
            orders=self._orders,
            logbook=self._logbook,
            freshness=self._freshness,
            air=self._air,
            lane=self._lane,
            read_health=read_health,
        )
        self._apply_all()

    def will(self) -> tuple[str, bytes]:
        """Return topic and bytes of what the broker is to say for this agent when the line breaks."""
        return self._reports.will()

    def step(self, event: Event | None) -> float:
        """Take in an event, if one came, and tick, whatever goes wrong; return after how many seconds to step again.

        It is all that a loop has to call, whether it has one agent or a thousand.
        """
        try:
            if event is not None:
                self.handle(event)
            return self.tick()
        except Exception:
            # the one broad catch of the agent: a fault in one order must not silence the pole for good
            log.exception("loop_failed event=%s", type(event).__name__)
            self.note_fault("agent.loop_failed")
            return 1.0

    def handle(self, event: Event) -> None:
        """Take in one event."""
        match event:
            case Received(topic, payload):
                self._receive(topic, payload)
            case LinkUp():
                self._connected = True
                self._reports.say_again()
                self._commands.say_again()
                self._freshness.ask_at_once()
                self._cache.retry()
            case LinkDown(taken_over):
                self._connected = False
                if taken_over:
                    self._condition.note_taken_over()
            case PlayStarted() | PlayEnded():
                self._air.heard(event)
                self._lane.heard(event)
                self._commands.heard(event, self._air.rules())
            case Delivered():
                self._commands.delivered(event)
            case AudioChanged():
                pass  # the next tick looks at what is there

    def tick(self) -> float:
        """Put everything right and say what changed; return after how many seconds to come again at the latest."""
        rules = self._air.rules()
        emergency = self._lane.settle(rules)
        self._air.settle(emergency)
        self._commands.tick(rules)
        self._cache.give_way(line_is_needed=emergency is not None or self._air.relays_on_a_thin_line)
        self._clock.keep()
        if self._journal.is_torn and not self.is_sounding:
            self._journal.mend()
        if not self._air.is_cued and not self._lane.is_cued:
            self._marks.write_due(self._settled_until)
        if self._connected:
            self._freshness.ask_when_due()
            receipt = self._condition.receipt()
            if receipt is not None:
                self._reports.receipt(receipt)
            self._asked_of_journal(lambda: self._reports.entries(self._journal, self._settled_until))
            self._reports.presence(self._condition.presence())
        if self._clock.monotonic() - self._pruned_at > PRUNE_EVERY:
            self._pruned_at = self._clock.monotonic()
            self._asked_of_journal(lambda: self._journal.prune(self._clock.now()))
        return min(self._air.next_look(), self._lane.next_look())

    @property
    def _settled_until(self) -> datetime:
        return min([self._air.settled_until, *self._lane.sounds_since])

    def hush_if_ordered(self, event: Event) -> None:
        """Silence the player at once, from any thread, when a valid new order says so; the loop does the rest.

        The loop may be waiting for a slow disk; a person who pressed the red button, or who stands at the horn, must
        not wait for it.
        """
        if not isinstance(event, Received) or not event.topic.endswith(("/silence", "/assignment")):
            return
        silent = self._orders.orders_silence(
            event.topic, event.payload, self._clock.now(), is_sure=self._clock.interval() is not None
        )
        if silent is not None:
            self._player.hush(spares=self._lane.spared if silent.spares_emergencies else "")

    def note_fault(self, code: str) -> None:
        """Have a fault told with the next presence."""
        self._condition.note(code)

    @property
    def wants_restart(self) -> bool:
        """Whether the process is to end, so that whoever keeps it starts it again."""
        return self._commands.wants_restart

    @property
    def is_sounding(self) -> bool:
        """Whether something is cued or sounding."""
        return bool(self._player.sounding())

    def leave(self) -> None:
        """End what sounds; the entries follow as soon as the player has said so."""
        self._commands.stop("device.stopped")
        self._lane.stop_all("device.stopped")
        self._air.stop_all("device.stopped")

    def say_goodbye(self) -> None:
        """Tell what there is to tell, and that this agent goes away on purpose."""
        if self._connected:
            self._asked_of_journal(lambda: self._reports.entries(self._journal, self._settled_until))
            self._reports.goodbye()

    def _receive(self, topic: str, payload: bytes) -> None:
        interval = self._clock.interval()
        try:
            message = self._orders.receive(topic, payload, self._clock.now() if interval is not None else None)
            if isinstance(message, Current) and self._freshness.answered(message):
                self._orders.answered(message, payload)
            if isinstance(message, Command):
                self._commands.receive(message, self._air.rules())
        except WireError as error:
            self._refuse(topic, error)
        except OSError as error:
            log.exception("order_not_kept topic=%s error=%s", topic, error.errno)
            self.note_fault("held.unwritable")
            self._apply_all()
        else:
            self._condition.forget("held.unwritable")
            self._apply(topic, message)

    def _apply(self, topic: str, message: Message) -> None:
        match message:
            case AsRunAcknowledged():
                self._asked_of_journal(lambda: self._acknowledge(message))
            case TrustList():
                log.info("trust_accepted number=%d", message.number)
                self._clock.follow(message.epoch)
                for early_topic, early in self._orders.take_early():
                    self._receive(early_topic, early)
            case Assignment() | RundownIssued():
                log.info("order_accepted topic=%s number=%d", topic, message.number)
                if isinstance(message, Assignment):  # also all that a centre set back to a backup says anew
                    self._reports.say_again()
                    self._freshness.ask_at_once()
                self._apply_all()
            case SilenceOrdered():
                log.info("order_accepted topic=%s number=%d", topic, message.number)
            case EmergencyListed() | EmergencyIssued() | ExerciseIssued():
                log.warning("emergency_received topic=%s number=%d", topic, message.number)
                self._sound_first()

    def _acknowledge(self, message: AsRunAcknowledged) -> None:
        if not self._journal.acknowledge(message.journal, message.through, message.head):
            log.error("acknowledgement_disagrees journal=%s through=%d", message.journal, message.through)
            self.note_fault("journal.head_disagrees")

    def _asked_of_journal(self, work: Callable[[], None]) -> None:
        """Do something with the journal; what the disk refuses is told, and stops nothing else."""
        try:
            work()
        except JournalError as error:
            log.warning("journal_refused code=%s", error)
            self._condition.journal_refuses = error.code
        else:
            self._condition.journal_refuses = ""

    def _sound_first(self) -> None:
        """Let the lane sound before what came is written down: a siren must not wait for a slow disk."""
        self._lane.settle(self._air.rules())
        interval = self._clock.interval()
        try:
            self._orders.keep_announced(None if interval is None else interval.earliest)
        except OSError as error:
            log.exception("order_not_kept error=%s", error.errno)
            self.note_fault("held.unwritable")

    def _resync(self) -> None:
        """Ask for everything again, and say everything again; nothing that is held is forgotten."""
        self._link.subscribe_again()
        self._reports.say_again()
        self._freshness.ask_at_once()
        self._cache.retry()

    def _gathered(self) -> tuple[Section, ...]:
        from station_agent.diagnostics import sections  # noqa: PLC0415 - asked for once in a while

        return sections(
            presence=self._condition.presence(),
            clock=self._clock,
            orders=self._orders,
            journal=self._journal,
            host=self._host.about(),
        )

    def _apply_all(self) -> None:
        self._follow()
        here = self._orders.assignment
        if here is not None:
            self._cache.limit(here.daily_bytes, here.regulations[0].zone if here.regulations else None)
        recordings = self._orders.recordings(self._clock.now())
        self._cache.want(Wanted(each.sha256, each.length, needed) for each, needed in recordings.items())

    def _follow(self) -> None:
        self._link.follow(self._orders.topics)

    def _refuse(self, topic: str, error: WireError) -> None:
        repeated = error.code == "wire.not_newer" and error.values.get("number") == error.values.get("held")
        if repeated or error.code == "trust.not_next":
            return  # a retained message comes again with every reconnect
        log.warning("message_refused topic=%s code=%s", on_one_line(topic), error)
        if topic.endswith("/rundown") and error.code != "wire.unknown_key":
            self._reports.refusal(self._condition.refusal(ZoneId(topic.split("/")[-2]), error))
