"""Planned outages, alarms and digests in memory."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from schedules.ids import UnitId, ZoneId
from schedules.times import Span
from server.readiness_records import Alarm, Digest, Outage


@dataclass
class KeptReadiness:
    """Everything there is of them."""

    outages: dict[str, Outage] = field(default_factory=dict)
    alarms: dict[str, Alarm] = field(default_factory=dict)
    digests: dict[tuple[UnitId, str], Digest] = field(default_factory=dict)

    def __copy__(self) -> "KeptReadiness":
        return KeptReadiness(dict(self.outages), dict(self.alarms), dict(self.digests))


class FakeOutages:
    def __init__(self, kept: KeptReadiness) -> None:
        self._kept = kept

    def get(self, outage: str) -> Outage | None:
        return self._kept.outages.get(outage)

    def inside(self, span: Span, zones: Iterable[ZoneId]) -> Sequence[Outage]:
        wanted = tuple(zones)
        found = (each for each in self._kept.outages.values() if any(each.holds(zone, span) for zone in wanted))
        return sorted(found, key=lambda each: (each.since, each.id))

    def of_station(self, station: UnitId, *, limit: int) -> Sequence[Outage]:
        own = (each for each in self._kept.outages.values() if each.station == station)
        return sorted(own, key=lambda each: (each.since, each.id), reverse=True)[:limit]

    def put(self, outage: Outage) -> None:
        self._kept.outages[outage.id] = outage


class FakeAlarms:
    def __init__(self, kept: KeptReadiness) -> None:
        self._kept = kept

    def get(self, alarm: str) -> Alarm | None:
        return self._kept.alarms.get(alarm)

    def open(self) -> Sequence[Alarm]:
        found = (each for each in self._kept.alarms.values() if each.ended is None)
        return sorted(found, key=lambda each: (each.began, each.id))

    def ended(self, *, since: datetime) -> Sequence[Alarm]:
        found = [(each.ended, each.id, each) for each in self._kept.alarms.values() if each.ended is not None]
        return [each for ended, _, each in sorted(found, key=lambda each: each[:2], reverse=True) if ended >= since]

    def put(self, alarm: Alarm) -> None:
        self._kept.alarms[alarm.id] = alarm


class FakeDigests:
    def __init__(self, kept: KeptReadiness) -> None:
        self._kept = kept

    def keys(self, *, since: datetime) -> frozenset[tuple[UnitId, str]]:
        return frozenset(key for key, each in self._kept.digests.items() if each.starts >= since)

    def get(self, unit: UnitId, key: str) -> Digest | None:
        return self._kept.digests.get((unit, key))

    def of_unit(self, unit: UnitId, *, limit: int) -> Sequence[Digest]:
        own = (each for each in self._kept.digests.values() if each.unit == unit)
        return sorted(own, key=lambda each: (each.made_at, each.key), reverse=True)[:limit]

    def add(self, digest: Digest) -> bool:
        return self._kept.digests.setdefault((digest.unit, digest.key), digest) is digest

    def unmailed(self, units: Iterable[UnitId], *, since: datetime) -> Sequence[Digest]:
        wanted = set(units)
        found = (each for each in self._kept.digests.values() if each.unit in wanted and each.made_at >= since)
        return sorted(
            (each for each in found if each.mailed_at is None), key=lambda each: (each.made_at, each.unit, each.key)
        )

    def mailed(self, unit: UnitId, key: str, at: datetime) -> None:
        self._kept.digests[unit, key] = replace(self._kept.digests[unit, key], mailed_at=at)

    def forget(self, *, before: datetime) -> None:
        self._kept.digests = {key: each for key, each in self._kept.digests.items() if each.starts >= before}
