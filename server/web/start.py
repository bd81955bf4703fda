"""The first page: a technician goes straight to the faults, who has one station to its day, others choose a station."""

from flask import Blueprint, redirect, render_template, url_for
from werkzeug.wrappers import Response

from server.services.zones import may_found
from server.values import Role
from server.web.centre import centre
from server.web.stations import stations_of
from server.web.visitor import person

start = Blueprint("start", __name__)


@start.get("/")
def index() -> Response:
    """Lead to what somebody's work begins with: a technician's faults, the day of the only station, or the choice."""
    if person().roles == {Role.TECHNICIAN}:
        return redirect(url_for("fault_list.listed"))
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
    return render_template("start.html", founds=may_found(centre().store, centre().clock, person(), person().unit))
