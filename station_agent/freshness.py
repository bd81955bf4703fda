"""Asks the server for its time and what is in force, so that a clock can be trusted and a frozen broker is seen."""

import logging
import secrets

from schedules.wire.messages import Current
from station_agent.orders import Orders
from station_agent.ports import Clock
from station_agent.reports import Reports

log = logging.getLogger(__name__)

ASK_AGAIN = 0.5  # seconds; while nothing vouches for the clock the pause doubles with each question
ASK_AGAIN_MOST = 60.0
ASK_EVERY = 3600.0  # seconds between questions otherwise
ANSWER_WITHIN = 30.0  # seconds; a later answer says too little about the time
MAY_TAKE = 60.0  # seconds an order that the server named may take to come


class Freshness:
    """Compares what is held with what the server says is in force."""

    def __init__(self, clock: Clock, orders: Orders, reports: Reports) -> None:
        self._clock = clock
        self._orders = orders
        self._reports = reports
        self._nonce = ""
        self._asked = float("-inf")
        self._patience = ASK_AGAIN
        self._is_past = False
        self._current: Current | None = None
        self._answered = float("-inf")

    def ask_at_once(self) -> None:
        """Ask on the next occasion: the line is new."""
        self._asked = float("-inf")
        self._patience = ASK_AGAIN

    def ask_when_due(self) -> None:
        """Ask when there is a reason to."""
        now = self._clock.monotonic()
        every = self._patience if self._clock.interval() is None else ASK_EVERY
        if now - self._asked >= every:
            self._patience = min(2 * self._patience, ASK_AGAIN_MOST)
            self._nonce = secrets.token_hex(16)
            self._asked = now
            self._reports.challenge(self._nonce)

    def answered(self, current: Current) -> None:
        """Take in an answer; one to another question, or one that took too long, is worth nothing."""
        now = self._clock.monotonic()
        if current.nonce != self._nonce or now - self._asked > ANSWER_WITHIN:
            log.warning("answer_refused nonce=%s", current.nonce[:8])
            return
        self._nonce = ""
        self._is_past = not self._clock.trust(current.time, self._asked, now)
        if self._is_past:
            log.warning("answer_refused time=%s", current.time)
            return
        self._current, self._answered = current, now

    def faults(self) -> list[str]:
        """Return codes of what the server says is in force and has not come."""
        if self._is_past:
            return ["clock.before_floor"]
        if self._current is None or self._clock.monotonic() - self._answered < MAY_TAKE:
            return []
        current, orders = self._current, self._orders
        held = {silence.audience: silence.number for silence in orders.silences}
        behind = {
            "behind.trust": orders.trust is None or orders.trust.list.number < current.trust,
            "behind.assignment": orders.assignment is None or orders.assignment.number < current.assignment,
            "behind.rundown": current.rundown is not None
            and (orders.rundown is None or orders.rundown.revision < current.rundown),
            "behind.silence": any(held.get(audience, -1) < number for audience, number in current.silences),
        }
        return [code for code, is_behind in behind.items() if is_behind]
