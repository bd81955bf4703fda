"""What was written last, in memory."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from schedules.ids import LoudspeakerId
from server.newest_records import NewAct, NewLeaf
from tests.fakes.kept import Kept


class FakeNewest:
    def __init__(self, kept: Kept) -> None:
        self._kept = kept

    def leaves(self, *, after: int) -> Sequence[NewLeaf]:
        return [NewLeaf(each.kind, each.subject) for each in self._kept.leaves[after:]]

    def act(self) -> int:
        return len(self._kept.audit)

    def acts(self, *, after: int) -> Sequence[NewAct]:
        lines = enumerate(self._kept.audit[after:], after + 1)
        return [NewAct(number, line.action, line.unit) for number, line in lines]

    def spoken(self) -> datetime | None:
        return max(self._spoke().values(), default=None)

    def speakers(self, *, since: datetime) -> Mapping[LoudspeakerId, datetime]:
        return {loudspeaker: at for loudspeaker, at in self._spoke().items() if at >= since}

    def _spoke(self) -> Mapping[LoudspeakerId, datetime]:
        return {each: word.presence_at for each, word in self._kept.seen.items() if word.presence_at is not None}
