"""What was written last, as far as it tells where something is new; nothing of what it says. It names no framework."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from schedules.ids import LoudspeakerId
from server.newest_records import NewAct, NewLeaf


class Newest(Protocol):
    """What was written last; every question here is answered from a key, or from one short table."""

    def leaves(self, *, after: int) -> Sequence[NewLeaf]:
        """Give the leaves of the ledger after a number, in order: their numbers have no gap."""
        ...

    def act(self) -> int:
        """Give the number of the newest line of the audit trail, 0 where there is none."""
        ...

    def acts(self, *, after: int) -> Sequence[NewAct]:
        """Give the lines of the audit trail after a number, in order."""
        ...

    def spoken(self) -> datetime | None:
        """Give when a loudspeaker last said how it is; None where none ever did."""
        ...

    def speakers(self, *, since: datetime) -> Mapping[LoudspeakerId, datetime]:
        """Give which loudspeakers said since an instant how they are, and when each did last."""
        ...
