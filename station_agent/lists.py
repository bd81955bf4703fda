"""Fetches from the centre the trust lists that follow the one held, should the broker not bring them.

It works in a thread of its own. It must not believe a list: each goes the way of all messages, into the agent's loop.
"""

import logging
import random
import threading
from collections.abc import Callable
from pathlib import Path

from schedules.errors import WireError
from schedules.wire import topics
from station_agent.door import Door
from station_agent.errors import DoorError
from station_agent.identity import trust_held
from station_agent.ports import Received
from station_agent.trust_walk import ASIDE_LIMIT

log = logging.getLogger(__name__)

LOOK_EVERY = 3600.0  # seconds, up to half as much taken off by chance, so that a fleet does not ask at once


class TrustLists:
    """Asks every hour whether there is a next list.

    Args:
        state: The device's state directory.
        server: Address of the centre's pages.
        deliver: Takes the lists as they came; called from this thread.
    """

    def __init__(self, state: Path, *, server: str, deliver: Callable[[Received], None]) -> None:
        self._state = state
        self._door = Door(server)
        self._deliver = deliver
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._run, name="trust-lists", daemon=True)

    def start(self) -> None:
        """Look soon, and then every hour."""
        self._thread.start()

    def close(self) -> None:
        """Let the thread end."""
        self._closed.set()
        self._thread.join(timeout=1.0)

    def fetch(self) -> int:
        """Hand over each list after the one held, in order; return how many there were.

        Raises:
            DoorError: The centre cannot be reached.
            WireError, OSError: The list held cannot be read.
        """
        held = trust_held(self._state).number
        for count in range(ASIDE_LIMIT):
            number = held + 1 + count
            data = self._door.fetch(f"trust/{number}")
            if data is None:
                return count
            self._deliver(Received(topics.trust(number), data))
        return ASIDE_LIMIT

    def _run(self) -> None:
        pause = random.uniform(0.0, 60.0)  # noqa: S311 - spreads load, guards nothing
        while not self._closed.wait(pause):
            pause = LOOK_EVERY * random.uniform(0.5, 1.0)  # noqa: S311 - same
            try:
                self.fetch()
            except (DoorError, WireError, OSError) as error:
                log.warning("trust_lists_not_fetched error=%s", error)
