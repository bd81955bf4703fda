"""History: what the rundown in force says for the time until now, and what of it goes on.

What has begun keeps its start; what is on the air ends now if its approval no longer holds or a regulation
forbids it. A rundown as it was kept is not believed: what it says again must be what was approved. It must not
decide who gets the air from now on.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from schedules.candidate import Candidate
from schedules.conflicts import Claim
from schedules.hours import Hours
from schedules.ids import OccurrenceId
from schedules.occurrence import rejoined
from schedules.programme import Relay
from schedules.rundown import Played, Relayed, RundownItem
from schedules.schedule import Note
from schedules.slot import Interrupted


@dataclass(frozen=True, slots=True)
class Begun:
    """What was said for the time until now.

    Attributes:
        over: what has ended, or ends now.
        on_air: what goes on, with the candidate it came from.
        heard: the occurrences of all of it; the parts of what was interrupted count for the whole.
        interrupted: how much was heard of each that may be taken up, or begun, again.
    """

    over: tuple[RundownItem, ...]
    on_air: tuple[RundownItem, Candidate] | None
    heard: frozenset[OccurrenceId]
    interrupted: Mapping[OccurrenceId, timedelta]


NOTHING_BEGUN = Begun((), None, frozenset(), {})


def begun_by(
    now: datetime,
    history: Iterable[RundownItem],
    wanted: Mapping[OccurrenceId, Candidate],
    *,
    since: datetime,
    hours: Hours,
) -> Begun:
    """Say what has begun by an instant.

    Args:
        now: the instant.
        history: items of the rundown in force, in order.
        wanted: every candidate there is now, permitted or not.
        since: what ended by then is of no interest any more.
        hours: what the station's regulations permit.
    """
    over: list[RundownItem] = []
    on_air: tuple[RundownItem, Candidate] | None = None
    heard: set[OccurrenceId] = set()
    interrupted: dict[OccurrenceId, timedelta] = {}
    for item in history:
        if item.starts_at > now or item.ends_at <= since:
            continue
        candidate = _candidate_of(item, wanted)
        if item.ends_at <= now:
            gone = candidate is None or not _is_approved(item, candidate)
            over.append(replace(item, late_until=None) if gone and item.over_at > now else item)
        elif candidate and _is_approved(item, candidate) and not _forbidden(item, hours):
            on_air = (item, candidate)
        elif item.starts_at < now:
            over.append(replace(item, ends_at=now, late_until=None))
        else:
            continue
        heard.add(item.occurrence)
        if candidate is not None:
            heard.add(candidate.claim.occurrence)
            if isinstance(item.sound, Played) and candidate.claim.interrupted is not Interrupted.DROP:
                so_far = timedelta(milliseconds=item.sound.offset_ms) + item.span.duration
                same = item.ends_at <= now and _is_approved(item, candidate)
                interrupted[candidate.claim.occurrence] = so_far if same else candidate.claim.length
    return Begun(tuple(over), on_air, frozenset(heard), interrupted)


def held_claim(item: RundownItem, candidate: Candidate, hours: Hours) -> Claim:
    """The claim of what is on the air.

    It contends as it always did, for all of its sound: where what was to interrupt it is withdrawn, it goes on.
    An edit of the session around it does not end it sooner than was said.
    """
    claim, start = candidate.claim, item.starts_at
    played = item.sound if isinstance(item.sound, Played) else None
    wants_until = max(claim.end, item.ends_at) if played is None else start + played.duration
    limit = max(claim.limit, item.ends_at)
    if hours.finding(start, min(wants_until, limit), item.kind, item.approval):
        limit = item.ends_at
    return replace(
        claim,
        occurrence=item.occurrence,
        start=start,
        length=wants_until - start,
        latest_start=start,
        limit=limit,
        heard=timedelta(milliseconds=played.offset_ms if played is not None else 0),
        follows=False,
        begun=True,
    )


def taken_up(claim: Claim, heard: timedelta, now: datetime) -> Claim | None:
    """The claim of what was interrupted: on what is left of it, or on all of it again; None when its time is over."""
    start = max(now, claim.start)
    if heard >= claim.length or start >= claim.limit:
        return None
    left = claim.length - heard if claim.interrupted is Interrupted.RESUME else claim.length
    return replace(claim, start=start, asked=claim.start, length=left, heard=heard, latest_start=claim.limit)


def too_late(candidate: Candidate, begun: Begun) -> Note:
    """Say why what should have begun before now has not: somebody else had the air, or it was released too late."""
    claim, title = candidate.claim, candidate.programme.title
    aired = (*begun.over, *([begun.on_air[0]] if begun.on_air else []))
    winner = next((item.occurrence for item in aired if item.span.holds(claim.start)), None)
    if winner is not None:
        return Note(title, "conflict.lost", (("winner", winner),), claim.start, claim.occurrence)
    return Note(title, "planning.too_late", (), claim.start, claim.occurrence)


def _is_approved(item: RundownItem, candidate: Candidate) -> bool:
    """Tell whether an item is of the record its candidate was approved by, and says nothing else than that does."""
    programme, sound = candidate.programme, item.sound
    as_said = (item.approval, item.programme, item.title, item.kind, item.level, item.valid_until)
    as_approved = (
        candidate.approval,
        programme.id,
        programme.title,
        programme.kind,
        programme.level,
        programme.valid_until,
    )
    sources = {variant.source for variant in programme.variants if variant.language == item.language}
    if isinstance(sound, Relayed):
        return as_said == as_approved and Relay(sound.channel, sound.fallback) in sources
    return as_said == as_approved and sources.issuperset(sound.recordings)


def _forbidden(item: RundownItem, hours: Hours) -> bool:
    return hours.finding(item.starts_at, item.ends_at, item.kind, item.approval) is not None


def _candidate_of(item: RundownItem, wanted: Mapping[OccurrenceId, Candidate]) -> Candidate | None:
    known = wanted.get(item.occurrence)
    if known is not None:
        return known
    again = (each for each in wanted.values() if each.claim.rejoins or each.claim.interrupted is not Interrupted.DROP)
    return next((each for each in again if rejoined(each.claim.occurrence, item.starts_at) == item.occurrence), None)
