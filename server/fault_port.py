"""What the use cases need kept about faults that people see to. It must not name a framework."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Protocol

from schedules.ids import LoudspeakerId
from server.fault_records import Fault


class Faults(Protocol):
    """Faults, open and ended ones. None is ever deleted."""

    def get(self, fault: str) -> Fault | None: ...
    def open(self) -> Sequence[Fault]:
        """Give the faults that have not ended, the oldest first."""
        ...

    def ended(self, *, since: datetime) -> Sequence[Fault]:
        """Give the faults that ended from an instant on, the last first."""
        ...

    def of(self, loudspeakers: Iterable[LoudspeakerId]) -> Sequence[Fault]:
        """Give every fault of some loudspeakers, the newest first."""
        ...

    def put(self, fault: Fault) -> None: ...
