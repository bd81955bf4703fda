"""The parts of a programme on its page: a form for one, and buttons that put them in order. The rules are elsewhere."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from schedules.ids import PartId, ProgrammeId
from schedules.part import Genre, Part
from server.errors import Stale, Unacceptable
from server.services import parts as use
from server.services import programmes
from server.services.drafts import PartDraft
from server.web import formats
from server.web.centre import centre
from server.web.entered import length
from server.web.filled import Filled
from server.web.stations import pages_of_a_station
from server.web.telling import told
from server.web.visitor import person

parts = pages_of_a_station("parts", __name__)

_Page = str | Response | tuple[str, int]


@parts.route("/programmes/<programme>/parts/new", methods=["GET", "POST"])
def add(programme: str) -> _Page:
    """Add a part, and go on to the next one if asked."""
    whole = programmes.get(centre().store, person(), ProgrammeId(programme))
    if request.method == "GET":
        return _form(whole, Filled(MultiDict()), None)
    try:
        use.add(centre().store, centre().clock, person(), ProgrammeId(programme), draft=_draft())
    except Unacceptable as error:
        return _form(whole, Filled(request.form), None, {error.field: told(error)}), 422
    flash(_("Đã thêm tin, bài “%(title)s”.", title=request.form["title"].strip()), "good")
    return redirect(url_for("parts.add", programme=programme) if request.form.get("more") else _back(programme))


@parts.route("/programmes/<programme>/parts/<part>", methods=["GET", "POST"])
def change(programme: str, part: str) -> _Page:
    """Change a part; who meets another's change sees it and keeps what they typed."""
    whole = programmes.get(centre().store, person(), ProgrammeId(programme))
    of = whole.stored.programme
    known = of.parts[use.place_of(of.parts, PartId(part))]
    if request.method == "GET":
        return _form(whole, _filled(known), known)
    version = request.form.get("version", type=int, default=0)
    try:
        use.change(centre().store, centre().clock, person(), of.id, known.id, draft=_draft(), version=version)
    except (Unacceptable, Stale) as error:
        faults = {getattr(error, "field", ""): told(error)}
        if isinstance(error, Stale):
            return _form(whole, Filled(request.form), known, faults), 409
        return _form(whole, Filled(request.form), known, faults, seen=version), 422
    flash(_("Đã lưu tin, bài “%(title)s”.", title=request.form["title"].strip()), "good")
    return redirect(_back(programme))


@parts.post("/programmes/<programme>/parts/<part>/move")
def move(programme: str, part: str) -> Response:
    """Let a part change places with the one before or after it."""
    up = request.form.get("to") == "up"
    use.move(centre().store, centre().clock, person(), ProgrammeId(programme), PartId(part), up=up)
    return redirect(_back(programme))


@parts.post("/programmes/<programme>/parts/<part>/remove")
def remove(programme: str, part: str) -> Response:
    """Take a part out."""
    use.remove(centre().store, centre().clock, person(), ProgrammeId(programme), PartId(part))
    flash(_("Đã bỏ một tin, bài."), "good")
    return redirect(_back(programme))


def _back(programme: str) -> str:
    return url_for("programmes.shown", programme=programme) + "#parts"


def _draft() -> PartDraft:
    form = request.form
    if form.get("genre") not in set(Genre):
        raise Unacceptable("form.choice", "genre", text=form.get("genre", ""))
    return PartDraft(
        genre=Genre(form["genre"]),
        title=form.get("title", ""),
        authors=tuple(form.get("authors", "").replace(";", ",").split(",")),
        reader=form.get("reader", ""),
        source=form.get("source", ""),
        lasts=length(form, "lasts"),
    )


def _filled(part: Part) -> Filled:
    fields = {
        "genre": part.genre.value,
        "title": part.title,
        "authors": ", ".join(part.authors),
        "reader": part.reader,
        "source": part.source,
        "lasts": "" if part.lasts is None else formats.minutes_text(part.lasts),
    }
    return Filled(MultiDict(fields))


def _form(
    whole: programmes.Whole, filled: Filled, part: Part | None, faults: dict[str, str] | None = None, *, seen: int = 0
) -> str:
    """Draw the form; one that is given back for another reason than a change in between stays about what was seen."""
    return render_template(
        "programmes/part.html",
        programme=whole.stored.programme,
        filled=filled,
        part=part,
        version=seen or whole.stored.programme.version,
        genres=tuple(Genre),
        faults=faults or {},
    )
