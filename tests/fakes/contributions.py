"""Contributions in memory."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from schedules.ids import PersonId, UnitId
from server.contribution_records import Contribution, ContributionState


@dataclass
class KeptContributions:
    """What is kept of it."""

    sent: dict[str, Contribution] = field(default_factory=dict)

    def __copy__(self) -> "KeptContributions":
        return KeptContributions(dict(self.sent))


class FakeContributions:
    def __init__(self, kept: KeptContributions) -> None:
        self._kept = kept

    def get(self, contribution: str) -> Contribution | None:
        return self._kept.sent.get(contribution)

    def of_person(self, person: PersonId, *, limit: int) -> Sequence[Contribution]:
        return _newest(each for each in self._kept.sent.values() if each.by == person)[:limit]

    def sent(self, person: PersonId, *, since: datetime) -> int:
        return sum(each.by == person and each.sent_at >= since for each in self._kept.sent.values())

    def of_station(self, station: UnitId, states: Sequence[ContributionState], *, limit: int) -> Sequence[Contribution]:
        own = (each for each in self._kept.sent.values() if each.station == station and each.state in states)
        return _newest(own)[:limit]

    def count(self, station: UnitId, state: ContributionState) -> int:
        return sum(each.station == station and each.state is state for each in self._kept.sent.values())

    def preparing(self) -> Sequence[Contribution]:
        return _newest(each for each in self._kept.sent.values() if each.state is ContributionState.PREPARING)[::-1]

    def put(self, contribution: Contribution) -> None:
        self._kept.sent[contribution.id] = contribution


def _newest(found: Iterable[Contribution]) -> list[Contribution]:
    return sorted(found, key=lambda each: (each.sent_at, each.id), reverse=True)
