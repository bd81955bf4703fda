"""What is made of the schedule, made anew each time: the fake keeps nothing, so nothing it gives is ever old."""

from collections.abc import Callable, Hashable
from typing import TypeVar

T = TypeVar("T")


class FakeSchedules:
    """See `schedule_port.Schedules`."""

    def kept(self, key: Hashable, make: Callable[[], T]) -> T:
        hash(key)
        return make()
