"""The list of languages: everybody may read it, the administrator of the centre keeps it."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from schedules.language import Language
from server.errors import Unacceptable
from server.services import languages as use
from server.web.centre import centre
from server.web.telling import told
from server.web.visitor import person

languages = Blueprint("languages", __name__)

_FIELDS = ("tag", "name", "group", "english")


@languages.get("/languages")
def listed() -> str:
    """Show the list, by the peoples the languages are counted to."""
    return _page({}, {})


@languages.post("/languages")
def keep() -> Response | tuple[str, int]:
    """Add a language, or give a known one other names."""
    typed = {name: request.form.get(name, "") for name in _FIELDS}
    try:
        kept = use.put(centre().store, centre().clock, person(), **typed)
    except Unacceptable as error:
        return _page(typed, {error.field: told(error)}), 422
    flash(_("Đã lưu tiếng %(name)s.", name=kept.name), "good")
    return redirect(url_for("languages.listed"))


@languages.post("/languages/<tag>/remove")
def remove(tag: str) -> Response | tuple[str, int]:
    """Take a language off the list."""
    try:
        use.remove(centre().store, centre().clock, person(), tag=tag)
    except Unacceptable as error:
        return _page({}, {"": told(error)}), 422
    flash(_("Đã bỏ khỏi danh sách."), "good")
    return redirect(url_for("languages.listed"))


def _page(typed: dict[str, str], faults: dict[str, str]) -> str:
    peoples: dict[str, list[Language]] = {}
    for each in use.listed(centre().store):
        peoples.setdefault(each.group, []).append(each)
    return render_template(
        "languages/list.html",
        peoples=peoples,
        keeps=use.may_keep(centre().store, person()),
        typed=typed,
        faults=faults,
    )
