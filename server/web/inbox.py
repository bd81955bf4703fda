"""The inbox "Mời phát": what units above offer to a station; listen, read, play it or refuse with a reason.

Whether the answer counts is decided elsewhere.
"""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from schedules.ids import PlaceId, SlotId
from server.errors import Unacceptable
from server.services import offers as use
from server.services.rights import may
from server.values import Role
from server.web.centre import centre
from server.web.choices import choices_of_station
from server.web.stations import pages_of_a_station, station
from server.web.telling import told
from server.web.visitor import person

inbox = pages_of_a_station("inbox", __name__)


@inbox.get("/inbox")
def listed() -> str:
    """List what is offered, what waits for the station first."""
    return _page({})


def _page(faults: dict[str, str]) -> str:
    found = use.inbox(centre().store, centre().clock, person(), station().id)
    with centre().store.reading() as uow:
        answers = may(uow.places.units(), person(), station().id, Role.OFFICER)
        channels = {each.id: each.name for each in uow.places.channels()}
        groups = {each.id: each.name for each in uow.places.groups()}
        units = uow.places.units().by_id
        by = (each.answer.by for each in found.offers if each.answer is not None)
        people = {each: known.name for each in by if (known := uow.people.get(each)) is not None}
    choices = choices_of_station()
    return render_template(
        "inbox/list.html",
        waiting=found.where(use.Standing.OPEN),
        automatic=found.where(use.Standing.AUTOMATIC),
        accepted=found.where(use.Standing.ACCEPTED),
        refused=found.where(use.Standing.REFUSED),
        answers=answers,
        open_places=choices.places,
        places={each.place.id: each for each in choices.places},
        channels=channels,
        people=people,
        zone_names={zone.id: zone.name for zone in station().zones},
        unit_names={each.id: each.name for each in units.values()} | groups,
        faults=faults,
        given=request.form.get("reason", ""),
    )


@inbox.post("/inbox/<slot>/accept")
def accept(slot: str) -> Response:
    """Let it sound, as it is or in the places chosen."""
    places = tuple(PlaceId(each) for each in request.form.getlist("places"))
    try:
        use.accept(
            centre().store, centre().clock, person(), station().id, SlotId(slot), record=_record(), places=places
        )
    except Unacceptable as error:
        flash(told(error), "bad")
        return redirect(url_for("inbox.listed", _anchor=slot))
    flash(_("Đã nhận phát. Lịch mới đang được gửi đến các cụm loa."), "good")
    return redirect(url_for("inbox.listed"))


@inbox.post("/inbox/<slot>/refuse")
def refuse(slot: str) -> Response | tuple[str, int]:
    """Say why it is not played."""
    reason = request.form.get("reason", "")
    try:
        use.refuse(
            centre().store, centre().clock, person(), station().id, SlotId(slot), record=_record(), reason=reason
        )
    except Unacceptable as error:
        return _page({slot: told(error)}), 422
    flash(_("Đã từ chối; đơn vị gửi sẽ đọc được lý do."), "good")
    return redirect(url_for("inbox.listed"))


def offers_waiting() -> int:
    """Give how many offers wait for this person's answer."""
    return use.waiting_count(centre().store, centre().clock, person(), station().id)


def _record() -> str:
    return request.form.get("record", "")
