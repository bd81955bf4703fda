"""The inspector's desk: plays of all stations below a unit, chosen by what the address says; and units by days.

Everything chosen stands in the address, so that it can be sent and saved. It must not judge or count.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TypeVar
from urllib.parse import parse_qsl, urlencode

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from schedules.ids import LoudspeakerId, UnitId, ZoneId
from schedules.part import Part
from schedules.programme import Kind
from schedules.reconciliation import Verdict
from schedules.times import DAY, local_day
from schedules.unit import Unit, Zone
from schedules.way import Way
from server.errors import NotFound, Unacceptable
from server.services import inspecting as use
from server.services import inspecting_days, views
from server.services.audit import note_reading
from server.services.rights import ANY_ROLE, may
from server.services.schedule import CIVIL_TIME
from server.values import Loudspeaker
from server.web import entered
from server.web.centre import centre
from server.web.formats import day_text
from server.web.log import TONES
from server.web.spreadsheets import Value, csv_of, xlsx_of
from server.web.telling import say, told, zone
from server.web.visitor import language, person
from server.web.words import word

inspection = Blueprint("inspection", __name__, url_prefix="/inspection")

_FIELDS = ("unit", "first", "last", "zone", "loudspeaker", "verdict", "text", "kind", "way")
_KINDS = tuple(Kind)
_WAYS = (Way.OWN, Way.OFFERED, Way.SUBSCRIBED, Way.ORDERED, Way.EMERGENCY)
_Name = TypeVar("_Name", bound=StrEnum)


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """What may be chosen: units of this person, and the zones and loudspeakers of a chosen station."""

    units: tuple[Unit, ...]
    zones: tuple[Zone, ...]
    loudspeakers: tuple[Loudspeaker, ...]


@inspection.get("")
def lines() -> str | tuple[str, int]:
    """List the plays that are looked for, the newest first."""
    unit, choices = _unit_and_choices()
    wanted = _today(unit)
    try:
        wanted = _wanted(unit)
        page = use.page(centre().store, centre().clock, person(), wanted, after=_after())
    except Unacceptable as error:
        return _page(wanted, choices, None, {error.field: told(error)}), 422
    return _page(wanted, choices, page, {})


@inspection.get("/days")
def matrix() -> str | tuple[str, int]:
    """Show the units, or the zones of a station, by days; of the last week unless asked otherwise."""
    unit, choices = _unit_and_choices()
    today = local_day(centre().clock.now(), CIVIL_TIME)
    first, last, found, faults, status = today - 6 * DAY, today, None, dict[str, str](), 200
    try:
        first, last = _span(first, last)
        found = inspecting_days.matrix(centre().store, centre().clock, person(), unit, first=first, last=last)
    except Unacceptable as error:
        faults, status = {error.field: told(error)}, 422
    page = render_template(
        "inspection/matrix.html",
        found=found,
        days=[] if found is None else [(each.isoformat(), day_text(each)) for each in found.days],
        unit=unit,
        first=first,
        last=last,
        choices=choices,
        faults=faults,
        entered=request.args,
        tone=_tone,
        saved=views.saved(centre().store, person()),
        query=_query(),
    )
    return page, status


@inspection.get("/lines.<any(csv, xlsx):kind>")
def file(kind: str) -> Response | tuple[str, int]:
    """Give all the plays that are looked for as a file."""
    unit, choices = _unit_and_choices()
    wanted = _today(unit)
    try:
        wanted = _wanted(unit)
        found = use.all_lines(centre().store, centre().clock, person(), wanted)
    except Unacceptable as error:
        return _page(wanted, choices, None, {error.field: told(error)}), 422
    rows = (_row(line) for line in found)
    name = f"nhat-ky-{wanted.first:%Y%m%d}-{wanted.last:%Y%m%d}"
    note_reading(centre().store, centre().clock, person(), what=f"{name}.{kind}", unit=unit)
    made = csv_of if kind == "csv" else xlsx_of
    return made(name, _heads(), rows, zone())


@inspection.get("/days.<any(csv, xlsx):kind>")
def matrix_file(kind: str) -> Response:
    """Give the units by days as a file, a line for each."""
    unit, _choices = _unit_and_choices()
    today = local_day(centre().clock.now(), CIVIL_TIME)
    first, last = _span(today - 6 * DAY, today)
    found = inspecting_days.matrix(centre().store, centre().clock, person(), unit, first=first, last=last)
    heads = [_("Ngày"), _("Đơn vị"), _("Theo lịch"), *(_verdict(each) for each in Verdict)]
    rows: Iterator[list[Value]] = (
        [f"{cell.day:%d/%m/%Y}", row.name, cell.planned, *(cell.counts.get(each, 0) for each in Verdict)]
        for row in found.rows
        for cell in row.cells
    )
    name = f"theo-ngay-{first:%Y%m%d}-{last:%Y%m%d}"
    note_reading(centre().store, centre().clock, person(), what=f"{name}.{kind}", unit=unit)
    made = csv_of if kind == "csv" else xlsx_of
    return made(name, heads, rows, zone())


@inspection.post("/views")
def save() -> Response:
    """Save what the page shows under a name, or forget a name."""
    page = "inspection.matrix" if request.form.get("page") == "inspection.matrix" else "inspection.lines"
    known = parse_qsl(request.form.get("query", ""))
    query = urlencode([(name, value) for name, value in known if name in _FIELDS])
    if request.form.get("remove"):
        views.remove(centre().store, person(), request.form["remove"])
        flash(_("Đã bỏ bộ lọc đã lưu."), "good")
    else:
        try:
            views.save(centre().store, person(), name=request.form.get("name", ""), query=f"{page}?{query}")
            flash(_("Đã lưu bộ lọc."), "good")
        except Unacceptable as error:
            flash(told(error), "bad")
    return redirect(f"{url_for(page)}?{query}")


def _unit_and_choices() -> tuple[UnitId, Choices]:
    """Give the unit that the address names, else the visitor's own, and what may be chosen there.

    Raises:
        NotFound: `unit.unknown` for what is no unit, or none of this person's.
    """
    unit = UnitId(request.args.get("unit") or person().unit)
    with centre().store.reading() as uow:
        units, everywhere = uow.places.units(), uow.places.zones()
        if unit not in units.by_id or not may(units, person(), unit, *ANY_ROLE):
            raise NotFound("unit.unknown")
        who, stations = person(), {each.station for each in everywhere}
        seen = [each for each in stations if may(units, who, each, *ANY_ROLE)]
        here = tuple(each for each in everywhere if each.station == unit)
        zones = {each.id for each in here}
        among = uow.places.loudspeakers() if zones else ()
    own = [person().unit] if may(units, person(), person().unit, *ANY_ROLE) else []
    named = dict.fromkeys([*own, *sorted(seen, key=lambda each: units.by_id[each].name), unit])
    return unit, Choices(
        units=tuple(map(units.by_id.__getitem__, named)),
        zones=tuple(sorted(here, key=lambda each: each.name)),
        loudspeakers=tuple(sorted((each for each in among if each.zone in zones), key=lambda each: each.name)),
    )


def _today(unit: UnitId) -> use.Wanted:
    today = local_day(centre().clock.now(), CIVIL_TIME)
    return use.Wanted(unit=unit, first=today, last=today)


def _wanted(unit: UnitId) -> use.Wanted:
    """Read what the address asks for; what is no verdict, kind or way is passed over.

    Raises:
        Unacceptable: `form.day` with the field.
    """
    args, today = request.args, local_day(centre().clock.now(), CIVIL_TIME)
    first, last = _span(today, today)
    return use.Wanted(
        unit=unit,
        first=first,
        last=last,
        zone=ZoneId(args["zone"]) if args.get("zone") else None,
        loudspeaker=LoudspeakerId(args["loudspeaker"]) if args.get("loudspeaker") else None,
        verdicts=_named("verdict", Verdict),
        text=args.get("text", "").strip()[:200],
        kinds=_named("kind", Kind),
        ways=_named("way", Way),
    )


def _span(first: date, last: date) -> tuple[date, date]:
    """Read the days; who names only the first means that one."""
    args = request.args
    begins = entered.day(args, "first") if args.get("first") else first
    ends = entered.day(args, "last") if args.get("last") else (begins if args.get("first") else last)
    return begins, ends


def _named(name: str, kind: type[_Name]) -> frozenset[_Name]:
    return frozenset(kind(each) for each in request.args.getlist(name) if each in set(kind))


def _after() -> use.Place | None:
    day, _sep, station = request.args.get("after", "").partition("~")
    try:
        return use.Place(date.fromisoformat(day), UnitId(station)) if station else None
    except ValueError:
        return None


def _query(**other: str) -> str:
    """Give the address's own choices again, with some set otherwise; an empty one is left out."""
    chosen = MultiDict[str, str]((name, each) for name in _FIELDS for each in request.args.getlist(name) if each)
    for name, value in other.items():
        chosen[name] = value
    return urlencode([(name, value) for name, value in chosen.items(multi=True) if value])


def _page(wanted: use.Wanted, choices: Choices, page: use.Page | None, faults: dict[str, str]) -> str:
    rest = page.rest if page is not None else None
    return render_template(
        "inspection/lines.html",
        page=page,
        wanted=wanted,
        choices=choices,
        faults=faults,
        entered=request.args,
        tones=TONES,
        verdicts=tuple(TONES),
        kinds=_KINDS,
        ways=_WAYS,
        rest=None if rest is None else _query(after=f"{rest.day.isoformat()}~{rest.station}"),
        continued=_after(),
        saved=views.saved(centre().store, person()),
        query=_query(),
    )


def _heads() -> list[str]:
    return [
        _("Ngày"),
        _("Đơn vị"),
        _("Nhóm cụm loa"),
        _("Cụm loa"),
        _("Chương trình"),
        _("Tin, bài"),
        _("Loại"),
        _("Cách đến đài"),
        _("Theo lịch từ"),
        _("Theo lịch đến"),
        _("Kết quả"),
        _("Lý do"),
        _("Bắt đầu"),
        _("Kết thúc"),
        _("Đã phát (giây)"),
        _("Mức ra loa (dBFS)"),
    ]


def _row(line: use.Line) -> list[Value]:
    row, finding = line.row, line.row.finding
    levels = [each.entry.level_dbfs for each in row.entries if each.entry.level_dbfs is not None]
    return [
        f"{line.day:%d/%m/%Y}",
        line.station.name,
        row.zone.name,
        row.loudspeaker.name,
        row.title,
        "; ".join(_part(each) for each in line.parts),
        "" if row.item is None else word("kind", row.item.kind.value, language()),
        word("came", line.way.value, language()),
        row.planned.start,
        row.planned.end,
        _verdict(finding.verdict),
        say(finding.reason) if finding.reason else "",
        finding.started_at,
        finding.ended_at,
        finding.played_ms / 1000,
        max(levels, default=None),
    ]


def _part(part: Part) -> str:
    authors = f" ({', '.join(part.authors)})" if part.authors else ""
    return f"{word('genre', part.genre.value, language())}: {part.title}{authors}"


def _verdict(verdict: Verdict) -> str:
    return word("verdict", verdict.value, language())


def _tone(share: float | None) -> str:
    """Give how a share looks: 98 % is what one play counts as whole from, below 90 % somebody has to look."""
    if share is None:
        return "still"
    return "good" if share >= 0.98 else "wait" if share >= 0.9 else "bad"
