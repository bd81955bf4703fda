"""The emergency page of a station: what is live, asking, confirming, cancelling, correcting. Its colour is its own.

Exercises have another page (`exercises`), and one person alone another one still (`break_glass`).
"""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from schedules.emergency import Certainty, Event, Severity, Urgency
from schedules.emergency_right import needs_two_people
from schedules.emergency_template import EmergencyTemplate
from schedules.ids import EmergencyId, UnitId
from server.emergency_records import StoredEmergencyTemplate
from server.errors import NotFound, Unacceptable
from server.services import emergencies as use
from server.services.emergency_alarms import Alarms, alarms
from server.services.emergency_board import Board, board, find, reach
from server.services.emergency_issue import checked
from server.services.emergency_texts import texts
from server.web.centre import centre
from server.web.emergency_form import (
    PAUSES,
    Entered,
    anew,
    correcting,
    languages,
    like,
    sent,
    template_of,
    wanted_of,
)
from server.web.stations import pages_of_a_station, station, stations_of
from server.web.telling import told
from server.web.visitor import person

emergencies = pages_of_a_station("emergencies", __name__)

_Page = str | Response | tuple[str, int]


@emergencies.get("/emergency")
def state() -> str:
    """Show what is live, what waits and what is over."""
    return render_template("emergencies/state.html", board=_board(), texts=_approved(), unit_names=_unit_names())


@emergencies.get("/emergency/live")
def live() -> str:
    """Give the part that changes by itself."""
    return render_template("emergencies/_live.html", board=_board())


@emergencies.get("/emergency/banner")
def banner() -> str:
    """Give what the two people who are told see on every page."""
    alarms = alarms_here()
    with centre().store.reading() as uow:
        stations = stations_of(uow, person()) if alarms.asked else ()
    return render_template("emergencies/_banner.html", alarms=alarms, stations=stations)


@emergencies.get("/emergency/new")
def new() -> str:
    """Show the form: empty, or with an approved text, or to correct what is live."""
    template, update = request.args.get("template"), request.args.get("update")
    if update:
        known = find(centre().store, person(), EmergencyId(update))
        if known is None:
            raise NotFound("emergency.not_live")
        return _form(Entered(correcting(known.emergency)))
    return _form(Entered(like(_text(template)) if template else anew()))


@emergencies.post("/emergency/new")
def before_the_click() -> _Page:
    """Show what would happen: what, where, for how many people, until when, how often; or the form again."""
    form = _as_approved(sent())
    if request.form.get("again"):
        return _form(Entered(form))
    try:
        wanted = wanted_of(form)
        with centre().store.reading() as uow:
            proposal = checked(uow, person(), wanted, centre().clock.now())
            alone = template_of(form) is not None and not needs_two_people(proposal.units, uow.places.units())
    except Unacceptable as error:
        return _form(Entered(form, {error.field: told(error)})), 422
    return render_template(
        "emergencies/summary.html",
        proposal=proposal,
        reach=reach(centre().store, proposal.units, (words.language for words in proposal.words)),
        alone=alone,
        entered=Entered(form),
    )


@emergencies.post("/emergency/ask")
def ask() -> _Page:
    """Ask a second person, or issue an approved text."""
    form = _as_approved(sent())
    try:
        wanted = wanted_of(form)
        template = template_of(form)
        if template is not None and request.form.get("alone"):
            use.issue(
                centre().store,
                centre().clock,
                person(),
                template=template,
                units=wanted.units,
                ends_at=wanted.ends_at,
                references=wanted.references,
            )
            flash(_("Đã ghi lệnh phát khẩn cấp."), "good")
        else:
            use.ask(centre().store, centre().clock, person(), wanted)
            flash(_("Đã gửi đề nghị. Chưa có hiệu lực cho đến khi người thứ hai xác nhận."), "wait")
    except Unacceptable as error:
        return _form(Entered(form, {error.field: told(error)})), 422
    return redirect(url_for("emergencies.state"))


@emergencies.post("/emergency/requests/<asked>/confirm")
def confirm(asked: str) -> Response:
    """Issue what somebody else asked for."""
    use.confirm(centre().store, centre().clock, person(), asked)
    flash(_("Đã ghi lệnh phát khẩn cấp."), "good")
    return redirect(url_for("emergencies.state"))


@emergencies.post("/emergency/requests/<asked>/refuse")
def refuse(asked: str) -> Response:
    """Do not issue it."""
    use.refuse(centre().store, centre().clock, person(), asked)
    flash(_("Đã bỏ đề nghị phát khẩn cấp."), "good")
    return redirect(url_for("emergencies.state"))


@emergencies.post("/emergency/<emergency>/cancel")
def cancel(emergency: str) -> Response:
    """End one at once."""
    why = request.form.get("why", "")
    use.cancel(centre().store, centre().clock, person(), EmergencyId(emergency), why=why)
    flash(_("Đã huỷ phát khẩn cấp."), "good")
    return redirect(url_for("emergencies.state"))


def alarms_here() -> Alarms:
    """Give what the person who looks is told of."""
    return alarms(centre().store, centre().clock, person())


def _board() -> Board:
    return board(centre().store, centre().clock, person(), station().id, recent=centre().results)


def _approved() -> tuple[StoredEmergencyTemplate, ...]:
    return tuple(each for each in texts(centre().store, person(), station().id) if each.approved_by is not None)


def _text(template: str) -> EmergencyTemplate:
    """Give an approved text that needs no filling in."""
    text = next((each.template for each in _approved() if each.template.id == template), None)
    if text is None or text.gaps:
        raise NotFound("emergency_template.unknown")
    return text


def _as_approved(form: MultiDict[str, str]) -> MultiDict[str, str]:
    """Give a form begun with an approved text as the text is, whatever was sent in its place."""
    template = template_of(form)
    if template is None:
        return form
    approved = like(_text(template))
    for name in ("units", "ends", "references"):
        approved.setlist(name, form.getlist(name))
    return approved


def _unit_names() -> dict[UnitId, str]:
    with centre().store.reading() as uow:
        return {unit.id: unit.name for unit in uow.places.units().by_id.values()}


def _form(entered: Entered) -> str:
    template = template_of(entered.fields)
    return render_template(
        "emergencies/form.html",
        board=_board(),
        entered=entered,
        text=None if template is None else _text(template),
        languages=languages(),
        unit_names=_unit_names(),
        events=list(Event),
        severities=list(Severity),
        urgencies=list(Urgency),
        certainties=list(Certainty),
        pauses=PAUSES,
    )
