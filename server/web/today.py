"""The day of a station: its sessions as planned and as heard, what is on the air, the day as a drawn strip.

It shows what `services.sessions` worked out and what loudspeakers said; it must not work out a plan itself.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from flask import Blueprint, current_app, render_template, request, url_for
from markupsafe import Markup

from schedules.programme import Kind
from schedules.reconciliation import Verdict
from schedules.schedule import Note
from schedules.session import Place
from schedules.times import DAY, Span, local_day
from server.services import readiness, sessions, substitutions
from server.services.rights import WRITERS, may
from server.services.sessions import Day, DayLine, DaySession, LineState, ZoneGroup
from server.web import entered, pictures
from server.web.centre import centre
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
    """A session with its strips, one a group of zones, and its places in order with their lines."""

    session: DaySession
    groups: tuple[tuple[ZoneGroup, pictures.Strip, tuple[tuple[Place, tuple[DayLine, ...]], ...]], ...]


@today.get("/today")
def day() -> str:
    """Show a day, today unless another is named."""
    shown = _shown(_asked_for())
    return render_template("today/day.html", locks=locks_here(), **shown, order=_order(shown, out_of_band=False))


@today.get("/today/live")
def live() -> str:
    """Give the parts that change by themselves; the running order only if it did since the visitor got it."""
    shown = _shown(_asked_for())
    order = _order(shown, out_of_band=True) if shown["mark"] != request.args.get("mark") else ""
    return render_template("today/_live.html", **shown, order=order)


def _order(shown: dict[str, object], *, out_of_band: bool) -> Markup:
    """Draw the running order of the day, which is the same for everybody until something in it changes."""
    found = shown["found"]
    assert isinstance(found, Day)  # noqa: S101 -- what `_shown` put there
    minute = found.now.replace(second=0, microsecond=0)

    def draw() -> str:
        drawn = tuple(_drawn(each, minute) for each in found.sessions)
        given = {**shown, "drawn": drawn, "station": station(), "out_of_band": out_of_band}
        return current_app.jinja_env.get_template("today/_sessions.html").render(given)

    if shown["unspoken"]:  # with a form, whose token is its visitor's own
        return Markup(draw())  # noqa: S704 -- from a template, which escapes
    passed = sum(line.starts < found.now for group in found.groups for line in group.lines)
    clocks = tuple(minute if each.span.holds(minute) else None for each in found.sessions)
    depends = (station().id, len(station().zones), language(), out_of_band, shown["writes"], shown["is_today"])
    return centre().parts.drawn(("today", *depends, shown["mark"], clocks, passed), draw)


def _asked_for() -> date | None:
    return entered.day(request.args, "day") if request.args.get("day") else None


def _shown(wanted: date | None) -> dict[str, object]:
    now = centre().clock.now()
    found = sessions.day_of(centre().store, centre().clock, person(), station().id, day=wanted)
    with centre().store.reading() as uow:
        writes = may(uow.places.units(), person(), station().id, *WRITERS)
    is_today = found.day == local_day(now, station().time)
    return {
        "found": found,
        "strip": _strip_of_day(found),
        "sounding": readiness.sounding(centre().store, centre().clock, person(), station().id) if is_today else (),
        "ahead": _next(found),
        "is_today": is_today,
        "writes": writes and found.day >= local_day(now, station().time),
        "mark": found.mark,
        "due": _due(found) if is_today else None,
        "notes": _gathered(note for note in found.notes if note.code not in _UNSPOKEN),
        "unspoken": _unspoken(found),
        "before": url_for("today.day", day=(found.day - DAY).isoformat()),
        "after": url_for("today.day", day=(found.day + DAY).isoformat()),
    }


def _due(found: Day) -> timedelta | None:
    """Give in how long the day will look otherwise by the clock alone; None where nothing more comes."""
    if not found.settled:
        return _ON_ITS_WAY
    coming = [at for group in found.groups for line in group.lines for at in (line.starts, line.ends) if at > found.now]
    return min(coming) - found.now if coming else None


def _drawn(session: DaySession, now: datetime) -> Drawn:
    groups = []
    for group in session.groups:
        bars = _bars(group.lines)
        strip = pictures.strip(session.span, bars, now=now, zone=station().time, ticks=7)
        groups.append((group, strip, _by_place(session, group)))
    return Drawn(session=session, groups=tuple(groups))


def _by_place(session: DaySession, group: ZoneGroup) -> tuple[tuple[Place, tuple[DayLine, ...]], ...]:
    """Every place in order; one that is filled by hand is there also while it is empty."""
    lines: dict[Place | None, list[DayLine]] = defaultdict(list)
    for line in group.lines:
        lines[line.place].append(line)
    placed = ((place, tuple(lines[place])) for place in session.template.places)
    return tuple((place, lines) for place, lines in placed if lines or place.by_hand)


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
        return _tone_of_verdicts(line)
    if line.state is not LineState.PLANNED:
        return "lost"
    return {Kind.RELAY: "relay", Kind.MUSIC: "music", Kind.SIGNAL: "music"}.get(line.kind or Kind.NOTICE, "plan")


def _tone_of_verdicts(line: DayLine) -> str:
    verdicts = line.verdicts
    if verdicts[Verdict.MISSED] or verdicts[Verdict.FAILED]:
        return "bad"
    if verdicts[Verdict.PARTIAL]:
        return "wait"
    return "good" if verdicts[Verdict.CONFIRMED] and not verdicts[Verdict.AWAITED] else "still"


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
