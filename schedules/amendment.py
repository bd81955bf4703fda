"""What a change of a station's rules does: whether it may be issued, what it widens, which decisions stay.

Whoever widens hours, kinds or volume needs a second person and the next day; this says what widens, and must not know
persons or what day it is.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, time, timedelta
from itertools import pairwise

from schedules.errors import InvalidValue
from schedules.hours import Finding
from schedules.programme import Kind
from schedules.regulation import EVERY_DAY, Opening, Regulation, SessionName, SessionRule, Suspension
from schedules.times import DAY

_ONLY_OPENED = frozenset({SessionName.NOON, SessionName.EXTRA})
_Stretch = tuple[time, time]


def require_issuable(regulation: Regulation) -> None:
    """Refuse a regulation that would open midday for good, or lets nothing sound all day.

    Regulations issued before this rule stay what they were.

    Raises:
        InvalidValue: `regulation.only_opened`, `regulation.no_minutes_a_day`.
    """
    for rule in regulation.sessions:
        if rule.session in _ONLY_OPENED:
            raise InvalidValue("regulation.only_opened", session=rule.session)
    if regulation.max_minutes_a_day <= 0:
        raise InvalidValue("regulation.no_minutes_a_day")


def amended(regulation: Regulation, decision: Opening | Suspension) -> Regulation:
    """Give a regulation with one more decision; one of the same number takes the place of the earlier."""
    if isinstance(decision, Opening):
        openings = [each for each in regulation.openings if each.number != decision.number]
        return replace(regulation, openings=tuple(sorted([*openings, decision], key=_dated)))
    suspensions = [each for each in regulation.suspensions if each.number != decision.number]
    return replace(regulation, suspensions=tuple(sorted([*suspensions, decision], key=_dated)))


def lasting(regulation: Regulation, day: date) -> Regulation:
    """Give a regulation without the decisions that are over before a local day."""
    return replace(
        regulation,
        openings=tuple(each for each in regulation.openings if each.last_day >= day),
        suspensions=tuple(each for each in regulation.suspensions if each.last_day >= day),
    )


def on_day(regulation: Regulation, day: date) -> Regulation:
    """Give a regulation as if its decisions were for one local day only, those that hold on it."""
    openings = (each for each in regulation.openings if each.first_day <= day <= each.last_day)
    suspensions = (each for each in regulation.suspensions if each.first_day <= day <= each.last_day)
    return replace(
        regulation,
        openings=tuple(replace(each, first_day=day, last_day=day) for each in openings),
        suspensions=tuple(replace(each, first_day=day, last_day=day) for each in suspensions),
    )


def widens(before: Regulation | None, after: Regulation) -> tuple[Finding, ...]:
    """Say what a regulation lets sound that another does not: earlier, later, longer, louder, more kinds.

    Where it says nothing, every span the one before forbids is forbidden still. Walls' clocks are compared.
    """
    if before is None:
        return (Finding("widens.first"),)
    if before.time_zone != after.time_zone:
        return (Finding("widens.time_zone", (("before", before.time_zone), ("after", after.time_zone))),)
    return (
        *_hours(before, after),
        *(tuple(_minutes(before, after)) or _crowded(before, after)),
        *_kinds(before, after),
        *_volume(before, after),
        *_openings(before, after),
        *_suspensions(before, after),
        *_outside_approval(before, after),
    )


def _dated(decision: Opening | Suspension) -> tuple[date, str]:
    return decision.first_day, decision.number


def _hours(before: Regulation, after: Regulation) -> Iterator[Finding]:
    wider: dict[_Stretch, list[int]] = {}
    for weekday in sorted(EVERY_DAY):
        known = _open(before.sessions, weekday)
        for stretch in _open(after.sessions, weekday):
            if not any(_within(stretch, each) for each in known):
                wider.setdefault(stretch, []).append(weekday)
    for (earliest, latest), weekdays in wider.items():
        values = (("weekdays", tuple(weekdays)), ("earliest", earliest), ("latest", latest))
        yield Finding("widens.hours", values)


def _minutes(before: Regulation, after: Regulation) -> Iterator[Finding]:
    for session in SessionName:
        longest: dict[int, int] = {}
        for weekday in sorted(EVERY_DAY):
            known, wanted = (_minutes_of(each, session, weekday) for each in (before, after))
            if wanted > known:
                longest[known] = max(wanted, longest.get(known, 0))
        for known, wanted in longest.items():
            code = "widens.minutes" if known else "widens.session"
            yield Finding(code, (("session", session), ("minutes", wanted), ("before", known)))
    if after.max_minutes_a_day > before.max_minutes_a_day:
        values = (("minutes", after.max_minutes_a_day), ("before", before.max_minutes_a_day))
        yield Finding("widens.minutes_a_day", values)


def _crowded(before: Regulation, after: Regulation) -> Iterator[Finding]:
    """Say where more may sound in the hours of a session although no session of that name is longer."""
    found: dict[tuple[SessionName, int], int] = {}
    for weekday in sorted(EVERY_DAY):
        wanted = [rule for rule in after.sessions if weekday in rule.weekdays]
        for rule in before.sessions:
            most = _most_minutes(rule, wanted) if weekday in rule.weekdays else 0
            if most > rule.max_minutes:
                found[rule.session, rule.max_minutes] = max(most, found.get((rule.session, rule.max_minutes), 0))
    for (session, known), most in found.items():
        yield Finding("widens.minutes", (("session", session), ("minutes", most), ("before", known)))


def _most_minutes(hours: SessionRule, rules: Sequence[SessionRule]) -> int:
    """Give the most minutes, started ones whole, that rules of a weekday let sound inside some hours.

    What sounds as early as it may takes the least room from what could sound later.
    """
    spans = {rule: _of_day(rule) for rule in (hours, *rules)}
    first, last = spans[hours]
    left = {rule: timedelta(minutes=rule.max_minutes) for rule in rules}
    cuts = sorted({min(max(cut, first), last) for span in spans.values() for cut in span})
    most = timedelta(0)
    for start, end in pairwise(cuts):
        here = [rule for rule in left if spans[rule][0] <= start and end <= spans[rule][1]]
        sounds = min((end - start, *(left[rule] for rule in here))) if here else timedelta(0)
        left |= {rule: left[rule] - sounds for rule in here}
        most += sounds
    return -(-most // timedelta(minutes=1))


def _of_day(rule: SessionRule) -> tuple[timedelta, timedelta]:
    begins, ends = (
        timedelta(hours=at.hour, minutes=at.minute, seconds=at.second) for at in (rule.earliest, rule.latest)
    )
    return begins, ends or DAY


def _kinds(before: Regulation, after: Regulation) -> Iterator[Finding]:
    for kind in sorted(after.kinds - before.kinds):
        yield Finding("widens.kind", (("kind", kind),))


def _volume(before: Regulation, after: Regulation) -> Iterator[Finding]:
    changes = sorted({time(0), *(at for rule in (*before.volume, *after.volume) for at in (rule.since, rule.until))})
    for since, until in pairwise([*changes, time(0)]):
        known, wanted = before.ceiling_at(since), after.ceiling_at(since)
        if wanted > known:
            values = (("since", since), ("until", until), ("percent", wanted), ("before", known))
            yield Finding("widens.volume", values)


def _openings(before: Regulation, after: Regulation) -> Iterator[Finding]:
    known = list(before.openings)
    # Each brings minutes of its own: of two that opened no more than one before, the second is one more.
    for opening in sorted(after.openings, key=lambda each: each not in before.openings):
        wider = next((each for each in known if _opens_no_more(opening, each)), None)
        if wider is not None:
            known.remove(wider)
        else:
            rule = opening.rule
            values = (
                ("session", rule.session),
                ("first_day", opening.first_day),
                ("last_day", opening.last_day),
                ("earliest", rule.earliest),
                ("latest", rule.latest),
            )
            yield Finding("widens.opening", values)


def _suspensions(before: Regulation, after: Regulation) -> Iterator[Finding]:
    for suspension in before.suspensions:
        freed = [
            kind for kind in sorted(suspension.kinds & after.kinds) if not _still_suspended(suspension, kind, after)
        ]
        if freed:
            values = (("kinds", tuple(freed)), ("reason", suspension.reason), ("until", suspension.last_day))
            yield Finding("widens.suspension", values)


def _outside_approval(before: Regulation, after: Regulation) -> Iterator[Finding]:
    if after.outside_approval and not before.outside_approval:
        yield Finding("widens.outside_approval", (("article", after.outside_approval),))


def _still_suspended(suspension: Suspension, kind: Kind, after: Regulation) -> bool:
    day = suspension.first_day
    for each in sorted(after.suspensions, key=lambda each: each.first_day):
        if kind in each.kinds and each.first_day <= day:
            day = max(day, each.last_day + DAY)
    return day > suspension.last_day


def _opens_no_more(opening: Opening, known: Opening) -> bool:
    rule, other = opening.rule, known.rule
    return (
        known.first_day <= opening.first_day
        and opening.last_day <= known.last_day
        and rule.weekdays <= other.weekdays
        and rule.max_minutes <= other.max_minutes
        and _within((rule.earliest, rule.latest), (other.earliest, other.latest))
    )


def _minutes_of(regulation: Regulation, session: SessionName, weekday: int) -> int:
    return sum(rule.max_minutes for rule in regulation.sessions if rule.session is session and weekday in rule.weekdays)


def _open(rules: Iterable[SessionRule], weekday: int) -> list[_Stretch]:
    """Give the local times a weekday is open, joined where they touch."""
    joined: list[_Stretch] = []
    for rule in sorted((each for each in rules if weekday in each.weekdays), key=lambda each: each.earliest):
        if joined and (False, rule.earliest) <= _as_end(joined[-1][1]):
            joined[-1] = (joined[-1][0], max(joined[-1][1], rule.latest, key=_as_end))
        else:
            joined.append((rule.earliest, rule.latest))
    return joined


def _within(stretch: _Stretch, other: _Stretch) -> bool:
    return other[0] <= stretch[0] and _as_end(stretch[1]) <= _as_end(other[1])


def _as_end(at: time) -> tuple[bool, time]:
    """Give a key by which ends sort: 00:00 is midnight at the end of the day."""
    return (at == time(0), at)
