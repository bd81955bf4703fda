"""The order of priority items: the station's officer moves them up and down, and saves. The rules are elsewhere."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from schedules.ids import Key, SlotId
from schedules.times import instant_of
from server.services import ordering as use
from server.services.rights import may
from server.values import Role
from server.web.centre import centre
from server.web.stations import pages_of_a_station, station
from server.web.turns import moved
from server.web.visitor import person

ordering = pages_of_a_station("ordering", __name__)


@ordering.get("/priorities")
def shown() -> str:
    """Show what is contested, and in which order it goes."""
    found = _found()
    return _page(found, [item.key for item in found.items])


@ordering.post("/priorities")
def order() -> str | Response:
    """Move one item up or down, which saves nothing yet; or save the order as it stands."""
    keys: list[Key] = [SlotId(each) for each in request.form.getlist("keys")]
    for name, step in (("up", -1), ("down", 1)):
        if name in request.form:
            return _page(_found(), moved(keys, SlotId(request.form[name]), step))
    seen = request.form.get("seen")
    use.order_priorities(
        centre().store, centre().clock, person(), station().id, keys=keys, seen=instant_of(seen) if seen else None
    )
    flash(_("Đã lưu thứ tự ưu tiên."), "good")
    return redirect(url_for("ordering.shown"))


def _found() -> use.Ordering:
    return use.ordering_of(centre().store, centre().clock, person(), station().id)


def _page(found: use.Ordering, keys: list[Key]) -> str:
    at = {key: number for number, key in enumerate(keys)}
    with centre().store.reading() as uow:
        orders = may(uow.places.units(), person(), station().id, Role.OFFICER)
    return render_template(
        "ordering/priorities.html",
        found=found,
        items=sorted(found.items, key=lambda item: at.get(item.key, len(at))),
        orders=orders,
        moved=keys != [item.key for item in found.items],
    )
