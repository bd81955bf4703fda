"""The first page: a technician's faults, an inspector's log, the day of the only station; others choose a station.

Whoever administers finds there what waits for their word.
"""

from flask import Blueprint, redirect, render_template, url_for
from werkzeug.wrappers import Response

from server.services import grants
from server.services.zones import may_found
from server.values import Role
from server.web.centre import centre
from server.web.stations import stations_of
from server.web.visitor import person

start = Blueprint("start", __name__)

_BEGINS = {
    frozenset({Role.TECHNICIAN}): "fault_list.listed",
    frozenset({Role.INSPECTOR}): "inspection.lines",
    frozenset({Role.ADMINISTRATOR}): "start.choose",
}
"""Where those begin who hold one role alone."""


@start.get("/")
def index() -> Response:
    """Lead to what somebody's work begins with."""
    if begins := _BEGINS.get(person().roles):
        return redirect(url_for(begins))
    with centre().store.reading() as uow:
        stations = stations_of(uow, person())
    if len(stations) == 1:
        return redirect(url_for("today.day", station_id=stations[0].id))
    if not stations and Role.CONTRIBUTOR in person().roles:
        return redirect(url_for("contributions.mine"))
    return redirect(url_for("start.choose"))


@start.get("/stations")
def choose() -> str:
    """List the stations this person has a role for; where there is none yet, lead who may to making it one."""
    store, clock = centre().store, centre().clock
    return render_template(
        "start.html",
        founds=may_found(store, clock, person(), person().unit),
        administers=Role.ADMINISTRATOR in person().roles,
        asked=sum(each.may_agree for each in grants.waiting(store, person())),
    )
