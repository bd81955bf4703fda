"""The digests of a station and of a unit above stations: listed, shown as they were made, to be printed."""

from flask import Blueprint, render_template

from schedules.ids import UnitId
from schedules.unit import Unit
from server.approving_records import OutsideState
from server.errors import NotFound
from server.services import alarms, outside_board
from server.services import digests as use
from server.services.outside_board import Listed
from server.web.centre import centre
from server.web.stations import pages_of_a_station, station
from server.web.visitor import person

digests = pages_of_a_station("digests", __name__)
summaries = Blueprint("summaries", __name__, url_prefix="/units/<unit_id>/readiness")


@digests.get("/digests")
def listed() -> str:
    """List the digests of a station, the newest first."""
    found = use.listed(centre().store, person(), station().id)
    return render_template("digests/list.html", found=found, unit=None, unconfirmed=_unconfirmed(station().id))


@digests.get("/digests/<key>")
def one(key: str) -> str:
    """Show a digest as it was made."""
    return render_template("digests/one.html", digest=use.get(centre().store, person(), station().id, key), unit=None)


@summaries.get("")
def of_unit(unit_id: str) -> str:
    """List the digests of a unit above stations, and what is wrong below it now."""
    unit = _unit(unit_id)
    return render_template(
        "digests/list.html",
        found=use.listed(centre().store, person(), UnitId(unit_id)),
        unit=unit,
        causes=alarms.open_at(centre().store, centre().clock, person(), UnitId(unit_id)),
        unconfirmed=_unconfirmed(UnitId(unit_id)),
    )


@summaries.get("/<key>")
def summary(unit_id: str, key: str) -> str:
    """Show a unit's digest as it was made."""
    unit = _unit(unit_id)
    return render_template(
        "digests/one.html", digest=use.get(centre().store, person(), UnitId(unit_id), key), unit=unit
    )


def _unconfirmed(unit: UnitId) -> tuple[Listed, ...]:
    """Give what sounds below a unit by an approval outside the system that its approver has not confirmed."""
    found = outside_board.below(centre().store, centre().clock, person(), unit)
    return tuple(each for each in found if each.approval.state is OutsideState.WAITING)


def _unit(unit_id: str) -> Unit:
    with centre().store.reading() as uow:
        found = uow.places.units().by_id.get(UnitId(unit_id))
    if found is None:
        raise NotFound("station.unknown")
    return found
