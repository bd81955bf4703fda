"""What arrived from the broker and is not taken in yet, handed over together. It must not understand any of it.

It waits for nothing: while some messages are kept, those that come meanwhile make up the next batch.
"""

from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from itertools import islice
from queue import Empty, SimpleQueue

from server.link import Arrived

AT_ONCE = 64
"""Messages kept in one transaction: a tenth of a second that a person who presses a button may have to wait."""
BYTES_AT_ONCE = 1024 * 1024
ATTEMPTS = 3
"""How often a message is taken up again that could not be kept: a full disk may be cleared, a mistake of ours not."""


class Inbox:
    """Messages in the order they came; `put` may be called from another thread."""

    def __init__(self) -> None:
        self._queue: SimpleQueue[Arrived] = SimpleQueue()
        self._waiting: deque[Arrived] = deque()
        self._alone = 0
        self._attempts = 0

    def put(self, arrived: Arrived) -> None:
        """Add a message."""
        self._queue.put(arrived)

    def take(self, keep: Callable[[Sequence[Arrived]], None], *, wait_s: float) -> None:
        """Have the messages kept that wait, then let the broker forget them; without any, wait for one.

        Whatever `keep` raises leaves here. Which of them was the cause nobody knows, so each is then kept alone, and
        one that fails again and again spoils no other.
        """
        some = self._next(wait_s)
        self._attempts += 1
        if self._attempts <= ATTEMPTS and some:
            try:
                keep(some)
            except Exception:
                if len(some) > 1:
                    self._alone, self._attempts = len(some), 0
                raise
        # Only now the broker may forget them. A loudspeaker repeats what was not answered, whatever the broker does.
        for each in some:
            self._waiting.popleft()
            each.acknowledge()
        self._alone = max(0, self._alone - len(some))
        self._attempts = 0

    def _next(self, wait_s: float) -> Sequence[Arrived]:
        with suppress(Empty):
            if not self._waiting:
                self._waiting.append(self._queue.get(timeout=wait_s))
            while len(self._waiting) < AT_ONCE:
                self._waiting.append(self._queue.get_nowait())
        size = 0
        some: list[Arrived] = []
        for each in islice(self._waiting, 1 if self._alone else AT_ONCE):
            size += len(each.payload)
            if some and size > BYTES_AT_ONCE:
                break
            some.append(each)
        return some
