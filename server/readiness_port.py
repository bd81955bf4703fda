"""What the use cases need kept about being ready: outages, alarms, digests. It must not name a framework."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Protocol

from schedules.ids import UnitId, ZoneId
from schedules.times import Span
from server.readiness_records import Alarm, Digest, Outage


class Outages(Protocol):
    """Planned outages."""

    def get(self, outage: str) -> Outage | None: ...
    def inside(self, span: Span, zones: Iterable[ZoneId]) -> Sequence[Outage]:
        """Give the outages during which one of some zones is without power within a span, the first to begin first."""
        ...

    def of_station(self, station: UnitId, *, limit: int) -> Sequence[Outage]:
        """Give a station's outages, the last to begin first."""
        ...

    def put(self, outage: Outage) -> None: ...


class Alarms(Protocol):
    """Alarms, open and ended ones."""

    def get(self, alarm: str) -> Alarm | None: ...
    def open(self) -> Sequence[Alarm]:
        """Give the alarms that have not ended, the first to begin first."""
        ...

    def ended(self, *, since: datetime) -> Sequence[Alarm]:
        """Give the alarms that ended from an instant on, the last first."""
        ...

    def put(self, alarm: Alarm) -> None: ...


class Digests(Protocol):
    """Digests; nothing in one is changed once it is there but when it was mailed."""

    def keys(self, *, since: datetime) -> frozenset[tuple[UnitId, str]]:
        """Give unit and key of the digests of sessions that start from an instant on."""
        ...

    def get(self, unit: UnitId, key: str) -> Digest | None: ...
    def of_unit(self, unit: UnitId, *, limit: int) -> Sequence[Digest]:
        """Give a unit's digests, the newest first."""
        ...

    def add(self, digest: Digest) -> bool:
        """Keep a digest unless the unit has one of its key; tell whether it was kept."""
        ...

    def unmailed(self, units: Iterable[UnitId], *, since: datetime) -> Sequence[Digest]:
        """Give the digests of units made from an instant on that were not mailed, the oldest first."""
        ...

    def mailed(self, unit: UnitId, key: str, at: datetime) -> None: ...
    def forget(self, *, before: datetime) -> None:
        """Delete the digests of sessions that started before an instant."""
        ...
