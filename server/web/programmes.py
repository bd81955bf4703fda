"""Programmes: the list with its search, one programme with its times, withdrawing, submitting. It writes no text."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from schedules.ids import ProgrammeId
from schedules.programme import Kind, State
from server.approving_records import Matter
from server.errors import Unacceptable
from server.services import contribution_desk, offer_results, outages, outside_board, substitutions
from server.services import programmes as use
from server.services.offers import Standing
from server.services.reworded import reworded
from server.services.rights import ANY_ROLE, may
from server.services.schedule import templates_of
from server.values import Role
from server.web.centre import centre
from server.web.choices import choices_of_station
from server.web.stations import pages_of_a_station, station
from server.web.telling import say, told
from server.web.upkeep import holds
from server.web.visitor import person

programmes = pages_of_a_station("programmes", __name__)


@programmes.get("/programmes")
def listed() -> str:
    """List the programmes a person may see, newest change first."""
    state, kind, text = (request.args.get(name, "") for name in ("state", "kind", "text"))
    found = use.listed(
        centre().store,
        person(),
        states=[State(state)] if state in set(State) else [],
        kinds=[Kind(kind)] if kind in set(Kind) else [],
        text=text,
    )
    with centre().store.reading() as uow:
        owners = {each.id: each.name for each in uow.places.units().by_id.values()}
        units = uow.places.units()
        administers = may(units, person(), station().id, Role.ADMINISTRATOR)
        voiced = not uow.places.machine_voice_units().isdisjoint(units.above(station().id))
        fixed = {place.programme for each in templates_of(uow) for place in each.places}
    page = "programmes/_list.html" if "HX-Request" in request.headers else "programmes/list.html"
    return render_template(
        page,
        found=found,
        owners=owners,
        fixed=fixed,
        sent_in=contribution_desk.waiting_count(centre().store, person(), station().id),
        administers=administers,
        voiced=voiced,
        asked={"state": state, "kind": kind, "text": text},
    )


@programmes.get("/programmes/<programme>")
def shown(programme: str) -> str:
    """Show a programme: its words, its sounds, its times, what was approved."""
    return _shown(programme, {})


def _shown(programme: str, faults: dict[str, str]) -> str:
    whole = use.get(centre().store, person(), ProgrammeId(programme))
    content = whole.stored.programme
    matter = Matter(content.id)
    writing = whole.may_edit and content.state in (State.DRAFT, State.SENT_BACK)
    hindered = use.obstacles(centre().store, centre().clock, person(), content.id) if writing else ()
    with centre().store.reading() as uow:
        units = uow.places.units()
        sends = may(units, person(), content.owner, *ANY_ROLE)
        named = {*whole.stored.changed_by, *(each.approval.approved_by for each in whole.approvals)}
        used = {one.delegation for one in whole.approvals}
        given = {each: found for each in used if (found := uow.delegations.get(each)) is not None}
        named |= {each.by for each in given.values()}
        people = {each: known.name for each in named if (known := uow.people.get(each)) is not None}
        channels = {each.id: each.name for each in uow.places.channels()}
        zones = {each.id: each.name for each in uow.places.zones()}
        groups = {each.id: each.name for each in uow.places.groups()}
    return render_template(
        "programmes/one.html",
        whole=whole,
        given=given,
        programme=content,
        unspoken=substitutions.unspoken(centre().store, person(), programme=content.id).values(),
        obstacles=hindered,
        reworded=reworded(whole.stored, whole.takes),
        unconfirmed=outside_board.unconfirmed(centre().store, matter, content.version),
        enters_outside=whole.may_edit
        and content.state is State.SUBMITTED
        and outside_board.allowed_at(centre().store, centre().clock, person(), matter) is not None,
        tells_of_an_outage=holds(*outages.PLANNERS) and outages.tells_of_an_outage(whole.stored),
        results=offer_results.results(centre().store, person(), content.id) if sends else None,
        standings=tuple(Standing),
        people=people,
        channels=channels,
        zone_names=zones,
        unit_names={each.id: each.name for each in units.by_id.values()} | groups,
        places={each.place.id: each for each in choices_of_station().places},
        faults=faults,
        typed=request.form.get("reason", ""),
    )


@programmes.post("/programmes/<programme>/submit")
def submit(programme: str) -> Response:
    """Hand a programme to the approvers."""
    try:
        use.submit(centre().store, centre().clock, person(), ProgrammeId(programme), version=_version())
    except Unacceptable as error:
        for each in error.values.get("obstacles", ()):  # type: ignore[attr-defined]  # a tuple of obstacles
            flash(say(each.code, each.values), "bad")
        if "obstacles" not in error.values:
            flash(told(error), "bad")
    else:
        flash(_("Đã trình duyệt. Người duyệt sẽ thấy ngay trong mục Duyệt."), "good")
    return redirect(url_for("programmes.shown", programme=programme))


@programmes.post("/programmes/<programme>/withdraw")
def withdraw(programme: str) -> Response | tuple[str, int]:
    """Take a programme off the air for good."""
    which, reason = ProgrammeId(programme), request.form.get("reason", "")
    try:
        use.withdraw(centre().store, centre().clock, person(), which, version=_version(), reason=reason)
    except Unacceptable as error:
        if error.field != "reason":
            raise
        return _shown(programme, {"reason": told(error)}), 422
    flash(_("Đã ngừng phát. Nơi nào đang phát sẽ dừng ngay khi nhận lịch mới."), "good")
    return redirect(url_for("programmes.shown", programme=programme))


@programmes.post("/machine-voice")
def machine_voice() -> Response:
    """Let the station's own programmes go on air in the machine voice, or no longer."""
    allowed = request.form.get("allowed") == "yes"
    use.allow_machine_voice(centre().store, centre().clock, person(), station().id, allowed=allowed)
    flash(_("Đã cho phép phát giọng máy.") if allowed else _("Đã thôi cho phép phát giọng máy."), "good")
    return redirect(url_for("programmes.listed"))


def _version() -> int:
    return request.form.get("version", type=int, default=0)
