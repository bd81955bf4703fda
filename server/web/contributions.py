"""Handing in: the page of who contributes, and the station's page of what was handed in. The rules are elsewhere.

Whoever only contributes has this one page and no station's; a sound is sent to them and to the station alone.
"""

from contextlib import suppress
from functools import partial
from pathlib import PurePath

from flask import Blueprint, abort, flash, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.wrappers import Response

from schedules.ids import ZoneId
from server.contribution_records import Contribution
from server.errors import Unacceptable
from server.services import contribution_desk as desk
from server.services import contributions as use
from server.web import entered
from server.web.centre import centre
from server.web.filled import Filled
from server.web.stations import pages_of_a_station, station
from server.web.telling import told
from server.web.visitor import person

contributions = Blueprint("contributions", __name__, url_prefix="/contributions")
contribution_desk = pages_of_a_station("contribution_desk", __name__)

_Page = str | Response | tuple[str, int]


@contributions.route("", methods=["GET", "POST"])
def mine() -> _Page:
    """Show the form, and what became of what was handed in; hand something in."""
    if request.method == "GET":
        return _form(Filled(MultiDict([("zones", zone.id) for zone in use.reach(centre().store, person())])), {})
    sound = request.files.get("sound")
    try:
        _send(sound)
    except Unacceptable as error:
        return _form(Filled(request.form), {error.field: told(error)}), 422
    finally:
        if sound is not None:
            sound.close()
    flash(_("Đã gửi. Đài sẽ trả lời ở trang này."), "good")
    return redirect(url_for("contributions.mine"))


@contributions.get("/<contribution>/sound")
def own_sound(contribution: str) -> Response:
    """Send the sound of one's own."""
    return _sound(use.own_one(centre().store, person(), contribution))


@contribution_desk.get("/contributions")
def listed() -> str:
    """List what was handed in to the station, what waits first."""
    return _desk({})


@contribution_desk.get("/contributions/<contribution>/sound")
def sound(contribution: str) -> Response:
    """Send the sound of what was handed in."""
    return _sound(desk.get(centre().store, person(), contribution))


@contribution_desk.post("/contributions/<contribution>/accept")
def accept(contribution: str) -> Response:
    """Make a draft of it, and go on writing there."""
    try:
        made = desk.accept(centre().store, centre().clock, person(), contribution)
    except Unacceptable as error:
        flash(told(error), "bad")
        return redirect(url_for("contribution_desk.listed"))
    flash(_("Đã nhận thành bản nháp. Chọn nơi phát, giờ phát rồi trình duyệt như mọi bài khác."), "good")
    return redirect(url_for("notices.edit", programme=made.programme.id))


@contribution_desk.post("/contributions/<contribution>/decline")
def decline(contribution: str) -> _Page:
    """Say why it is not used."""
    reason = request.form.get("reason", "")
    try:
        desk.decline(centre().store, centre().clock, person(), contribution, reason=reason)
    except Unacceptable as error:
        return _desk({contribution: told(error)}), 422
    flash(_("Đã trả lời; người gửi đọc được lý do."), "good")
    return redirect(url_for("contribution_desk.listed"))


def contributions_waiting() -> int:
    """Give how many contributions wait for this person's answer at the station."""
    return desk.waiting_count(centre().store, person(), station().id)


def _send(file: FileStorage | None) -> Contribution:
    form, size = request.form, 0
    named = file is not None and bool(file.filename)
    if file is not None and named:
        size = file.stream.seek(0, 2) or 1  # an empty file is looked at too, and found to be none
        file.stream.seek(0)
    made = use.send(
        centre().store,
        centre().clock,
        person(),
        wanted=use.Wanted(
            zones=frozenset(map(ZoneId, form.getlist("zones"))),
            title=form.get("title", ""),
            text=form.get("text", "").replace("\r\n", "\n"),
            first_day=entered.day(form, "first_day") if form.get("first_day") else None,
            last_day=entered.day(form, "last_day") if form.get("last_day") else None,
            file_name=PurePath(file.filename or "").name[:200] if file is not None and named else "",
            size=size,
        ),
    )
    if file is not None and named:
        with suppress(OSError):  # what is not there is told to the sender by its preparation
            file.save(use.waiting_at(centre().uploads, made.id))
        here = centre()
        here.work.add(partial(use.prepare, here.store, here.preparation, made.id, uploads=here.uploads))
    return made


def _sound(contribution: Contribution) -> Response:
    recording = contribution.recording
    path = None if recording is None else centre().preparation.path(recording.sha256)
    if recording is None or path is None:
        abort(404)
    answer = send_file(path, mimetype="audio/mpeg", conditional=True, etag=recording.sha256)
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def _form(filled: Filled, faults: dict[str, str]) -> str:
    zones = use.reach(centre().store, person())
    return render_template(
        "contributions/mine.html",
        zones=zones,
        zone_names={zone.id: zone.name for zone in zones},
        own=use.own(centre().store, person()),
        filled=filled,
        faults=faults,
        megabytes=use.LARGEST_SOUND // 1024**2,
        longest=use.LONGEST_SOUND,
    )


def _desk(faults: dict[str, str]) -> str:
    return render_template(
        "contributions/inbox.html",
        found=desk.inbox(centre().store, person(), station().id),
        zone_names={zone.id: zone.name for zone in station().zones},
        faults=faults,
        given=request.form.get("reason", ""),
    )
