"""A station's regulation: what is in force and coming, decisions under it, overrides, and what waits for agreement."""

from dataclasses import dataclass
from datetime import date, datetime

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from schedules.errors import ScheduleError
from schedules.hours import Finding
from schedules.ids import SlotId
from schedules.profiles import PROFILES
from schedules.programme import Kind
from schedules.regulation import Regulation, SessionName
from schedules.times import DAY, Span, instant_of, local_day, local_midnight
from server.errors import Unacceptable
from server.services import overrides, regulations, station_rules
from server.services.regulations import Change
from server.services.station_rules import StationRules
from server.values import ProposalState
from server.web import pictures
from server.web.centre import centre
from server.web.ruled import (
    SESSION_ROWS,
    VOLUME_ROWS,
    Fields,
    fields_of,
    kinds_of,
    opening_of,
    regulation_of,
    suspension_of,
)
from server.web.stations import pages_of_a_station, station
from server.web.telling import told
from server.web.visitor import person

regulation: Blueprint = pages_of_a_station("regulation", __name__)

_Page = str | Response | tuple[str, int]
_SUSPENDED_BY_DEFAULT = frozenset({Kind.MUSIC})


@dataclass(frozen=True, slots=True)
class DrawnDay:
    """One day of the week that is drawn, with its permitted hours."""

    day: date
    strip: pictures.Strip


@regulation.get("/regulation")
def shown() -> str:
    """Show the rules of the station."""
    return _shown()


@regulation.get("/regulation/new")
def new() -> str:
    """Show the form of a new regulation: as the one in force, or from a profile."""
    known = _rules()
    chosen = next((each for each in PROFILES if each.name == request.args.get("profile")), None)
    tomorrow = known.today + DAY
    if chosen is not None or known.regulation is None:
        drafted = (chosen or PROFILES[0]).draft(
            station=station().id,
            number="",
            signed_on=known.today,
            signer="",
            valid_from=tomorrow,
            time_zone=station().time.key,
        )
        return _form(fields_of(drafted))
    fields = fields_of(known.regulation)
    fields["valid_from"] = tomorrow.isoformat()
    return _form(fields)


@regulation.post("/regulation/new")
def propose() -> _Page:
    """Put a new regulation in force, or ask for it where it widens something."""
    try:
        asked = regulations.propose(centre().store, centre().clock, person(), station().id, _entered())
    except (Unacceptable, ScheduleError) as error:
        return _form(request.form, {getattr(error, "field", ""): told(error)}), 422
    return _told(asked.state)


@regulation.post("/regulation/foresee")
def foresee() -> str:
    """Say beside the form what the regulation would widen, and from when it would hold."""
    try:
        change = _entered()
        found: tuple[Finding, ...] = regulations.foresee(centre().store, centre().clock, person(), station().id, change)
    except (Unacceptable, ScheduleError) as error:
        return render_template("regulation/_foreseen.html", fault=told(error), found=(), change=None)
    return render_template("regulation/_foreseen.html", fault="", found=found, change=change)


@regulation.post("/regulation/openings")
def open_session() -> _Page:
    """Ask for a dated opening of one more session."""
    return _decided("opening")


@regulation.post("/regulation/suspensions")
def suspend() -> _Page:
    """Suspend some kinds on some days."""
    return _decided("suspension")


@regulation.post("/regulation/overrides")
def ask() -> _Page:
    """Ask that one occurrence may sound outside the hours."""
    try:
        overrides.ask(
            centre().store,
            centre().clock,
            person(),
            station().id,
            slot=SlotId(request.form.get("slot", "")),
            start=instant_of(request.form.get("start", "")),
            reason=request.form.get("reason", ""),
        )
    except Unacceptable as error:
        return _shown("override", {"": told(error)}, request.form), 422
    flash(_("Đã xin phát ngoài khung giờ. Lãnh đạo duyệt phải đồng ý trước giờ phát."), "wait")
    return redirect(url_for("regulation.shown"))


@regulation.post("/regulation/proposals/<proposal>/accept")
def accept(proposal: str) -> _Page:
    """Agree as the second person."""
    try:
        regulations.accept(centre().store, centre().clock, person(), proposal)
    except Unacceptable as error:
        return _shown("", {"": told(error)}), 422
    flash(_("Đã đồng ý. Cụm loa nhận quy định mới ngay khi có kết nối."), "good")
    return redirect(url_for("regulation.shown"))


@regulation.post("/regulation/proposals/<proposal>/refuse")
def refuse(proposal: str) -> _Page:
    """Turn a proposal down, or take one's own back."""
    try:
        reason = request.form.get("reason", "")
        regulations.refuse(centre().store, centre().clock, person(), proposal, reason=reason)
    except Unacceptable as error:
        return _shown(proposal, {"": told(error)}, request.form), 422
    flash(_("Đã khép lại đề nghị; quy định giữ nguyên."), "good")
    return redirect(url_for("regulation.shown"))


def _entered() -> Regulation:
    return regulation_of(request.form, station=station().id, time_zone=station().time.key)


def _decided(sort: str) -> _Page:
    try:
        change: Change = opening_of(request.form) if sort == "opening" else suspension_of(request.form)
        asked = regulations.propose(centre().store, centre().clock, person(), station().id, change)
    except (Unacceptable, ScheduleError) as error:
        return _shown(sort, {getattr(error, "field", ""): told(error)}, request.form), 422
    return _told(asked.state)


def _told(state: ProposalState) -> Response:
    if state is ProposalState.WAITING:
        flash(_("Thay đổi này mở rộng giờ phát, loại hoặc âm lượng: đang chờ người thứ hai đồng ý."), "wait")
    else:
        flash(_("Không mở rộng gì nên đã có hiệu lực theo ngày ghi trong văn bản."), "good")
    return redirect(url_for("regulation.shown"))


def _rules() -> StationRules:
    return station_rules.rules(centre().store, centre().clock, person(), station().id)


def _shown(failed: str = "", faults: dict[str, str] | None = None, entered: Fields | None = None) -> str:
    known = _rules()
    now = centre().clock.now()
    return render_template(
        "regulation/shown.html",
        rules=known,
        week=_week(known, now) if known.regulation is not None else (),
        profiles=PROFILES,
        kinds=tuple(Kind),
        failed=failed,
        faults=faults or {},
        entered=entered if entered is not None else MultiDict(),
        kept=_kept(failed, entered),
        tomorrow=known.today + DAY,
        sessions=(SessionName.NOON, SessionName.EXTRA),
        time_zone=station().time,
    )


def _kept(failed: str, entered: Fields | None) -> frozenset[Kind]:
    return kinds_of(entered) if failed == "suspension" and entered is not None else _SUSPENDED_BY_DEFAULT


def _form(fields: Fields, faults: dict[str, str] | None = None) -> str:
    known = _rules()
    spoken = {language for zone in station().zones for language in zone.languages}
    return render_template(
        "regulation/new.html",
        fields=fields,
        faults=faults or {},
        profiles=PROFILES,
        kinds=tuple(Kind),
        languages=sorted(spoken | set(fields.getlist("languages")), key=lambda each: (each != "vi", each)),
        session_rows=SESSION_ROWS,
        filled_rows=max(2, sum(1 for row in range(SESSION_ROWS) if fields.get(f"earliest-{row}"))),
        volume_rows=VOLUME_ROWS,
        sessions=tuple(SessionName),
        may_propose=known.may_propose,
    )


def _week(known: StationRules, now: datetime) -> tuple[DrawnDay, ...]:
    """Draw the next seven days: the hours of each as they will be then, and what is opened or overridden in them."""
    days = [known.today + number * DAY for number in range(7)]
    return tuple(DrawnDay(each, _strip(known, each, now)) for each in days)


def _strip(known: StationRules, day: date, now: datetime) -> pictures.Strip:
    zone = station().time
    holds = next((each for each in reversed(known.coming) if each.valid_from <= day), known.regulation)
    assert holds is not None  # noqa: S101 -- nothing is drawn before the first regulation
    bars = []
    for rule in holds.rules_on(day):
        window = rule.window(day, zone)
        tone = "relay" if rule in holds.opened_on(day) else "plan"
        if window is not None:
            bars.append((window, tone, f"{rule.earliest:%H:%M} – {rule.latest:%H:%M}"))
    bars += [
        (each.window(zone), "air", f"{each.earliest:%H:%M} – {each.latest:%H:%M}")
        for each in known.overrides
        if each.day == day
    ]
    whole = Span(local_midnight(day, zone), local_midnight(day + DAY, zone))
    at = now if local_day(now, zone) == day else whole.end
    return pictures.strip(whole, bars, now=at, zone=zone, ticks=6)
