"""What waits for a second person: listen, read, see where, when and for how many, approve or send back.

It shows exactly what an approval binds and hands what was seen back; whether it still holds is decided elsewhere.
"""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from schedules.ids import ProgrammeId, TemplateId
from schedules.programme import Programme, State
from schedules.way import Way
from server.errors import NotFound, Unacceptable
from server.services import approvals as use
from server.services import approver_pins, outside_board, programmes, station_rules, template_returns
from server.services.delegations import handed_to
from server.values import Role, StoredProgramme
from server.web.centre import centre
from server.web.record_page import reason_of, shown_record, shown_session
from server.web.stations import pages_of_a_station, station
from server.web.telling import told
from server.web.visitor import person

approvals = pages_of_a_station("approvals", __name__)

_Page = str | Response | tuple[str, int]


@approvals.get("/approvals")
def queue() -> str:
    """List what waits for this person, and tell somebody without that role why the list is empty."""
    waiting = use.queue(centre().store, centre().clock, person())
    own: tuple[StoredProgramme, ...] = ()
    if not _approves():
        own = programmes.listed(centre().store, person(), states=[State.SUBMITTED])
    rules = station_rules.to_settle(centre().store, person(), station().id)
    claimed = len(outside_board.to_confirm(centre().store, person()))
    wrong_pins = approver_pins.wrong_pins(centre().store, person())
    return render_template(
        "approvals/queue.html", waiting=waiting, own=own, rules=rules, claimed=claimed, wrong_pins=wrong_pins
    )


@approvals.get("/approvals/<programme>")
def one(programme: str) -> str:
    """Show one record: what is heard, read, where and when it plays, for how many people."""
    return _one(ProgrammeId(programme))


@approvals.post("/approvals/<programme>/approve")
def approve(programme: str) -> Response:
    """Release what the approver saw."""
    released = use.approve(
        centre().store,
        centre().clock,
        person(),
        ProgrammeId(programme),
        seen=request.form.getlist("seen"),
    )
    flash(_released_words(released.programme), "good")
    return redirect(_next())


def _released_words(programme: Programme) -> str:
    """Say what comes of an approval: what is offered sounds only where a station takes it."""
    title = programme.title
    with centre().store.reading() as uow:
        slots = [each.slot for each in uow.programmes.slots_of(programme.id) if each.removed_at is None]
    if slots and all(slot.way is Way.OFFERED for slot in slots):
        words = _("Đã duyệt “%(title)s”. Các đài được mời thấy ở mục Mời phát, đài nhận thì mới phát.", title=title)
    else:
        words = _("Đã duyệt “%(title)s”. Lịch mới đang được gửi đến các cụm loa.", title=title)
    return str(words)


@approvals.post("/approvals/<programme>/send-back")
def send_back(programme: str) -> _Page:
    """Return it to its authors with a reason."""
    form = request.form
    ticked, words = form.getlist("reason"), form.get("words", "")
    try:
        returned = programmes.send_back(
            centre().store,
            centre().clock,
            person(),
            ProgrammeId(programme),
            version=form.get("version", type=int, default=0),
            reason=reason_of(ticked, words),
        )
    except Unacceptable as error:
        if error.field != "reason":
            raise
        return _one(ProgrammeId(programme), {"reason": told(error)}), 422
    flash(_("Đã trả lại “%(title)s” cho người soạn.", title=returned.programme.title), "good")
    return redirect(_next())


@approvals.get("/approvals/sessions/<template>")
def session(template: str) -> str:
    """Show a session template that waits: its running order and its fixed programmes."""
    return _session(template)


@approvals.post("/approvals/sessions/<template>/approve")
def approve_session(template: str) -> Response:
    """Release a session template as the approver saw it."""
    released = use.approve_template(
        centre().store, centre().clock, person(), TemplateId(template), seen=request.form.get("seen", "")
    )
    name = released.template.name
    flash(_("Đã duyệt khung chương trình “%(name)s” của %(station)s.", name=name, station=station().name), "good")
    return redirect(_next())


@approvals.post("/approvals/sessions/<template>/send-back")
def send_back_session(template: str) -> _Page:
    """Return a session template to who drew it up, with a reason."""
    form = request.form
    version, reason = form.get("version", type=int, default=0), reason_of(form.getlist("reason"), form.get("words", ""))
    try:
        returned = template_returns.send_back(
            centre().store, centre().clock, person(), TemplateId(template), version=version, reason=reason
        )
    except Unacceptable as error:
        if error.field != "reason":
            raise
        return _session(template, {"reason": told(error)}), 422
    flash(_("Đã trả lại khung chương trình “%(name)s” cho người soạn.", name=returned.template.name), "good")
    return redirect(_next())


def waiting_count() -> int:
    """Give how much waits for this person; nothing for somebody who approves nowhere."""
    rules = station_rules.to_settle(centre().store, person(), station().id)
    if not _approves():
        return rules
    waiting = use.how_many(centre().store, centre().clock, person())
    return waiting + len(outside_board.to_confirm(centre().store, person())) + rules


def _approves() -> bool:
    """Tell whether this person approves anywhere, be it in somebody's place today."""
    if Role.APPROVER in person().roles:
        return True
    with centre().store.reading() as uow:
        return bool(handed_to(uow, person(), centre().clock.now()))


def _one(programme: ProgrammeId, faults: dict[str, str] | None = None) -> str:
    waiting = use.to_approve(centre().store, centre().clock, person(), programme)
    return render_template(
        "approvals/one.html",
        **shown_record(waiting, person(), lambda sha256: url_for("audio.recording", sha256=sha256)),
        faults=faults or {},
        given_reasons=request.form.getlist("reason"),
        given_words=request.form.get("words", ""),
    )


def _session(template: str, faults: dict[str, str] | None = None) -> str:
    waiting = use.queue(centre().store, centre().clock, person())
    found = next((each for each in waiting.templates if each.stored.template.id == template), None)
    if found is None:
        raise NotFound("template.unknown")
    return render_template(
        "approvals/session.html",
        **shown_session(
            found,
            person(),
            lambda sha256: url_for("audio.recording", sha256=sha256),
            url_for("approvals.session", template=template),
        ),
        faults=faults or {},
        given_reasons=request.form.getlist("reason"),
        given_words=request.form.get("words", ""),
    )


def _next() -> str:
    """Give the address of what this person may settle next, the queue where there is nothing more."""
    waiting = use.queue(centre().store, centre().clock, person())
    for each in waiting.in_order:
        if each.own_work:
            continue
        if isinstance(each.stored, StoredProgramme):
            return url_for("approvals.one", programme=each.stored.programme.id)
        return url_for("approvals.session", template=each.stored.template.id)
    return url_for("approvals.queue")
