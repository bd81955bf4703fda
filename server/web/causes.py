"""What is wrong at a station now, one line for each cause, and what was; a person takes note of it.

What counts as a cause is decided elsewhere; so is who may take note.
"""

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from server.services import alarms as use
from server.services import faults
from server.services.outages import PLANNERS
from server.web.centre import centre
from server.web.stations import pages_of_a_station, station
from server.web.upkeep import holds
from server.web.visitor import person

causes = pages_of_a_station("causes", __name__)


@causes.get("/alarms")
def listed() -> str:
    """List what is open and what ended in the last days."""
    return render_template(
        "alarms/list.html",
        causes=open_here(),
        ended=use.ended_at(centre().store, centre().clock, person(), station().id),
        takes_note=holds(*PLANNERS),
        mends=holds(*faults.MENDERS),
        noted=faults.noted_alarms(centre().store),
    )


@causes.post("/alarms/<alarm>/seen")
def seen(alarm: str) -> Response:
    """Take note of one."""
    use.take_note(centre().store, centre().clock, person(), alarm)
    flash(_("Đã ghi là cảnh báo đã có người xem."), "good")
    return redirect(url_for("causes.listed"))


def open_here() -> tuple[use.Shown, ...]:
    """Give the open alarms of the page's station."""
    return use.open_at(centre().store, centre().clock, person(), station().id)
