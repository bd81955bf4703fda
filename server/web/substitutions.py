"""The button "phát bản tiếng …" where zones have no version in their own language; the choice itself is elsewhere."""

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from schedules.ids import ProgrammeId, ZoneId
from server.services import substitutions as use
from server.web.centre import centre
from server.web.spoken import language_name
from server.web.stations import pages_of_a_station
from server.web.visitor import person

substitutions = pages_of_a_station("substitutions", __name__)


@substitutions.post("/programmes/<programme>/instead")
def choose(programme: str) -> Response:
    """Let zones hear a programme in another language, or take that back; then go back to where the button was."""
    language = request.form.get("language") or None
    use.substitute(
        centre().store,
        centre().clock,
        person(),
        ProgrammeId(programme),
        zones=[ZoneId(each) for each in request.form.getlist("zones")],
        language=language,
    )
    if language is None:
        flash(_("Đã thôi phát thay; các nhóm ấy không nghe chương trình này nữa."), "good")
    else:
        flash(_("Đã chọn phát bản tiếng %(language)s.", language=language_name(language)), "good")
    day = request.form.get("day")
    return redirect(url_for("today.day", day=day) if day else url_for("programmes.shown", programme=programme))
