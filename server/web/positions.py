"""Where a loudspeaker stands, as a technician says it: typed, pasted from a map, or by the phone in their hand.

The only page that may ask a browser where it is. It must not judge a position.
"""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from server.errors import Unacceptable
from server.services import positions as use
from server.services.loudspeakers import seen_as
from server.web.centre import centre
from server.web.filled import Filled
from server.web.stations import pages_of_a_station
from server.web.telling import told
from server.web.upkeep import looked_after
from server.web.visitor import person

positions = pages_of_a_station("positions", __name__)


@positions.route("/loudspeakers/<loudspeaker>/position", methods=["GET", "POST"])
def put(loudspeaker: str) -> str | Response | tuple[str, int]:
    """Show where it stands; keep where it stands."""
    known, _zone = looked_after(loudspeaker)
    north, east = known.position or ("", "")
    form, faults = MultiDict({"north": str(north), "east": str(east)}), {}
    if request.method == "POST":
        form = request.form
        try:
            wanted = use.read(form.get("north", ""), form.get("east", ""))
            seen = form.get("seen", "")
            use.put(centre().store, centre().clock, person(), known.id, position=wanted, seen=seen)
        except Unacceptable as error:
            faults = {error.field: told(error)}
        else:
            flash(_("Đã xoá toạ độ.") if wanted is None else _("Đã lưu toạ độ. Cụm loa có trên bản đồ."), "good")
            return redirect(url_for("loudspeakers.one", loudspeaker=known.id))
    seen = form.get("seen") or seen_as(known)
    page = render_template("upkeep/position.html", known=known, filled=Filled(form), faults=faults, seen=seen)
    return (page, 422) if faults else page


@positions.after_request
def _may_ask_where(response: Response) -> Response:
    response.headers["Permissions-Policy"] = "microphone=(), camera=(), geolocation=(self)"
    return response
