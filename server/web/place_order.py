"""The order of the items of a place: who writes for the station moves them up and down, and saves. No rules here."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from schedules.ids import PlaceId, SlotId
from server.services import place_order as use
from server.web.centre import centre
from server.web.stations import pages_of_a_station, station
from server.web.turns import moved
from server.web.visitor import person

place_order = pages_of_a_station("place_order", __name__)


@place_order.get("/places/<place>/order")
def shown(place: str) -> str:
    """Show what stands in a place, in the order in which it comes."""
    found = _found(place)
    return _page(found, [item.slot for item in found.items])


@place_order.post("/places/<place>/order")
def order(place: str) -> str | Response:
    """Move one item up or down, which saves nothing yet; or save the order as it stands."""
    slots = [SlotId(each) for each in request.form.getlist("keys")]
    for name, step in (("up", -1), ("down", 1)):
        if name in request.form:
            return _page(_found(place), moved(slots, SlotId(request.form[name]), step))
    use.put_in_order(
        centre().store,
        centre().clock,
        person(),
        station().id,
        PlaceId(place),
        slots=slots,
        seen=request.form.get("seen", ""),
    )
    flash(_("Đã lưu thứ tự trong mục."), "good")
    return redirect(url_for("place_order.shown", place=place))


def _found(place: str) -> use.PlaceOrder:
    return use.order_of(centre().store, centre().clock, person(), station().id, PlaceId(place))


def _page(found: use.PlaceOrder, slots: list[SlotId]) -> str:
    """Show a place; what may be moved stands in the order of `slots`, what may not where it stood."""
    by_slot = {item.slot: item for item in found.items}
    wanted = tuple(dict.fromkeys([*(slot for slot in slots if slot in found.movable), *found.movable]))
    turns = iter(wanted)
    return render_template(
        "ordering/place.html",
        found=found,
        items=[by_slot[next(turns)] if item.movable else item for item in found.items],
        moved=wanted != found.movable,
        seen=request.form.get("seen") or found.mark,
    )
