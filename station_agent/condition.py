"""What a loudspeaker says of itself: how it is, what is wrong with it, and what it holds of its rundown.

It must not mend or decide anything, and it sends nothing.
"""

from collections.abc import Callable
from secrets import token_hex

from schedules import evidence
from schedules.errors import WireError
from schedules.guard import WIDEST_INTERVAL
from schedules.ids import ZoneId
from schedules.wire import topics
from schedules.wire.messages import Presence, ReceiptState, RundownReceipt, SilenceObeyed
from station_agent import __version__
from station_agent.air import Air
from station_agent.freshness import Freshness
from station_agent.lane import EmergencyAir
from station_agent.logbook import Logbook
from station_agent.orders import Orders, missing
from station_agent.ports import Cache, Clock, Health, Journal, Player
from station_agent.reports import NEVER

TOLD_FOR = 3_600.0  # seconds for which it is told that another device came with this one's key


class Condition:
    """The condition of one loudspeaker, asked of all its parts.

    Attributes:
        journal_refuses: code of why the journal last refused; empty while it works.
    """

    def __init__(  # noqa: PLR0913 - it asks every part
        self,
        *,
        clock: Clock,
        player: Player,
        journal: Journal,
        cache: Cache,
        orders: Orders,
        logbook: Logbook,
        freshness: Freshness,
        air: Air,
        lane: EmergencyAir,
        read_health: Callable[[], Health],
    ) -> None:
        self._clock = clock
        self._player = player
        self._journal = journal
        self._cache = cache
        self._orders = orders
        self._logbook = logbook
        self._freshness = freshness
        self._air = air
        self._lane = lane
        self._read_health = read_health
        self._instance = token_hex(8)
        self._noted: set[str] = set()
        self._taken_over_at = float("-inf")
        self.journal_refuses = ""

    def note(self, fault: str) -> None:
        """Have a fault told by its code from now on."""
        self._noted.add(fault)

    def forget(self, fault: str) -> None:
        """Tell a fault no longer."""
        self._noted.discard(fault)

    def note_taken_over(self) -> None:
        """Have it told for a while that another device came with this one's key."""
        self._taken_over_at = self._clock.monotonic()

    def presence(self) -> Presence:
        """Give the presence of now; who sends it numbers it."""
        rundown = self._orders.rundown
        interval = self._clock.interval()
        health = self._read_health()
        return Presence(
            audience=topics.SERVER,
            number=0,
            issued=NEVER,
            online=True,
            version=__version__,
            revision=rundown.revision if rundown is not None else None,
            covers_until=rundown.covers.end if rundown is not None else None,
            silences=tuple(SilenceObeyed(audience=each.audience, number=each.number) for each in self._orders.silences),
            clock_error_ms=evidence.error_ms(interval) if interval is not None else None,
            disk_free=health.disk_free,
            temperature=health.temperature,
            volume=self._air.volume,
            playing=self._lane.now_playing() or self._air.now_playing(),
            faults=self._faults(),
            returned=self._orders.returned,
            bytes_today=self._cache.bytes_today,
            instance=self._instance,
            system=health.system,
        )

    def receipt(self) -> RundownReceipt | None:
        """Give the receipt of the rundown in force; None while there is none."""
        rundown = self._orders.rundown
        if rundown is None:
            return None
        lacking = missing(self._orders.recordings(self._clock.now()), self._cache.present)
        return RundownReceipt(
            audience=topics.SERVER,
            number=0,
            issued=NEVER,
            zone=rundown.zone,
            state=ReceiptState.RECEIVED if lacking else ReceiptState.READY,
            revision=rundown.revision,
            held=rundown.revision,
            missing=lacking,
        )

    def refusal(self, zone: ZoneId, error: WireError) -> RundownReceipt:
        """Give the receipt of a rundown that was refused; `zone` names it where none is in force."""
        rundown, number = self._orders.rundown, error.values.get("number")
        return RundownReceipt(
            audience=topics.SERVER,
            number=0,
            issued=NEVER,
            zone=rundown.zone if rundown is not None else zone,
            state=ReceiptState.REFUSED,
            revision=number if isinstance(number, int) else 0,
            held=rundown.revision if rundown is not None else None,
            reason=error.code,
        )

    def _faults(self) -> tuple[str, ...]:
        interval = self._clock.interval()
        found = {*self._noted, *self._freshness.faults(), *self._cache.faults.values()}
        found |= {self._journal.fault, self.journal_refuses, self._logbook.fault}
        found |= {self._player.fault, self._air.refusal, self._lane.refusal}
        if interval is None:
            found.add("clock.unknown")
        elif interval.width > WIDEST_INTERVAL:
            found.add("clock.doubtful")
        if self._clock.monotonic() - self._taken_over_at < TOLD_FOR:
            found.add("link.taken_over")
        return tuple(sorted(found - {""}))
