"""Signing in and out, a new password, the language, the contrast. Who may sign in is decided by `services.people`."""

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_login import logout_user
from werkzeug.wrappers import Response

from server.errors import NotAllowed, Unacceptable
from server.services import approver_pins, factors, people, signing_in
from server.services import told as told_of
from server.web import entered
from server.web.centre import centre
from server.web.contrast import keep
from server.web.telling import told
from server.web.tongues import names
from server.web.visitor import half_sign_in, let_in, own_address, person, person_or_none, stay_in, this_sign_in

account = Blueprint("account", __name__)


@account.route("/sign-in", methods=["GET", "POST"])
def sign_in() -> str | Response | tuple[str, int]:
    """Show the form; let in whoever gives a login and its password."""
    if request.method == "GET":
        if person_or_none() is not None:
            return redirect(url_for("start.index"))
        ended = session.get("_user_id") is not None  # somebody was signed in here, and was not signed out by themselves
        return render_template("account/sign_in.html", login="", faults={}, ended=ended)
    login = request.form.get("login", "")
    try:
        known = people.sign_in(
            centre().store,
            centre().clock,
            centre().hashing,
            login=login,
            password=request.form.get("password", ""),
        )
    except NotAllowed as error:
        return render_template("account/sign_in.html", login=login, faults={"password": told(error)}), 401
    wanted = own_address(request.args.get("next", ""))
    if factors.guards(centre().store, known.id):
        half_sign_in(known)
        return redirect(url_for("second_factor.ask", next=wanted or None))
    let_in(known)
    if centre().factor_required and factors.ask_in_time(centre().store, centre().clock, known):
        session["factor_asked"] = True
        return redirect(url_for("second_factor.shown"))
    return redirect(wanted or url_for("start.index"))


@account.post("/sign-out")
def sign_out() -> Response:
    """Forget the person in this browser."""
    sign_in = this_sign_in()
    if sign_in:
        signing_in.end(centre().store, centre().clock, person(), sign_in)
    logout_user()
    session.clear()
    return redirect(url_for("account.sign_in"))


@account.route("/new-password", methods=["GET", "POST"])
def new_password() -> str | Response | tuple[str, int]:
    """Show the form; change the password and stay signed in here."""
    if request.method == "GET":
        return render_template("account/new_password.html", faults={})
    form = request.form
    try:
        if form.get("new", "") != form.get("again", ""):
            raise Unacceptable("form.not_the_same", "again")
        changed = people.change_password(
            centre().store, centre().clock, centre().hashing, person(), old=form.get("old", ""), new=form.get("new", "")
        )
    except Unacceptable as error:
        return render_template("account/new_password.html", faults={error.field: told(error)}), 422
    stay_in(changed)
    flash(
        _("Đã đổi mật khẩu. Các thiết bị khác phải đăng nhập lại; mã truy cập cho chương trình hết hiệu lực."), "good"
    )
    return redirect(url_for("start.index"))


@account.route("/approver-pin", methods=["GET", "POST"])
def approver_pin() -> str | Response | tuple[str, int]:
    """Show the form; give an approver the PIN that answers one-time links."""
    may = approver_pins.may_set_pin(centre().store, centre().clock, person())
    shown = {"has_pin": approver_pins.has_pin(centre().store, person()), "may": may}
    if request.method == "GET":
        return render_template("account/approver_pin.html", **shown, faults={})
    form = request.form
    try:
        if form.get("pin", "") != form.get("again", ""):
            raise Unacceptable("approver_pin.not_the_same", "again")
        approver_pins.set_pin(
            centre().store,
            centre().clock,
            centre().hashing,
            person(),
            password=form.get("password", ""),
            pin=form.get("pin", ""),
        )
    except Unacceptable as error:
        return render_template("account/approver_pin.html", **shown, faults={error.field: told(error)}), 422
    flash(_("Đã đặt mã PIN. Mã này chỉ dùng khi mở đường dẫn duyệt một lần trên điện thoại."), "good")
    return redirect(url_for("account.approver_pin"))


@account.post("/account-news")
def news_read() -> Response:
    """Remind no more of what the page told of changes of the account."""
    told_of.read(centre().store, centre().clock, person(), until=entered.instant(request.form, "until"))
    return redirect(own_address(request.form.get("back", "")) or url_for("start.index"))


@account.post("/language")
def choose_language() -> Response:
    """Speak the language asked for, in this browser."""
    wanted = request.form.get("language", "vi")
    session["language"] = wanted if wanted in names() else "vi"
    return redirect(own_address(request.form.get("back", "")) or url_for("start.index"))


@account.post("/contrast")
def choose_contrast() -> Response:
    """Show this browser more contrast, or again what its system asks for; it lasts beyond signing out."""
    answer = redirect(own_address(request.form.get("back", "")) or url_for("start.index"))
    keep(answer, more=request.form.get("contrast") == "more")
    return answer
