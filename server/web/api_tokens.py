"""Tokens of one's own for programs: made, shown once, revoked. What they may do is decided by `services.api_tokens`."""

from collections.abc import Sequence

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from schedules.ids import UnitId
from schedules.unit import Unit
from server.errors import Unacceptable
from server.services import api_tokens as use
from server.services import ground_seen
from server.services.api_tokens import LONGEST_DAYS, NewToken
from server.token_records import Scope
from server.web import entered
from server.web.centre import centre
from server.web.filled import Filled
from server.web.telling import told
from server.web.visitor import person

api_tokens = Blueprint("api_tokens", __name__, url_prefix="/tokens")

_USUAL_DAYS = 90


@api_tokens.get("")
def listed() -> str:
    """Show the person's tokens and the form for another one."""
    fields = MultiDict([("unit", person().unit), ("days", str(_USUAL_DAYS)), ("scopes", Scope.READ.value)])
    return _page(Filled(fields), {})


@api_tokens.post("")
def make() -> str | tuple[str, int]:
    """Make a token; its words are shown this once."""
    form = request.form
    try:
        new = NewToken(
            name=form.get("name", ""),
            unit=UnitId(form.get("unit", "")),
            scopes=frozenset(each for each in Scope if each.value in form.getlist("scopes")),
            days=entered.number(form, "days"),
        )
        made, words = use.make(centre().store, centre().clock, person(), new=new)
    except Unacceptable as error:
        return _page(Filled(form), {error.field: told(error)}), 422
    return render_template("api_tokens/made.html", token=made, words=words)


@api_tokens.post("/<token>/revoke")
def revoke(token: str) -> Response:
    """Let a token open nothing any more."""
    revoked = use.revoke(centre().store, centre().clock, person(), token)
    flash(_("Đã thu hồi mã của “%(name)s”.", name=revoked.name), "good")
    return redirect(url_for("api_tokens.listed"))


def _units() -> Sequence[Unit]:
    """Give what a token may be for: what the person sees, and where they hand in."""
    seen = ground_seen.units(centre().store, person())
    with centre().store.reading() as uow:
        own = (uow.places.units().by_id.get(each) for each in person().units)
    return (*seen, *(each for each in own if each is not None and each not in seen))


def _page(filled: Filled, faults: dict[str, str]) -> str:
    now, units = centre().clock.now(), _units()
    tokens = use.listed(centre().store, person())
    return render_template(
        "api_tokens/list.html",
        good=[each for each in tokens if each.is_good(now)],
        over=[each for each in tokens if not each.is_good(now)],
        units=units,
        names={each.id: each.name for each in units},
        scopes=[each for each in Scope if each in use.scopes_of(person())],
        longest=LONGEST_DAYS,
        filled=filled,
        faults=faults,
    )
