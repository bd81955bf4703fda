"""How a loudspeaker has been, day by day: connected, running, warm, its disk and clock, how loud it was.

Only what it said of itself and what its journal proves; what is not known of a day has no number. It judges nothing.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import median
from typing import TypeVar
from zoneinfo import ZoneInfo

from schedules.ids import LoudspeakerId, UnitId
from schedules.mark import Mark, MarkKind
from schedules.times import DAY, Span, local_day, local_midnight, merged
from schedules.wire.messages import Presence
from server.errors import NotFound
from server.evidence_records import LEAST_MEASURED_MS, Play, Seen
from server.ports import Clock, Store
from server.services.loudspeakers import find
from server.services.presence import GRACE
from server.services.rights import ANY_ROLE
from server.values import Loudspeaker, Person

_Told = TypeVar("_Told")

DAYS = 30
_HOUR = timedelta(hours=1)
_A_MARK_LATE = timedelta(minutes=10)
_EVERY_HOUR = frozenset({MarkKind.HOURLY, MarkKind.DAILY})
"""Marks that prove the hour before them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """One civil day of a loudspeaker; None wherever nothing is known of it.

    Attributes:
        contact: share of the day that it was connected; of today, and of its first day, of what is known.
        running: share of the day that it surely ran, with a line or without, between the first and the last that its
            journal proves.
        temperature: the highest it told, degrees Celsius.
        disk_free: the least it told, bytes.
        clock_error_ms: the largest half width of its clock's interval.
        level_dbfs: the median output level of plays that lasted.
        plays: how many were measured.
    """

    day: date
    contact: float | None
    running: float | None
    temperature: float | None
    disk_free: int | None
    clock_error_ms: int | None
    level_dbfs: float | None
    plays: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """All that is known of the days: presences in order, the newest word, marks and plays."""

    now: datetime
    presences: Sequence[tuple[datetime, Presence]]
    seen: Seen
    marks: Sequence[Mark]
    plays: Sequence[Play]


def last_days(
    store: Store, clock: Clock, person: Person, station: UnitId, loudspeaker: LoudspeakerId, *, zone: ZoneInfo
) -> tuple[Loudspeaker, tuple[Day, ...]]:
    """Give a loudspeaker of a station and its last days, the earliest first.

    Raises:
        NotFound: `loudspeaker.unknown`.
        NotAllowed: `rights.missing` for somebody without a role there.
    """
    now = clock.now()
    first = local_day(now, zone) - (DAYS - 1) * DAY
    since = local_midnight(first, zone)
    with store.reading() as uow:
        known, here = find(uow, person, loudspeaker, *ANY_ROLE)
        if here.station != station:
            raise NotFound("loudspeaker.unknown")
        told = Told(
            now=now,
            # What holds as the first day begins was said before it.
            presences=uow.evidence.presence_history(loudspeaker, Span(since - 7 * DAY, now)),
            seen=uow.evidence.seen([loudspeaker]).get(loudspeaker, Seen()),
            marks=[each.mark for each in uow.evidence.marks([loudspeaker], tuple(MarkKind), since=since)],
            plays=uow.evidence.plays(loudspeaker, Span(since, now)),
        )
    return known, days_of(told, first, zone)


def days_of(told: Told, first: date, zone: ZoneInfo) -> tuple[Day, ...]:
    """Part what was told by days, from the first one to the day of `now`."""
    online, proven = merged(_online(told)), merged(_proven(told))
    spoken = Span(told.presences[0][0], told.now) if told.presences else None
    journal = Span(proven[0].start, proven[-1].end) if proven else None
    said = _by_day(((at, each) for at, each in _all_presences(told) if each.online), zone)
    marks = _by_day(((each.recorded_at, each) for each in told.marks), zone)
    plays = _by_day(((each.planned.start, each) for each in told.plays), zone)
    days = []
    day = first
    while (begins := local_midnight(day, zone)) <= told.now:
        span = Span(begins, min(local_midnight(day + DAY, zone), told.now))
        contact, running = _share(online, spoken, span), _share(proven, journal, span)
        days.append(_day(day, said[day], marks[day], plays[day], contact=contact, running=running))
        day += DAY
    return tuple(days)


def _day(
    day: date,
    said: Sequence[Presence],
    marks: Sequence[Mark],
    plays: Sequence[Play],
    *,
    contact: float | None,
    running: float | None,
) -> Day:
    levels = [each.level_dbfs for each in plays if each.level_dbfs is not None and each.played_ms >= LEAST_MEASURED_MS]
    errors = [
        *(each.clock_error_ms for each in said),
        *(each.clock_error_ms for each in marks),
        *(each.clock_error_ms for each in plays),
    ]
    return Day(
        day=day,
        contact=contact,
        running=running,
        temperature=max((each.temperature for each in said if each.temperature is not None), default=None),
        disk_free=min((each.disk_free for each in said if each.disk_free is not None), default=None),
        clock_error_ms=max((each for each in errors if each is not None), default=None),
        level_dbfs=median(levels) if levels else None,
        plays=len(levels),
    )


def _by_day(dated: Iterable[tuple[datetime, _Told]], zone: ZoneInfo) -> Mapping[date, Sequence[_Told]]:
    found = defaultdict[date, list[_Told]](list)
    for at, each in dated:
        found[local_day(at, zone)].append(each)
    return found


def _all_presences(told: Told) -> Iterator[tuple[datetime, Presence]]:
    """Give the changes of presence and the newest word, which may have changed in nothing that is kept."""
    yield from told.presences
    if told.seen.presence is not None and told.seen.presence_at is not None:
        yield told.seen.presence_at, told.seen.presence


def _online(told: Told) -> Iterator[Span]:
    """Give when it was connected: each word holds until the next one, the last as long as it promised."""
    ends = [*(at for at, _ in told.presences[1:]), _last_sure(told)]
    for (at, presence), until in zip(told.presences, ends, strict=False):  # where nothing was told, nothing ends
        if presence.online and at < until:
            yield Span(at, until)


def _last_sure(told: Told) -> datetime:
    """Give up to when the newest word vouches for its loudspeaker."""
    presence = told.seen.presence
    if presence is None or presence.expected_by is None:
        return told.now
    return min(told.now, presence.expected_by + GRACE)


def _proven(told: Told) -> Iterator[Span]:
    """Give when it surely ran: the hour before each mark, a play; and since its last mark, until the next is late."""
    last = None
    for mark in told.marks:
        if mark.clock_error_ms is None:  # nothing vouches for the time it names
            continue
        last = mark.recorded_at if last is None else max(last, mark.recorded_at)
        if mark.kind in _EVERY_HOUR:
            yield Span(mark.recorded_at - _HOUR, mark.recorded_at)
    if last is not None and timedelta(0) < told.now - last < _HOUR + _A_MARK_LATE:
        yield Span(last, told.now)
    for play in told.plays:
        if play.started_at is not None:
            yield Span(play.started_at, play.started_at + timedelta(milliseconds=play.played_ms))


def _share(spans: Iterable[Span], known: Span | None, day: Span) -> float | None:
    """Give how much of what is known of a day some spans fill; None where nothing is."""
    told = timedelta(0) if known is None else _inside([known], day)
    return _inside(spans, day) / told if told else None


def _inside(spans: Iterable[Span], day: Span) -> timedelta:
    overlaps = (min(each.end, day.end) - max(each.start, day.start) for each in spans if each.overlaps(day))
    return sum(overlaps, timedelta(0))
