"""The day of a station: its sessions as planned and as heard, what is on the air, the day as a drawn strip.

It shows what `services.sessions` worked out and what loudspeakers said; it must not work out a plan itself.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from flask import Blueprint, current_app, render_template, request, url_for
from markupsafe import Markup

from schedules.programme import Kind
from schedules.schedule import Note
from schedules.times import DAY, Span, local_day
from schedules.unit import Zone
from server.services import readiness, sessions, substitutions
from server.services.rights import WRITERS, may
from server.services.sent_back import sent_back
from server.services.sessions import Day, DayLine, DaySession, LineState, ZoneGroup
from server.web import entered, pictures
from server.web.centre import centre
from server.web.day_order import Order, ordered, parted, shared, tone_of
from server.web.stations import pages_of_a_station, station
from server.web.telling import say
from server.web.upkeep import locks_here
from server.web.visitor import language, person

today: Blueprint = pages_of_a_station("today", __name__)

_MARGIN = timedelta(minutes=15)
_ON_ITS_WAY = timedelta(seconds=3)
"""How soon to look again whether a new rundown has left."""
_UNSPOKEN = frozenset({"language.none", "language.substituted"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """A session with its lines in order, and a strip for each group of zones; `over` once it is behind us today."""

    session: DaySession
    order: Order
    groups: tuple[tuple[ZoneGroup, pictures.Strip], ...]
    over: bool


@today.get("/today")
def day() -> str:
    """Show a day, today unless another is named."""
    shown = _shown(_asked_for())
    returned = sent_back(centre().store, centre().clock, person(), station().id) if shown["is_today"] else ()
    order = _order(shown, out_of_band=False)
    return render_template("today/day.html", locks=locks_here(), returned=returned, **shown, order=order)


@today.get("/today/live")
def live() -> str:
    """Give the parts that change by themselves; the running order only if it did since the visitor got it."""
    shown = _shown(_asked_for())
    order = _order(shown, out_of_band=True) if shown["mark"] != request.args.get("mark") else ""
    return render_template("today/_live.html", **shown, order=order)


def _order(shown: dict[str, object], *, out_of_band: bool) -> Markup:
    """Draw the running order of the day, which is the same for everybody until something in it changes."""
    found, zone = shown["found"], shown["zone"]
    assert isinstance(found, Day) and (zone is None or isinstance(zone, Zone))  # noqa: S101, PT018 -- of `_shown`
    minute = found.now.replace(second=0, microsecond=0)

    def draw() -> str:
        past_until = found.now if shown["is_today"] else None
        drawn = tuple(_drawn(each, minute, past_until) for each in found.sessions)
        exact = _exact(found, zone, past_until)
        given = {**shown, "drawn": drawn, "exact": exact, "station": station(), "out_of_band": out_of_band}
        return current_app.jinja_env.get_template("today/_sessions.html").render(given)

    if shown["unspoken"]:  # with a form, whose token is its visitor's own
        return Markup(draw())  # noqa: S704 -- from a template, which escapes
    times = (at for group in found.groups for line in group.lines for at in (line.starts, line.ends, line.wants_until))
    passed = sum(at <= found.now for at in times)
    clocks = tuple(minute if each.span.holds(minute) else None for each in found.sessions)
    depends = (station().id, len(station().zones), language(), out_of_band, shown["writes"], shown["is_today"])
    return centre().parts.drawn(("today", *depends, shown["zone"], shown["mark"], clocks, passed), draw)


def _asked_for() -> date | None:
    return entered.day(request.args, "day") if request.args.get("day") else None


def _shown(wanted: date | None) -> dict[str, object]:
    now = centre().clock.now()
    zone = next((each for each in station().zones if each.id == request.args.get("zone")), None)
    found = _only(sessions.day_of(centre().store, centre().clock, person(), station().id, day=wanted), zone)
    with centre().store.reading() as uow:
        writes = may(uow.places.units(), person(), station().id, *WRITERS)
    is_today = found.day == local_day(now, station().time)
    return {
        "found": found,
        "zone": zone,
        "strip": _strip_of_day(found),
        "sounding": readiness.sounding(centre().store, centre().clock, person(), station().id) if is_today else (),
        "ahead": _next(found),
        "is_today": is_today,
        "writes": writes and found.day >= local_day(now, station().time),
        "mark": found.mark,
        "due": _due(found) if is_today else None,
        "notes": _gathered(note for note in found.notes if note.code not in _UNSPOKEN),
        "unspoken": _unspoken(found),
        "before": url_for("today.day", day=(found.day - DAY).isoformat(), zone=zone and zone.id),
        "after": url_for("today.day", day=(found.day + DAY).isoformat(), zone=zone and zone.id),
    }


def _due(found: Day) -> timedelta | None:
    """Give in how long the day will look otherwise by the clock alone; None where nothing more comes."""
    if not found.settled:
        return _ON_ITS_WAY
    coming = [at for group in found.groups for line in group.lines for at in (line.starts, line.ends) if at > found.now]
    return min(coming) - found.now if coming else None


def _drawn(session: DaySession, now: datetime, past_until: datetime | None) -> Drawn:
    strips = [
        pictures.strip(session.span, _bars(group.lines), now=now, zone=station().time, ticks=7)
        for group in session.groups
    ]
    order = ordered(session.template.places, shared(session.groups), past_until=past_until)
    over = past_until is not None and session.span.end <= past_until
    return Drawn(session=session, order=order, groups=tuple(zip(session.groups, strips, strict=True)), over=over)


def _exact(found: Day, zone: Zone | None, past_until: datetime | None) -> Order:
    return parted(shared(found.exact, among=(zone,) if zone else station().zones), past_until=past_until)


def _only(found: Day, zone: Zone | None) -> Day:
    """Leave of a day what one zone hears; all of it where none was asked for."""
    if zone is None:
        return found
    sessions_there = (replace(each, groups=_of(each.groups, zone)) for each in found.sessions)
    there = tuple(each for each in sessions_there if each.groups)
    return replace(found, sessions=there, exact=_of(found.exact, zone))


def _of(groups: Iterable[ZoneGroup], zone: Zone) -> tuple[ZoneGroup, ...]:
    return tuple(group for group in groups if zone.id in {each.id for each in group.zones})


def _strip_of_day(found: Day) -> pictures.Strip:
    windows = found.regulation.windows(found.day)
    spans = [*windows, *(each.span for each in found.sessions)]
    begins = min((each.start for each in spans), default=found.now) - _MARGIN
    ends = max((each.end for each in spans), default=found.now + DAY) + _MARGIN
    first = [each.groups[0].lines for each in found.sessions if each.groups] + [each.lines for each in found.exact]
    bars = dict.fromkeys(bar for lines in first for bar in _bars(lines))  # what zones share is drawn once
    return pictures.strip(Span(begins, ends), bars, now=found.now, zone=station().time, ground=windows, ticks=8)


def _bars(lines: Iterable[DayLine]) -> list[tuple[Span, str, str]]:
    """Draw what is or was planned, or waits; what was released only after its time never stood in any plan."""
    return [_bar(line) for line in lines if line.state is not LineState.RELEASED_LATER]


def _bar(line: DayLine) -> tuple[Span, str, str]:
    ends = max(line.ends, line.starts + timedelta(seconds=1))
    label = f"{line.starts.astimezone(station().time):%H:%M:%S} {line.title}"
    return Span(line.starts, ends), _tone(line), label


def _tone(line: DayLine) -> str:
    if line.state is LineState.ON_AIR:
        return "air"
    if line.state is LineState.OVER:
        return tone_of(line.verdicts)
    if line.state is not LineState.PLANNED:
        return "lost"
    return {Kind.RELAY: "relay", Kind.MUSIC: "music", Kind.SIGNAL: "music"}.get(line.kind or Kind.NOTICE, "plan")


def _unspoken(found: Day) -> tuple[substitutions.Unspoken, ...]:
    """Give the day's programmes that some zones have no language of, with what may be chosen for them."""
    named = {note.programme for note in found.notes if note.code in _UNSPOKEN}
    if not named:
        return ()
    known = substitutions.unspoken(centre().store, person(), station=station().id)
    return tuple(each for programme, each in sorted(known.items()) if programme in named)


def _gathered(notes: Iterable[Note]) -> dict[str, list[str]]:
    """One sentence with the titles it concerns, instead of one line for each."""
    found: dict[str, list[str]] = {}
    for note in notes:
        found.setdefault(say(note.code, note.values), []).append(note.title)
    return found


def _next(found: Day) -> DayLine | None:
    coming = [
        line
        for group in found.groups
        for line in group.lines
        if line.state is LineState.PLANNED and line.starts > found.now
    ]
    return min(coming, key=lambda line: line.starts, default=None)
