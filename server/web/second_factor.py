"""The second factor of whoever looks: set up with a telephone, and asked for when signing in.

It must not decide who needs one, nor keep a code anywhere but on the page.
"""

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from markupsafe import Markup
from werkzeug.wrappers import Response

from server.account_records import Factor
from server.errors import NotAllowed, Unacceptable
from server.services import factors
from server.services.factors import GRACE
from server.web.centre import centre
from server.web.scanned import picture
from server.web.telling import told
from server.web.visitor import half_signed_in, let_in, own_address, person

second_factor = Blueprint("second_factor", __name__)

_Page = str | Response | tuple[str, int]


@second_factor.route("/sign-in/code", methods=["GET", "POST"])
def ask() -> _Page:
    """Ask whoever gave the right password for a code, and let them in."""
    known = half_signed_in()
    if known is None:
        return redirect(url_for("account.sign_in"))
    if request.method == "GET":
        return render_template("second_factor/ask.html", faults={})
    try:
        factors.check(centre().store, centre().clock, centre().codes, known, code=request.form.get("code", ""))
    except NotAllowed as error:
        return render_template("second_factor/ask.html", faults={"code": told(error)}), 401
    let_in(known)
    return redirect(own_address(request.args.get("next", "")) or url_for("start.index"))


@second_factor.get("/second-factor")
def shown() -> str:
    """Show whether sign-ins ask for a code, and how to begin."""
    return _shown({})


@second_factor.post("/second-factor")
def draw() -> _Page:
    """Draw a secret for the telephone."""
    try:
        factors.draw(centre().store, centre().clock, centre().codes, person())
    except Unacceptable as error:
        return _shown({"": told(error)}), 422
    return redirect(url_for("second_factor.shown"))


@second_factor.post("/second-factor/confirm")
def confirm() -> _Page:
    """Take the first code, and show the recovery codes once."""
    code = request.form.get("code", "")
    try:
        recovery = factors.confirm(centre().store, centre().clock, centre().codes, person(), code=code)
    except Unacceptable as error:
        return _shown({"code": told(error)}), 422
    return render_template("second_factor/recovery.html", recovery=recovery)


@second_factor.post("/second-factor/remove")
def remove() -> Response:
    """Take one's own factor away, where it is not required."""
    factors.remove(centre().store, centre().clock, person())
    flash(_("Đã bỏ xác thực hai bước."), "good")
    return redirect(url_for("second_factor.shown"))


def _shown(faults: dict[str, str]) -> str:
    factor = factors.factor_of(centre().store, person().id)
    begun = factor is not None and factor.sealed and factor.confirmed_at is None
    must = session.get("factor_asked", False)
    return render_template(
        "second_factor/shown.html",
        factor=factor,
        scanned=_scanned(factor) if factor is not None and begun else None,
        letters=centre().codes.letters(factor.sealed) if factor is not None and begun else "",
        must=must,
        until=None if factor is None or not must else factor.since + GRACE,
        faults=faults,
    )


def _scanned(factor: Factor) -> Markup:
    return picture(centre().codes.address(factor.sealed, person().login))
