"""What a regulation makes of a span, a day or a plan: findings, as codes and values, and limits of minutes.

It must not decide between programmes, nor who may change a regulation.
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from schedules.override import Override
from schedules.programme import Kind
from schedules.regulation import Regulation, Suspension, in_force
from schedules.times import DAY, Span, local_day, local_midnight, merged


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing the regulation forbids: a stable code and the values of its sentence."""

    code: str
    values: tuple[tuple[str, object], ...] = ()


def findings(regulation: Regulation, span: Span, kind: Kind, approval: str = "") -> tuple[Finding, ...]:
    """Say what forbids a kind of programme, or one approved record of it, in a span; nothing means permitted."""
    found: list[Finding] = []
    suspension = regulation.suspension(kind, span)
    if kind not in regulation.kinds:
        found.append(_kind_not_allowed(kind))
    elif suspension is not None:
        found.append(_suspended(kind, suspension))
    if not regulation.permits(span, approval):
        found.append(_outside_hours(span.start, span.end))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Limit:
    """How many minutes may sound inside a stretch of time, and the finding when it is more."""

    inside: Span
    minutes: int
    code: str
    values: tuple[tuple[str, object], ...] = ()

    def exceeded_by(self, spans: Iterable[Span]) -> Finding | None:
        """Say that spans, none of which overlap, are too long; started minutes count whole."""
        minutes = -(-_heard_inside(self.inside, spans) // timedelta(minutes=1))
        if minutes <= self.minutes:
            return None
        return Finding(self.code, (*self.values, ("minutes", minutes), ("limit", self.minutes)))


def limits(regulation: Regulation, day: date) -> tuple[Limit, ...]:
    """Give what limits the minutes of a local day: each of its sessions, what is opened, then the day itself."""
    sessions = ((rule, rule.window(day, regulation.zone)) for rule in regulation.rules_on(day))
    whole = Span(local_midnight(day, regulation.zone), local_midnight(day + DAY, regulation.zone))
    return (
        *(
            Limit(window, rule.max_minutes, "regulation.session_too_long", (("session", rule.session),))
            for rule, window in sessions
            if window is not None
        ),
        Limit(whole, regulation.minutes_on(day), "regulation.day_too_long"),
    )


def minutes_findings(regulation: Regulation, day: date, spans: Iterable[Span]) -> tuple[Finding, ...]:
    """Say which totals of one local day are too long, per session and for the day, in started minutes."""
    sounding = merged(spans)
    found = (limit.exceeded_by(sounding) for limit in limits(regulation, day))
    return tuple(each for each in found if each is not None)


def lacks(regulation: Regulation, day: date, heard: Iterable[tuple[Span, str]]) -> tuple[Finding, ...]:
    """Say what one local day lacks: minutes of a session and of the day, and languages a session must serve.

    Args:
        regulation: in force on the day.
        day: local date.
        heard: what sounds, with its language (BCP 47 tag); what overlaps counts once.
    """
    sounding = tuple(heard)
    spans = merged(span for span, _ in sounding)
    found: list[Finding] = []

    def ask(inside: Span, least: int | None, code: str, *values: tuple[str, object]) -> None:
        minutes = _heard_inside(inside, spans) // timedelta(minutes=1)
        if least is not None and minutes < least:
            found.append(Finding(code, (*values, ("minutes", minutes), ("least", least))))

    for rule in regulation.rules_on(day):
        window = rule.window(day, regulation.zone)
        if window is None:
            continue
        ask(window, rule.min_minutes, "regulation.session_too_short", ("session", rule.session))
        spoken = {language for span, language in sounding if span.overlaps(window)}
        for language in regulation.languages if spoken else ():
            if language not in spoken:
                values = (("session", rule.session), ("language", language))
                found.append(Finding("regulation.language_missing", values))
    whole = Span(local_midnight(day, regulation.zone), local_midnight(day + DAY, regulation.zone))
    ask(whole, regulation.min_minutes_a_day, "regulation.day_too_short")
    return tuple(found)


class Hours:
    """What a station's dated regulations permit over a span, worked out once and asked often.

    Each local day has the windows of the regulation in force on it, joined across midnight where they
    touch: what sounds into a day on which a stricter regulation begins must keep that one too.
    """

    def __init__(self, regulations: Sequence[Regulation], span: Span, overrides: Iterable[Override] = ()) -> None:
        self._days: list[datetime] = []
        self._in_force: list[Regulation | None] = []
        self._suspended: list[dict[Kind, Suspension]] = []
        windows: list[Span] = []
        found: list[Limit] = []
        zone = regulations[0].zone
        # A day more at both ends, for what reaches past them.
        first = local_day(span.start, zone) - DAY
        for number in range((local_day(span.end, zone) - first).days + 2):
            day = first + number * DAY
            regulation = in_force(regulations, day)
            self._days.append(local_midnight(day, zone))
            self._in_force.append(regulation)
            self._suspended.append({} if regulation is None else regulation.suspended_on(day))
            if regulation is not None:
                windows += regulation.windows(day)
                found += limits(regulation, day)
        joined = merged(windows)
        self._begins = [window.start for window in joined]
        self._ends = [window.end for window in joined]
        self._widened = {
            record: merged([*joined, *(each.window(zone) for each in of_record)])
            for record, of_record in _by_record(overrides, regulations).items()
        }
        self.limits = tuple(found)
        """Of every day of the span, in order of day."""

    def regulation(self, instant: datetime) -> Regulation | None:
        """Give the regulation in force at an instant of the span."""
        return self._in_force[bisect_right(self._days, instant) - 1]

    def finding(self, start: datetime, end: datetime, kind: Kind, record: str = "") -> Finding | None:
        """Say what forbids a kind of programme between two instants, the first thing only.

        `record` is the hash of what was approved: an override widens the hours for exactly that.
        """
        day = bisect_right(self._days, start) - 1
        while day < len(self._days) and (self._days[day] < end or self._days[day] <= start):
            regulation = self._in_force[day]
            if regulation is not None and kind not in regulation.kinds:
                return _kind_not_allowed(kind)
            if kind in self._suspended[day]:
                return _suspended(kind, self._suspended[day][kind])
            day += 1
        index = bisect_right(self._begins, start) - 1
        if index >= 0 and end <= self._ends[index]:
            return None
        if any(window.start <= start and end <= window.end for window in self._widened.get(record, ())):
            return None
        return _outside_hours(start, end)

    def closes(self, instant: datetime) -> datetime:
        """Give the end of the permitted window that holds an instant; the instant itself where none does."""
        index = bisect_right(self._begins, instant) - 1
        return max(instant, self._ends[index]) if index >= 0 else instant


def _by_record(overrides: Iterable[Override], regulations: Sequence[Regulation]) -> dict[str, list[Override]]:
    """Give the overrides of days on which the station has a regulation at all."""
    found: dict[str, list[Override]] = {}
    for override in overrides:
        if in_force(regulations, override.day) is not None:
            found.setdefault(override.record, []).append(override)
    return found


def _heard_inside(inside: Span, spans: Iterable[Span]) -> timedelta:
    common = ((max(span.start, inside.start), min(span.end, inside.end)) for span in spans)
    return sum((end - start for start, end in common if start < end), timedelta(0))


def _kind_not_allowed(kind: Kind) -> Finding:
    return Finding("regulation.kind_not_allowed", (("kind", kind),))


def _suspended(kind: Kind, suspension: Suspension) -> Finding:
    values = (("kind", kind), ("reason", suspension.reason), ("until", suspension.last_day))
    return Finding("regulation.kind_suspended", values)


def _outside_hours(start: datetime, end: datetime) -> Finding:
    return Finding("regulation.outside_hours", (("start", start), ("end", end)))
