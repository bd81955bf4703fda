"""What concerns some zones, with what was worked out of it last: the same for all who look, until it is another.

It must not read: what it holds was read once, and stands as long as the store says that it does.
"""

from collections.abc import Callable, Hashable
from threading import Lock
from typing import TypeVar
from weakref import finalize

from schedules.schedule import Schedule
from server.last import Last

T = TypeVar("T")

MOST = 12
"""Small things kept of each station: which slots are released since when, what waits."""
MOST_LAID_OUT = 300
"""Days, and halves of their planning, kept of all stations together: 0.3 to 0.6 MB each where 13 zones hear eight items
a day that no other hears, 190 MB at most. A page of today needs one of them, a week eight."""

_LAID_OUT = Last(MOST_LAID_OUT)


class Around:
    """A part of the schedule. Two are equal when their schedules are, so that an edit elsewhere changes none.

    Safe between threads; nobody may change what it gives.

    Attributes:
        schedule: as it was read.
        planning: held by who plans with what is kept here: a planner remembers what zones share.
    """

    __hash__ = None  # type: ignore[assignment]  # as a schedule

    def __init__(self, schedule: Schedule) -> None:
        self.schedule = schedule
        self.planning = Lock()
        self._worked_out = Last(MOST)
        self._itself = object()
        finalize(self, _LAID_OUT.forget, self._itself).atexit = False

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Around) and self.schedule == other.schedule

    def of(self, key: Hashable, make: Callable[[], T]) -> T:
        """Give what was worked out under a key; a key says all that it depends on beside the schedule."""
        return self._worked_out.of(key, make)

    def laid_out(self, key: Hashable, make: Callable[[], T]) -> T:
        """Give what is as large as a day, as `of` does, if it is among what was asked for last of all stations."""
        return _LAID_OUT.of((self._itself, key), make)
