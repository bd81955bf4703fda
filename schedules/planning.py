"""Planning: from what people scheduled and approved to the items of one zone's rundown.

Every occurrence that does not make it leaves a note with its reason. It must not number, sign or
publish: that is `server.services.issuing`.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from schedules.candidates import Candidate, Candidates, Note, Schedule
from schedules.conflicts import Claim, Decision, Fate, resolve
from schedules.errors import Refused
from schedules.ids import OccurrenceId, UnitId, occurrence_id
from schedules.programme import Kind
from schedules.regulation import Finding, Regulation, findings, in_force, minutes_findings
from schedules.rundown import Relayed, RundownItem
from schedules.times import DAY, Span, instant_text, local_day
from schedules.unit import Zone

MILLISECOND = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True)
class Plan:
    """The items of one zone, in order and without overlap, and what was left out and why."""

    items: tuple[RundownItem, ...]
    notes: tuple[Note, ...]


class Planner:
    """Plans the zones of one schedule over one span; zones share whatever is the same for them."""

    def __init__(self, schedule: Schedule, span: Span) -> None:
        self._span = span
        # A day more at the front: what began before midnight and still sounds must be found again.
        self._candidates = Candidates(schedule, Span(span.start - DAY, span.end))
        self._regulations: dict[UnitId, list[Regulation]] = defaultdict(list)
        for regulation in schedule.regulations:
            self._regulations[regulation.station].append(regulation)
        self._forbidden: dict[tuple[UnitId, Span, Kind], tuple[Finding, ...]] = {}
        self._items: dict[tuple[OccurrenceId, str, str, Span], RundownItem] = {}

    def plan(self, zone: Zone, *, now: datetime, history: Sequence[RundownItem] = ()) -> Plan:
        """Plan one zone.

        Args:
            zone: one of the schedule's.
            now: nothing new starts before it; `history` stands for the time until then.
            history: items of the rundown in force. What has begun stays as it was said; what is on
                the air ends now if its approval no longer holds.

        Raises:
            Refused: `planning.no_regulation` for a zone whose station has none.
        """
        candidates, notes = self._candidates.of(zone, self._regulation(zone, self._span.start))
        wanted = {candidate.claim.occurrence: candidate for candidate in candidates}
        begun = (item for item in history if item.starts_at <= now and item.ends_at > self._span.start)
        standing = {item.occurrence: kept for item in begun if (kept := _as_it_stands(item, wanted, now))}
        items = [item for item in standing.values() if item.ends_at <= now]
        promised = {item.occurrence for item in history if item.starts_at > now}
        claims = [_held(item) for item in standing.values() if item.ends_at > now]
        unheard = [each.claim for each in candidates if each.claim.occurrence not in standing]
        claims += _ahead(unheard, now, promised)
        for decision in resolve(claims):
            held = standing.get(decision.claim.occurrence)
            if held is None:
                items += self._made(zone, wanted[decision.claim.occurrence], decision, notes)
            else:
                items.append(replace(held, ends_at=decision.pieces[0].end))
        items.sort(key=lambda item: item.starts_at)
        return Plan(self._within_minutes(zone, items, now, notes), tuple(notes))

    def _regulation(self, zone: Zone, instant: datetime) -> Regulation:
        regulations = self._regulations[zone.station]
        known = regulations and in_force(regulations, local_day(instant, regulations[0].zone))
        if not known:
            raise Refused("planning.no_regulation", station=zone.station)
        return known

    def _made(self, zone: Zone, candidate: Candidate, decision: Decision, notes: list[Note]) -> Iterable[RundownItem]:
        claim, title = decision.claim, candidate.programme.title
        if decision.fate is Fate.LOST:
            code = "conflict.lost" if decision.winner else "session.no_time_left"
            values = (("winner", decision.winner),) if decision.winner else ()
            notes.append(Note(title, code, values, claim.start, claim.occurrence))
            return
        if decision.fate is Fate.CUT:
            heard = decision.pieces[-1].end
            notes.append(Note(title, "conflict.cut", (("until", heard),), claim.start, claim.occurrence))
        for number, piece in enumerate(decision.pieces):
            finding = self._finding(zone, piece, candidate.programme.kind)
            if finding is not None:
                notes.append(Note(title, finding.code, finding.values, piece.start, claim.occurrence))
                continue
            if piece.end > self._span.end:
                continue  # the next day's issue will hold it whole
            valid_until = candidate.programme.valid_until
            if valid_until is not None and piece.start >= valid_until:
                notes.append(Note(title, "programme.expired", (), piece.start, claim.occurrence))
                continue
            yield self._item(candidate, piece, number)

    def _finding(self, zone: Zone, piece: Span, kind: Kind) -> Finding | None:
        key = (zone.station, piece, kind)
        if key not in self._forbidden:
            self._forbidden[key] = findings(self._regulation(zone, piece.start), piece, kind)
        return next(iter(self._forbidden[key]), None)

    def _item(self, candidate: Candidate, piece: Span, number: int) -> RundownItem:
        occurrence = candidate.claim.occurrence
        if number:
            occurrence = occurrence_id(occurrence, instant_text(piece.start), "rejoined")
        key = (occurrence, candidate.language, candidate.approval, piece)
        if key not in self._items:
            programme = candidate.programme
            self._items[key] = RundownItem(
                occurrence=occurrence,
                starts_at=piece.start,
                ends_at=piece.end,
                title=programme.title,
                kind=programme.kind,
                level=programme.level,
                language=candidate.language,
                programme=programme.id,
                sound=candidate.sound,
                approval=candidate.approval,
                start=candidate.start,
                latest_start=candidate.claim.latest_start if candidate.claim.exact else None,
                valid_until=programme.valid_until,
            )
        return self._items[key]

    def _within_minutes(
        self, zone: Zone, items: list[RundownItem], now: datetime, notes: list[Note]
    ) -> tuple[RundownItem, ...]:
        by_day: dict[date, list[RundownItem]] = defaultdict(list)
        time = self._regulation(zone, self._span.start).zone
        for item in items:
            by_day[local_day(item.starts_at, time)].append(item)
        kept: list[RundownItem] = []
        for day, of_day in by_day.items():
            regulation = self._regulation(zone, of_day[0].starts_at)
            while found := minutes_findings(regulation, day, (item.span for item in of_day)):
                last = next((item for item in reversed(of_day) if item.starts_at > now), None)
                if last is None:
                    break
                of_day.remove(last)
                notes.append(Note(last.title, found[0].code, found[0].values, last.starts_at, last.occurrence))
            kept += of_day
        return tuple(kept)


def _as_it_stands(item: RundownItem, wanted: Mapping[OccurrenceId, Candidate], now: datetime) -> RundownItem | None:
    """What has begun stays; without its approval it ends now, and is gone if it would begin only now."""
    candidate = wanted.get(item.occurrence)
    if item.ends_at <= now or (candidate is not None and candidate.approval == item.approval):
        return item
    return replace(item, ends_at=now) if item.starts_at < now else None


def _held(item: RundownItem) -> Claim:
    """The claim of what is on the air: it keeps its start, and only a higher level shortens it."""
    return Claim(
        occurrence=item.occurrence,
        level=item.level,
        exact=True,
        start=item.starts_at,
        length=item.ends_at - item.starts_at,
        latest_start=item.starts_at,
        limit=item.ends_at,
        rejoins=isinstance(item.sound, Relayed),
    )


def _ahead(claims: Iterable[Claim], now: datetime, promised: AbstractSet[OccurrenceId]) -> list[Claim]:
    """Give the claims that may still begin.

    A claim whose start has passed is joined if it is a relay, begun now if it may wait or had been
    promised for later (an edit moved it forward), and otherwise too late.
    """
    ahead: list[Claim] = []
    late: list[Claim] = []
    for claim in claims:
        if claim.start >= now:
            ahead.append(claim)
        elif claim.end > now and claim.rejoins:
            ahead.append(replace(claim, start=now, length=claim.end - now))
        elif now <= claim.latest_start and (claim.exact or claim.occurrence in promised):
            late.append(claim)
    late.sort(key=lambda claim: (claim.start, claim.occurrence))
    # A millisecond apart, so that they keep their order where they wait for each other.
    return ahead + [replace(claim, start=now + number * MILLISECOND) for number, claim in enumerate(late)]
