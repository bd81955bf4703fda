"""Texts for emergencies and who holds the right: kept before anything happens. It issues nothing."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from schedules.emergency import Certainty, Event, Severity, Urgency, Words
from schedules.emergency_template import Gap, GapType
from schedules.ids import EmergencyTemplateId, PersonId
from server.errors import Unacceptable
from server.services import emergency_rights, emergency_texts, grants
from server.services.emergency_texts import TextWanted
from server.services.inputs import as_input
from server.services.rights import WRITERS, may
from server.values import Role
from server.web.centre import centre
from server.web.emergency_form import PAUSES, Entered, anew, languages, named, sent, texts_of, wanted_of
from server.web.entered import number
from server.web.stations import pages_of_a_station, station
from server.web.telling import told
from server.web.visitor import person

emergency_settings = pages_of_a_station("emergency_settings", __name__)

_DIGITS = 9
GAPS = ("a", "b", "c")
"""Gaps a form offers; more than that nobody fills in while the water rises."""


@emergency_settings.route("/emergency/texts", methods=["GET", "POST"])
def texts() -> str | Response | tuple[str, int]:
    """List the texts; write a new one."""
    if request.method == "GET":
        form = anew()
        form.setlist("minutes", ["30"])
        return _texts(Entered(form))
    form = sent()
    try:
        wanted = _text_of(form)
        emergency_texts.save(centre().store, centre().clock, person(), unit=station().id, wanted=wanted)
    except Unacceptable as error:
        return _texts(Entered(form, {error.field: told(error)})), 422
    flash(_("Đã lưu lời mẫu. Lời mẫu dùng được sau khi người khác duyệt."), "good")
    return redirect(url_for("emergency_settings.texts"))


@emergency_settings.post("/emergency/texts/<template>/approve")
def approve(template: str) -> Response:
    """Approve the version that was seen."""
    seen = number(request.form, "seen", default=0)
    emergency_texts.approve(centre().store, centre().clock, person(), EmergencyTemplateId(template), seen=seen)
    flash(_("Đã duyệt lời mẫu."), "good")
    return redirect(url_for("emergency_settings.texts"))


@emergency_settings.get("/emergency/rights")
def rights() -> str:
    """Show the administrator who holds the right and who is told."""
    here = station().id
    holders = emergency_rights.holders(centre().store, centre().clock, person(), here)
    with centre().store.reading() as uow:
        units = uow.places.units()
        near = [each for unit in units.above(here) for each in uow.people.of_unit(unit) if each.active]
        watch = next((each for each in uow.emergencies.watches() if each.unit == here), None)
    return render_template(
        "emergencies/rights.html",
        holders=holders,
        people=sorted(near, key=lambda each: each.name),
        watched=[] if watch is None else list(watch.people),
        unit_names={unit.id: unit.name for unit in units.by_id.values()},
    )


@emergency_settings.post("/emergency/rights")
def give() -> Response:
    """Ask that somebody be given the right for the station."""
    whom = PersonId(request.form.get("person", ""))
    try:
        grants.ask_emergency(centre().store, centre().clock, person(), person=whom, unit=station().id)
        flash(_("Đã đề nghị giao quyền phát khẩn cấp; người quản trị thứ hai đồng ý, sau 24 giờ có hiệu lực."), "good")
    except Unacceptable as error:
        flash(told(error), "bad")
    return redirect(url_for("emergency_settings.rights"))


@emergency_settings.post("/emergency/rights/end")
def end() -> Response:
    """Take the right back."""
    whom = PersonId(request.form.get("person", ""))
    emergency_rights.end(centre().store, centre().clock, person(), person=whom, unit=station().id)
    flash(_("Đã thu hồi quyền phát khẩn cấp."), "good")
    return redirect(url_for("emergency_settings.rights"))


@emergency_settings.post("/emergency/watch")
def watch() -> Response:
    """Name who is told at once."""
    people = [PersonId(each) for each in request.form.getlist("people")]
    try:
        emergency_rights.watch(centre().store, centre().clock, person(), unit=station().id, people=people)
        flash(_("Đã ghi tên những người được báo ngay."), "good")
    except Unacceptable as error:
        flash(told(error), "bad")
    return redirect(url_for("emergency_settings.rights"))


def _text_of(form: MultiDict[str, str]) -> TextWanted:
    """Read a text and its gaps.

    Raises:
        Unacceptable: what the rules refuse, with the field.
    """
    about = wanted_of(form)
    with as_input({"emergency.text": "text"}):
        words = tuple(Words(language, text.strip()) for language, text in texts_of(form).items() if text.strip())
        gaps = tuple(_gap(form, name) for name in GAPS if form.get(f"gap_{name}_label", "").strip())
    return TextWanted(
        event=about.event,
        severity=about.severity,
        urgency=about.urgency,
        certainty=about.certainty,
        headline=about.headline,
        words=words,
        gaps=gaps,
        times=about.times,
        pause_s=about.pause_s,
        minutes=number(form, "minutes", default=30),
    )


def _gap(form: MultiDict[str, str], name: str) -> Gap:
    kind = named(form, f"gap_{name}_type", GapType, GapType.PLACE)
    least, _sep, most = form.get(f"gap_{name}_range", "").partition("-")
    choices = (each.strip() for each in form.get(f"gap_{name}_range", "").split(","))
    return Gap(
        name=name,
        label=form[f"gap_{name}_label"].strip(),
        type=kind,
        least=_limit(least),
        most=_limit(most),
        choices=tuple(each for each in choices if each) if kind is GapType.CHOICE else (),
    )


def _limit(entered: str) -> int:
    return int(entered) if entered.strip().isdecimal() and len(entered) <= _DIGITS else 0


def _texts(entered: Entered) -> str:
    with centre().store.reading() as uow:
        units = uow.places.units()
        writes = may(units, person(), station().id, *WRITERS, Role.APPROVER)
        approves = may(units, person(), station().id, Role.APPROVER)
        found = emergency_texts.texts(centre().store, person(), station().id)
        people = {writer for each in found for writer in each.written_by}
        people |= {each.approved_by for each in found if each.approved_by}
        known = {each: uow.people.get(each) for each in people}
    return render_template(
        "emergencies/texts.html",
        texts=found,
        writes=writes,
        approves=approves,
        names={each: known_person.name for each, known_person in known.items() if known_person is not None},
        entered=entered,
        languages=languages(),
        events=list(Event),
        severities=list(Severity),
        urgencies=list(Urgency),
        certainties=list(Certainty),
        pauses=PAUSES,
        gaps=GAPS,
        gap_types=list(GapType),
    )
