"""The audit trail of a unit and all below it, to read and filter. Nothing here writes, and nothing can be taken out."""

from flask import Blueprint, render_template, request
from flask_babel import gettext as _

from schedules.ids import PersonId, UnitId
from schedules.times import DAY, Span, local_midnight
from server.errors import Unacceptable
from server.services import audit as use
from server.web import entered
from server.web.audited import Telling
from server.web.centre import centre
from server.web.holders import in_a_sentence
from server.web.spoken import language_name
from server.web.telling import say, told, zone
from server.web.visitor import language, person
from server.web.words import words

_MOST_PAGES = 100_000
"""Further back nobody leafs, and no database counts."""

audit = Blueprint("audit", __name__, url_prefix="/units/<unit_id>/audit")


@audit.get("")
def lines(unit_id: str) -> str:
    """Show a page of it."""
    args, faults = request.args, {}
    span = None
    if args.get("day", "").strip():
        try:
            day = entered.day(args, "day")
            span = Span(local_midnight(day, zone()), local_midnight(day + DAY, zone()))
        except Unacceptable as error:
            faults["day"] = told(error)
    page = min(max(1, args.get("page", type=int, default=1)), _MOST_PAGES)
    shown = use.read(
        centre().store,
        person(),
        UnitId(unit_id),
        by=PersonId(args["by"]) if args.get("by") else None,
        subject=args.get("about", ""),
        span=span,
        page=page,
    )
    how = Telling(language=language(), zone=zone(), machine=_("máy chủ"), say=say, spoken=language_name)
    return render_template(
        "audit/lines.html",
        unit_id=unit_id,
        shown=shown,
        page=page,
        subjects=words()["audit"],
        faults=faults,
        sentence=lambda line: in_a_sentence(line, shown.names, how),
    )
