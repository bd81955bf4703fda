"""Asks the server for its time and what is in force, so that a clock can be trusted and a frozen broker is seen."""

import logging
import secrets

from schedules.wire.messages import Current
from station_agent.orders import Orders
from station_agent.ports import Clock
from station_agent.reports import Reports

log = logging.getLogger(__name__)

ASK_AGAIN = 0.5  # seconds; while the answer is needed to sound at all the pause doubles with each question
ASK_AGAIN_MOST = 60.0
ASK_EVERY = 14_400.0  # seconds between questions otherwise; each costs a SIM about 1.2 KB
ANSWER_WITHIN = 30.0  # seconds; a later answer says too little about the time
MAY_TAKE = 60.0  # seconds an answer, or an order that the server named, may take to come


class Freshness:
    """Asks, and tells what of the answers has not come."""

    def __init__(self, clock: Clock, orders: Orders, reports: Reports) -> None:
        self._clock = clock
        self._orders = orders
        self._reports = reports
        self._questions: dict[str, float] = {}
        self._asked = float("-inf")
        self._patience = ASK_AGAIN
        self._is_past = False
        self._unanswered_since: float | None = None
        self._behind_since: float | None = None

    def ask_at_once(self) -> None:
        """Ask on the next occasion: the line is new."""
        self._asked = float("-inf")
        self._patience = ASK_AGAIN
        self._unanswered_since = None

    def ask_when_due(self) -> None:
        """Ask when there is a reason to."""
        now = self._clock.monotonic()
        if now - self._asked < self._pause():
            return
        self._patience = min(2 * self._patience, ASK_AGAIN_MOST)
        # A centre that many ask at once answers later than we ask again; its answer is none the worse for that.
        self._questions = {each: at for each, at in self._questions.items() if now - at <= ANSWER_WITHIN}
        nonce = secrets.token_hex(16)
        self._questions[nonce] = self._asked = now
        if self._unanswered_since is None:
            self._unanswered_since = now
        self._reports.challenge(nonce)

    def answered(self, current: Current) -> bool:
        """Take in an answer to a question of the last 30 s; one that took longer, or a second one, is worth nothing."""
        now = self._clock.monotonic()
        asked = self._questions.get(current.nonce, float("-inf"))
        if now - asked > ANSWER_WITHIN:
            log.warning("answer_refused nonce=%s", current.nonce[:8])
            return False
        self._questions = {}
        self._unanswered_since = None
        self._is_past = not self._clock.trust(current.time, asked, now)
        if self._is_past:
            log.warning("answer_refused time=%s", current.time)
        return not self._is_past

    def faults(self) -> set[str]:
        """Return codes of what does not come: an answer, or what the server says is in force."""
        now = self._clock.monotonic()
        behind = self._orders.behind()
        self._behind_since = None if not behind else now if self._behind_since is None else self._behind_since
        found = {"clock.before_floor"} if self._is_past else set()
        if self._behind_since is not None and now - self._behind_since >= MAY_TAKE:
            found |= set(behind)
        if self._unanswered_since is not None and now - self._unanswered_since >= MAY_TAKE:
            found.add("behind.current")
        return found

    def _pause(self) -> float:
        if self._clock.interval() is None or self._orders.is_lost:
            return self._patience
        self._patience = ASK_AGAIN
        return ANSWER_WITHIN if self._questions else ASK_EVERY
