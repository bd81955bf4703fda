"""Parts of pages as they were last drawn: what shows the same is drawn once, whoever looks at it.

A part that is kept may hold nothing of one visitor: no token, no name, no right that its key does not say.
"""

from collections.abc import Callable, Hashable
from hashlib import sha256

from markupsafe import Markup

from server.last import Last

MOST = 48
"""The longest part seen has 440,000 letters, 0.9 MB in memory: 42 MB in all."""


class Parts:
    """The parts drawn last. Safe between threads."""

    def __init__(self, *, most: int = MOST) -> None:
        self._last = Last(most)

    def drawn(self, shows: Hashable, draw: Callable[[], str]) -> Markup:
        """Give a part as it was drawn last; drawn anew where what it shows was not drawn yet.

        Args:
            shows: everything on which the part depends; what is written alike shows alike.
            draw: gives the part as HTML.
        """
        key = sha256(repr(shows).encode()).hexdigest()
        return self._last.of(key, lambda: Markup(draw()))  # noqa: S704 -- from a template, which escapes
