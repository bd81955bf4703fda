"""Conflicts: who gets the air where several want it, each decision with its reason.

The order is total (docs/precedence.md), so nothing on air depends on the order of insertion. It must
not know approval or regulation: planning hands it only what may sound.
"""

from bisect import bisect_right, insort
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from itertools import islice, takewhile

from schedules.ids import OccurrenceId
from schedules.programme import Level
from schedules.times import Span

SHORTEST_PIECE = timedelta(seconds=5)
"""A remainder shorter than this is not worth the interruption."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One occurrence's wish for the air of a zone.

    Attributes:
        exact: comes from an exact-second slot, not from a session's running order.
        length: how long it sounds.
        latest_start: until when it may begin; equal to `start` for what cannot wait.
        limit: it must not sound from here on.
        rejoins: may be taken up again after an interruption (a relay: the channel has gone on).
        begun: is on the air now; however little of it is left before something stronger, that is kept.
        asked: the start that counts for its strength where `start` was moved since; None where it was not.
    """

    occurrence: OccurrenceId
    level: Level
    exact: bool
    start: datetime
    length: timedelta
    latest_start: datetime
    limit: datetime
    rejoins: bool = False
    begun: bool = False
    asked: datetime | None = None

    @property
    def strength(self) -> tuple[int, bool, bool, datetime, str]:
        """Sort key, strongest first: level, exact seconds before running order, what has begun, start, id."""
        return (-self.level, not self.exact, not self.begun, self.asked or self.start, self.occurrence)

    @property
    def end(self) -> datetime:
        """When it ends if nothing takes its air."""
        return min(self.start + self.length, self.limit)


class Fate(StrEnum):
    """What became of a claim."""

    PLAYS = "plays"
    CUT = "cut"
    DELAYED = "delayed"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class Decision:
    """A claim's fate and the pieces of air it got.

    Attributes:
        pieces: where it sounds, in order; empty when lost.
        winner: the stronger occurrence that took air from it; None when nothing was taken.
    """

    claim: Claim
    fate: Fate
    pieces: tuple[Span, ...] = ()
    winner: OccurrenceId | None = None


_Taken = tuple[datetime, datetime, OccurrenceId]


def resolve(claims: Iterable[Claim]) -> tuple[Decision, ...]:
    """Give every claim its fate, in order of start and id."""
    return tuple(decision for group in contending(claims) for decision in _settled(group))


def contending(claims: Iterable[Claim]) -> Iterator[list[Claim]]:
    """Part claims, in order of start and id, into groups that cannot touch each other's air.

    Most stand alone. In a group of several, one may be delayed, at most to its limit: what begins before
    that belongs to the group too.
    """
    group: list[Claim] = []
    ends = reach = datetime.min.replace(tzinfo=UTC)
    for claim in sorted(claims, key=lambda claim: (claim.start, claim.occurrence)):
        if group and claim.start >= (ends if len(group) == 1 else reach):
            yield group
            group = []
        end = claim.end
        ends, reach = (max(ends, end), max(reach, claim.limit, end)) if group else (end, max(claim.limit, end))
        group.append(claim)
    if group:
        yield group


def _settled(group: list[Claim]) -> Iterable[Decision]:
    if len(group) == 1:
        return (_whole(group[0], group[0].end),)
    taken: list[_Taken] = []
    decisions: list[Decision] = []
    for claim in sorted(group, key=lambda claim: claim.strength):
        decision = _decide(claim, taken)
        for piece in decision.pieces:
            insort(taken, (piece.start, piece.end, claim.occurrence))
        decisions.append(decision)
    return sorted(decisions, key=lambda decision: (decision.claim.start, decision.claim.occurrence))


def _whole(claim: Claim, end: datetime) -> Decision:
    if end <= claim.start:
        return Decision(claim, Fate.LOST)
    fate = Fate.PLAYS if end - claim.start >= claim.length else Fate.CUT
    return Decision(claim, fate, (Span(claim.start, end),))


def _decide(claim: Claim, taken: list[_Taken]) -> Decision:
    start, winner, index = _first_free(claim.start, taken)
    end = claim.end
    if winner is None and (index == len(taken) or taken[index][0] >= end):
        return _whole(claim, end)
    if start > claim.latest_start and not claim.rejoins:
        return Decision(claim, Fate.LOST, (), winner)
    # What rejoins keeps its place on the clock; what waited is moved whole.
    end = min((claim.start if claim.rejoins else start) + claim.length, claim.limit)
    in_the_way = list(takewhile(lambda each: each[0] < end, islice(taken, index, None)))
    pieces = _pieces(start, end, in_the_way if claim.rejoins else in_the_way[:1], rejoins=claim.rejoins)
    pieces = [piece for piece in pieces if _is_worth_it(piece, claim)]
    if winner is None and in_the_way:
        winner = in_the_way[0][2]
    if not pieces:
        return Decision(claim, Fate.LOST, (), winner)
    heard = sum((piece.duration for piece in pieces), timedelta(0))
    whole = Fate.DELAYED if pieces[0].start > claim.start else Fate.PLAYS
    return Decision(claim, whole if heard >= claim.length else Fate.CUT, tuple(pieces), winner)


def _is_worth_it(piece: Span, claim: Claim) -> bool:
    sounding = claim.begun and piece.start == claim.start
    return sounding or piece.duration >= min(SHORTEST_PIECE, claim.length)


def _first_free(start: datetime, taken: list[_Taken]) -> tuple[datetime, OccurrenceId | None, int]:
    """Give the first free instant from `start` on, who was in the way, and where in `taken` to go on."""
    winner = None
    index = max(0, bisect_right(taken, start, key=lambda each: each[0]) - 1)
    while index < len(taken) and taken[index][0] <= start:
        if taken[index][1] > start:
            start, winner = taken[index][1], taken[index][2]
        index += 1
    return start, winner, index


def _pieces(start: datetime, end: datetime, in_the_way: list[_Taken], *, rejoins: bool) -> list[Span]:
    pieces: list[Span] = []
    for taken_start, taken_end, _ in in_the_way:
        if taken_start > start:
            pieces.append(Span(start, taken_start))
        start = taken_end if rejoins else end
    if start < end:
        pieces.append(Span(start, end))
    return pieces


@dataclass(frozen=True, slots=True)
class Clash:
    """Two claims that only the tie-break tells apart: ambiguous until a person decides."""

    first: Claim
    second: Claim


def find_conflicts(claims: Iterable[Claim]) -> tuple[Clash, ...]:
    """Give the pairs of exact-second claims of one level that want the same air.

    The editor refuses to submit while any is left; the air itself still has its documented tie-break.
    """
    exact = sorted((claim for claim in claims if claim.exact), key=lambda claim: (claim.start, claim.occurrence))
    clashes: list[Clash] = []
    for index, first in enumerate(exact):
        for second in exact[index + 1 :]:
            if second.start >= first.end:
                break
            if first.level is second.level:
                clashes.append(Clash(first, second))
    return tuple(clashes)
