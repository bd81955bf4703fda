"""A second planner, slow and obvious: second by second, in the words of docs/precedence.md.

It takes wishes (claims) as they are, and everything in them is a whole number of seconds.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from schedules.candidate import Candidate
from schedules.candidates import Candidates
from schedules.conflicts import Claim
from schedules.ids import OccurrenceId
from schedules.occurrence import rejoined
from schedules.regulation import Regulation
from schedules.schedule import Schedule
from schedules.slot import Interrupted
from schedules.times import DAY, Span
from schedules.unit import Zone

SECOND, FIVE_SECONDS = timedelta(seconds=1), timedelta(seconds=5)

Air = dict[datetime, OccurrenceId]
"""Who has each second."""


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch in which something sounds, and from where in its sound."""

    occurrence: OccurrenceId
    start: datetime
    end: datetime
    offset: timedelta


def plan(schedule: Schedule, span: Span, zone: Zone, regulation: Regulation, *, now: datetime) -> list[Part]:
    """Plan a zone that has no history: everything but the limits of minutes."""
    wished, _ = Candidates(schedule, Span(span.start - DAY, span.end)).of(zone, regulation)
    candidates = {each.claim.occurrence: each for each in reversed(wished)}  # of two of one name the first counts
    contending = [each for each in candidates.values() if _may_contend(each, span, regulation, now)]
    shared = share_out([_as_late_as_now(each, now) for each in contending if _can_begin(each, now)])
    parts: list[Part] = []
    for occurrence, pieces in shared.items():
        claim = candidates[occurrence].claim
        heard = timedelta(0)
        for number, piece in enumerate(pieces):
            inside_its_own_time = claim.start <= piece.start and piece.end <= claim.end
            if (inside_its_own_time or regulation.permits(piece)) and piece.end <= span.end:
                name = rejoined(occurrence, piece.start) if number else occurrence
                parts.append(Part(name, piece.start, piece.end, heard))
            if claim.interrupted is Interrupted.RESUME and not claim.rejoins:
                heard += piece.duration
    return sorted(parts, key=lambda part: part.start)


def share_out(claims: Iterable[Claim]) -> dict[OccurrenceId, list[Span]]:
    """Give everybody their air: the strongest takes what its policy allows, the next what is left, and so on."""
    all_of_them = list(claims)
    return _taken_in_order(_placed(all_of_them))[1]


def _taken_in_order(claims: Iterable[Claim]) -> tuple[Air, dict[OccurrenceId, list[Span]]]:
    air: Air = {}
    got: dict[OccurrenceId, list[Span]] = {}
    for claim in sorted(claims, key=_strength):
        got[claim.occurrence] = pieces = _take(claim, air)
        for piece in pieces:
            air.update(dict.fromkeys(_seconds(piece.start, piece.end), claim.occurrence))
    return air, got


def _strength(claim: Claim) -> tuple[object, ...]:
    """Rows `level` to `id` of the page, and `begun`."""
    asked = claim.asked if claim.asked is not None else claim.start
    return (-int(claim.level), claim.rank, 0 if claim.exact else 1, 0 if claim.begun else 1, asked, claim.occurrence)


def _placed(claims: Sequence[Claim]) -> list[Claim]:
    """Row `next`: by the start they asked for, each waits for the end of what sounds then.

    Twice: what asked later may cut what sounds.
    """
    placed = {claim.occurrence: claim for claim in claims if not claim.follows}
    following = (each for each in claims if each.follows)
    follow = sorted(following, key=lambda each: (each.asked or each.start, *_strength(each)))
    for claim in follow + follow:
        air, _ = _taken_in_order(each for each in placed.values() if each.occurrence != claim.occurrence)
        owner = air.get(claim.start)
        start = claim.start
        if owner is not None and air.get(claim.start - SECOND) == owner:
            while air.get(start) == owner and start < claim.latest_start:
                start += SECOND
        length = max(timedelta(0), claim.start + claim.length - start) if claim.rejoins else claim.length
        placed[claim.occurrence] = replace(claim, start=start, length=length, asked=claim.asked or claim.start)
    return list(placed.values())


def _take(claim: Claim, air: Air) -> list[Span]:
    if claim.end <= claim.start:
        return []
    begins_whole = claim.heard and claim.interrupted is Interrupted.RESTART and not claim.rejoins
    if not begins_whole and all(second not in air for second in _seconds(claim.start, claim.end)):
        return [Span(claim.start, claim.end)]
    if claim.rejoins:
        return [run for run in _free_runs(claim.start, claim.end, air) if _is_worth_it(claim, run)]
    runs = list(_free_runs(claim.start, claim.limit, air))
    if claim.interrupted is Interrupted.DROP:
        return _first_only(claim, runs[:1])
    if claim.interrupted is Interrupted.RESUME:
        return _on_and_on(claim, runs)
    return _all_of_it_again(claim, runs)


def _first_only(claim: Claim, runs: list[Span]) -> list[Span]:
    whole = [Span(run.start, min(run.end, run.start + claim.length)) for run in runs if run.start <= claim.latest_start]
    return [run for run in whole if _is_worth_it(claim, run)]


def _on_and_on(claim: Claim, runs: list[Span]) -> list[Span]:
    pieces: list[Span] = []
    left = claim.length
    for run in runs:
        piece = Span(run.start, min(run.end, run.start + left))
        in_time = bool(pieces) or bool(claim.heard) or run.start <= claim.latest_start
        if left and in_time and _is_worth_it(claim, piece):
            pieces.append(piece)
            left -= piece.duration
    return pieces


def _all_of_it_again(claim: Claim, runs: list[Span]) -> list[Span]:
    in_time = [run for run in runs if run.start <= claim.latest_start]
    first = next((piece for run in in_time for piece in _first_only(claim, [run])), None)
    if claim.heard:
        first = None
    elif first is None or first.duration >= claim.length:
        return [] if first is None else [first]
    since = claim.start if first is None else first.end
    again = next((run for run in runs if run.start >= since and run.duration >= claim.length), None)
    pieces = [] if first is None else [first]
    return pieces if again is None else [*pieces, Span(again.start, again.start + claim.length)]


def _is_worth_it(claim: Claim, piece: Span) -> bool:
    """Row `short`."""
    return piece.duration >= min(FIVE_SECONDS, claim.length + claim.heard) or (
        claim.begun and piece.start == claim.start
    )


def _free_runs(start: datetime, end: datetime, air: Mapping[datetime, OccurrenceId]) -> Iterator[Span]:
    begins: datetime | None = None
    for second in _seconds(start, end):
        if second in air:
            if begins is not None:
                yield Span(begins, second)
            begins = None
        elif begins is None:
            begins = second
    if begins is not None:
        yield Span(begins, end)


def _seconds(start: datetime, end: datetime) -> Iterator[datetime]:
    while start < end:
        yield start
        start += SECOND


def _may_contend(candidate: Candidate, span: Span, regulation: Regulation, now: datetime) -> bool:
    """Rows `regulation` and `validity`."""
    claim, until = candidate.claim, candidate.programme.valid_until
    if claim.end <= now and claim.start < span.start:
        return False  # yesterday's
    if candidate.programme.kind not in regulation.kinds:
        return False
    if not regulation.permits(Span(claim.start, max(claim.start, claim.end))):
        return False
    return until is None or claim.start < until


def _can_begin(candidate: Candidate, now: datetime) -> bool:
    """Row `passed`: nothing was promised, and nothing has begun."""
    claim, by = candidate.claim, candidate.begins_by
    if claim.start >= now or claim.end <= claim.start:
        return True
    if claim.rejoins:
        return claim.end - now >= FIVE_SECONDS and (by is None or now <= by)
    return by is not None and now <= by


def _as_late_as_now(candidate: Candidate, now: datetime) -> Claim:
    claim = candidate.claim
    if claim.start >= now or claim.end <= claim.start:
        return claim
    length = claim.end - now if claim.rejoins else claim.length
    return replace(claim, start=now, length=length, asked=claim.start)
