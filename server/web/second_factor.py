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
    except (Unacceptable, NotAllowed) as error:
        return _shown({"code": told(error)}), 422
    return render_template("second_factor/recovery.html", recovery=recovery, anew=False)


@second_factor.post("/second-factor/recovery")
def renew() -> _Page:
    """Give other recovery codes, and show them once; the ones before open nothing any more."""
    form, here = request.form, centre()
    try:
        recovery = factors.renew_recovery(
            here.store,
            here.clock,
            here.codes,
            here.hashing,
            person(),
            password=form.get("password", ""),
            code=form.get("code", ""),
        )
    except Unacceptable as error:
        return _shown({error.field: told(error)}), 422
    except NotAllowed as error:
        return _shown({"code": told(error)}), 422
    return render_template("second_factor/recovery.html", recovery=recovery, anew=True)


@second_factor.post("/second-factor/remove")
def remove() -> _Page:
    """Take one's own factor away, where it is not required."""
    password = request.form.get("password", "")
    try:
        factors.remove(centre().store, centre().clock, centre().hashing, person(), password=password)
    except Unacceptable as error:
        return _shown({f"remove_{error.field}": told(error)}), 422
    flash(_("Đã bỏ xác thực hai bước."), "good")
    return redirect(url_for("second_factor.shown"))


def _shown(faults: dict[str, str]) -> str:
    factor = factors.factor_of(centre().store, person().id)
    scanned, letters = _drawn(factor)
    must = session.get("factor_asked", False)
    return render_template(
        "second_factor/shown.html",
        factor=factor,
        scanned=scanned,
        letters=letters,
        must=must,
        until=None if factor is None or not must else factor.since + GRACE,
        faults=faults,
    )


def _drawn(factor: Factor | None) -> tuple[Markup | None, str]:
    """Give a secret that waits for its first code, to scan and to type; one that nobody can open is drawn anew."""
    if factor is None or not factor.sealed or factor.confirmed_at is not None:
        return None, ""
    codes = centre().codes
    try:
        return picture(codes.address(factor.sealed, person().login)), codes.letters(factor.sealed)
    except NotAllowed:
        return None, ""
