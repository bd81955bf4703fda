"""Who approves in whose place: handed on by an approver for some days, taken back, and read by who looks after it."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from schedules.ids import PersonId
from server.errors import Unacceptable
from server.services import delegations as use
from server.services.rights import may
from server.values import Role
from server.web import entered
from server.web.centre import centre
from server.web.filled import Fields, Filled
from server.web.stations import pages_of_a_station, station
from server.web.telling import told
from server.web.visitor import person

delegations = pages_of_a_station("delegations", __name__)


@delegations.get("/delegations")
def listed() -> str:
    """List the delegations of the station."""
    return _page(Filled(Fields()), {})


@delegations.post("/delegations")
def give() -> Response | tuple[str, int]:
    """Hand approval at the station to somebody for some days."""
    try:
        use.give(
            centre().store,
            centre().clock,
            person(),
            unit=station().id,
            to=PersonId(request.form.get("to", "")),
            first_day=entered.day(request.form, "first_day"),
            last_day=entered.day(request.form, "last_day"),
            document=request.form.get("document", ""),
        )
    except Unacceptable as error:
        return _page(Filled(request.form), {error.field: told(error)}), 422
    flash(_("Đã uỷ quyền duyệt."), "good")
    return redirect(url_for("delegations.listed"))


@delegations.post("/delegations/<delegation>/end")
def end(delegation: str) -> Response:
    """Take one back."""
    use.end(centre().store, centre().clock, person(), delegation)
    flash(_("Đã thu hồi uỷ quyền."), "good")
    return redirect(url_for("delegations.listed"))


def _page(filled: Filled, faults: dict[str, str]) -> str:
    found = use.shown(centre().store, centre().clock, person(), station().id)
    with centre().store.reading() as uow:
        gives = may(uow.places.units(), person(), station().id, Role.APPROVER)
        handed = use.handed_to(uow, person(), centre().clock.now())
    people = use.delegates(centre().store, person(), station().id) if gives else ()
    return render_template(
        "delegations/list.html", found=found, gives=gives, handed=handed, people=people, filled=filled, faults=faults
    )
