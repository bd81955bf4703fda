"""One unit: its stations, its named groups, and the merges and splits of what lies right below it.

It hangs below `/units/<unit_id>`, for units above stations have no other page. It must not decide what may be done.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from schedules.ids import GroupId, UnitId, ZoneId
from schedules.times import local_day
from schedules.unit import Group, Unit, UnitLevel, Zone
from server.errors import NotFound, Stale, Unacceptable
from server.services import groups as named
from server.services import succession, succession_proposals
from server.services.audit import READERS
from server.services.rights import ANY_ROLE, WRITERS, may
from server.services.schedule import CIVIL_TIME
from server.services.succession import Foreseen
from server.services.succession_proposals import AskedFor
from server.services.zones import may_found
from server.values import Merge, NewPart, Role, Split
from server.web import entered
from server.web.centre import centre
from server.web.filled import Filled
from server.web.telling import told
from server.web.visitor import person

units = Blueprint("units", __name__, url_prefix="/units/<unit_id>")

PARTS = 4
"""As many new units a split may have on its page."""

_Page = str | Response | tuple[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A unit as its pages need it.

    Attributes:
        below: the units right below it that exist today, by name.
        stations: those of them and itself at which zones stand.
        zones: of its own station; of a province they are chosen by commune.
        founds: the visitor may make and describe them.
        audits: the visitor may read the audit trail.
    """

    unit: Unit
    below: tuple[Unit, ...]
    stations: tuple[Unit, ...]
    zones: tuple[Zone, ...]
    names: dict[UnitId, str]
    administers: bool
    writes: bool
    founds: bool
    audits: bool


@units.get("")
def shown(unit_id: str) -> str:
    """Show a unit, its groups, and what was decided about the units below it."""
    place = _place(unit_id)
    decided = succession.decided_below(centre().store, person(), place.unit.id) if place.administers else ()
    return render_template(
        "units/one.html",
        place=place,
        waiting=_waiting(place),
        groups=named.groups_of(centre().store, person(), place.unit.id),
        decided=decided,
        today=local_day(centre().clock.now(), CIVIL_TIME),
    )


@units.route("/groups/new", methods=["GET", "POST"])
def make_group(unit_id: str) -> _Page:
    """Name a group of zones and units."""
    place = _place(unit_id)

    def make(name: str, zones: list[ZoneId], members: list[UnitId]) -> Group:
        return named.make(
            centre().store, centre().clock, person(), owner=place.unit.id, name=name, zones=zones, units=members
        )

    return _group_page(place, None, make)


@units.route("/groups/<group>", methods=["GET", "POST"])
def change_group(unit_id: str, group: str) -> _Page:
    """Give a group another name or other members."""
    place = _place(unit_id)
    own = named.groups_of(centre().store, person(), place.unit.id)
    known = next((each for each in own if each.id == group), None)
    if known is None:
        raise NotFound("group.unknown")

    def change(name: str, zones: list[ZoneId], members: list[UnitId]) -> Group:
        return named.change(
            centre().store,
            centre().clock,
            person(),
            GroupId(group),
            name=name,
            zones=zones,
            units=members,
            seen=request.form.get("seen", ""),
        )

    return _group_page(place, known, change)


@units.post("/groups/<group>/remove")
def remove_group(unit_id: str, group: str) -> Response:
    """Take a group away that nothing names."""
    try:
        named.remove(centre().store, centre().clock, person(), GroupId(group))
        flash(_("Đã xoá nhóm địa bàn."), "good")
    except Unacceptable as error:
        flash(told(error), "bad")
    return redirect(url_for("units.shown", unit_id=unit_id))


@units.route("/merge", methods=["GET", "POST"])
def merge(unit_id: str) -> _Page:
    """Make one unit of several right below this one: shown first, then decided."""
    place = _place(unit_id)
    return _succession_page("units/merge.html", place, _merge_of)


@units.route("/split/<old>", methods=["GET", "POST"])
def split(unit_id: str, old: str) -> _Page:
    """Make several units of one right below this one: shown first, then decided."""
    place = _place(unit_id)
    known = next((each for each in place.below if each.id == old), None)
    if known is None:
        raise NotFound("station.unknown")
    with centre().store.reading() as uow:
        tree, today = uow.places.units(), local_day(centre().clock.now(), CIVIL_TIME)
        hamlets = [each for each in tree.on(today) if each.parent == known.id]
        inside = {each.id for each in hamlets}
        zones = [
            zone for zone in uow.places.zones() if known.id in {zone.station, zone.unit} and zone.unit not in inside
        ]
    things = [*((each.id, each.name) for each in hamlets), *((each.id, each.name) for each in zones)]

    def wish() -> Split:
        form = request.form
        chosen = {thing: form.get(f"part_{thing}", "") for thing, _name in things}
        parts = [
            NewPart(
                name=form.get(f"name_{number}", ""),
                code=form.get(f"code_{number}", ""),
                hamlets=frozenset(each.id for each in hamlets if chosen[each.id] == str(number)),
                zones=frozenset(each.id for each in zones if chosen[each.id] == str(number)),
            )
            for number in range(1, PARTS + 1)
            if form.get(f"name_{number}", "").strip()
        ]
        return Split(unit=known.id, parts=tuple(parts), on=entered.day(form, "on"), basis=form.get("basis", ""))

    return _succession_page("units/split.html", place, wish, old=known, things=things, parts=range(1, PARTS + 1))


@units.get("/successions/<proposal>")
def asked(unit_id: str, proposal: str) -> _Page:
    """Show the second person what a merge or split would do that somebody asked for."""
    return _asked_page(_place(unit_id), proposal, {})


@units.post("/successions/<proposal>/agree")
def agree(unit_id: str, proposal: str) -> _Page:
    """Agree as the second person: it is decided."""
    place = _place(unit_id)
    try:
        seen = request.form.get("seen", "")
        succession_proposals.agree(centre().store, centre().clock, person(), proposal, seen=seen)
    except (Unacceptable, Stale) as error:
        return _asked_page(place, proposal, {"": told(error)})
    flash(_("Đã lưu quyết định. Đến ngày ấy, nhóm cụm loa và tài khoản tự chuyển."), "good")
    return redirect(url_for("units.shown", unit_id=place.unit.id))


@units.post("/successions/<proposal>/refuse")
def refuse(unit_id: str, proposal: str) -> _Page:
    """Turn it down, or take one's own back."""
    place = _place(unit_id)
    try:
        reason = request.form.get("reason", "")
        succession_proposals.refuse(centre().store, centre().clock, person(), proposal, reason=reason)
    except Unacceptable as error:
        return _asked_page(place, proposal, {error.field: told(error)})
    flash(_("Đã khép lại đề nghị; không có gì thay đổi."), "good")
    return redirect(url_for("units.shown", unit_id=place.unit.id))


def _asked_page(place: Place, proposal: str, faults: dict[str, str]) -> _Page:
    found = next((each for each in _waiting(place) if each.proposal.id == proposal), None)
    if found is None:
        raise NotFound("proposal.unknown")
    foreseen: Foreseen | None = None
    try:
        foreseen = succession.foresee(centre().store, centre().clock, person(), found.wish)
    except Unacceptable as error:  # what was possible when it was asked for need not be now
        faults = faults or {"": told(error)}
    reason = request.form.get("reason", "")
    page = render_template(
        "units/asked.html", place=place, asked=found, foreseen=foreseen, reason=reason, faults=faults
    )
    return (page, 422) if faults else page


def _waiting(place: Place) -> tuple[AskedFor, ...]:
    return succession_proposals.waiting_below(centre().store, person(), place.unit.id) if place.administers else ()


def _merge_of() -> Merge:
    form = request.form
    return Merge(
        of=tuple(UnitId(each) for each in form.getlist("of")),
        into=UnitId(form["into"]) if form.get("into") else None,
        name=form.get("name", ""),
        code=form.get("code", ""),
        on=entered.day(form, "on"),
        basis=form.get("basis", ""),
    )


def _succession_page(template: str, place: Place, wish: Callable[[], Merge | Split], **more: object) -> _Page:
    faults: dict[str, str] = {}
    foreseen: Foreseen | None = None
    filled = Filled(MultiDict(request.form))
    if request.method == "POST":
        store, clock = centre().store, centre().clock
        try:
            wanted = wish()
            foreseen = succession.foresee(store, clock, person(), wanted)
            if request.form.get("step") == "decide":
                succession_proposals.propose(store, clock, person(), wanted, seen=request.form.get("seen", ""))
                flash(_("Đã gửi đề nghị. Một quản trị khác phải đồng ý thì quyết định mới có hiệu lực."), "wait")
                return redirect(url_for("units.shown", unit_id=place.unit.id))
        except Unacceptable as error:
            faults = {error.field: told(error)}
        except Stale as error:
            faults = {"": told(error)}
    page = render_template(
        template,
        place=place,
        filled=filled,
        faults=faults,
        foreseen=foreseen,
        **more,
    )
    return (page, 422) if faults else page


def _group_page(place: Place, known: Group | None, put: Callable[[str, list[ZoneId], list[UnitId]], Group]) -> _Page:
    form = request.form
    if request.method == "POST":
        zones, members = map(ZoneId, form.getlist("zones")), map(UnitId, form.getlist("units"))
        try:
            put(form.get("name", ""), list(zones), list(members))
        except Unacceptable as error:
            page = render_template(
                "units/group.html",
                place=place,
                group=known,
                filled=Filled(MultiDict(form)),
                faults={error.field: told(error)},
            )
            return page, 422
        flash(_("Đã lưu nhóm địa bàn."), "good")
        return redirect(url_for("units.shown", unit_id=place.unit.id))
    fields: list[tuple[str, str]] = []
    if known is not None:
        fields = [("name", known.name), ("seen", named.seen_as(known)), *(("zones", each) for each in known.zones)]
        fields += (("units", each) for each in known.units)
    return render_template("units/group.html", place=place, group=known, filled=Filled(MultiDict(fields)), faults={})


def _place(unit_id: str) -> Place:
    """Find the unit of a page.

    Raises:
        NotFound: `unit.unknown` for what is no unit, or none of this person's.
    """
    today: date = local_day(centre().clock.now(), CIVIL_TIME)
    with centre().store.reading() as uow:
        tree = uow.places.units()
        unit = tree.by_id.get(UnitId(unit_id))
        if unit is None or not may(tree, person(), unit.id, *ANY_ROLE):
            raise NotFound("unit.unknown")
        everywhere = uow.places.zones()
        below = sorted((each for each in tree.on(today) if each.parent == unit.id), key=lambda each: each.name)
        inhabited = {zone.station for zone in everywhere}
        return Place(
            unit=unit,
            below=tuple(below),
            stations=tuple(each for each in (unit, *below) if each.id in inhabited),
            zones=tuple(sorted((z for z in everywhere if z.station == unit.id), key=lambda zone: zone.name)),
            names={each.id: each.name for each in tree.by_id.values()},
            administers=may(tree, person(), unit.id, Role.ADMINISTRATOR) and unit.level is not UnitLevel.HAMLET,
            writes=may(tree, person(), unit.id, *WRITERS),
            audits=may(tree, person(), unit.id, *READERS),
            founds=may_found(centre().store, centre().clock, person(), unit.id),
        )
