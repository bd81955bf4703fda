"""Contests: which slots at exact seconds want the same air, zone by zone, with the winner and the reason.

It looks at schedules as drafted, and forbids nothing. Zones that see the same slots are looked at once: a province
has thousands of zones and few kinds.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from schedules.choice import language_for, length_of
from schedules.conflicts import UNORDERED, Claim, deciding_row
from schedules.expansion import expand
from schedules.ids import ProgrammeId, SlotId, UnitId, ZoneId
from schedules.occurrence import Occurrence
from schedules.programme import Level, Programme, State
from schedules.schedule import Schedule
from schedules.slot import AtTime, Slot
from schedules.times import DAY, Span
from schedules.unit import Zone, ZoneIndex

_FIRST_LOOK = 3 * DAY
"""Most pairs that clash at all do so at once; only the others are looked at for longer."""
_CLOCK_CHANGE = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Contest:
    """Two slots that want the same air.

    Attributes:
        at: the first instant that both want.
        row: of docs/precedence.md, by which the winner is stronger.
        ambiguous: both are ordinary: it must be settled before either can be submitted.
        undecided: both are of priority, and the station's officer has not ordered them.
    """

    winner: SlotId
    loser: SlotId
    at: datetime
    row: str
    ambiguous: bool
    undecided: bool


@dataclass(frozen=True, slots=True)
class Contested:
    """Zones at which the same slots want the same air, in order of id."""

    zones: tuple[Zone, ...]
    contests: tuple[Contest, ...]


def contested(
    schedule: Schedule, ours: Sequence[Slot], span: Span, *, counts: Callable[[Programme], bool] = lambda _: True
) -> tuple[Contested, ...]:
    """Say where some slots of a schedule would meet others, or each other, in the air.

    Args:
        schedule: with those slots in it.
        ours: the slots that are being edited.
        span: in which they come.
        counts: which programmes are looked at; a withdrawn one never is.
    """
    return _Look(schedule, span, counts).at(ours)


@dataclass(frozen=True, slots=True)
class _Side:
    """What decides when a slot sounds at a zone, and how strong it is."""

    timing: AtTime
    length: timedelta
    valid_until: datetime | None
    level: Level


class _Alike(NamedTuple):
    """What decides who wins, for all pairs of slots that are alike: the numbers of their sides, and their ranks."""

    civil: str
    first: int
    second: int
    rank: int | None
    its_rank: int | None
    named: tuple[SlotId, SlotId] | None = None


class _Outcome(NamedTuple):
    """A contest without the names."""

    first_wins: bool
    at: datetime
    row: str
    ambiguous: bool
    undecided: bool


_Meeting = tuple[Occurrence, Occurrence] | None


class _Look:
    def __init__(self, schedule: Schedule, span: Span, counts: Callable[[Programme], bool]) -> None:
        self._schedule = schedule
        self._span = span
        self._counts = counts
        self._index = ZoneIndex(schedule.zones, schedule.units, schedule.groups)
        self._civil: dict[UnitId, ZoneInfo] = {each.station: each.zone for each in schedule.regulations}
        days = [span.start + number * DAY for number in range(span.duration // DAY + 1)]
        changes = any(len({day.astimezone(zone).utcoffset() for day in days}) > 1 for zone in set(self._civil.values()))
        self._slack = _CLOCK_CHANGE if changes else timedelta(0)
        self._longest: dict[ProgrammeId, timedelta] = {}
        self._numbers: dict[_Side, int] = {}
        self._known: list[_Side] = []
        self._sides: dict[tuple[SlotId, tuple[str, ...], str | None], int | None] = {}
        self._outcomes: dict[_Alike, _Outcome | None] = {}

    def at(self, ours: Sequence[Slot]) -> tuple[Contested, ...]:
        """Give the contests of some slots."""
        pairs: dict[ZoneId, list[tuple[Slot, Slot]]] = {}
        zones: dict[ZoneId, Zone] = {}
        meant = {slot.id: {zone.id for zone in self._index.meant(slot.target)} for slot in ours}
        for one, other in self._pairs(ours):
            for zone in self._index.meant(other.target):
                if zone.id in meant[one.id]:
                    zones[zone.id] = zone
                    pairs.setdefault(zone.id, []).append((one, other))
        kinds: dict[object, list[Zone]] = {}
        for zone in (zones[each] for each in sorted(zones)):
            orders = tuple(self._schedule.orders.get(zone.station, ()))
            names = tuple((one.id, other.id) for one, other in pairs[zone.id])
            civil = self._civil.get(zone.station)
            if civil is not None:
                kinds.setdefault((civil.key, zone.languages, orders, names), []).append(zone)
        found = ((alike, tuple(self._contests(alike[0], pairs[alike[0].id]))) for alike in kinds.values())
        return tuple(Contested(tuple(alike), contests) for alike, contests in found if contests)

    def _pairs(self, ours: Sequence[Slot]) -> Iterator[tuple[Slot, Slot]]:
        """Give each pair of slots that may meet by their wall times, once."""
        seen: set[SlotId] = set()
        others = [slot for slot in self._schedule.slots if self._exists(slot)]
        for one in ours:
            seen.add(one.id)
            if self._exists(one):
                yield from ((one, other) for other in others if self._may_meet(one, other) and other.id not in seen)

    def _exists(self, slot: Slot) -> bool:
        programme = self._schedule.programmes.get(slot.programme)
        counts = programme is not None and programme.state is not State.WITHDRAWN and self._counts(programme)
        return counts and isinstance(slot.timing, AtTime)

    def _may_meet(self, one: Slot, other: Slot) -> bool:
        first, second = _begins(one), _begins(other)
        if first is None or second is None:
            return True
        apart = second - first
        return apart % DAY < self._reach(one) or -apart % DAY < self._reach(other)

    def _reach(self, slot: Slot) -> timedelta:
        known = self._longest.get(slot.programme)
        if known is None:
            programme = self._schedule.programmes[slot.programme]
            lengths = (length_of(programme, variant.language) for variant in programme.variants)
            known = self._longest[slot.programme] = max(filter(None, lengths), default=timedelta(0))
        return max(known, slot.lasts or known) + self._slack

    def _contests(self, zone: Zone, pairs: Sequence[tuple[Slot, Slot]]) -> Iterator[Contest]:
        civil = self._civil[zone.station]
        ranks = {key: rank for rank, key in enumerate(self._schedule.orders.get(zone.station, ()))}
        for pair in pairs:
            sides = self._side(pair[0], zone), self._side(pair[1], zone)
            if sides[0] is None or sides[1] is None:
                continue
            alike = _Alike(civil.key, sides[0], sides[1], ranks.get(pair[0].id), ranks.get(pair[1].id))
            outcome = self._outcome(pair, alike, civil)
            if outcome is not None and outcome.row == "id":  # the only row that asks who it is
                named = alike._replace(named=(pair[0].id, pair[1].id))
                outcome = self._outcome(pair, named, civil)
            if outcome is not None:
                winner, loser = pair if outcome.first_wins else pair[::-1]
                yield Contest(
                    winner=winner.id,
                    loser=loser.id,
                    at=outcome.at,
                    row=outcome.row,
                    ambiguous=outcome.ambiguous,
                    undecided=outcome.undecided,
                )

    def _outcome(self, pair: tuple[Slot, Slot], alike: _Alike, civil: ZoneInfo) -> _Outcome | None:
        if alike not in self._outcomes:
            self._outcomes[alike] = self._worked_out(pair, alike, civil)
        return self._outcomes[alike]

    def _worked_out(self, pair: tuple[Slot, Slot], alike: _Alike, civil: ZoneInfo) -> _Outcome | None:
        sides = self._known[alike.first], self._known[alike.second]
        meeting = self._first_overlap(pair, sides, civil)
        if meeting is None:
            return None
        ranks = [
            UNORDERED if rank is None or side.level is not Level.PRIORITY else rank
            for side, rank in zip(sides, (alike.rank, alike.its_rank), strict=True)
        ]
        one, other = (
            Claim(
                occurrence=occurrence.id,
                level=side.level,
                rank=rank,
                exact=True,
                start=occurrence.start,
                length=side.length,
                latest_start=occurrence.start,
                limit=occurrence.start + side.length,
            )
            for side, occurrence, rank in zip(sides, meeting, ranks, strict=True)
        )
        same = one.level is other.level
        first_wins = one.strength < other.strength
        return _Outcome(
            first_wins=first_wins,
            at=max(one.start, other.start),
            row=deciding_row(one, other) if first_wins else deciding_row(other, one),
            ambiguous=same and one.level is Level.ORDINARY,
            undecided=same and one.level is Level.PRIORITY and UNORDERED in ranks,
        )

    def _side(self, slot: Slot, zone: Zone) -> int | None:
        """Give the number of what a slot is at a zone, one for all alike; None where it does not sound."""
        instead = self._schedule.substitutions.get((zone.id, slot.programme))
        key = (slot.id, zone.languages, instead)
        if key not in self._sides:
            self._sides[key] = None
            programme = self._schedule.programmes[slot.programme]
            language, _ = language_for(programme, zone, instead)
            length = None if language is None else length_of(programme, language) or slot.lasts
            if length is not None and isinstance(slot.timing, AtTime):
                side = _Side(slot.timing, length, programme.valid_until, programme.level)
                self._sides[key] = number = self._numbers.setdefault(side, len(self._numbers))
                if number == len(self._known):
                    self._known.append(side)
        return self._sides[key]

    def _first_overlap(self, pair: tuple[Slot, Slot], sides: tuple[_Side, _Side], civil: ZoneInfo) -> _Meeting:
        since = self._span.start
        for until in (min(since + _FIRST_LOOK, self._span.end), self._span.end):
            one, other = (
                [
                    (each, min(each.start + side.length, side.valid_until or each.start + side.length))
                    for each in expand([slot], Span(since, until), civil)
                    if side.valid_until is None or each.start < side.valid_until
                ]
                for slot, side in zip(pair, sides, strict=True)
            )
            found = _overlap(one, other)
            if found is not None:
                return found
        return None


def _begins(slot: Slot) -> timedelta | None:
    """Give the wall time at which a slot always begins; None where one of its occurrences was moved."""
    timing = slot.timing
    if not isinstance(timing, AtTime) or any(each.moved_to is not None for each in timing.exceptions):
        return None
    return timedelta(hours=timing.at.hour, minutes=timing.at.minute, seconds=timing.at.second)


def _overlap(ones: Iterable[tuple[Occurrence, datetime]], others: Sequence[tuple[Occurrence, datetime]]) -> _Meeting:
    index = 0
    for one, ends in ones:
        while index < len(others) and others[index][1] <= one.start:
            index += 1
        if index < len(others) and others[index][0].start < ends:
            return one, others[index][0]
    return None
