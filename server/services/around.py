"""What concerns some zones, with what was worked out of it last: the same for all who look, until it is another.

It must not read: what it holds was read once, and stands as long as the store says that it does.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Any, TypeVar

from schedules.schedule import Schedule

T = TypeVar("T")

MOST = 20
"""Days and halves of the schedule kept of each station; a week has seven days."""


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
        self._worked_out: OrderedDict[Hashable, Any] = OrderedDict()
        self._lock = Lock()
        self.planning = Lock()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Around) and self.schedule == other.schedule

    def of(self, key: Hashable, make: Callable[[], T]) -> T:
        """Give what was worked out under a key; a key says all that it depends on beside the schedule."""
        with self._lock:
            if key in self._worked_out:
                self._worked_out.move_to_end(key)
                found: T = self._worked_out[key]
                return found
        made = make()
        with self._lock:
            self._worked_out[key] = made
            if len(self._worked_out) > MOST:
                self._worked_out.popitem(last=False)
        return made
