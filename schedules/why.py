"""Why: for a zone and an instant, what plays and by which rules; for an occurrence, why it will or will not be heard.

It asks the planner and the same claims the planner asks; it decides nothing of its own. Every reason is a code with
values, in the order in which docs/precedence.md asks.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from schedules.approval import Approval
from schedules.candidate import Candidate
from schedules.candidates import Candidates
from schedules.choice import language_for
from schedules.conflicts import Claim
from schedules.ids import OccurrenceId
from schedules.occurrence import rejoined
from schedules.planning import Plan, Planner
from schedules.regulation import Regulation
from schedules.rundown import RundownItem
from schedules.schedule import Note, Schedule
from schedules.silence import Silence, silenced
from schedules.standing import regulation_for
from schedules.times import DAY, Span, local_day, local_midnight
from schedules.unit import Zone

ROWS = ("level", "order", "exact", "begun", "start", "id")
"""What decides between two claims, in the order of `Claim.strength`."""
SEARCHED = 14
"""How many days ahead the next permitted hours are looked for."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule that fired: a stable code and the values of its sentence."""

    code: str
    values: tuple[tuple[str, object], ...] = ()


class Hearing(StrEnum):
    """Whether something is heard."""

    WHOLE = "whole"
    PART = "part"
    NOT = "not"


@dataclass(frozen=True, slots=True, kw_only=True)
class Contender:
    """An occurrence that asks for the air, and what becomes of it.

    Attributes:
        asks: the time it asks for.
        heard: where it sounds by the plan, in order; empty when it does not.
        rules: what decided about it, in the order of docs/precedence.md; never empty.
    """

    occurrence: OccurrenceId
    title: str
    asks: Span
    hearing: Hearing
    heard: tuple[Span, ...]
    rules: tuple[Rule, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """Why a zone hears what it hears at an instant.

    Attributes:
        plays: what plays by the plan; None for silence.
        rules: what decided; never empty. An order of silence stands first and wins over what would play.
        contenders: everything that asks for the air around the instant, what plays first.
    """

    zone: Zone
    at: datetime
    plays: RundownItem | None
    silenced: bool
    rules: tuple[Rule, ...]
    contenders: tuple[Contender, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What an explanation is about.

    Attributes:
        schedule: what is approved.
        supposed: the same as if everything were approved, and every offer accepted.
        now: when the plan is made; `history` stands for the time until then, as for planning.
        silences: orders of silence for the zone.
    """

    schedule: Schedule
    supposed: Schedule
    zone: Zone
    now: datetime
    history: Sequence[RundownItem] = ()
    silences: tuple[Silence, ...] = ()


def why_at(case: Case, at: datetime) -> Explanation:
    """Explain an instant."""
    regulation = _regulation(case, at)
    if regulation is None:
        nothing = (Rule("planning.no_regulation"),)
        return Explanation(zone=case.zone, at=at, plays=None, silenced=False, rules=nothing, contenders=())
    day = _Day(case, at, regulation)
    plays = next((item for item in day.plan.items if item.span.holds(at)), None)
    air = plays.span if plays is not None else Span(at, at + timedelta(milliseconds=1))
    contenders = [day.contender(each) for each in day.wishes.values() if day.wants(each, air)]
    contenders.sort(key=lambda each: (not any(span.holds(at) for span in each.heard), each.asks, each.occurrence))
    order = silenced(case.silences, at) if at >= case.now else None
    rules: list[Rule] = [] if order is None else [_of_silence(order)]
    if plays is None:
        rules += _why_silent(regulation, at, contenders)
    elif contenders and any(span.holds(at) for span in contenders[0].heard):
        rules += contenders[0].rules
    else:
        rules.append(Rule("why.planned_before", (("title", plays.title),)))
    return Explanation(
        zone=case.zone,
        at=at,
        plays=plays,
        silenced=order is not None,
        rules=tuple(rules),
        contenders=tuple(contenders),
    )


def why_occurrence(case: Case, occurrence: OccurrenceId, near: datetime) -> Contender | None:
    """Explain an occurrence of a local day; None where nothing of that id is asked for or planned on it.

    Args:
        case: what is asked about.
        occurrence: its id, or that of a part of it after an interruption.
        near: an instant of the day.
    """
    regulation = _regulation(case, near)
    if regulation is None:
        return None
    day = _Day(case, near, regulation)
    for wish in day.wishes.values():
        if occurrence == wish.claim.occurrence or occurrence in {item.occurrence for item in day.pieces(wish)}:
            return day.contender(wish)
    planned = next((item for item in day.plan.items if item.occurrence == occurrence), None)
    if planned is None:
        return None
    return Contender(
        occurrence=occurrence,
        title=planned.title,
        asks=planned.span,
        hearing=Hearing.WHOLE,
        heard=(planned.span,),
        rules=(Rule("why.planned_before", (("title", planned.title),)),),
    )


def deciding_row(winner: Claim, loser: Claim) -> str:
    """Give the row of docs/precedence.md by which one claim goes before another."""
    if winner.strength > loser.strength:  # the weaker went first: the other waited for its end, or found it begun
        return "next" if loser.follows else "begun"
    rows = zip(ROWS, winner.strength, loser.strength, strict=True)
    return next((row for row, mine, other in rows if mine != other), "id")


@dataclass(slots=True)
class _Day:
    """A local day at a zone, planned and with everything that asked for it."""

    case: Case
    at: datetime
    regulation: Regulation
    plan: Plan = field(init=False)
    wishes: dict[OccurrenceId, Candidate] = field(init=False)
    approved: frozenset[OccurrenceId] = field(init=False)
    notes: dict[OccurrenceId, list[Note]] = field(init=False)

    def __post_init__(self) -> None:
        time = self.regulation.zone
        begins = local_midnight(local_day(self.at, time), time)
        ends = local_midnight(local_day(self.at, time) + DAY, time)
        # A day more, so that what begins before midnight is planned whole.
        planner = Planner(self.case.schedule, Span(begins, ends + DAY))
        now = min(self.case.now, ends)
        self.plan = planner.plan(self.case.zone, now=now, history=self.case.history)
        # What began yesterday and still sounds asks for today's air too.
        asked = Span(begins - DAY, ends)
        wishes, _ = Candidates(self.case.supposed, asked).of(self.case.zone, self.regulation)
        released, _ = Candidates(self.case.schedule, asked).of(self.case.zone, self.regulation)
        self.wishes = {each.claim.occurrence: each for each in (*self._in_any_language(asked), *wishes)}
        self.approved = frozenset(each.claim.occurrence for each in released)
        self.notes = {}
        for note in self.plan.notes:
            if note.occurrence is not None:
                self.notes.setdefault(note.occurrence, []).append(note)

    def _in_any_language(self, asked: Span) -> list[Candidate]:
        """Give what would ask if the zone's people spoke every language, so that what they do not hear is told."""
        zone, programmes = self.case.zone, self.case.supposed.programmes.values()
        all_spoken = {variant.language for programme in programmes for variant in programme.variants}
        speaking = replace(zone, languages=(*zone.languages, *sorted(all_spoken - {*zone.languages})))
        return Candidates(self.case.supposed, asked).of(speaking, self.regulation)[0]

    def pieces(self, wish: Candidate) -> list[RundownItem]:
        """Give the items of an occurrence, those after an interruption included."""
        own = wish.claim.occurrence
        return [item for item in self.plan.items if item.occurrence in {own, rejoined(own, item.starts_at)}]

    def wants(self, wish: Candidate, air: Span) -> bool:
        """Tell whether an occurrence asks for some air, or has it."""
        return _asks(wish).overlaps(air) or any(item.span.overlaps(air) for item in self.pieces(wish))

    def contender(self, wish: Candidate) -> Contender:
        """Say what becomes of an occurrence, and why."""
        claim = wish.claim
        heard = tuple(item.span for item in self.pieces(wish))
        sounding = sum((span.duration for span in heard), timedelta(0))
        whole = sounding >= claim.length
        hearing = Hearing.NOT if not heard else Hearing.WHOLE if whole else Hearing.PART
        return Contender(
            occurrence=claim.occurrence,
            title=wish.programme.title,
            asks=_asks(wish),
            hearing=hearing,
            heard=heard,
            rules=tuple(self._rules(wish, hearing)),
        )

    def _rules(self, wish: Candidate, hearing: Hearing) -> Iterator[Rule]:
        own = wish.claim.occurrence
        zone = self.case.zone
        instead = self.case.schedule.substitutions.get((zone.id, wish.programme.id))
        language, code = language_for(wish.programme, zone, instead)
        if code:
            yield Rule(code, (("language", zone.languages[0]), ("heard", language or "")))
        if language is None:
            return
        if own not in self.approved and hearing is Hearing.NOT:
            yield self._kept_out(wish)
            return
        yield from self._approval(wish)
        notes = self.notes.get(own, [])
        forbidden = [note for note in notes if note.code.startswith("regulation.")]
        yield from (Rule(note.code, note.values) for note in forbidden)
        if not forbidden:
            yield self._permission(wish)
        over = [other for other in self.wishes.values() if self._beats(own, other)]
        for other in over:
            row = deciding_row(wish.claim, other.claim)
            yield Rule(f"why.before.{row}", (("title", other.programme.title),))
        contended = False
        for note in notes:
            if note in forbidden:
                continue
            winner = self.wishes.get(OccurrenceId(str(dict(note.values).get("winner", ""))))
            if winner is not None:
                contended = True
                row = deciding_row(winner.claim, wish.claim)
                yield Rule(f"why.after.{row}", (("title", winner.programme.title),))
            yield Rule(note.code, tuple((name, value) for name, value in note.values if name != "winner"))
        if not notes and not over and not contended:
            yield Rule("why.alone")

    def _kept_out(self, wish: Candidate) -> Rule:
        """Say what keeps an occurrence from asking: its release, or what the station said to an offer."""
        released = any(self._approval(wish))
        said = (note for note in self.plan.notes if note.code.startswith("offer."))
        note = next((each for each in said if each.programme == wish.programme.id), None)
        return Rule("approval.missing") if note is None or not released else Rule(note.code, note.values)

    def _permission(self, wish: Candidate) -> Rule:
        time = self.regulation.zone
        for override in self.case.schedule.overrides:
            if override.record == wish.approval and override.window(time).holds(wish.claim.start):
                return Rule("why.override", (("reason", override.reason),))
        return Rule("why.permitted", (("number", self.regulation.number),))

    def _approval(self, wish: Candidate) -> Iterator[Rule]:
        given = (each for approvals in self.case.schedule.approvals.values() for each in approvals)
        release = min((each for each in given if self._releases(each, wish)), key=_when, default=None)
        if release is not None:
            yield Rule("why.approved", (("at", release.approved_at),))

    def _releases(self, approval: Approval, wish: Candidate) -> bool:
        return approval.record == wish.approval and self.case.zone.id in approval.zones

    def _beats(self, own: OccurrenceId, other: Candidate) -> bool:
        return any(dict(note.values).get("winner") == own for note in self.notes.get(other.claim.occurrence, ()))


def _asks(wish: Candidate) -> Span:
    return Span(wish.claim.start, wish.claim.start + wish.claim.length)


def _when(approval: Approval) -> datetime:
    return approval.approved_at


def _regulation(case: Case, at: datetime) -> Regulation | None:
    return regulation_for(case.zone, case.schedule.regulations, at)


def _of_silence(order: Silence) -> Rule:
    return Rule("why.silenced") if order.until is None else Rule("why.silenced_until", (("until", order.until),))


def _why_silent(regulation: Regulation, at: datetime, contenders: Iterable[Contender]) -> Iterator[Rule]:
    """Say why nothing plays: the hours, then whatever asked for the air and did not get it."""
    if not regulation.permits(Span(at, at)):
        opens = _next_window(regulation, at)
        if opens is None:
            yield Rule("why.closed", (("number", regulation.number),))
        else:
            hours = (("opens", opens.start), ("closes", opens.end))
            yield Rule("why.closed_until", (("number", regulation.number), *hours))
    asked = [each for each in contenders if each.asks.holds(at)]
    yield from (Rule("why.not_heard", (("title", each.title),)) for each in asked)
    if not asked:
        yield Rule("why.nothing_asked")


def _next_window(regulation: Regulation, at: datetime) -> Span | None:
    today = local_day(at, regulation.zone)
    windows = (window for number in range(SEARCHED) for window in regulation.windows(today + number * DAY))
    return next((window for window in windows if window.start > at), None)
