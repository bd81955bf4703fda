"""Faults of a station's loudspeakers: noted in two clicks, from a loudspeaker or an alarm; shown; ended.

It must not decide who may do it.
"""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from schedules.ids import LoudspeakerId
from server.errors import Unacceptable
from server.fault_records import FaultKind, FaultOutcome
from server.readiness_records import Alarm
from server.services import fault_board
from server.services import faults as use
from server.services.rights import require
from server.values import Loudspeaker
from server.web.centre import centre
from server.web.filled import Filled
from server.web.stations import pages_of_a_station, station
from server.web.telling import told
from server.web.upkeep import holds
from server.web.visitor import person

faults = pages_of_a_station("faults", __name__)

_Page = str | Response | tuple[str, int]


@faults.route("/faults/new", methods=["GET", "POST"])
def note() -> _Page:
    """Note a fault; from an alarm or a loudspeaker, what it is and where stands in the form already."""
    if request.method == "GET":
        with centre().store.reading() as uow:
            require(uow.places.units(), person(), station().id, *use.MENDERS)
        return _form(Filled(MultiDict(_foreseen())), {})
    try:
        opened = use.open_faults(centre().store, centre().clock, person(), _wish())
    except Unacceptable as error:
        return _form(Filled(MultiDict(request.form)), {error.field: told(error)}), 422
    flash(_("Đã ghi %(count)s sự cố. Sửa xong thì ghi kết quả ngay tại đó.", count=len(opened)), "good")
    if len(opened) == 1:
        return redirect(url_for("loudspeakers.one", loudspeaker=opened[0].loudspeaker, _anchor="faults"))
    return redirect(url_for("fault_list.listed", unit=station().id))


@faults.get("/faults/<fault>")
def one(fault: str) -> str:
    """Show a fault, and how it ended or the form that ends it."""
    return _one(fault, Filled(MultiDict()), {})


@faults.post("/faults/<fault>/end")
def end(fault: str) -> _Page:
    """End a fault, and with it those of the same alarm that were chosen."""
    form = request.form
    try:
        use.end(
            centre().store,
            centre().clock,
            person(),
            [fault, *form.getlist("also")],
            outcome=_outcome(),
            done=form.get("done", ""),
            parts=form.get("parts", ""),
        )
    except Unacceptable as error:
        return _one(fault, Filled(MultiDict(form)), {error.field: told(error)}), 422
    flash(_("Đã ghi kết quả. Lượt phát trọn đầu tiên sau đó sẽ tự hiện ở đây."), "good")
    return redirect(url_for("faults.one", fault=fault))


def _one(fault: str, filled: Filled, refused: dict[str, str]) -> str:
    shown, beside = fault_board.one(centre().store, person(), station().id, fault)
    return render_template(
        "faults/one.html",
        shown=shown,
        beside=beside,
        filled=filled,
        refusals=refused,
        outcomes=tuple(FaultOutcome),
        mends=holds(*use.MENDERS),
    )


def _form(filled: Filled, refused: dict[str, str]) -> str:
    own, alarm = _own_loudspeakers(), _alarm_here(filled.get("alarm"))
    concerned = {each.id for each in own} if alarm is None else set(alarm.subjects)
    return render_template(
        "faults/form.html",
        filled=filled,
        refusals=refused,
        alarm=alarm,
        kinds=tuple(FaultKind),
        zone_names={zone.id: zone.name for zone in station().zones},
        loudspeakers=sorted((each for each in own if each.id in concerned), key=lambda each: each.name),
    )


def _own_loudspeakers() -> list[Loudspeaker]:
    zones = {zone.id for zone in station().zones}
    with centre().store.reading() as uow:
        return [each for each in uow.places.loudspeakers() if each.zone in zones and each.retired_at is None]


def _alarm_here(alarm: str) -> Alarm | None:
    """Give an alarm that concerns a loudspeaker of the page's station."""
    with centre().store.reading() as uow:
        known = uow.alarms.get(alarm)
    own = {each.id for each in _own_loudspeakers()}
    return known if known is not None and not own.isdisjoint(known.subjects) else None


def _foreseen() -> list[tuple[str, str]]:
    """Give the fields of a new form: of an alarm its loudspeakers and what it likely is, else the one that is named."""
    alarm = _alarm_here(request.args.get("alarm", ""))
    if alarm is None:
        return [("loudspeakers", request.args.get("loudspeaker", ""))]
    where = [("loudspeakers", each) for each in alarm.subjects]
    return [("alarm", alarm.id), ("kind", use.kind_of(alarm.code).value), *where]


def _wish() -> use.Wish:
    form = request.form
    try:
        kind = FaultKind(form.get("kind", ""))
    except ValueError:
        raise Unacceptable("fault.no_kind", "kind") from None
    return use.Wish(
        loudspeakers=frozenset(map(LoudspeakerId, form.getlist("loudspeakers"))),
        kind=kind,
        note=form.get("note", ""),
        alarm=form.get("alarm") or None,
    )


def _outcome() -> FaultOutcome:
    try:
        return FaultOutcome(request.form.get("outcome", ""))
    except ValueError:
        raise Unacceptable("fault.no_outcome", "outcome") from None
