"""What was handed to the broker and is not confirmed yet; a fact of the running process, kept nowhere else.

It must not publish or store. Whoever starts anew finds in the database what still has to leave.
"""

from collections import deque
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

PATIENCE = timedelta(seconds=30)
"""After this long without the broker's confirmation a message is sent again."""
WINDOW = 200
"""Rundowns on their way at one time."""
AGAIN_A_SECOND = 60
"""Rundowns a second when a broker lost them: 3,321 zones in under a minute, and no rush of downloads and receipts."""


class Kind(Enum):
    """What was sent."""

    SILENCE = "silence"
    ASSIGNMENT = "assignment"
    RUNDOWN = "rundown"


@dataclass(frozen=True, slots=True)
class Sent:
    """One numbered message, named by its audience, loudspeaker or zone; `under` is the trust list it goes by."""

    kind: Kind
    name: str
    number: int
    under: int = 0


class OnTheWay:
    """Remembers messages from their handing over to their confirmation. Safe between two threads."""

    def __init__(self) -> None:
        self._given: dict[Sent, datetime] = {}
        self._confirmed: deque[Sent] = deque()
        self._paced_at: datetime | None = None
        self._allowance = 0.0

    def give(self, sent: Sent, now: datetime) -> None:
        """Note that a message leaves."""
        self._given[sent] = now

    def holds(self, sent: Sent, now: datetime) -> bool:
        """Tell whether a message left and its confirmation may still come."""
        given = self._given.get(sent)
        return given is not None and now - given < PATIENCE

    def confirm(self, sent: Sent) -> None:
        """Note the broker's confirmation; called from the link's thread."""
        self._confirmed.append(sent)

    def take_confirmed(self) -> list[Sent]:
        """Give what was confirmed since the last call."""
        taken = [self._confirmed.popleft() for _ in range(len(self._confirmed))]
        for sent in taken:
            self._given.pop(sent, None)
        return taken

    def forget(self) -> None:
        """Forget what was not confirmed: the session ended, and whether it arrived nobody knows."""
        self._given.clear()

    def room(self) -> int:
        """Give how many rundowns may leave now."""
        return WINDOW - sum(sent.kind is Kind.RUNDOWN for sent in self._given)

    def paced_room(self, now: datetime) -> int:
        """Give how many rundowns that a broker lost may leave now."""
        passed = 1.0 if self._paced_at is None else (now - self._paced_at).total_seconds()
        self._allowance = min(AGAIN_A_SECOND, self._allowance + max(0.0, passed) * AGAIN_A_SECOND)
        self._paced_at = now
        return min(self.room(), int(self._allowance))

    def spend(self, count: int) -> None:
        """Note how many of them left."""
        self._allowance -= count

    @property
    def has_news(self) -> bool:
        """Whether something was confirmed since it was last asked for."""
        return bool(self._confirmed)

    @property
    def idle(self) -> bool:
        """Whether everything handed over was confirmed and written down."""
        return not self._given and not self._confirmed
