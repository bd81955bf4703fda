"""Silence ordered by a person (Im lặng ngay): who is silent, since which order, until when.

It must not decide what plays; the playhead and the device's guard ask it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from schedules.errors import InvalidValue


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    """The newest order about silence for one audience (`zone:…` or `unit:…`).

    Attributes:
        number: grows with each order for the audience; the higher replaces the lower.
        ordered: True while silence is ordered, False once lifted.
        until: when it lifts itself; None: when a person lifts it.
        spares_emergencies: whether a real emergency may still sound.
    """

    audience: str
    number: int
    ordered: bool
    until: datetime | None = None
    spares_emergencies: bool = True

    def __post_init__(self) -> None:
        if self.number < 0:
            raise InvalidValue("silence.number", number=self.number)

    def holds(self, now: datetime) -> bool:
        """Tell whether silence is in force at an instant."""
        return self.ordered and (self.until is None or now < self.until)


def silenced(silences: Iterable[Silence], now: datetime) -> Silence | None:
    """Give an order of silence in force, the one that lasts longest; None when sound is allowed."""
    holding = [silence for silence in silences if silence.holds(now)]
    endless = next((silence for silence in holding if silence.until is None), None)
    return endless or max(holding, key=lambda silence: silence.until or now, default=None)
