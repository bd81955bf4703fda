"""What was made of the schedule, kept as long as the database says that nothing in it changed. It knows no schedule."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.store.rows import TreeMarkRow

T = TypeVar("T")
_Marks = tuple[tuple[int, str], ...]

_MARKS = select(TreeMarkRow.id, TreeMarkRow.mark).order_by(TreeMarkRow.id)

MOST = 128
"""So many are kept, one for each station of a province that somebody looks at; 0.7 MB each with 126 slots."""


class KnownSchedules:
    """What was made last, shared by the transactions of a process. Safe between threads.

    After the first look at another state each is made anew, and most come out as they were: then the one from before
    stays, with what was worked out of it.
    """

    def __init__(self) -> None:
        self._kept: OrderedDict[Hashable, tuple[_Marks, Any]] = OrderedDict()
        self._lock = Lock()

    def of(self, marks: _Marks, key: Hashable, make: Callable[[], T]) -> T:
        """Give what is kept under a key for a state; made anew where nothing is."""
        with self._lock:
            known = self._kept.get(key)
            if known is not None and known[0] == marks:
                self._kept.move_to_end(key)
                found: T = known[1]
                return found
        made = make()
        if known is not None and known[1] == made:
            made = known[1]
        with self._lock:
            self._kept[key] = marks, made
            self._kept.move_to_end(key)
            if len(self._kept) > MOST:
                self._kept.popitem(last=False)
        return made


class SqlSchedules:
    """See `schedule_port.Schedules`."""

    def __init__(self, session: Session, known: KnownSchedules) -> None:
        self._session = session
        self._known = known

    def kept(self, key: Hashable, make: Callable[[], T]) -> T:
        """Give what was made under a key last, if nothing that a schedule is made of has changed since."""
        marks = tuple((each.id, each.mark) for each in self._session.execute(_MARKS))
        return self._known.of(marks, key, make)
