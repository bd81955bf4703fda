"""Im lặng ngay: orders silence and lifts it, and shows who obeyed. No approval, no limit: any role orders."""

from datetime import timedelta

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from schedules.ids import UnitId, ZoneId
from server.issue_records import SilenceOrder
from server.services import silence as orders
from server.services.inputs import LONGEST_REASON
from server.web.centre import centre
from server.web.stations import pages_of_a_station, station
from server.web.visitor import person

silence = pages_of_a_station("silence", __name__)

_MOST_MINUTES = 366 * 24 * 60
"""Whoever asks for more gets this: the red button is never refused."""


@silence.get("/silence")
def state() -> str:
    """Show what is silent, who has obeyed, and how it is lifted."""
    return render_template("silence/state.html", boards=_boards())


@silence.get("/silence/board")
def board() -> str:
    """Give the part that changes by itself."""
    return render_template("silence/_boards.html", boards=_boards())


@silence.get("/silence/banner")
def banner() -> str:
    """Give the line that stands on every page while something is silent."""
    return render_template("silence/_banner.html", silences=silences())


@silence.post("/silence")
def order() -> Response:
    """Silence the whole station, or one of its zones, at once."""
    now = centre().clock.now()
    unit, zone = _audience()
    reason = request.form.get("reason", "").strip()
    minutes = min(request.form.get("minutes", type=int, default=0), _MOST_MINUTES)
    ordered = orders.order(
        centre().store,
        centre().clock,
        person(),
        unit=unit,
        zone=zone,
        until=now + timedelta(minutes=minutes) if minutes > 0 else None,
        reason=reason,
        spares_emergencies=request.form.get("emergencies") != "silent",
    )
    flash(_("Đã ra lệnh im lặng lúc %(at)s.", at=_local(ordered)), "wait")
    if len(reason) > LONGEST_REASON:
        flash(_("Lý do quá dài: chỉ ghi %(most)s ký tự đầu.", most=LONGEST_REASON), "wait")
    return redirect(url_for("silence.state"))


@silence.post("/silence/lift")
def lift() -> Response:
    """Let the station, or one of its zones, sound again."""
    unit, zone = _audience()
    orders.lift(centre().store, centre().clock, person(), unit=unit, zone=zone)
    flash(_("Đã cho phát lại. Loa phát tiếp theo lịch."), "good")
    return redirect(url_for("silence.state"))


def silences() -> tuple[orders.Board, ...]:
    """Give the orders in force at the page's station."""
    return tuple(each for each in _boards() if each.holds)


def _boards() -> tuple[orders.Board, ...]:
    return orders.board(centre().store, centre().clock, person(), station().id)


def _audience() -> tuple[UnitId | None, ZoneId | None]:
    """Give the zone or the unit the form names; the whole station where it names none."""
    if request.form.get("zone"):
        return None, ZoneId(request.form["zone"])
    return UnitId(request.form.get("unit") or station().id), None


def _local(ordered: SilenceOrder) -> str:
    return f"{ordered.at.astimezone(station().time):%H:%M:%S}"
