"""The page "Ngày đầu tiên": where a person of these roles begins, each step with the page it is done on."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from schedules.ids import UnitId
from server.services import first_day as use
from server.values import Person
from server.web.centre import centre
from server.web.stations import stations_of
from server.web.visitor import person

first_day = Blueprint("first_day", __name__)

_PAGES = {
    "first_day.factor": "second_factor.shown",
    "first_day.pin": "account.approver_pin",
    "first_day.enrol": "fleet.table",
    "first_day.matrix": "inspection.matrix",
    "first_day.story": "inspection.lines",
    "first_day.send": "contributions.mine",
    "first_day.answer": "contributions.mine",
}
"""Where a step is done that is no station's."""

_OF_A_STATION = {
    "first_day.today": "today.day",
    "first_day.week": "week.shown",
    "first_day.write": "notices.new",
    "first_day.record": "notices.new",
    "first_day.book": "programmes.listed",
    "first_day.submit": "programmes.listed",
    "first_day.campaign": "campaigns.listed",
    "first_day.decide": "approvals.queue",
    "first_day.confirm": "emergencies.state",
    "first_day.silence": "silence.state",
    "first_day.hours": "regulation.shown",
    "first_day.ready": "loudspeakers.board",
    "first_day.lock": "loudspeakers.board",
    "first_day.tone": "loudspeakers.board",
    "first_day.card": "card.shown",
    "first_day.coverage": "coverage.shown",
    "first_day.diary": "diary.week",
    "first_day.why": "why.shown",
    "first_day.regulation": "regulation.shown",
    "first_day.rights": "emergency_settings.rights",
}
_OF_A_UNIT = {
    "first_day.zone": "units.shown",
    "first_day.people": "accounts.listed",
    "first_day.trail": "audit.lines",
}


@first_day.get("/first-day")
def shown() -> str:
    """Show the steps, with what is known to be done."""
    here = _station(person())
    found = use.steps(centre().store, person())
    known = [each for each in found if each.done is not None]
    return render_template(
        "first_day.html",
        steps=[(each, _address(each.code, here, person())) for each in found],
        done=sum(each.done is True for each in known),
        known=len(known),
    )


@first_day.post("/first-day/end")
def end() -> Response:
    """Show it no more on the first page."""
    use.end(centre().store, centre().clock, person())
    flash(_("Trang đầu không nhắc nữa. Mở lại lúc nào cũng được: hình người ở góc phải, “Ngày đầu tiên”."), "good")
    return redirect(url_for("start.index"))


def _station(known: Person) -> UnitId | None:
    """Give the station the steps lead to: the person's own, else the first they have a role for."""
    with centre().store.reading() as uow:
        stations = [each.id for each in stations_of(uow, known)]
    return known.unit if known.unit in stations else next(iter(stations), None)


def _address(code: str, here: UnitId | None, known: Person) -> str:
    if code in _OF_A_UNIT:
        return url_for(_OF_A_UNIT[code], unit_id=known.unit)
    if code in _PAGES:
        return url_for(_PAGES[code])
    return url_for("start.choose") if here is None else url_for(_OF_A_STATION[code], station_id=here)
