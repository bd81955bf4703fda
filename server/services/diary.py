"""The week's diary (sổ nhật ký phát thanh) as data, for the page that is printed and signed.

Planned and true times stand side by side; what did not play has its reason as a code. It must not fill a gap.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from schedules.ids import OccurrenceId, UnitId
from schedules.part import Part
from schedules.programme import Kind
from schedules.reconciliation import Verdict
from schedules.regulation import Regulation
from schedules.session import SessionTemplate
from schedules.times import DAY, Span, local_day, local_instant, local_midnight
from schedules.unit import Unit
from server.errors import NotFound
from server.ports import Clock, Store
from server.services.heard_parts import Released, parts_of
from server.services.judged_plays import Row, counted, judged
from server.services.rights import ANY_ROLE, require
from server.services.schedule import regulation_on, schedule_of, zones_ever_below
from server.values import Person

WEEK = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class DiaryItem:
    """One item of a session in one language, over all loudspeakers that were to play it.

    Attributes:
        planned: None for what played without a plan.
        started_at, ended_at: first and last sound anywhere; None where nothing sounded.
        zones: names.
        verdicts: how many loudspeakers for each.
        reasons: per code, the names of the loudspeakers it concerns.
        parts: what it was made of when it was released.
    """

    title: str
    kind: Kind | None
    language: str
    planned: Span | None
    started_at: datetime | None
    ended_at: datetime | None
    zones: tuple[str, ...]
    loudspeakers: int
    verdicts: Mapping[Verdict, int]
    reasons: Mapping[str, tuple[str, ...]]
    parts: tuple[Part, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DiarySession:
    """A session of a day; `name` is empty for what played outside every session."""

    name: str
    starts: datetime | None
    ends: datetime | None
    items: tuple[DiaryItem, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DiaryDay:
    """One local day with its sessions in order."""

    day: date
    sessions: tuple[DiarySession, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Diary:
    """One week of a station.

    Attributes:
        verdicts: over the whole week.
        written_at: when it was drawn up: a late report may still change what is awaited.
    """

    station: Unit
    regulation: Regulation
    first: date
    last: date
    days: tuple[DiaryDay, ...]
    verdicts: Mapping[Verdict, int]
    written_at: datetime


def week(store: Store, clock: Clock, person: Person, station: UnitId, *, day: date | None = None) -> Diary:
    """Draw up the diary of the week (Monday to Sunday) a day lies in; this week when none is named.

    Days to come are there without items.

    Raises:
        NotAllowed: `rights.missing` for somebody without a role there.
        NotFound: `station.no_regulation`.
    """
    now = clock.now()
    with store.reading() as uow:
        schedule = schedule_of(uow)
        require(schedule.units, person, station, *ANY_ROLE)
        regulation = regulation_on(schedule, station, now)
        if regulation is None:
            raise NotFound("station.no_regulation", unit=schedule.units.by_id[station].name)
        today = local_day(now, regulation.zone)
        within = day or today
        monday = within - timedelta(days=within.weekday())
        zones = zones_ever_below(schedule, station)
        begins = local_midnight(monday, regulation.zone)
        ends = local_midnight(monday + WEEK * DAY, regulation.zone)
        span = Span(begins, max(begins, min(ends, now)))
        rows = [row for row in judged(uow, zones, span, now) if row.zone.station == station]
        parts = parts_of(uow, (row.item for row in rows if row.item is not None))
    of_day: dict[date, list[Row]] = defaultdict(list)
    for row in rows:
        of_day[local_day(row.planned.start, regulation.zone)].append(row)
    days = [monday + number * DAY for number in range(WEEK)]
    templates = [each for each in schedule.templates if each.station == station]
    return Diary(
        station=schedule.units.by_id[station],
        regulation=regulation,
        first=days[0],
        last=days[-1],
        days=tuple(
            DiaryDay(day=each, sessions=_sessions(each, of_day[each], templates, regulation, parts)) for each in days
        ),
        verdicts=counted(row.finding for row in rows),
        written_at=now,
    )


def _sessions(
    day: date,
    rows: Sequence[Row],
    templates: Sequence[SessionTemplate],
    regulation: Regulation,
    parts: Mapping[Released, tuple[Part, ...]],
) -> tuple[DiarySession, ...]:
    """Sort a day's rows into the sessions whose hours they began in."""
    running = sorted((each for each in templates if each.runs_on(day)), key=lambda each: each.starts)
    hours = [(each.name, _hours(each, day, regulation)) for each in running]
    inside: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        inside[next((name for name, span in hours if span.holds(row.planned.start)), "")].append(row)
    sessions = [
        DiarySession(name=name, starts=span.start, ends=span.end, items=_items(inside[name], parts))
        for name, span in hours
    ]
    if inside[""]:
        sessions.append(DiarySession(name="", starts=None, ends=None, items=_items(inside[""], parts)))
    return tuple(sessions)


def _hours(template: SessionTemplate, day: date, regulation: Regulation) -> Span:
    last = day if template.ends != time(0) else day + DAY
    return Span(
        local_instant(day, template.starts, regulation.zone), local_instant(last, template.ends, regulation.zone)
    )


def _items(rows: Sequence[Row], parts: Mapping[Released, tuple[Part, ...]]) -> tuple[DiaryItem, ...]:
    together: dict[tuple[OccurrenceId, str, Span, bool], list[Row]] = defaultdict(list)
    for row in rows:
        language = row.item.language if row.item else ""
        together[row.occurrence, language, row.planned, row.item is None].append(row)
    items = [_item(language, each, parts) for (_, language, _, _), each in together.items()]
    return tuple(sorted(items, key=lambda item: (item.planned.start if item.planned else _LATE, item.title)))


_LATE = datetime.max.replace(tzinfo=UTC)


def _item(language: str, rows: Sequence[Row], parts: Mapping[Released, tuple[Part, ...]]) -> DiaryItem:
    first = rows[0]
    started = [row.finding.started_at for row in rows if row.finding.started_at]
    ended = [row.finding.ended_at for row in rows if row.finding.ended_at]
    reasons: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        if row.finding.reason:
            reasons[row.finding.reason].append(row.loudspeaker.name)
    return DiaryItem(
        title=first.title,
        kind=first.item.kind if first.item else None,
        language=language,
        planned=first.planned if first.item else None,
        started_at=min(started, default=None),
        ended_at=max(ended, default=None),
        zones=tuple(dict.fromkeys(row.zone.name for row in rows)),
        loudspeakers=len({row.loudspeaker.id for row in rows}),
        verdicts=counted(row.finding for row in rows),
        reasons={code: tuple(names) for code, names in reasons.items()},
        parts=parts.get((first.item.approval, first.item.programme), ()) if first.item else (),
    )
