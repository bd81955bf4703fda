"""Keeps what was asked for last, a number of things and no more. It knows nothing of what it keeps."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import RLock
from typing import Any, TypeVar

T = TypeVar("T")


class Last:
    """The last so many things that were asked for. Safe between threads; nobody may change what it gives."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: OrderedDict[Hashable, Any] = OrderedDict()
        self._lock = RLock()  # what is let go may be the last to hold something that forgets

    def of(self, key: Hashable, make: Callable[[], T]) -> T:
        """Give what was made under a key, or make it; a key says all that it depends on."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                found: T = self._kept[key]
                return found
        made = make()
        with self._lock:
            self._kept[key] = made
            if len(self._kept) > self._most:
                self._kept.popitem(last=False)
        return made

    def forget(self, whose: object) -> None:
        """Let go of all whose key is a tuple that begins with something."""
        with self._lock:
            for key in [each for each in self._kept if isinstance(each, tuple) and each[0] is whose]:
                del self._kept[key]
