"""What is worked out of the whole schedule again and again, as the use cases share it."""

from collections.abc import Callable, Hashable
from typing import Protocol, TypeVar

T = TypeVar("T")


class Schedules(Protocol):
    """What was last made of what people scheduled and approved. It knows when that changed, not what it is."""

    def kept(self, key: Hashable, make: Callable[[], T]) -> T:
        """Give what was made under a key last, if nothing that a schedule is made of has changed since; else make it.

        Where it is made anew and comes out equal, it is the one from before that is given. Others are given it too:
        nobody may change it.

        Args:
            key: says all that it depends on beside the schedule; always of the same sort of thing.
            make: reads this very transaction and nothing else.
        """
        ...
