"""The zones of a station, made and described by its technician or officer.

It hangs below the station's unit, since a station without a zone has no page yet. It must not decide what may be done.
"""

from collections.abc import Callable

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from schedules.ids import UnitId, ZoneId
from schedules.times import local_day
from schedules.unit import Unit, Zone
from server.errors import NotFound, Unacceptable
from server.services import languages
from server.services import zones as use
from server.services.rights import require
from server.services.schedule import CIVIL_TIME
from server.services.zones import FOUNDERS, Inhabited
from server.web import entered
from server.web.centre import centre
from server.web.filled import Filled
from server.web.telling import told
from server.web.visitor import person

zones = Blueprint("zones", __name__, url_prefix="/units/<unit_id>/zones")

_Page = str | Response | tuple[str, int]


@zones.route("/new", methods=["GET", "POST"])
def make(unit_id: str) -> _Page:
    """Make a zone of a station."""
    station, below, _own = _place(unit_id)

    def made() -> Zone:
        unit = UnitId(request.form.get("unit", ""))
        return use.make(centre().store, centre().clock, person(), station.id, unit=unit, inhabited=_inhabited())

    return _form(station, below, None, [("unit", station.id), ("first", "vi")], made)


@zones.route("/<zone>", methods=["GET", "POST"])
def change(unit_id: str, zone: str) -> _Page:
    """Say anew what a zone is called and who lives there."""
    station, below, own = _place(unit_id)
    known = next((each for each in own if each.id == zone), None)
    if known is None:
        raise NotFound("zone.unknown")

    def changed() -> Zone:
        seen = request.form.get("seen", "")
        return use.change(centre().store, centre().clock, person(), ZoneId(zone), inhabited=_inhabited(), seen=seen)

    first, *others = known.languages
    stored = [
        ("name", known.name),
        ("first", first),
        *(("others", each) for each in others),
        ("households", str(known.households or "")),
        ("residents", str(known.residents or "")),
    ]
    return _form(station, below, known, stored, changed)


def _form(
    station: Unit, below: tuple[Unit, ...], known: Zone | None, fields: list[tuple[str, str]], keep: Callable[[], Zone]
) -> _Page:
    faults: dict[str, str] = {}
    if request.method == "POST":
        try:
            stored = keep()
        except Unacceptable as error:
            faults = {error.field: told(error)}
        else:
            flash(_("Đã lưu nhóm cụm loa “%(name)s”.", name=stored.name), "good")
            return redirect(url_for("units.shown", unit_id=station.id))
    page = render_template(
        "zones/form.html",
        unit=station,
        below=below,
        known=known,
        languages=languages.listed(centre().store),
        filled=Filled(MultiDict(request.form if faults else fields)),
        faults=faults,
        seen=request.form.get("seen") or ("" if known is None else use.seen_as(known)),
    )
    return (page, 422) if faults else page


def _inhabited() -> Inhabited:
    form = request.form
    spoken = (form.get("first", ""), *form.getlist("others"))
    return Inhabited(
        name=form.get("name", ""),
        languages=tuple(each for each in spoken if each),
        households=entered.number(form, "households", default=0),
        residents=entered.number(form, "residents", default=0),
    )


def _place(unit_id: str) -> tuple[Unit, tuple[Unit, ...], tuple[Zone, ...]]:
    """Find a station's unit, the units right below it today, and its zones, for who may make zones there.

    Raises:
        NotFound: `unit.unknown`.
        NotAllowed: `rights.missing`.
    """
    today = local_day(centre().clock.now(), CIVIL_TIME)
    with centre().store.reading() as uow:
        units = uow.places.units()
        unit = units.by_id.get(UnitId(unit_id))
        if unit is None:
            raise NotFound("unit.unknown")
        require(units, person(), unit.id, *FOUNDERS)
        below = sorted((each for each in units.on(today) if each.parent == unit.id), key=lambda each: each.name)
        return unit, tuple(below), tuple(each for each in uow.places.zones() if each.station == unit.id)
