"""What the use cases need kept of contributions. It must not name a framework."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from schedules.ids import PersonId, UnitId
from server.contribution_records import Contribution, ContributionState


class Contributions(Protocol):
    """What was handed in to stations."""

    def get(self, contribution: str) -> Contribution | None: ...
    def of_person(self, person: PersonId, *, limit: int) -> Sequence[Contribution]:
        """Give what a person handed in, the newest first."""
        ...

    def sent(self, person: PersonId, *, since: datetime) -> int:
        """Give how many a person handed in from an instant on."""
        ...

    def of_station(self, station: UnitId, states: Sequence[ContributionState], *, limit: int) -> Sequence[Contribution]:
        """Give what was handed in to a station in some states, the newest first."""
        ...

    def count(self, station: UnitId, state: ContributionState) -> int: ...
    def preparing(self) -> Sequence[Contribution]:
        """Give those whose sound is not prepared yet, the oldest first."""
        ...

    def put(self, contribution: Contribution) -> None: ...
