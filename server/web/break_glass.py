"""Break-glass on a page of its own: an approved text, its gaps, the password once more, then a countdown to stop."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from schedules.break_glass import COUNTDOWN, MOST_SOUND_S, MOST_USES
from schedules.ids import EmergencyId, EmergencyTemplateId
from server.errors import NotFound, Unacceptable
from server.services import break_glass as use
from server.services.emergency_board import board, reach
from server.services.emergency_texts import texts
from server.web.centre import centre
from server.web.emergency_form import Entered, sent
from server.web.stations import pages_of_a_station, station
from server.web.telling import told
from server.web.visitor import person

break_glass = pages_of_a_station("break_glass", __name__)


@break_glass.route("/emergency/break-glass/<template>", methods=["GET", "POST"])
def begin(template: str) -> str | Response | tuple[str, int]:
    """Show the text with its gaps; begin the countdown."""
    if request.method == "GET":
        return _form(template, Entered(sent()))
    form = sent()
    try:
        use.begin(
            centre().store,
            centre().clock,
            centre().hashing,
            person(),
            template=EmergencyTemplateId(template),
            values={name.removeprefix("gap_"): value for name, value in form.items() if name.startswith("gap_")},
            password=form.get("password", ""),
        )
    except Unacceptable as error:
        return _form(template, Entered(form, {error.field: told(error)})), 422
    flash(_("Đang đếm ngược. Hai người đã được báo và có thể dừng lại."), "wait")
    return redirect(url_for("emergencies.state"))


@break_glass.post("/emergency/countdowns/<asked>/stop")
def stop(asked: str) -> Response:
    """Stop a countdown with one tap."""
    use.call_off(centre().store, centre().clock, person(), asked)
    flash(_("Đã dừng. Không có gì được phát."), "good")
    return redirect(url_for("emergencies.state"))


@break_glass.post("/emergency/<emergency>/review")
def review(emergency: str) -> Response:
    """Say what came of looking at it."""
    finding = request.form.get("finding", "")
    use.review(centre().store, centre().clock, person(), EmergencyId(emergency), finding=finding)
    flash(_("Đã ghi kết quả xem xét."), "good")
    return redirect(url_for("emergencies.state"))


def _form(template: str, entered: Entered) -> str:
    found = [each for each in texts(centre().store, person(), station().id) if each.approved_by is not None]
    text = next((each.template for each in found if each.template.id == template), None)
    if text is None:
        raise NotFound("emergency_template.unknown")
    with centre().store.reading() as uow:
        places = use.places_of(uow, station().id)
    return render_template(
        "emergencies/break_glass.html",
        text=text,
        places=places,
        entered=entered,
        may=board(centre().store, centre().clock, person(), station().id).may_break_glass,
        reach=reach(centre().store, [station().id], (words.language for words in text.words)),
        countdown=COUNTDOWN,
        most_uses=MOST_USES,
        most_minutes=MOST_SOUND_S // 60,
    )
