"""Parts of pages as they were last drawn: what shows the same is drawn once, whoever looks at it.

A part that is kept may hold nothing of one visitor: no token, no name, no right that its key does not say.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from hashlib import sha256
from threading import Lock

from markupsafe import Markup

MOST = 48
"""The longest part seen has half a million letters."""


class Parts:
    """The parts drawn last. Safe between threads."""

    def __init__(self, *, most: int = MOST) -> None:
        self._most = most
        self._kept: OrderedDict[str, Markup] = OrderedDict()
        self._lock = Lock()

    def drawn(self, shows: Hashable, draw: Callable[[], str]) -> Markup:
        """Give a part as it was drawn last; drawn anew where what it shows was not drawn yet.

        Args:
            shows: everything on which the part depends; what is written alike shows alike.
            draw: gives the part as HTML.
        """
        key = sha256(repr(shows).encode()).hexdigest()
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        part = Markup(draw())  # noqa: S704 -- from a template, which escapes
        with self._lock:
            self._kept[key] = part
            if len(self._kept) > self._most:
                self._kept.popitem(last=False)
        return part
