"""The technician's work on a station's loudspeakers: setting up, describing, moving, retiring, locking for repair.

What cannot be undone is told first and wants a reason. It must not decide rights or what is acceptable.
"""

from collections.abc import Callable

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from schedules.ids import LoudspeakerId, ZoneId
from schedules.unit import Unit, Zone
from server.errors import NotFound, Unacceptable
from server.services import loudspeakers as use
from server.services import maintenance, retirement, volume
from server.services.loudspeakers import Description
from server.services.maintenance import Locked
from server.services.rights import may
from server.values import Loudspeaker, LoudspeakerKind, Role
from server.web import entered
from server.web.centre import centre
from server.web.filled import Filled
from server.web.stations import pages_of_a_station, station
from server.web.telling import told
from server.web.visitor import person

upkeep = pages_of_a_station("upkeep", __name__)

MINUTES = (15, 30, 60, 120, 240, 480)
"""The lengths of a maintenance lock that are offered."""

MEGABYTE = 1_000_000
"""As whoever sells SIM cards counts."""

_Page = str | Response | tuple[str, int]


@upkeep.route("/loudspeakers/new", methods=["GET", "POST"])
def create() -> _Page:
    """Set up a place for a loudspeaker."""

    def made() -> Loudspeaker:
        described, zone = _described(), ZoneId(request.form.get("zone", ""))
        return use.create(centre().store, centre().clock, person(), station().id, zone=zone, described=described)

    anew = [("kind", "loudspeaker"), ("horns", "2"), ("clusters", "1"), ("volume", "100")]
    return _form(None, anew, made, _("Đã thêm cụm loa. Bước tiếp theo: khai báo thiết bị tại chỗ."))


@upkeep.route("/loudspeakers/<loudspeaker>/describe", methods=["GET", "POST"])
def describe(loudspeaker: str) -> _Page:
    """Give a loudspeaker another name, volume, number of horns or budget of a day."""
    known, _zone = looked_after(loudspeaker)

    def changed() -> Loudspeaker:
        seen = request.form.get("seen", "")
        return use.change(centre().store, centre().clock, person(), known.id, described=_described(), seen=seen)

    names = ("name", "horns", "clusters", "volume")
    budget = "" if known.daily_bytes is None else str(known.daily_bytes // MEGABYTE)
    stored = [("kind", known.kind.value), *((name, str(getattr(known, name))) for name in names), ("daily_mb", budget)]
    return _form(known, stored, changed, _("Đã lưu. Thiết bị nhận ngay khi có kết nối."))


@upkeep.route("/loudspeakers/<loudspeaker>/move", methods=["GET", "POST"])
def move(loudspeaker: str) -> _Page:
    """Let a loudspeaker belong to another zone: told first, then done."""
    known, zone = looked_after(loudspeaker)
    places = tuple(use.places_for(centre().store, person()))
    there = _chosen(places) if request.method == "POST" else None
    faults: dict[str, str] = {}
    if request.form.get("step") == "decide":
        try:
            chosen, seen = ZoneId(request.form.get("zone", "")), request.form.get("seen", "")
            use.move(centre().store, centre().clock, person(), known.id, zone=chosen, seen=seen)
        except Unacceptable as error:
            faults = {error.field: told(error)}
        else:
            flash(_("Đã chuyển nhóm. Thiết bị nhận chương trình của nhóm mới ngay khi có kết nối."), "good")
            return redirect(url_for("loudspeakers.one", loudspeaker=known.id, station_id=_station_of(known.id)))
    page = render_template(
        "upkeep/move.html", known=known, zone=zone, places=places, there=there, faults=faults, seen=use.seen_as(known)
    )
    return (page, 422) if faults else page


@upkeep.route("/loudspeakers/<loudspeaker>/retire", methods=["GET", "POST"])
def retire(loudspeaker: str) -> _Page:
    """Take a loudspeaker out of use for good: told first, with a reason."""
    done = _("Cụm loa đã ngừng sử dụng.")
    return _ended(loudspeaker, "upkeep/retire.html", retirement.retire, done)


@upkeep.route("/loudspeakers/<loudspeaker>/replace", methods=["GET", "POST"])
def replace(loudspeaker: str) -> _Page:
    """Take the device of a loudspeaker out of use for another one: told first, with a reason."""
    done = _("Thiết bị cũ đã ngừng sử dụng. Bước tiếp theo: khai báo thiết bị mới tại chỗ.")
    return _ended(loudspeaker, "upkeep/replace.html", retirement.replace_device, done)


@upkeep.post("/loudspeakers/<loudspeaker>/lock")
def lock(loudspeaker: str) -> Response:
    """Silence one loudspeaker while somebody works on it."""
    try:
        minutes, reason = entered.number(request.form, "minutes", default=0), request.form.get("reason", "")
        which = LoudspeakerId(loudspeaker)
        maintenance.lock(centre().store, centre().clock, person(), which, minutes=minutes, reason=reason)
        flash(_("Đã khoá phát. Cụm loa đang kết nối thì im ngay; nghe loa im hẳn rồi mới trèo lên."), "wait")
    except Unacceptable as error:
        if error.field == "reason" and request.form.get("reason", "").strip():  # gives it back
            raise
        flash(told(error), "bad")
    return redirect(url_for("loudspeakers.one", loudspeaker=loudspeaker))


@upkeep.post("/loudspeakers/<loudspeaker>/unlock")
def unlock(loudspeaker: str) -> Response:
    """Let it sound again."""
    maintenance.unlock(centre().store, centre().clock, person(), LoudspeakerId(loudspeaker))
    flash(_("Đã mở khoá. Loa phát tiếp theo lịch."), "good")
    return redirect(url_for("loudspeakers.one", loudspeaker=loudspeaker))


@upkeep.get("/loudspeakers/locks")
def locks() -> str:
    """Give the lines about locked loudspeakers, which change by themselves."""
    return render_template("upkeep/_locks.html", locks=locks_here())


def locks_here() -> tuple[Locked, ...]:
    """Give the locked loudspeakers of the page's station."""
    return maintenance.locked_at(centre().store, centre().clock, person(), station().id)


def holds(*roles: Role) -> bool:
    """Tell whether the visitor holds one of the roles for the page's station."""
    with centre().store.reading() as uow:
        return may(uow.places.units(), person(), station().id, *roles)


def looked_after(loudspeaker: str) -> tuple[Loudspeaker, Zone]:
    """Find a loudspeaker in use of the page's station for who looks after it.

    Raises:
        NotFound: `loudspeaker.unknown`.
        NotAllowed: `rights.missing`.
    """
    with centre().store.reading() as uow:
        known, zone = use.kept(uow, person(), LoudspeakerId(loudspeaker))
    if zone.station != station().id:
        raise NotFound("loudspeaker.unknown")
    return known, zone


def _form(
    known: Loudspeaker | None, fields: list[tuple[str, str]], keep: Callable[[], Loudspeaker], done: str
) -> _Page:
    faults: dict[str, str] = {}
    if request.method == "POST":
        try:
            stored = keep()
        except Unacceptable as error:
            faults = {error.field: told(error)}
        else:
            flash(done, "good")
            return redirect(url_for("loudspeakers.one", loudspeaker=stored.id))
    page = render_template(
        "upkeep/describe.html",
        known=known,
        filled=Filled(MultiDict(request.form if faults else fields)),
        faults=faults,
        seen=request.form.get("seen") or ("" if known is None else use.seen_as(known)),
        ceilings=volume.ceilings(centre().store, centre().clock, person(), station().id),
    )
    return (page, 422) if faults else page


def _ended(loudspeaker: str, template: str, end: Callable[..., Loudspeaker], done: str) -> _Page:
    known, zone = looked_after(loudspeaker)
    faults: dict[str, str] = {}
    reason = request.form.get("reason", "")
    if request.method == "POST":
        try:
            end(centre().store, centre().clock, person(), known.id, reason=reason, seen=request.form.get("seen", ""))
        except Unacceptable as error:
            faults = {error.field: told(error)}
        else:
            flash(done, "good")
            return redirect(url_for("loudspeakers.one", loudspeaker=known.id))
    page = render_template(template, known=known, zone=zone, faults=faults, reason=reason, seen=use.seen_as(known))
    return (page, 422) if faults else page


def _described() -> Description:
    form = request.form
    gateway = form.get("kind") == LoudspeakerKind.GATEWAY
    return Description(
        name=form.get("name", ""),
        kind=LoudspeakerKind.GATEWAY if gateway else LoudspeakerKind.LOUDSPEAKER,
        clusters=entered.number(form, "clusters", default=0),
        horns=entered.number(form, "horns", default=0),
        volume=entered.number(form, "volume", default=0),
        daily_bytes=entered.number(form, "daily_mb", default=0) * MEGABYTE if form.get("daily_mb") else None,
    )


def _chosen(places: tuple[tuple[Unit, tuple[Zone, ...]], ...]) -> tuple[Unit, Zone] | None:
    named = request.form.get("zone")
    return next(((unit, zone) for unit, zones in places for zone in zones if zone.id == named), None)


def _station_of(loudspeaker: LoudspeakerId) -> str:
    with centre().store.reading() as uow:
        return use.kept(uow, person(), loudspeaker)[1].station
