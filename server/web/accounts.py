"""The accounts of a unit and all below it: found, opened, changed, closed; and what waits for a second administrator.

It hangs below `/units/<unit_id>`. It must not decide what may be done, nor keep a password anywhere but on the page.
"""

from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from schedules.ids import PersonId, UnitId
from schedules.times import DAY, local_day, local_midnight
from schedules.unit import Unit, UnitLevel
from server.errors import NotAllowed, NotFound, Unacceptable
from server.services import accounts as use
from server.services import factors, grants, people
from server.services.accounts import Changes
from server.services.people import NewPerson
from server.services.rights import ANY_ROLE, may
from server.services.schedule import CIVIL_TIME
from server.values import Person, Reset, Role
from server.web import entered
from server.web.centre import centre
from server.web.filled import Filled
from server.web.telling import told
from server.web.visitor import person

accounts = Blueprint("accounts", __name__, url_prefix="/units/<unit_id>/people")

_Page = str | Response | tuple[str, int]

A_PAGE = 50
"""Accounts at once; the search finds the rest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """The unit of a page, and the units below it an account may hold in as well."""

    unit: Unit
    below: tuple[Unit, ...]
    names: dict[UnitId, str]


@accounts.get("")
def listed(unit_id: str) -> str:
    """List the accounts, found by a part of a name with or without tone marks."""
    text, closed = request.args.get("text", ""), request.args.get("closed") == "1"
    place = _place(unit_id)
    found = use.listed(centre().store, person(), place.unit.id, text=text, closed=closed)
    return render_template(
        "accounts/_found.html" if "HX-Request" in request.headers else "accounts/list.html",
        place=place,
        found=found[:A_PAGE],
        more=len(found) - A_PAGE,
        text=text,
        closed=closed,
        asked=_asked(place),
        alone=_alone(),
    )


@accounts.route("/new", methods=["GET", "POST"])
def add(unit_id: str) -> _Page:
    """Open an account; its first password is shown once."""
    place = _place(unit_id)
    if request.method == "GET":
        return _form(place, None, Filled(MultiDict()), {})
    password = people.drawn_password()
    try:
        new = NewPerson(
            login=request.form.get("login", ""),
            name=request.form.get("name", ""),
            unit=place.unit.id,
            roles=_roles(),
            also_units=_also_units(),
            ends=_ends(),
        )
        made = people.add_person(centre().store, centre().clock, centre().hashing, person(), new=new, password=password)
    except Unacceptable as error:
        return _form(place, None, Filled(request.form), {error.field: told(error)}), 422
    return render_template(
        "accounts/password.html", place=place, known=made, password=password, waits=made.roles != new.roles
    )


@accounts.route("/<account>", methods=["GET", "POST"])
def change(unit_id: str, account: str) -> _Page:
    """Show an account; change it."""
    place, known = _place(unit_id), _known(account)
    if request.method == "GET":
        return _form(place, known, _filled(known), {})
    try:
        wanted = Changes(
            name=request.form.get("name", ""),
            roles=_roles(),
            also_units=_also_units(),
            ends=_ends(),
            active=request.form.get("active") == "1",
        )
        _changed, asked = use.change(centre().store, centre().clock, person(), known.id, wanted=wanted)
    except Unacceptable as error:
        return _form(place, known, Filled(request.form), {error.field: told(error)}), 422
    flash(_("Đã lưu tài khoản."), "good")
    if asked is not None:
        flash(_("Vai trò được thêm chờ người quản trị thứ hai đồng ý, sau đó 24 giờ mới có hiệu lực."), "wait")
    return redirect(url_for("accounts.change", unit_id=unit_id, account=known.id))


@accounts.post("/<account>/password")
def password(unit_id: str, account: str) -> _Page:
    """Give a password for one sign-in, shown once; for somebody with weighty rights, ask for it first."""
    place, known = _place(unit_id), _known(account)
    drawn = people.drawn_password()
    try:
        given = people.give_password(
            centre().store, centre().clock, centre().hashing, person(), known.id, password=drawn
        )
    except NotAllowed as error:
        if error.code != "grant.by_two":
            raise
        return _ask_password(unit_id, known)
    return render_template("accounts/password.html", place=place, known=given, password=drawn, waits=False)


@accounts.post("/<account>/sign-out")
def sign_out(unit_id: str, account: str) -> Response:
    """End every session of somebody."""
    known = _known(account)
    people.sign_out_everywhere(centre().store, centre().clock, person(), known.id)
    flash(_("Đã đăng xuất %(name)s trên mọi thiết bị.", name=known.name), "good")
    return redirect(url_for("accounts.change", unit_id=unit_id, account=account))


@accounts.post("/<account>/factor")
def factor(unit_id: str, account: str) -> Response:
    """Take somebody's second factor away; for somebody with weighty rights, ask for it."""
    known = _known(account)
    try:
        if factors.reset(centre().store, centre().clock, person(), known.id):
            flash(_("Đã bỏ xác thực hai bước của %(name)s.", name=known.name), "good")
        else:
            _by_two()
    except Unacceptable as error:
        flash(told(error), "bad")
    return redirect(url_for("accounts.change", unit_id=unit_id, account=account))


@accounts.post("/grants/<proposal>/agree")
def agree(unit_id: str, proposal: str) -> Response:
    """Agree as the second administrator."""
    try:
        grants.agree(centre().store, centre().clock, person(), proposal)
        flash(_("Đã đồng ý. Sau 24 giờ sẽ có hiệu lực; người được giao quyền được báo."), "good")
    except Unacceptable as error:
        flash(told(error), "bad")
    return redirect(url_for("accounts.listed", unit_id=unit_id))


@accounts.post("/grants/<proposal>/call-off")
def call_off(unit_id: str, proposal: str) -> Response:
    """Call off what does not hold yet."""
    try:
        grants.call_off(centre().store, centre().clock, person(), proposal)
        flash(_("Đã huỷ đề nghị."), "good")
    except Unacceptable as error:
        flash(told(error), "bad")
    return redirect(url_for("accounts.listed", unit_id=unit_id))


def _ask_password(unit_id: str, known: Person) -> Response:
    try:
        grants.ask_reset(centre().store, centre().clock, person(), person=known.id, reset=Reset.PASSWORD)
        _by_two()
    except Unacceptable as error:
        flash(told(error), "bad")
    return redirect(url_for("accounts.change", unit_id=unit_id, account=known.id))


def _by_two() -> None:
    flash(_("Người này giữ quyền quan trọng: cấp lại cần người quản trị thứ hai đồng ý, sau đó 24 giờ."), "wait")


def _form(place: Place, known: Person | None, filled: Filled, faults: dict[str, str]) -> str:
    own = known is not None and known.id == person().id
    asked = [each for each in _asked(place) if known is not None and each.grant.person == known.id]
    return render_template(
        "accounts/one.html",
        place=place,
        known=known,
        own=own,
        filled=filled,
        faults=faults,
        roles=list(Role),
        weighty=grants.WEIGHTY,
        asked=asked,
        alone=_alone(),
        guarded=known is not None and factors.guards(centre().store, known.id),
        now=centre().clock.now(),
    )


def _asked(place: Place) -> list[grants.Asked]:
    with centre().store.reading() as uow:
        units = uow.places.units()
    found = grants.waiting(centre().store, person())
    return [each for each in found if units.within(each.proposal.station, place.unit.id)]


def _alone() -> bool:
    """Tell whether there is nobody yet who could agree."""
    with centre().store.reading() as uow:
        return grants.first_days(uow)


def _place(unit_id: str) -> Place:
    """Find the unit of a page.

    Raises:
        NotFound: `unit.unknown` for what is no unit, or none of this person's.
        NotAllowed: `rights.missing` for whoever does not administer it.
    """
    today = local_day(centre().clock.now(), CIVIL_TIME)
    with centre().store.reading() as uow:
        tree = uow.places.units()
        unit = tree.by_id.get(UnitId(unit_id))
        if unit is None or not may(tree, person(), unit.id, *ANY_ROLE):
            raise NotFound("unit.unknown")
        if not may(tree, person(), unit.id, Role.ADMINISTRATOR):
            raise NotAllowed("rights.missing", unit=unit.name, roles=(Role.ADMINISTRATOR,))
        communes = (each for each in tree.on(today) if each.level is UnitLevel.COMMUNE and each.id != unit.id)
        below = sorted((each for each in communes if tree.within(each.id, unit.id)), key=lambda each: each.name)
        return Place(unit=unit, below=tuple(below), names={each.id: each.name for each in tree.by_id.values()})


def _known(account: str) -> Person:
    return use.one(centre().store, person(), PersonId(account))


def _filled(known: Person) -> Filled:
    fields = MultiDict([("name", known.name), *(("roles", each.value) for each in sorted(known.roles))])
    fields.setlist("also_units", sorted(known.also_units))
    if known.ends is not None:
        fields["ends"] = local_day(known.ends - DAY, CIVIL_TIME).isoformat()
    if known.active:
        fields["active"] = "1"
    return Filled(fields)


def _roles() -> frozenset[Role]:
    names = {each.value for each in Role}
    return frozenset(Role(each) for each in request.form.getlist("roles") if each in names)


def _also_units() -> frozenset[UnitId]:
    return frozenset(map(UnitId, request.form.getlist("also_units")))


def _ends() -> datetime | None:
    """Give the end of the last day that was entered; None for an account without an end."""
    if not request.form.get("ends", "").strip():
        return None
    return local_midnight(entered.day(request.form, "ends") + DAY, CIVIL_TIME)
