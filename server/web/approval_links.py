"""One-time links: asked for by who submits, opened on the approver's phone without signing in.

The page behind a link gives its one record and nothing else. Who may approve is decided elsewhere.
"""

from collections.abc import Iterable, Mapping

from flask import Blueprint, abort, g, make_response, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from schedules.ids import PersonId, ProgrammeId, TemplateId
from schedules.programme import Programme, Relay
from server.approving_records import Matter
from server.errors import NotAllowed, NotFound, Stale, Unacceptable
from server.services import approval_links as use
from server.services import approver_pins, phone_approvals
from server.services.matters import put
from server.services.schedule import regulation_on, schedule_of
from server.services.waiting import TemplateToApprove, ToApprove
from server.web.centre import centre
from server.web.record_page import reason_of, shown_record, shown_session
from server.web.scanned import picture
from server.web.stations import pages_of_a_station
from server.web.telling import told
from server.web.visitor import person

approval_links = pages_of_a_station("approval_links", __name__)
phone_approval = Blueprint("phone_approval", __name__, url_prefix="/approve/<token>")

_Page = str | Response | tuple[str, int]


@approval_links.get("/approvals/<programme>/link")
def ask(programme: str) -> str:
    """Show who may be asked, and what became of earlier links."""
    return _form(Matter(ProgrammeId(programme)))


@approval_links.post("/approvals/<programme>/link")
def make(programme: str) -> _Page:
    """Make a link and show it once, to be sent by the person's own means."""
    return _made(Matter(ProgrammeId(programme)))


@approval_links.get("/approvals/sessions/<template>/link")
def ask_for_session(template: str) -> str:
    """Show who may be asked about a session template, and what became of earlier links."""
    return _form(Matter(TemplateId(template), is_template=True))


@approval_links.post("/approvals/sessions/<template>/link")
def make_for_session(template: str) -> _Page:
    """Make a link for a session template and show it once."""
    return _made(Matter(TemplateId(template), is_template=True))


@phone_approval.get("")
def shown(token: str) -> _Page:
    """Show what the link is for, to listen to and to read."""
    return _shown(token)


@phone_approval.get("/approve")
@phone_approval.get("/send-back")
def asked_again(token: str) -> Response:
    """Show the link to a phone that opens again the answer it last got: it asks for that anew."""
    return redirect(url_for("phone_approval.shown", token=token))


@phone_approval.get("/sounds/<sha256>")
def sound(token: str, sha256: str) -> Response:
    """Send a sound of what the link is for, and no other."""
    try:
        opened = phone_approvals.opened(centre().store, centre().clock, token)
    except (NotFound, Unacceptable, Stale):
        abort(404)
    path = centre().preparation.path(sha256) if sha256 in _sounds(_programmes(opened.waiting)) else None
    if path is None:
        abort(404)
    answer = send_file(path, mimetype="audio/mpeg", conditional=True, etag=sha256)
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


@phone_approval.post("/approve")
def approve(token: str) -> _Page:
    """Approve with the PIN."""
    try:
        title = phone_approvals.approve(
            centre().store, centre().clock, centre().hashing, token, pin=request.form.get("pin", "")
        )
    except (NotFound, NotAllowed, Unacceptable, Stale) as error:
        return _refused(token, error)
    return _done(_("Đã duyệt “%(title)s”. Lịch mới đang được gửi đến các cụm loa.", title=title))


@phone_approval.post("/send-back")
def send_back(token: str) -> _Page:
    """Return it to its authors with the PIN and a reason."""
    form = request.form
    reason = reason_of(form.getlist("reason"), form.get("words", ""))
    try:
        title = phone_approvals.send_back(
            centre().store, centre().clock, centre().hashing, token, pin=form.get("pin", ""), reason=reason
        )
    except (NotFound, NotAllowed, Unacceptable, Stale) as error:
        return _refused(token, error)
    return _done(_("Đã trả lại “%(title)s” cho người soạn.", title=title))


def _form(matter: Matter, faults: Mapping[str, str] | None = None) -> str:
    found = use.candidates(centre().store, centre().clock, person(), matter)
    with centre().store.reading() as uow:
        title = put(uow, matter).title
    return render_template(
        "approvals/ask_link.html",
        matter=matter,
        title=title,
        candidates=found,
        links=use.links_of(centre().store, person(), matter),
        faults=faults or {},
    )


def _made(matter: Matter) -> _Page:
    approver = PersonId(request.form.get("approver", ""))
    try:
        token, link = use.ask(centre().store, centre().clock, person(), matter, approver=approver)
    except Unacceptable as error:
        return _form(matter, {error.field: told(error)}), 422
    server = (centre().server or request.host_url).rstrip("/")
    address = server + url_for("phone_approval.shown", token=token)
    with centre().store.reading() as uow:
        named, title = uow.people.get(link.approver), put(uow, matter).title
    return render_template(
        "approvals/link.html",
        matter=matter,
        title=title,
        link=link,
        approver=named,
        address=address,
        picture=picture(address),
    )


def _shown(token: str, faults: Mapping[str, str] | None = None) -> _Page:
    try:
        opened = phone_approvals.opened(centre().store, centre().clock, token)
    except (NotFound, Unacceptable, Stale) as error:
        return _over(error)
    with centre().store.reading() as uow:
        before = put(uow, opened.link.matter)
        regulation = regulation_on(schedule_of(uow), before.unit, centre().clock.now())
        unit = uow.places.units().by_id[before.unit].name
    if regulation is not None:
        g.zone = regulation.zone

    def sound_address(sha256: str) -> str:
        return url_for("phone_approval.sound", token=token, sha256=sha256)

    waiting = opened.waiting
    if isinstance(waiting, TemplateToApprove):
        record = shown_session(waiting, opened.approver, sound_address, url_for("phone_approval.shown", token=token))
    else:
        record = shown_record(waiting, opened.approver, sound_address)
    return render_template(
        "approvals/by_link.html",
        **record,
        unit=unit,
        title=before.title,
        link=opened.link,
        approver=opened.approver,
        token=token,
        wrong_pins=approver_pins.wrong_pins(centre().store, opened.approver),
        faults=faults or {},
        answered="no-" if request.endpoint == "phone_approval.send_back" else "yes-",
        given_reasons=request.form.getlist("reason"),
        given_words=request.form.get("words", ""),
    )


def _refused(token: str, error: NotFound | NotAllowed | Unacceptable | Stale) -> _Page:
    """Show the record once more with what was wrong, where the link still serves; else why it does not."""
    if isinstance(error, Unacceptable) and error.field:
        page = _shown(token, {error.field: told(error)})
        return (page, 422) if isinstance(page, str) else page
    return _over(error)


def _over(error: NotFound | NotAllowed | Unacceptable | Stale) -> tuple[str, int]:
    status = 404 if isinstance(error, NotFound) else 410
    return render_template("approvals/link_over.html", text=told(error)), status


def _done(text: str) -> Response:
    return make_response(render_template("approvals/link_over.html", text=text, good=True))


def _programmes(waiting: ToApprove | TemplateToApprove) -> tuple[Programme, ...]:
    return waiting.programmes if isinstance(waiting, TemplateToApprove) else (waiting.stored.programme,)


def _sounds(heard: Iterable[Programme]) -> set[str]:
    sources = (variant.source for each in heard for variant in each.variants)
    recordings = (each.fallback if isinstance(each, Relay) else each for each in sources)
    return {str(each.sha256) for each in recordings if each is not None}
