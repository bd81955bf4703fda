"""The wall clock: the only file of the centre that reads it. It must not decide anything."""

from datetime import UTC, datetime, timedelta


class WallClock:
    """The machine's clock in aware UTC, whole milliseconds as on the wire.

    Args:
        offset: added to it, so that a demonstration can be run at another hour.
    """

    def __init__(self, offset: timedelta = timedelta(0)) -> None:
        self._offset = offset

    def now(self) -> datetime:
        """Give the present instant."""
        now = datetime.now(UTC) + self._offset
        return now.replace(microsecond=now.microsecond // 1000 * 1000)
