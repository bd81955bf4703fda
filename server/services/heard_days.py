"""What loudspeakers told of some days of a station: what became of each play, and who says to be playing what now.

Read once for all the days that a page shows. It must not plan.
"""

from collections import defaultdict
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from schedules.ids import LoudspeakerId, OccurrenceId, ZoneId
from schedules.times import Span
from schedules.unit import Zone
from server.ports import UnitOfWork
from server.services.judged_plays import Row, judged_each
from server.services.presence import is_connected, loudspeakers_of
from server.services.unconfirmed import unconfirmed_records

Where = tuple[ZoneId, OccurrenceId]


@dataclass(frozen=True, slots=True)
class HeardDay:
    """What is known of a day beside its plan.

    Attributes:
        rows: what became of each play, one a loudspeaker.
        playing: who says to be playing what now.
        unconfirmed: hashes of what was approved outside the system and waits for its approver's word.
        unsettled: zones whose plan is not yet published to their loudspeakers.
    """

    rows: Mapping[Where, Sequence[Row]]
    playing: Mapping[Where, Sequence[LoudspeakerId]]
    unconfirmed: frozenset[str]
    unsettled: frozenset[ZoneId]

    @property
    def facts(self) -> Hashable:
        """All of it that the lines of the day show."""
        each = (
            (where, row.loudspeaker.id, row.finding.verdict, row.item is None)
            for where, rows in self.rows.items()
            for row in rows
        )
        playing = ((where, *who) for where, who in self.playing.items() if where in self.rows)
        return tuple(each), tuple(playing), self.unconfirmed


def heard_days(uow: UnitOfWork, zones: Sequence[Zone], days: Sequence[Span], now: datetime) -> list[HeardDay]:
    """Give what was heard on days that follow each other."""
    playing, unconfirmed = _playing(uow, zones, now), unconfirmed_records(uow)
    marks = uow.issue.marks((zone.id for zone in zones), unsettled_only=True)
    unsettled = frozenset(mark.zone for mark in marks)
    return [HeardDay(_by_play(rows), playing, unconfirmed, unsettled) for rows in judged_each(uow, zones, days, now)]


def _by_play(rows: Sequence[Row]) -> Mapping[Where, Sequence[Row]]:
    found: dict[Where, list[Row]] = defaultdict(list)
    for row in rows:
        found[row.zone.id, row.occurrence].append(row)
    return found


def _playing(uow: UnitOfWork, zones: Sequence[Zone], now: datetime) -> Mapping[Where, Sequence[LoudspeakerId]]:
    loudspeakers = loudspeakers_of(uow, {zone.id for zone in zones})
    seen = uow.evidence.seen(each.id for each in loudspeakers)
    found: dict[Where, list[LoudspeakerId]] = defaultdict(list)
    for each in loudspeakers:
        word = seen.get(each.id)
        if word is not None and word.presence and word.presence.playing and is_connected(word, now):
            found[each.zone, word.presence.playing.occurrence].append(each.id)
    return found
