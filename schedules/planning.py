"""Planning: from what people scheduled and approved to the items of one zone's rundown.

Every occurrence that does not make it leaves a note with its reason. It must not number, sign or
publish: that is `server.services.issuing`.
"""

from bisect import bisect_left
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import chain

from schedules.candidate import Candidate, Wishes
from schedules.candidates import Candidates
from schedules.common import Common, Stretch
from schedules.conflicts import SHORTEST_PIECE, Claim, Decision, Fate, contending, resolve, undecided
from schedules.errors import Refused
from schedules.history import NOTHING_BEGUN, Begun, begun_by, held_claim, taken_up, too_late
from schedules.hours import Hours, Limit
from schedules.ids import OccurrenceId, UnitId
from schedules.lateness import begins_at_latest, with_room
from schedules.occurrence import rejoined
from schedules.override import Override
from schedules.programme import Level
from schedules.regulation import Regulation
from schedules.rundown import Played, RundownItem
from schedules.schedule import Note, Schedule
from schedules.slot import Interrupted
from schedules.standing import overrides_at, regulations_at
from schedules.times import DAY, Span, milliseconds, next_millisecond
from schedules.unit import Zone


@dataclass(frozen=True, slots=True)
class Plan:
    """The items of one zone, in order and without overlap, and what was left out and why."""

    items: tuple[RundownItem, ...]
    notes: tuple[Note, ...]


class Planner:
    """Plans the zones of one schedule over one span; zones share whatever is the same for them.

    Args:
        schedule: what is planned.
        span: from when to when.
        again: each zone will be planned again, at another moment.
    """

    def __init__(self, schedule: Schedule, span: Span, *, again: bool = False) -> None:
        self._span = span
        # A day more at the front: what began before midnight and still sounds must be found again.
        self._candidates = Candidates(schedule, Span(span.start - DAY, span.end), again=again)
        self._regulations: dict[UnitId, list[Regulation]] = {}
        for regulation in schedule.regulations:
            self._regulations.setdefault(regulation.station, []).append(regulation)
        self._overrides: dict[UnitId, list[Override]] = {}
        for override in schedule.overrides:
            self._overrides.setdefault(override.station, []).append(override)
        self._common: dict[tuple[object, ...], Common] = {}
        self._common_at: datetime | None = None
        self._hours: dict[object, Hours] = {}

    def plan(
        self,
        zone: Zone,
        *,
        now: datetime,
        history: Sequence[RundownItem] = (),
        promised: Iterable[OccurrenceId] | None = None,
    ) -> Plan:
        """Plan one zone.

        Args:
            zone: one of the schedule's.
            now: nothing new starts before it; `history` stands for the time until then.
            history: items of the rundown in force. What has begun keeps its start; what is on the air
                ends now if its approval no longer holds or a regulation forbids it.
            promised: what the rundown in force says for later; None: what of it is in `history`.

        Raises:
            Refused: `planning.no_regulation` for a zone whose station has none.
        """
        now = next_millisecond(now)
        hours = self._hours_of(zone)
        regulation = hours.regulation(self._span.start)
        if regulation is None:
            raise Refused("planning.no_regulation", station=zone.station)
        wishes = self._candidates.parted(zone, regulation)
        common = self._common_of(wishes, hours, now)
        wanted = {**common.wanted, **{each.claim.occurrence: each for each in wishes.own}}
        begun = begun_by(now, history, wanted, since=self._span.start, hours=hours)
        notes = [*wishes.notes, *(note for note in common.notes if note.occurrence not in begun.heard)]
        if promised is None:
            promised = (item.occurrence for item in history if item.starts_at > now)
        # What has begun here, or comes again after it has, is this zone's own affair.
        apart = common.of(begun.heard)
        again = (*(claim.occurrence for claim in common.claims(apart)), *common.forbidden(begun.heard))
        freed = (wanted[occurrence] for occurrence in again)
        permitted = self._permitted((*wishes.own, *common.late, *freed), begun, hours, notes, now)
        claims = self._ahead(permitted, begun, frozenset(promised), notes, now)
        if begun.on_air is not None:
            claims.append(held_claim(*begun.on_air, hours))
        gone, groups = common.beside(claims, apart)
        items, told = common.standing(gone)
        notes += told
        items += begun.over
        for group in groups:
            items += self._shared_out(group, wanted, begun, hours, notes)
        items.sort(key=lambda item: item.starts_at)
        kept = _within_minutes(items, hours.limits, begun.heard, notes)
        return Plan(with_room(kept, wanted, hours, now=now, end=self._span.end), tuple(notes))

    def _common_of(self, wishes: Wishes, hours: Hours, now: datetime) -> Common:
        """Give what a zone has in common with others of its station, shared out among itself."""
        if now != self._common_at:
            self._common, self._common_at = {}, now
        key = (hours, *map(id, wishes.common))
        known = self._common.get(key)
        if known is None:
            known = self._common[key] = self._settled(wishes, hours, now)
        return known

    def _settled(self, wishes: Wishes, hours: Hours, now: datetime) -> Common:
        wanted: dict[OccurrenceId, Candidate] = {}
        for candidate in chain.from_iterable(wishes.common):
            wanted.setdefault(candidate.claim.occurrence, candidate)  # one place in two sessions is heard in the first
        late = [each for each in wanted.values() if each.claim.start < now and each.claim.start < each.claim.end]
        notes: list[Note] = []
        passed = {each.claim.occurrence for each in late}
        ahead = (each for key, each in wanted.items() if key not in passed)
        stretches: list[Stretch] = []
        for group in contending(each.claim for each in self._permitted(ahead, NOTHING_BEGUN, hours, notes, now)):
            told: list[Note] = []
            items = tuple(self._shared_out(group, wanted, NOTHING_BEGUN, hours, told))
            stretches.append(Stretch(tuple(group), items, tuple(told)))
        return Common(wanted, late, stretches, notes)

    def _shared_out(
        self,
        group: Sequence[Claim],
        wanted: Mapping[OccurrenceId, Candidate],
        begun: Begun,
        hours: Hours,
        notes: list[Note],
    ) -> Iterator[RundownItem]:
        """Give the items of claims that contend with each other only."""
        alone = self._undisturbed(group, wanted, begun)
        if alone is not None:
            yield alone
            return
        for decision in resolve(group):
            yield from self._made(decision, wanted, begun, hours, notes)
        notes += _undecided(group, wanted)

    def _hours_of(self, zone: Zone) -> Hours:
        key = (zone.station, zone.stood, zone.moves)
        if key not in self._hours:
            regulations = regulations_at(zone, self._regulations)
            if not regulations:
                raise Refused("planning.no_regulation", station=zone.station)
            self._hours[key] = Hours(regulations, self._span, overrides_at(zone, self._overrides))
        return self._hours[key]

    def _permitted(
        self, candidates: Iterable[Candidate], begun: Begun, hours: Hours, notes: list[Note], now: datetime
    ) -> Iterator[Candidate]:
        """Give what may contend for the air: what is forbidden or expired must not take it from anyone."""
        going_on = begun.on_air and begun.on_air[1].claim.occurrence
        for candidate in candidates:
            claim, programme = candidate.claim, candidate.programme
            if claim.occurrence == going_on:
                continue
            if claim.occurrence in begun.heard and not claim.rejoins and claim.occurrence not in begun.interrupted:
                continue
            end = claim.end
            if end <= now and claim.start < self._span.start:
                continue  # yesterday's
            finding = hours.finding(claim.start, end, programme.kind, candidate.approval)
            if finding is not None:
                notes.append(Note(programme.title, finding.code, finding.values, claim.start, claim.occurrence))
            elif programme.valid_until is not None and claim.start >= programme.valid_until:
                notes.append(Note(programme.title, "programme.expired", (), claim.start, claim.occurrence))
            else:
                yield candidate

    def _ahead(
        self,
        candidates: Iterable[Candidate],
        begun: Begun,
        promised: Container[OccurrenceId],
        notes: list[Note],
        now: datetime,
    ) -> list[Claim]:
        """Give the claims that may still begin.

        A claim whose start has passed is joined if it is a relay, begun now if it may be late or had been
        promised for later (an edit moved it forward), and otherwise too late. What was interrupted is taken up.
        """
        ahead: list[Claim] = []
        for candidate in candidates:
            claim, by = candidate.claim, candidate.begins_by
            known = claim.occurrence in begun.heard or claim.occurrence in promised
            if claim.occurrence in begun.interrupted:
                rest = taken_up(claim, begun.interrupted[claim.occurrence], now)
                ahead += [] if rest is None else [rest]
            elif claim.start >= now or claim.end <= claim.start:
                ahead.append(claim)
            elif claim.rejoins:
                if claim.end - now >= SHORTEST_PIECE and (known or by is None or now <= by):
                    ahead.append(replace(claim, start=now, length=claim.end - now, asked=claim.start))
                elif claim.occurrence not in begun.heard:
                    notes.append(too_late(candidate, begun))
            elif (by is not None and now <= by) or (known and now <= claim.latest_start):
                # Several begin one after another: their order is that of the starts they asked for.
                ahead.append(replace(claim, start=now, asked=claim.start))
            else:
                notes.append(too_late(candidate, begun))
        return ahead

    def _made(
        self,
        decision: Decision,
        wanted: Mapping[OccurrenceId, Candidate],
        begun: Begun,
        hours: Hours,
        notes: list[Note],
    ) -> Iterator[RundownItem]:
        claim = decision.claim
        held, candidate = begun.on_air if claim.begun and begun.on_air else (None, wanted[claim.occurrence])
        note = _note_of(decision, candidate.programme.title)
        if note is not None:
            notes.append(note)
        own = candidate.claim
        offset = claim.heard if own.interrupted is Interrupted.RESUME else timedelta(0)
        for number, piece in enumerate(decision.pieces):
            begins, offset = (
                offset,
                offset + (piece.duration if own.interrupted is Interrupted.RESUME else timedelta(0)),
            )
            if held is not None and piece.start == held.starts_at:
                yield replace(held, ends_at=piece.end, late_until=None)
                continue
            # Inside its own time it was found permitted already; what waited must be asked about again.
            inside = own.start <= piece.start and piece.end <= own.end
            finding = (
                None if inside else hours.finding(piece.start, piece.end, candidate.programme.kind, candidate.approval)
            )
            if finding is not None:
                title = candidate.programme.title
                notes.append(Note(title, finding.code, finding.values, piece.start, claim.occurrence))
            elif piece.end <= self._span.end:  # past it, the next day's issue will hold it whole
                again = number > 0 or held is not None or claim.occurrence in begun.heard
                yield _item(candidate, piece.start, piece.end, again=again, offset=begins)

    def _undisturbed(
        self, group: Sequence[Claim], wanted: Mapping[OccurrenceId, Candidate], begun: Begun
    ) -> RundownItem | None:
        """Give the item of what gets all of its time, the usual case."""
        claim = group[0]
        candidate = wanted.get(claim.occurrence)
        end = claim.start + claim.length
        if len(group) > 1 or candidate is None or claim is not candidate.claim or claim.occurrence in begun.heard:
            return None
        if not claim.start < end <= min(claim.limit, self._span.end):
            return None
        return _item(candidate, claim.start, end, again=False)


def _note_of(decision: Decision, title: str) -> Note | None:
    claim, pieces = decision.claim, decision.pieces
    values: tuple[tuple[str, object], ...] = (("winner", decision.winner),) if decision.winner else ()
    if decision.fate is Fate.PLAYS:
        return None
    if decision.fate is Fate.LOST and claim.heard:
        code = "conflict.not_taken_up"
    elif decision.fate is Fate.LOST:
        code = "conflict.lost" if decision.winner else "session.no_time_left"
    elif claim.heard:
        code = "conflict.taken_up"
        values = (("again", pieces[0].start), *values)
    elif len(pieces) > 1:
        code = "conflict.interrupted"
        values = (("until", pieces[0].end), ("again", pieces[1].start), *values)
    elif decision.fate is Fate.CUT and not (claim.rejoins and pieces[-1].end == claim.end):
        code = "conflict.cut"
        values = (("until", pieces[-1].end), *values)
    else:
        code = "conflict.delayed"
        values = (("until", pieces[0].start), *values)
    return Note(title, code, values, claim.start, claim.occurrence)


def _undecided(group: Sequence[Claim], wanted: Mapping[OccurrenceId, Candidate]) -> Iterator[Note]:
    """Tell each of two priority items that nobody has ordered them, and which goes first until somebody has."""
    if sum(claim.level is Level.PRIORITY for claim in group) < 2:
        return
    for clash in undecided(group):
        pair = [wanted[claim.occurrence] for claim in (clash.first, clash.second) if claim.occurrence in wanted]
        if len({candidate.key for candidate in pair}) == 2:
            values = (("first", pair[0].programme.title), ("second", pair[1].programme.title))
            for each in pair:
                yield Note(each.programme.title, "conflict.undecided", values, each.claim.start, each.claim.occurrence)


def _item(
    candidate: Candidate, start: datetime, end: datetime, *, again: bool, offset: timedelta = timedelta(0)
) -> RundownItem:
    occurrence, programme, sound = candidate.claim.occurrence, candidate.programme, candidate.sound
    if offset and isinstance(sound, Played):
        sound = replace(sound, offset_ms=milliseconds(offset))
    return RundownItem(
        occurrence=rejoined(occurrence, start) if again else occurrence,
        starts_at=start,
        ends_at=end,
        title=programme.title,
        kind=programme.kind,
        level=programme.level,
        language=candidate.language,
        programme=programme.id,
        sound=sound,
        approval=candidate.approval,
        latest_start=begins_at_latest(candidate.begins_by, start),
        valid_until=programme.valid_until,
    )


def _within_minutes(
    items: Sequence[RundownItem], limits: Iterable[Limit], begun: AbstractSet[OccurrenceId], notes: list[Note]
) -> tuple[RundownItem, ...]:
    """Leave out what would make a session or a day too long: the lowest level first, of one level the latest."""
    kept = list(items)
    starts = [item.starts_at for item in kept]
    for limit in limits:
        first, end = bisect_left(starts, limit.inside.start), bisect_left(starts, limit.inside.end)
        if first > 0 and kept[first - 1].ends_at > limit.inside.start:
            first -= 1
        inside = kept[first:end]
        if sum((item.ends_at - item.starts_at for item in inside), timedelta(0)) <= timedelta(minutes=limit.minutes):
            continue
        while finding := limit.exceeded_by(item.span for item in inside):
            ahead = [item for item in inside if item.occurrence not in begun]
            if not ahead:
                break
            weakest = max(ahead, key=lambda item: (-item.level, item.starts_at))
            inside.remove(weakest)
            kept.remove(weakest)
            notes.append(Note(weakest.title, finding.code, finding.values, weakest.starts_at, weakest.occurrence))
        starts = [item.starts_at for item in kept]
    return tuple(kept)
