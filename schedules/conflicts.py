"""Conflicts: who gets the air where several want it, each decision with its reason.

The order is total (docs/precedence.md), so nothing on air depends on the order of insertion. It must
not know approval or regulation: planning hands it only what may sound.
"""

from bisect import bisect_right, insort
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from itertools import islice

from schedules.ids import OccurrenceId
from schedules.programme import Level
from schedules.slot import Interrupted
from schedules.times import Span

SHORTEST_PIECE = timedelta(seconds=5)
"""A remainder shorter than this is not worth the interruption."""

UNORDERED = 1_000_000
"""The rank of what no officer has put in an order: behind everything that has one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One occurrence's wish for the air of a zone.

    Attributes:
        rank: its place in the order that the station's officer gave to priority items.
        exact: comes from an exact-second slot, not from a session's running order.
        length: how long it sounds; of what was interrupted, what is left of it.
        latest_start: until when it may begin; equal to `start` for what cannot wait.
        limit: it must not sound from here on.
        rejoins: may be taken up again after an interruption (a relay: the channel has gone on).
        interrupted: what becomes of any other when it is interrupted.
        follows: begins when what sounds at its start has ended, even the weaker, up to its latest start.
        heard: how much of it has sounded before an interruption.
        begun: is on the air now; however little of it is left before something stronger, that is kept.
        asked: the start that counts for its strength where `start` was moved since; None where it was not.
    """

    occurrence: OccurrenceId
    level: Level
    rank: int = UNORDERED
    exact: bool
    start: datetime
    length: timedelta
    latest_start: datetime
    limit: datetime
    rejoins: bool = False
    interrupted: Interrupted = Interrupted.DROP
    follows: bool = False
    heard: timedelta = timedelta(0)
    begun: bool = False
    asked: datetime | None = None

    @property
    def strength(self) -> tuple[int, int, bool, bool, datetime, str]:
        """Sort key, strongest first: level, officer's order, exact before running order, begun, start, id."""
        asked = self.asked or self.start
        return (-self.level, self.rank, not self.exact, not self.begun, asked, self.occurrence)

    @property
    def end(self) -> datetime:
        """When it ends if nothing takes its air."""
        return min(self.start + self.length, self.limit)

    @property
    def shortest(self) -> timedelta:
        """The least that is worth giving it the air."""
        return min(SHORTEST_PIECE, self.heard + self.length)


class Fate(StrEnum):
    """What became of a claim."""

    PLAYS = "plays"
    CUT = "cut"
    DELAYED = "delayed"
    INTERRUPTED = "interrupted"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class Decision:
    """A claim's fate and the pieces of air it got.

    Attributes:
        pieces: where it sounds, in order; empty when lost.
        winner: the occurrence that took air from it, or that it waited for; None when nothing was taken.
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


def reach_of(group: Sequence[Claim]) -> datetime:
    """Give the instant up to which the claims of a contending group may touch each other's air."""
    return group[0].end if len(group) == 1 else max(max(claim.limit, claim.end) for claim in group)


def _settled(group: Sequence[Claim]) -> Iterable[Decision]:
    if len(group) == 1 and not _needs_whole(group[0]):
        return (_whole(group[0], group[0].end),)
    decisions = _settled_around(group) if any(claim.follows for claim in group) else _shared_out(group)
    return sorted(decisions, key=lambda decision: (decision.claim.start, decision.claim.occurrence))


def _shared_out(claims: Iterable[Claim]) -> list[Decision]:
    """Give the strongest its air, then the next strongest what is left, and so on."""
    taken: list[_Taken] = []
    decisions: list[Decision] = []
    for claim in sorted(claims, key=lambda claim: claim.strength):
        decision = _decide(claim, taken)
        for piece in decision.pieces:
            insort(taken, (piece.start, piece.end, claim.occurrence))
        decisions.append(decision)
    return decisions


def _settled_around(group: Sequence[Claim]) -> list[Decision]:
    """Move what follows, one after another by the start they asked for, behind what sounds then without them.

    Once more when all have their place: what sounds at the start of one may be cut by another that asked later.
    """
    placed = {claim.occurrence: claim for claim in group if not claim.follows}
    asked = {claim.occurrence: claim for claim in group if claim.follows}
    follow = sorted(asked.values(), key=lambda claim: (claim.asked or claim.start, claim.strength))
    waited: dict[OccurrenceId, OccurrenceId] = {}
    for claim in (*follow, *follow):
        others = [each for each in placed.values() if each.occurrence != claim.occurrence]
        placed[claim.occurrence], waits_for = _behind(claim, others)
        waited.pop(claim.occurrence, None)
        if waits_for is not None:
            waited[claim.occurrence] = waits_for
    return [
        _put_off(decision, asked[decision.claim.occurrence], waited[decision.claim.occurrence])
        if decision.claim.occurrence in waited
        else decision
        for decision in _shared_out(placed.values())
    ]


def _behind(claim: Claim, others: Iterable[Claim]) -> tuple[Claim, OccurrenceId | None]:
    """Give a claim that follows its start behind what sounds at the one it asked for, and whom it waits for."""
    for decision in _shared_out(others):
        for piece in decision.pieces:
            if piece.start < claim.start < piece.end:
                start = max(claim.start, min(piece.end, claim.latest_start))
                # A relay keeps its end on the clock: the channel goes on meanwhile.
                length = claim.length if not claim.rejoins else max(timedelta(0), claim.start + claim.length - start)
                moved = replace(claim, start=start, length=length, asked=claim.asked or claim.start)
                return moved, decision.claim.occurrence
    return claim, None


def _put_off(decision: Decision, asked: Claim, sounded: OccurrenceId) -> Decision:
    fate = Fate.DELAYED if decision.fate is Fate.PLAYS else decision.fate
    return Decision(asked, fate, decision.pieces, decision.winner or sounded)


def _whole(claim: Claim, end: datetime) -> Decision:
    if end <= claim.start:
        return Decision(claim, Fate.LOST)
    fate = Fate.PLAYS if end - claim.start >= claim.length else Fate.CUT
    return Decision(claim, fate, (Span(claim.start, end),))


def _decide(claim: Claim, taken: list[_Taken]) -> Decision:
    start, winner, index = _first_free(claim.start, taken)
    end = claim.end
    if winner is None and not _needs_whole(claim) and (index == len(taken) or taken[index][0] >= end):
        return _whole(claim, end)
    if start > claim.latest_start and not claim.rejoins:
        return Decision(claim, Fate.LOST, (), winner)
    # What rejoins keeps its place on the clock; what waited is moved whole; what is taken up has until its limit.
    if claim.rejoins:
        end = claim.end
    elif claim.interrupted is Interrupted.DROP:
        end = min(start + claim.length, claim.limit)
    else:
        end = claim.limit
    pieces = tuple(_pieces(claim, _free(start, end, islice(taken, index, None))))
    if winner is None and index < len(taken) and taken[index][0] < end:
        winner = taken[index][2]
    if not pieces:
        return Decision(claim, Fate.LOST, (), winner)
    return Decision(claim, _fate(claim, pieces), pieces, winner)


def _needs_whole(claim: Claim) -> bool:
    return bool(claim.heard) and claim.interrupted is Interrupted.RESTART


def _fate(claim: Claim, pieces: tuple[Span, ...]) -> Fate:
    if len(pieces) > 1 or claim.heard:
        return Fate.INTERRUPTED
    if pieces[0].duration < claim.length:
        return Fate.CUT
    return Fate.DELAYED if pieces[0].start > claim.start else Fate.PLAYS


def _first_free(start: datetime, taken: list[_Taken]) -> tuple[datetime, OccurrenceId | None, int]:
    """Give the first free instant from `start` on, who was in the way, and where in `taken` to go on."""
    winner = None
    index = max(0, bisect_right(taken, start, key=lambda each: each[0]) - 1)
    while index < len(taken) and taken[index][0] <= start:
        if taken[index][1] > start:
            start, winner = taken[index][1], taken[index][2]
        index += 1
    return start, winner, index


def _free(start: datetime, end: datetime, taken: Iterable[_Taken]) -> Iterator[Span]:
    """Give the free stretches between two instants."""
    for taken_start, taken_end, _ in taken:
        if taken_start >= end:
            break
        if taken_start > start:
            yield Span(start, taken_start)
        start = taken_end
    if start < end:
        yield Span(start, end)


def _pieces(claim: Claim, free: Iterable[Span]) -> Iterator[Span]:
    """Take from the free stretches what a claim may have of them, as its policy says."""
    left, again = claim.length, bool(claim.heard)
    for stretch in free:
        if again and not claim.rejoins and claim.interrupted is Interrupted.RESTART:
            if stretch.duration >= claim.length:
                yield Span(stretch.start, stretch.start + claim.length)
                return
            continue
        if not again and not claim.rejoins and stretch.start > claim.latest_start:
            return
        piece = Span(stretch.start, min(stretch.end, stretch.start + left))
        sounding = claim.begun and piece.start == claim.start
        if sounding or piece.duration >= claim.shortest:
            yield piece
            left -= piece.duration
            again = True
        if left <= timedelta(0) or not (claim.rejoins or claim.interrupted is not Interrupted.DROP):
            return


@dataclass(frozen=True, slots=True)
class Clash:
    """Two claims that only the tie-break tells apart: ambiguous until a person decides."""

    first: Claim
    second: Claim


def undecided(claims: Iterable[Claim]) -> tuple[Clash, ...]:
    """Give the pairs of priority claims that want the same air and have no officer's order, the stronger first.

    They forbid nothing: until the officer has ordered them the tie-break holds.
    """
    pairs = _overlapping(claim for claim in claims if claim.level is Level.PRIORITY)
    return tuple(
        Clash(*sorted((pair.first, pair.second), key=lambda claim: claim.strength))
        for pair in pairs
        if UNORDERED in (pair.first.rank, pair.second.rank)
    )


def deciding_row(stronger: Claim, weaker: Claim) -> str:
    """Name the row of docs/precedence.md by which one claim is stronger than another."""
    rows = ("level", "order", "exact", "begun", "start", "id")
    pairs = zip(rows, stronger.strength, weaker.strength, strict=True)
    return next(row for row, one, other in pairs if one != other)


def _overlapping(claims: Iterable[Claim]) -> Iterator[Clash]:
    ordered = sorted(claims, key=lambda claim: (claim.start, claim.occurrence))
    for index, first in enumerate(ordered):
        for second in ordered[index + 1 :]:
            if second.start >= first.end:
                break
            yield Clash(first, second)
