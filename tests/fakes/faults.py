"""Faults that people see to, in memory."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from schedules.ids import LoudspeakerId
from server.fault_records import Fault
from tests.fakes.kept import Kept


class FakeFaults:
    def __init__(self, kept: Kept) -> None:
        self._kept = kept

    def get(self, fault: str) -> Fault | None:
        return self._kept.faults.get(fault)

    def open(self) -> Sequence[Fault]:
        found = (each for each in self._kept.faults.values() if each.ending is None)
        return sorted(found, key=lambda each: (each.at, each.id))

    def ended(self, *, since: datetime) -> Sequence[Fault]:
        found = [(each.ending.at, each.id, each) for each in self._kept.faults.values() if each.ending is not None]
        return [each for at, _, each in sorted(found, key=lambda each: each[:2], reverse=True) if at >= since]

    def of(self, loudspeakers: Iterable[LoudspeakerId]) -> Sequence[Fault]:
        wanted = set(loudspeakers)
        found = (each for each in self._kept.faults.values() if each.loudspeaker in wanted)
        return sorted(found, key=lambda each: (each.at, each.id), reverse=True)

    def put(self, fault: Fault) -> None:
        self._kept.require(self._kept.loudspeakers, fault.loudspeaker)
        self._kept.faults[fault.id] = fault
