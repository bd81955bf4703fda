"""Writes the marks of a running agent: at its start, every hour, and every 24 hours one that is called daily.

A mark costs one commit an hour. It must not write while a sound is cued; its caller sees to that.
"""

from datetime import datetime

from schedules import evidence
from schedules.chain import GENESIS
from schedules.ids import JournalId, LoudspeakerId
from schedules.mark import Mark, MarkKind
from station_agent.logbook import Logbook
from station_agent.orders import Orders
from station_agent.ports import Clock

EVERY = 3600.0
"""Seconds between two marks, by the clock that never jumps."""
HOURS_A_DAY = 24


class Marks:
    """Knows which mark is due, and drafts it.

    Args:
        loudspeaker: Whose journal it is.
        clock: Tells the time.
        logbook: Takes the marks.
        orders: What is in force here.
    """

    def __init__(self, loudspeaker: LoudspeakerId, *, clock: Clock, logbook: Logbook, orders: Orders) -> None:
        self._loudspeaker = loudspeaker
        self._clock = clock
        self._logbook = logbook
        self._orders = orders
        self._written = 0
        self._due = clock.monotonic()

    def write_due(self, settled_until: datetime) -> None:
        """Write the mark that is due, if one is; what the disk refuses is tried again with the next call.

        Args:
            settled_until: Everything before it that concerns this loudspeaker is in the journal.
        """
        now = self._clock.monotonic()
        if now < self._due or not self._logbook.mark(self._draft(settled_until)):
            return
        self._written += 1
        self._due += EVERY
        if self._due <= now:  # a suspended machine, or a disk that was full for hours
            self._due = now + EVERY

    def _draft(self, settled_until: datetime) -> Mark:
        interval = self._clock.interval()
        rundown, trust, ledger = self._orders.rundown, self._orders.trust, self._orders.ledger
        return Mark(
            loudspeaker=self._loudspeaker,
            journal=JournalId(""),
            sequence=1,
            previous=GENESIS,
            kind=self._kind(),
            recorded_at=self._clock.now(),
            clock_error_ms=None if interval is None else evidence.error_ms(interval),
            covers_until=None if interval is None else settled_until,
            rundown=None if rundown is None else rundown.revision,
            trust=None if trust is None else trust.list.number,
            ledger_size=None if ledger is None else ledger.size,
            ledger_root="" if ledger is None else ledger.root,
            ledger_at=None if ledger is None else self._orders.ledger_at,
        )

    def _kind(self) -> MarkKind:
        if self._written == 0:
            return MarkKind.BOOT
        return MarkKind.HOURLY if self._written % HOURS_A_DAY else MarkKind.DAILY
