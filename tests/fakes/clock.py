"""A clock that stands still until a test moves it."""

from datetime import datetime, timedelta


class FakeClock:
    """See `ports.Clock`."""

    def __init__(self, now: datetime) -> None:
        self._now = now

    def now(self) -> datetime:
        return self._now

    def advance(self, by: timedelta) -> None:
        self._now += by
