"""The browsers in which whoever looks is signed in: ended one by one, or all at once."""

from flask import Blueprint, flash, redirect, render_template, session, url_for
from flask_babel import gettext as _
from flask_login import logout_user
from werkzeug.wrappers import Response

from server.services import people, signing_in
from server.web.centre import centre
from server.web.devices import device_words
from server.web.visitor import person, this_sign_in

browsers = Blueprint("browsers", __name__, url_prefix="/browsers")


@browsers.get("")
def listed() -> str:
    """List them, this one first."""
    found = signing_in.own(centre().store, centre().clock, person())
    here = this_sign_in()
    return render_template(
        "browsers/list.html", found=sorted(found, key=lambda each: each.id != here), here=here, words=device_words
    )


@browsers.post("/<sign_in>/end")
def end(sign_in: str) -> Response:
    """End one."""
    signing_in.end(centre().store, centre().clock, person(), sign_in)
    flash(_("Đã đăng xuất thiết bị ấy."), "good")
    return redirect(url_for("browsers.listed"))


@browsers.post("/end")
def end_all() -> Response:
    """End all of them, this one too."""
    people.sign_out_everywhere(centre().store, centre().clock, person(), person().id)
    logout_user()
    session.clear()
    flash(_("Đã đăng xuất mọi thiết bị, kể cả thiết bị này."), "good")
    return redirect(url_for("account.sign_in"))
