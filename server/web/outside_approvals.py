"""Approved outside the system: entered with who, when and how; confirmed or refused by who is named; listed above.

The photograph of a signed paper is stored as it came and is only ever handed out to be saved, never shown as a page.
"""

from datetime import datetime, timedelta
from http import HTTPStatus

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as AnyResponse

from schedules.ids import PersonId, ProgrammeId, TemplateId, UnitId
from schedules.times import local_instant
from server.approving_records import Matter, Means
from server.errors import Unacceptable
from server.services import approval_links, outside_board
from server.services import outside_approvals as use
from server.services.matters import put
from server.web import entered
from server.web.centre import centre
from server.web.stations import pages_of_a_station, station
from server.web.telling import told, zone
from server.web.visitor import person

outside_approvals = pages_of_a_station("outside_approvals", __name__)
outside_summaries = Blueprint("outside_summaries", __name__, url_prefix="/units/<unit_id>")

_Page = str | AnyResponse | tuple[str, int]
_ENDINGS = {"image/jpeg": "jpg", "image/png": "png"}


@outside_approvals.route("/approvals/<programme>/outside", methods=["GET", "POST"])
def enter(programme: str) -> _Page:
    """Show the form; release what its approver is said to have approved."""
    return _entered(Matter(ProgrammeId(programme)))


@outside_approvals.route("/approvals/sessions/<template>/outside", methods=["GET", "POST"])
def enter_for_session(template: str) -> _Page:
    """Show the form for a session template; release it."""
    return _entered(Matter(TemplateId(template), is_template=True))


def _entered(which: Matter) -> _Page:
    if request.method == "GET":
        now = centre().clock.now().astimezone(zone())
        return _form(which, MultiDict({"day": f"{now:%d/%m/%Y}", "at": f"{now:%H:%M}"}), {})
    try:
        made = use.enter(centre().store, centre().clock, person(), which, claim=_claim())
    except Unacceptable as error:
        return _form(which, request.form, {error.field: told(error)}), 422
    flash(_("Đã ghi nhận. Nội dung phát theo lịch và mang dấu “chờ lãnh đạo xác nhận”."), "wait")
    return redirect(url_for("outside_approvals.one", approval=made.id))


@outside_approvals.get("/outside-approvals")
def listed() -> str:
    """List those of this station, and those that wait for this person wherever they belong."""
    return render_template(
        "approvals/outside_list.html",
        approvals=outside_board.below(centre().store, centre().clock, person(), station().id),
        mine=outside_board.to_confirm(centre().store, person()),
        unit_name=station().name,
        counted=False,
    )


@outside_approvals.get("/outside-approvals/<approval>")
def one(approval: str) -> str:
    """Show one: what was entered, and for its approver the two answers."""
    return _one(approval)


@outside_approvals.post("/outside-approvals/<approval>/confirm")
def confirm(approval: str) -> AnyResponse:
    """Stand by it."""
    settled = use.confirm(centre().store, centre().clock, person(), approval)
    flash(_("Đã xác nhận việc duyệt “%(title)s”.", title=settled.title), "good")
    return redirect(url_for("approvals.queue"))


@outside_approvals.post("/outside-approvals/<approval>/refuse")
def refuse(approval: str) -> _Page:
    """Say that it was not approved, which takes it off the air."""
    try:
        settled = use.refuse(centre().store, centre().clock, person(), approval, reason=request.form.get("reason", ""))
    except Unacceptable as error:
        if not error.field:
            raise
        return _one(approval, {error.field: told(error)}), 422
    flash(_("Đã không xác nhận “%(title)s”. Nội dung này bị ngừng phát.", title=settled.title), "good")
    return redirect(url_for("approvals.queue"))


@outside_approvals.get("/outside-approvals/<approval>/paper")
def paper(approval: str) -> Response:
    """Hand out the photograph of the signed paper, to be saved."""
    content = outside_board.paper_of(centre().store, centre().clock, person(), approval)
    kind = use.kind_of_picture(content) or "application/octet-stream"
    answer = Response(content, status=HTTPStatus.OK, mimetype=kind)
    answer.headers["Content-Disposition"] = f'attachment; filename="van-ban-{approval[:8]}.{_ENDINGS.get(kind, "bin")}"'
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer


@outside_summaries.get("/outside-approvals")
def of_unit(unit_id: str) -> str:
    """List those below a unit, with how many waited for more than a day."""
    with centre().store.reading() as uow:
        known = uow.places.units().by_id.get(UnitId(unit_id))
    return render_template(
        "approvals/outside_list.html",
        approvals=outside_board.below(centre().store, centre().clock, person(), UnitId(unit_id)),
        mine=(),
        unit_name=known.name if known else unit_id,
        counted=True,
    )


def _claim() -> use.Claim:
    form, file = request.form, request.files.get("paper")
    approved_at = local_instant(entered.day(form, "day"), entered.wall_time(form, "at"), zone())
    known = {each.value: each for each in Means}
    return use.Claim(
        approver=PersonId(form.get("approver", "")),
        approved_at=_not_after_now(approved_at),
        means=known.get(form.get("means", ""), Means.PAPER),
        document=form.get("document", ""),
        paper=file.stream.read(use.LARGEST_PAPER + 1) if file is not None else b"",
    )


def _not_after_now(approved_at: datetime) -> datetime:
    """Let the minute that is running be now: a form knows no seconds."""
    now = centre().clock.now()
    return now if timedelta(0) < approved_at - now < timedelta(minutes=1) else approved_at


def _form(matter: Matter, fields: MultiDict[str, str], faults: dict[str, str]) -> str:
    with centre().store.reading() as uow:
        title = put(uow, matter).title
    return render_template(
        "approvals/outside_new.html",
        title=title,
        articles=outside_board.allowed_at(centre().store, centre().clock, person(), matter),
        candidates=approval_links.candidates(centre().store, centre().clock, person(), matter),
        means=tuple(Means),
        fields=fields,
        faults=faults,
    )


def _one(approval: str, faults: dict[str, str] | None = None) -> str:
    return render_template(
        "approvals/outside_one.html",
        each=outside_board.get(centre().store, centre().clock, person(), approval),
        faults=faults or {},
        given=request.form.get("reason", ""),
    )
