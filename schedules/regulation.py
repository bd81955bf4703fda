"""The operating regulation of a station (quy chế hoạt động): when, what and how loud it may sound.

It must not decide between programmes. The same rules bind the editor's page, the planner and the device; `hours`
says what they forbid, as codes and values.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from schedules.errors import InvalidValue
from schedules.ids import UnitId
from schedules.programme import Kind
from schedules.times import DAY, Span, local_day, local_instant, local_midnight, merged

EVERY_DAY = frozenset(range(7))
_INSTANT = timedelta(microseconds=1)


class SessionName(StrEnum):
    """A broadcast of the day (buổi phát); NOON and EXTRA are off unless a dated decision opens them."""

    MORNING = "morning"
    NOON = "noon"
    EVENING = "evening"
    EXTRA = "extra"


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionRule:
    """Hours of one session.

    Attributes:
        weekdays: 0 is Monday.
        earliest: first permitted local time.
        latest: local time at which it must be silent; 00:00 means midnight at the end of the day.
        max_minutes: longest total of sound in the session.
        min_minutes: less is reported, and never a reason to be silent; None asks for nothing.
    """

    session: SessionName
    earliest: time
    latest: time
    max_minutes: int
    weekdays: frozenset[int] = EVERY_DAY
    min_minutes: int | None = None

    def __post_init__(self) -> None:
        if self.latest != time(0) and self.latest <= self.earliest:
            raise InvalidValue("regulation.ends_before_start", session=self.session)
        if self.max_minutes <= 0:
            raise InvalidValue("regulation.no_minutes", session=self.session)
        _require_room(self.min_minutes, self.max_minutes)

    def window(self, day: date, zone: ZoneInfo) -> Span | None:
        """Give the permitted window on a local date, None on a weekday without this session.

        None too where a clock change swallows it: 02:30 to 03:10 on the night that goes from 02:00 to 03:00.
        """
        if day.weekday() not in self.weekdays:
            return None
        begins = local_instant(day, self.earliest, zone)
        ends = local_midnight(day + DAY, zone) if self.latest == time(0) else local_instant(day, self.latest, zone)
        return Span(begins, ends) if begins < ends else None


@dataclass(frozen=True, slots=True)
class VolumeRule:
    """Ceiling of the volume, in percent, between two local times of the day; 22:00 to 05:00 spans midnight."""

    since: time
    until: time
    percent: int

    def __post_init__(self) -> None:
        if not 0 <= self.percent <= 100:
            raise InvalidValue("regulation.volume", percent=self.percent)

    def holds(self, at: time) -> bool:
        """Tell whether the rule binds at a local time."""
        if self.since < self.until:
            return self.since <= at < self.until
        return at >= self.since or at < self.until


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """A dated decision that opens one more session on some local days, both included: midday for a flood season.

    Attributes:
        number, signed_on, signer: of the decision.
        rule: hours and minutes, on those of its weekdays that fall on the days.
        approval: hash of the one approved record it opens to, as an override does; empty where it opens to all.
    """

    number: str
    signed_on: date
    signer: str
    reason: str
    first_day: date
    last_day: date
    rule: SessionRule
    approval: str = ""

    def __post_init__(self) -> None:
        _require_decision(self.reason, self.first_day, self.last_day)


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspension:
    """A dated decision that keeps some kinds off the air on some local days, both included.

    Examinations and national mourning suspend music and entertainment.

    Attributes:
        number, signed_on, signer: of the decision.
    """

    number: str
    signed_on: date
    signer: str
    reason: str
    first_day: date
    last_day: date
    kinds: frozenset[Kind]

    def __post_init__(self) -> None:
        _require_decision(self.reason, self.first_day, self.last_day)
        if not self.kinds:
            raise InvalidValue("regulation.suspends_nothing", number=self.number)


@dataclass(frozen=True, slots=True, kw_only=True)
class Regulation:
    """One dated issue of a station's regulation; the newest whose `valid_from` has come is in force.

    Attributes:
        number, signed_on, signer: of the decision that issued it.
        document: its title, or where it is filed.
        time_zone: IANA name of the station's civil time.
        kinds: kinds of programme that may sound; mourning is off by default, advertising has no kind.
        min_minutes_a_day: less is reported, and never a reason to be silent; None asks for nothing.
        sessions_a_day: most sessions its hours may give one day; a day with an opening has one more.
        languages: those the station must serve, as BCP 47 tags; a session without one is reported.
        openings, suspensions: decisions made under it.
        outside_approval: the article that lets what was approved outside the system sound until its approver confirms
            it here; empty where none does.
    """

    station: UnitId
    number: str
    signed_on: date
    signer: str
    valid_from: date
    time_zone: str
    sessions: tuple[SessionRule, ...]
    max_minutes_a_day: int
    kinds: frozenset[Kind] = frozenset(Kind) - {Kind.MOURNING}
    volume: tuple[VolumeRule, ...] = ()
    document: str = ""
    min_minutes_a_day: int | None = None
    sessions_a_day: int | None = None
    languages: tuple[str, ...] = ()
    openings: tuple[Opening, ...] = ()
    suspensions: tuple[Suspension, ...] = ()
    outside_approval: str = ""

    def __post_init__(self) -> None:
        if not self.sessions:
            raise InvalidValue("regulation.no_window", number=self.number)
        _require_room(self.min_minutes_a_day, self.max_minutes_a_day)
        for weekday in EVERY_DAY if self.sessions_a_day is not None else ():
            named = {rule.session for rule in self.sessions if weekday in rule.weekdays}
            if self.sessions_a_day is not None and len(named) > self.sessions_a_day:
                raise InvalidValue("regulation.too_many_sessions", sessions=len(named), limit=self.sessions_a_day)
        try:
            ZoneInfo(self.time_zone)
        except (KeyError, ValueError, OSError) as error:  # what zoneinfo raises for "Nowhere", "../x" and "Asia"
            raise InvalidValue("regulation.time_zone", zone=self.time_zone[:40]) from error

    @property
    def zone(self) -> ZoneInfo:
        """The station's civil time."""
        return ZoneInfo(self.time_zone)

    def opened_on(self, day: date, approval: str = "") -> tuple[SessionRule, ...]:
        """Give the hours that decisions open on a local date: to all, and to one approved record by its hash."""
        open_now = (each for each in self.openings if each.first_day <= day <= each.last_day)
        to_it = (each.rule for each in open_now if each.approval in ("", approval))
        return tuple(rule for rule in to_it if day.weekday() in rule.weekdays)

    def rules_on(self, day: date, approval: str = "") -> tuple[SessionRule, ...]:
        """Give the hours of a local date: its weekday's, then those opened to all or to an approved record."""
        return (*(rule for rule in self.sessions if day.weekday() in rule.weekdays), *self.opened_on(day, approval))

    def minutes_on(self, day: date) -> int:
        """Give the most minutes of a local date: what is opened brings its own."""
        return self.max_minutes_a_day + sum(rule.max_minutes for rule in self.opened_on(day))

    def windows(self, day: date, approval: str = "") -> tuple[Span, ...]:
        """Give the windows that begin on a local date, joined where they touch: for all, or for an approved record."""
        spans = (rule.window(day, self.zone) for rule in self.rules_on(day, approval))
        return merged(span for span in spans if span is not None)

    def windows_around(self, span: Span, approval: str = "") -> tuple[Span, ...]:
        """Give the permitted windows near a span, those of adjoining days joined across midnight."""
        first = local_day(span.start, self.zone) - DAY
        days = (local_day(span.end, self.zone) + DAY - first).days
        return merged(window for n in range(days + 1) for window in self.windows(first + n * DAY, approval))

    def permits(self, span: Span, approval: str = "") -> bool:
        """Tell whether every instant of a span is inside one window, of all or of an approved record."""
        windows = self.windows_around(span, approval)
        return any(window.start <= span.start and span.end <= window.end for window in windows)

    def suspended_on(self, day: date) -> dict[Kind, Suspension]:
        """Give the kinds that are off the air on a local date; of two decisions, the earlier is told."""
        held = (each for each in self.suspensions if each.first_day <= day <= each.last_day)
        latest_first = sorted(held, key=lambda each: (each.first_day, each.number), reverse=True)
        return {kind: each for each in latest_first for kind in each.kinds}

    def suspension(self, kind: Kind, span: Span) -> Suspension | None:
        """Give what suspends a kind on a local day that a span touches."""
        if not self.suspensions:
            return None
        first = local_day(span.start, self.zone)
        last = local_day(max(span.start, span.end - _INSTANT), self.zone)
        days = (self.suspended_on(first + number * DAY) for number in range((last - first).days + 1))
        return next((suspended[kind] for suspended in days if kind in suspended), None)

    def volume_ceiling(self, instant: datetime) -> int:
        """Give the highest permitted volume at an instant, in percent; 100 where no rule speaks."""
        return self.ceiling_at(instant.astimezone(self.zone).time())

    def ceiling_at(self, at: time) -> int:
        """Give the highest permitted volume at a local time of the day, in percent."""
        return min((rule.percent for rule in self.volume if rule.holds(at)), default=100)


def in_force(regulations: Iterable[Regulation], day: date) -> Regulation | None:
    """Give the regulation in force on a local date: the latest begun, the higher number on one date."""
    begun = [regulation for regulation in regulations if regulation.valid_from <= day]
    return max(begun, key=lambda regulation: (regulation.valid_from, regulation.number), default=None)


def _require_room(least: int | None, most: int) -> None:
    if least is not None and not 0 < least <= most:
        raise InvalidValue("regulation.minimum", minimum=least, maximum=most)


def _require_decision(reason: str, first_day: date, last_day: date) -> None:
    if not reason.strip():
        raise InvalidValue("regulation.no_reason")
    if last_day < first_day:
        raise InvalidValue("regulation.days", first=first_day, until=last_day)
