"""Counts what arrives from each loudspeaker, and tells which say more than they can have to say.

The broker limits sizes and queues, not how often an account speaks. It must not refuse a message: evidence is taken in
whatever it costs; a loudspeaker that floods loses its account for a while instead.
"""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from schedules.ids import LoudspeakerId
from server.ports import Clock, Store
from server.services.trail import note_at

log = logging.getLogger(__name__)

AT_ONCE = 3000
"""Messages: more than an agent has after weeks without a line, with a report of many entries each."""
A_SECOND = 2.0
"""Messages that may follow without an end; an agent at work sends some in an hour."""
BARRED_FOR = timedelta(minutes=15)


@dataclass(slots=True)
class _Allowance:
    left: float
    at: datetime


class Floods:
    """An allowance for each loudspeaker, and who is barred for having spent it."""

    def __init__(self) -> None:
        self._allowances: dict[LoudspeakerId, _Allowance] = {}
        self._barred: dict[LoudspeakerId, datetime] = {}

    def count(self, store: Store, clock: Clock, loudspeaker: LoudspeakerId) -> None:
        """Count one message; who has spent the allowance is barred, with a line in the audit trail."""
        now = clock.now()
        own = self._allowances.setdefault(loudspeaker, _Allowance(AT_ONCE, now))
        own.left = min(AT_ONCE, own.left + max(0.0, (now - own.at).total_seconds()) * A_SECOND) - 1
        own.at = now
        if own.left >= 0 or now < self._barred.get(loudspeaker, now):
            return
        self._barred[loudspeaker] = now + BARRED_FOR
        log.error("loudspeaker_floods loudspeaker=%s barred_until=%s", loudspeaker, self._barred[loudspeaker])
        with store.writing() as uow:
            note_at(uow, now, None, "broker.flooded", loudspeaker, minutes=BARRED_FOR // timedelta(minutes=1))
            uow.commit()

    def barred(self, now: datetime) -> frozenset[LoudspeakerId]:
        """Give who has no account now; may be called from another thread."""
        return frozenset(each for each, until in tuple(self._barred.items()) if now < until)
