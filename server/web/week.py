"""The week as a calendar: seven days side by side, moving one item to another day, copying a week.

It sorts what `services.week` and `services.copying` found into hours; it must not work out a plan itself.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from flask import current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from markupsafe import Markup
from werkzeug.wrappers import Response

from schedules.errors import ScheduleError
from schedules.ids import OccurrenceId, SlotId, UnitId, ZoneId
from schedules.slot import AtTime
from schedules.times import DAY, Span, local_day
from server.errors import ServerError, Unacceptable
from server.services import copying, programmes
from server.services import week as use
from server.services.day import Day, DayLine, DaySession, LineState, ZoneGroup
from server.services.preview import Preview
from server.services.rights import WRITERS, may, require
from server.web import entered
from server.web.centre import centre
from server.web.day_order import shared, went
from server.web.stations import pages_of_a_station, station, stations_of
from server.web.telling import say, told
from server.web.visitor import language, person

week = pages_of_a_station("week", __name__)

_Page = str | Response | tuple[str, int]
_WEEK = timedelta(days=7)
_WEEKS_AHEAD = 8


@dataclass(frozen=True, slots=True)
class Entry:
    """One item of a day.

    Attributes:
        zones: where, if not everywhere that is shown.
        movable: how it may be moved, where it may.
    """

    line: DayLine
    zones: tuple[str, ...]
    movable: use.Movable | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A session with what people put into it, or one item at an exact second.

    Attributes:
        standing: how many further items sound as the session template says.
        free: the most that is not filled anywhere; zero without a session.
        silences: gaps in which nothing sounds somewhere.
        overrun: the most that is cut anywhere.
        past: it is over.
        went: how its items went, once it is over.
    """

    starts: datetime
    ends: datetime
    session: DaySession | None
    entries: tuple[Entry, ...]
    standing: int = 0
    free: timedelta = timedelta(0)
    silences: tuple[Span, ...] = ()
    overrun: timedelta = timedelta(0)
    past: bool = False
    went: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Column:
    """A day: its blocks by the hours of the week, what concerns all of it, whether it is over, and how it went then."""

    found: Day
    hours: tuple[tuple[int, tuple[Block, ...]], ...]
    notes: tuple[str, ...]
    past: bool
    went: Mapping[str, int]


@week.get("/week")
def shown() -> _Page:
    """Show the seven days from the Monday of a week, this week when no day is named."""
    unit = request.args.get("unit")
    if unit and unit != station().id:
        return redirect(url_for("week.shown", station_id=UnitId(unit), day=request.args.get("day")))
    monday = _monday(_asked_day("day"))
    found = use.week_of(centre().store, centre().clock, person(), station().id, monday=monday)
    zone = next((each for each in station().zones if each.id == request.args.get("zone")), None)
    with centre().store.reading() as uow:
        stations = stations_of(uow, person())
        writes = may(uow.places.units(), person(), station().id, *WRITERS)
    return render_template(
        "week/week.html",
        shown=[each.day for each in found.days],
        days=_drawn(found, None if zone is None else zone.id, writes=writes),
        monday=monday,
        zone=zone,
        its_stations=stations,
        is_this_week=monday == _monday(None),
        before=_address(monday - _WEEK),
        after=_address(monday + _WEEK),
        moved=_moved(),
    )


def _drawn(found: use.Week, zone: ZoneId | None, *, writes: bool) -> Markup:
    """Draw the days, which are the same for everybody who may do the same, until something in them changes."""
    now = centre().clock.now()

    def draw() -> str:
        given = {"columns": _columns(found, zone), "now": now, "may_write": writes}
        return current_app.jinja_env.get_template("week/_days.html").render(given)

    over = sum(session.span.end <= day.now for day in found.days for session in day.sessions)
    depends = ("week", station().id, zone, language(), writes, local_day(now, station().time), over)
    movable = hash(frozenset(found.movable.items()))
    return centre().parts.drawn((depends, tuple(each.mark for each in found.days), movable), draw)


@week.get("/week/move")
def moving() -> str:
    """Show the small form that moves one item to another day; a drop fills in the day and the hour."""
    return _move_form(request.args)


@week.post("/week/move/preview")
def foresee() -> str:
    """Show what the form would do, while it is filled in."""
    seen, faults = _foreseen(request.form)
    return render_template("week/_foreseen.html", seen=seen, faults=faults)


@week.post("/week/move")
def move() -> _Page:
    """Move the item, and offer to move it back."""
    form = request.form
    slot = SlotId(entered.text(form, "slot"))
    try:
        moved = use.move(
            centre().store,
            centre().clock,
            person(),
            slot,
            version=entered.number(form, "version", default=0),
            day=entered.day(form, "of"),
            to=entered.day(form, "to"),
            at=_hour(form),
        )
    except (Unacceptable, ScheduleError) as error:
        obstacles = error.values.get("obstacles", ())
        sentences = [say(each.code, each.values) for each in obstacles] if isinstance(obstacles, tuple) else []
        return _move_form(form, {getattr(error, "field", ""): " ".join(sentences) or told(error)}), 422
    flash(_("Đã dời. Phần đã đổi phải được duyệt rồi mới phát."), "good")
    there = entered.day(form, "to").isoformat()
    if moved.slot.id != slot:  # one day of several has a slot of its own now: the way back is to move that one
        return redirect(url_for("week.shown", day=there))
    at = form.get("from_at", "")
    return redirect(url_for("week.shown", day=there, moved=slot, of=form["of"], to=form.get("from", ""), at=at))


@week.route("/week/copy", methods=["GET", "POST"])
def copy() -> _Page:
    """Copy what comes in this week only to another week, after showing what would not fit there."""
    with centre().store.reading() as uow:
        require(uow.places.units(), person(), station().id, *WRITERS)
    asked = request.form if request.method == "POST" else request.args
    monday = _monday(entered.day(asked, "day") if asked.get("day") else None)
    later = [monday + number * _WEEK for number in range(1, _WEEKS_AHEAD + 1)]
    to = _monday(entered.day(asked, "to")) if asked.get("to") else later[0]
    faults: dict[str, str] = {}
    whose = (centre().store, centre().clock, person(), station().id)
    if request.method == "POST":
        try:
            slots = [SlotId(each) for each in request.form.getlist("slot")]
            made = copying.copy(*whose, monday=monday, to=to, slots=slots)
        except (Unacceptable, ScheduleError) as error:
            faults = {getattr(error, "field", ""): told(error)}
        else:
            flash(_("Đã chép %(count)s lịch đặt. Chưa phát cho đến khi được duyệt.", count=made), "good")
            return redirect(url_for("week.shown", day=to.isoformat()))
    try:
        copied = copying.foresee_copy(*whose, monday=monday, to=to)
    except Unacceptable as error:
        copied, faults = (), {error.field: told(error)}
    page = render_template(
        "week/copy.html",
        copied=copied,
        monday=monday,
        to=to,
        later=later,
        faults=faults,
        shift=to - monday,
        days_of_week=_WEEK - DAY,
    )
    return (page, 422) if faults else page


def _columns(found: use.Week, zone: ZoneId | None) -> tuple[Column, ...]:
    blocks = [_blocks(day, found.movable, zone) for day in found.days]
    hours = sorted({_hour_of(block) for each in blocks for block in each})
    now = local_day(centre().clock.now(), station().time)
    return tuple(
        Column(
            day,
            tuple((hour, tuple(block for block in each if _hour_of(block) == hour)) for hour in hours),
            _notes(day),
            day.day < now,
            _went(day, zone) if day.day < now else {},
        )
        for day, each in zip(found.days, blocks, strict=True)
    )


def _went(day: Day, zone: ZoneId | None) -> Mapping[str, int]:
    """Count how the items of a day went, wherever they were planned."""
    each_hears = [_of(groups, zone) for groups in (*(session.groups for session in day.sessions), day.exact)]
    return went(each.line for groups in each_hears for each in shared(groups))


def _blocks(day: Day, movable: Mapping[OccurrenceId, use.Movable], zone: ZoneId | None) -> list[Block]:
    found: list[Block] = []
    for session in day.sessions:
        groups = _of(session.groups, zone)
        if not groups:
            continue
        entries = _entries(groups, movable, zone)
        own = tuple(each for each in entries if _is_own(each.line))
        silences = dict.fromkeys(each for group in groups for each in group.silences)
        found.append(
            Block(
                starts=session.span.start,
                ends=session.span.end,
                session=session,
                entries=own,
                standing=len({each.line.occurrence for each in entries} - {each.line.occurrence for each in own}),
                free=max(group.free for group in groups),
                silences=tuple(sorted(silences, key=lambda each: each.start)),
                overrun=max(group.overrun for group in groups),
                past=session.span.end <= day.now,
                went=went(each.line for each in shared(groups)) if session.span.end <= day.now else {},
            )
        )
    found += (
        Block(starts=each.line.starts, ends=each.line.ends, session=None, entries=(each,))
        for each in _entries(_of(day.exact, zone), movable, zone)
    )
    return sorted(found, key=lambda block: block.starts)


def _of(groups: Iterable[ZoneGroup], zone: ZoneId | None) -> list[ZoneGroup]:
    return [group for group in groups if zone is None or any(each.id == zone for each in group.zones)]


def _entries(
    groups: Sequence[ZoneGroup], movable: Mapping[OccurrenceId, use.Movable], zone: ZoneId | None
) -> tuple[Entry, ...]:
    """Give every item once for each fate it has, with the zones where it has that one, by where it starts first."""
    lines: dict[tuple[object, ...], tuple[DayLine, dict[str, None]]] = {}
    for line, names in sorted(
        ((line, [each.name for each in group.zones]) for group in groups for line in group.lines),
        key=lambda each: each[0].starts,
    ):
        look = (line.occurrence, line.state, line.notes, line.cut > timedelta(0))
        lines.setdefault(look, (line, {}))[1].update(dict.fromkeys(names))
    everywhere = len({each.id for group in groups for each in group.zones})
    return tuple(
        Entry(
            line,
            () if zone is not None or len(names) == everywhere else tuple(sorted(names)),
            movable.get(line.occurrence),
        )
        for line, names in sorted(lines.values(), key=lambda each: (each[0].starts, each[0].occurrence))
    )


def _is_own(line: DayLine) -> bool:
    """Whether somebody put it there, or something is wrong with it; the rest stands in the session template."""
    if line.place is not None and line.place.filler:
        return False
    return line.slot is not None or bool(line.notes) or line.state is LineState.NOT_HEARD


def _hour_of(block: Block) -> int:
    return block.starts.astimezone(station().time).hour


def _notes(day: Day) -> tuple[str, ...]:
    """Give what concerns no single item, each sentence once with the titles it is about."""
    titles: dict[str, dict[str, None]] = defaultdict(dict)
    for finding in day.lacks:
        titles[say(finding.code, finding.values)] = {}
    for note in day.notes:
        titles[say(note.code, note.values)] |= {note.title: None} if note.title else {}
    return tuple(f"{sentence} ({', '.join(named)})" if named else sentence for sentence, named in titles.items())


def _monday(day: date | None) -> date:
    day = day or local_day(centre().clock.now(), station().time)
    return day - day.weekday() * DAY


def _asked_day(name: str) -> date | None:
    return entered.day(request.args, name) if request.args.get(name) else None


def _address(monday: date) -> str:
    return url_for("week.shown", day=monday.isoformat(), zone=request.args.get("zone") or None)


def _hour(form: entered.Form) -> time | None:
    return entered.wall_time(form, "at") if entered.text(form, "at") else None


def _moved() -> dict[str, object] | None:
    """Give what moves the item just moved back again; nothing once it cannot be found any more."""
    slot = request.args.get("moved")
    if not slot or not request.args.get("to"):
        return None
    try:
        stored = use.slot_to_edit(centre().store, person(), SlotId(slot))
    except (ServerError, ScheduleError):
        return None
    timing = stored.slot.timing
    named = {name: request.args.get(name, "") for name in ("of", "to", "at")}
    if not isinstance(timing, AtTime):  # what stands in places of one day is that day's
        named["of"] = timing.first_day.isoformat()
    return {**named, "slot": slot, "version": stored.slot.version}


def _foreseen(form: entered.Form) -> tuple[Preview | None, dict[str, str]]:
    try:
        seen = use.foresee_move(
            centre().store,
            centre().clock,
            person(),
            SlotId(entered.text(form, "slot")),
            day=entered.day(form, "of"),
            to=entered.day(form, "to"),
            at=_hour(form),
        )
    except (ServerError, ScheduleError) as error:
        return None, {getattr(error, "field", ""): told(error)}
    return seen, {}


def _move_form(form: entered.Form, faults: Mapping[str, str] = {}) -> str:
    stored = use.slot_to_edit(centre().store, person(), SlotId(entered.text(form, "slot")))
    whole = programmes.get(centre().store, person(), stored.slot.programme)
    fields = {name: entered.text(form, name) for name in ("of", "from", "from_at", "to", "at")}
    part = "_move" if "HX-Request" in request.headers else "move"
    exact = isinstance(stored.slot.timing, AtTime)
    fields["to"] = fields["to"] or fields["from"]
    fields["at"] = fields["at"] or fields["from_at"]
    return render_template(
        f"week/{part}.html",
        whole=whole,
        stored=stored,
        exact=exact,
        once=use.comes_once(stored.slot),
        fields=fields,
        faults=faults,
    )
