"""The week's diary as a page to print and sign, in the form of an official document. It fills no gap."""

from datetime import timedelta

from flask import render_template, request

from server.services import diary as use
from server.web import entered
from server.web.centre import centre
from server.web.stations import pages_of_a_station, station
from server.web.visitor import person

diary = pages_of_a_station("diary", __name__)


@diary.get("/diary")
def week() -> str:
    """Show the diary of the week a day lies in, this week when none is named."""
    day = entered.day(request.args, "day") if request.args.get("day") else None
    written = use.week(centre().store, centre().clock, person(), station().id, day=day)
    return render_template(
        "diary/week.html",
        diary=written,
        before=written.first - timedelta(days=7),
        after=written.first + timedelta(days=7),
    )
