"""Who looks on, and what each waits for. One thread watches for everybody, and only while somebody looks.

It knows neither a page nor rights.
"""

import logging
import secrets
from collections import Counter, defaultdict
from collections.abc import Iterable
from threading import Condition, Event, Lock, Thread
from time import monotonic
from typing import NamedTuple

from schedules.ids import PersonId, UnitId
from server.ports import Clock, Store
from server.services.news import News, Watch

log = logging.getLogger(__name__)

STREAMS = 240
"""In all: each holds a thread of the server."""
STREAMS_A_PERSON = 8
_LOOK_EVERY_S = 0.2
"""A look at SQLite costs 5 µs; beside `news.APART_S` it leaves some of the second a desk may be late."""
_LINGERS_S = 60.0
"""How long it watches on after the last one has gone, who mostly comes back with the next page."""
_PAUSE_S = 1.0


class Marks(NamedTuple):
    """Each is another one after something changed, and empty where nobody watches.

    Attributes:
        unit: of a unit and what lies below it.
        lane: of emergencies and exercises, wherever they are.
    """

    unit: str = ""
    lane: str = ""


class Place:
    """A stream's place among those who look on.

    Attributes:
        taken: whether a newer page of the same person has it: a browser that left a page is known to be gone only when
            something is said to it.
    """

    taken = False


class Streams:
    """Keeps the marks of all units, and lets streams wait until theirs is another one."""

    def __init__(self, store: Store, clock: Clock, *, lingers_s: float = _LINGERS_S) -> None:
        self._store, self._clock, self._lingers_s = store, clock, lingers_s
        self._lock = Lock()
        self._moved: defaultdict[UnitId, Condition] = defaultdict(lambda: Condition(self._lock))
        self._open: defaultdict[PersonId, list[Place]] = defaultdict(list)
        self._left_at = 0.0
        self._run, self._units, self._lane = "", Counter[UnitId](), 0
        self._closed = Event()

    @property
    def closed(self) -> bool:
        """Whether every stream is to end."""
        return self._closed.is_set()

    def marks(self, unit: UnitId) -> Marks:
        """Give a unit's marks as they are."""
        with self._lock:
            return self._marks(unit)

    def enter(self, person: PersonId) -> Place | None:
        """Take a place among those who look on, the person's oldest where they have all of theirs; None without one.

        Whoever enters leaves.
        """
        with self._lock:
            own = self._open[person]
            if self.closed or (self._count() >= STREAMS and len(own) < STREAMS_A_PERSON):
                return None
            if len(own) >= STREAMS_A_PERSON:
                own.pop(0).taken = True
                self._wake(self._moved)
            if not self._run:
                watch = Watch(self._store, self._clock)
                self._run = secrets.token_hex(4)  # what was missed meanwhile makes every page look once
                Thread(target=self._go_on, args=(watch,), name="news", daemon=True).start()
            own.append(Place())
            return own[-1]

    def leave(self, person: PersonId, place: Place) -> None:
        """Give the place back."""
        with self._lock:
            if not place.taken:
                self._open[person].remove(place)
            self._left_at = monotonic()

    def wait(self, place: Place, unit: UnitId, known: Marks, seconds: float) -> Marks:
        """Give a unit's marks when they are others than those known, the time is over or the place is taken."""
        with self._lock:
            self._moved[unit].wait_for(
                lambda: self.closed or place.taken or self._marks(unit) != known, max(0.0, seconds)
            )
            return self._marks(unit)

    def close(self) -> None:
        """End every stream, and watch no more."""
        self._closed.set()
        with self._lock:
            self._wake(self._moved)

    def _go_on(self, watch: Watch) -> None:
        while not self._closed.wait(_LOOK_EVERY_S):
            try:
                news = watch.look(monotonic())
            except Exception:  # the database may be away for a while
                log.exception("watch_failed")
                self._closed.wait(_PAUSE_S)
            else:
                if not self._tell(news):
                    return

    def _tell(self, news: News) -> bool:
        """Let those know whom it concerns; tell whether anybody still looks."""
        with self._lock:
            self._units.update(news.units)
            self._lane += news.lane
            self._wake(self._moved if news.lane else news.units & self._moved.keys())
            if self._count() or monotonic() - self._left_at < self._lingers_s:
                return True
            self._run, self._lane = "", 0
            self._units.clear()
            self._moved.clear()
            return False

    def _count(self) -> int:
        return sum(map(len, self._open.values()))

    def _wake(self, units: Iterable[UnitId]) -> None:
        for unit in units:
            self._moved[unit].notify_all()

    def _marks(self, unit: UnitId) -> Marks:
        return Marks(f"{self._run}.{self._units[unit]}", f"{self._run}.{self._lane}") if self._run else Marks()
