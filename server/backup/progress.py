"""Says how far something is, at most once a second: what is done in less says nothing."""

from collections.abc import Callable, Mapping
from time import monotonic

Say = Callable[[str, Mapping[str, object]], object]
_EVERY_S = 1.0


class Progress:
    """Speaks while work goes on.

    Args:
        say: takes a code and its values.
    """

    def __init__(self, say: Say) -> None:
        self._say = say
        self._said = monotonic()

    def at(self, code: str, **values: object) -> None:
        """Take up how far it is."""
        now = monotonic()
        if now - self._said >= _EVERY_S:
            self._said = now
            self._say(code, values)
