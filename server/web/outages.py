"""Planned power cuts of a station's zones: noted from a notice in two clicks or by hand, listed, ended early.

It must not decide who may do it, nor what an outage explains.
"""

from datetime import timedelta

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from schedules.ids import ProgrammeId, ZoneId
from schedules.times import local_day, local_instant
from server.errors import NotFound, Unacceptable
from server.readiness_records import Outage
from server.services import outages as use
from server.services import programmes
from server.services.rights import require
from server.services.schedule import zones_concerned
from server.web import entered
from server.web.centre import centre
from server.web.filled import Filled, filled_from
from server.web.stations import pages_of_a_station, station
from server.web.telling import told
from server.web.upkeep import holds
from server.web.visitor import person

outages = pages_of_a_station("outages", __name__)


@outages.get("/outages")
def listed() -> str:
    """List the planned power cuts: those to come and those that hold, then those that are over."""
    now = centre().clock.now()
    found = use.listed(centre().store, person(), station().id)
    with centre().store.reading() as uow:
        people = {each.by: known.name for each in found if (known := uow.people.get(each.by)) is not None}
        zones = {zone.id: zone.name for zone in uow.places.zones(among={zone for each in found for zone in each.zones})}
        named = {each.programme: uow.programmes.get(each.programme) for each in found if each.programme is not None}
    return render_template(
        "outages/list.html",
        ahead=tuple(reversed([each for each in found if not each.is_over(now)])),
        over=tuple(each for each in found if each.is_over(now)),
        people=people,
        zone_names=zones,
        titles={key: stored.programme.title for key, stored in named.items() if stored is not None},
        plans=holds(*use.PLANNERS),
    )


@outages.route("/outages/new", methods=["GET", "POST"])
def plan() -> str | Response | tuple[str, int]:
    """Note a power cut; from a notice, its zones and times stand in the form already."""
    if request.method == "GET":
        with centre().store.reading() as uow:
            require(uow.places.units(), person(), station().id, *use.PLANNERS)
        return _form(Filled(MultiDict(_foreseen(request.args.get("programme", "")))), {})
    try:
        _planned()
    except Unacceptable as error:
        return _form(Filled(MultiDict(request.form)), {error.field: told(error)}), 422
    flash(_("Đã ghi mất điện theo lịch. Trong thời gian ấy cụm loa im sẽ không bị báo lỗi."), "good")
    return redirect(url_for("outages.listed"))


@outages.post("/outages/<outage>/end")
def end(outage: str) -> Response:
    """Note that the power is back, or does not go."""
    use.end(centre().store, centre().clock, person(), station().id, outage)
    flash(_("Đã ghi là có điện. Từ giờ cụm loa im lại được báo như thường."), "good")
    return redirect(url_for("outages.listed"))


def _planned() -> Outage:
    form, time = request.form, station().time
    wish = use.Wish(
        zones=frozenset(ZoneId(each) for each in form.getlist("zones")),
        since=local_instant(entered.day(form, "since_day"), entered.wall_time(form, "since"), time),
        until=local_instant(entered.day(form, "until_day"), entered.wall_time(form, "until"), time),
        programme=ProgrammeId(form["programme"]) if form.get("programme") else None,
        reason=form.get("reason", ""),
    )
    return use.plan(centre().store, centre().clock, person(), station().id, wish=wish)


def _foreseen(programme: str) -> list[tuple[str, str]]:
    """Give the fields of a new form; of a notice, its zones here and the times its words name."""
    today = local_day(centre().clock.now(), station().time)
    if not programme:
        tomorrow = (today + timedelta(days=1)).isoformat()
        return [("since_day", tomorrow), ("until_day", tomorrow)]
    whole = programmes.get(centre().store, person(), ProgrammeId(programme))
    text = " ".join((whole.stored.programme.title, *whole.stored.texts.values()))
    said = use.foretold(text, today)
    slot = filled_from(whole, language="vi", zone=station().time)
    day = said.day.isoformat() if said.day else slot.get("last_day") or slot.get("exact_day") or today.isoformat()
    with centre().store.reading() as uow:
        heard = zones_concerned(uow, whole.stored.programme.id)
    return [
        ("programme", programme),
        ("reason", whole.stored.programme.title[: use.LONGEST_REASON]),
        *(("zones", zone.id) for zone in station().zones if zone.id in heard),
        ("since_day", day),
        ("until_day", day),
        ("since", f"{said.since:%H:%M}" if said.since else ""),
        ("until", f"{said.until:%H:%M}" if said.until else ""),
    ]


def _form(filled: Filled, faults: dict[str, str]) -> str:
    programme = filled.get("programme")
    try:
        notice = programmes.get(centre().store, person(), ProgrammeId(programme)).stored if programme else None
    except NotFound:
        notice = None
    return render_template("outages/form.html", filled=filled, faults=faults, notice=notice)
