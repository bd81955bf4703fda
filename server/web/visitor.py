"""Who is looking, in which language: the signed-in person, kept in a signed cookie. It must not decide rights."""

from datetime import timedelta
from urllib.parse import urlsplit, urlunsplit

from babel.support import NullTranslations
from flask import Flask, abort, g, redirect, request, session, url_for
from flask_babel import Babel, Domain
from flask_login import LoginManager, UserMixin, current_user, login_user
from werkzeug.wrappers import Response

from schedules.ids import PersonId
from server.services import factors, people, signing_in
from server.values import Person
from server.web.centre import centre
from server.web.tongues import OWN, added, names

_OF_DEVICES = frozenset(
    {"audio.recording", "agent_door.enrol", "agent_door.renew", "agent_door.diagnostics", "agent_door.trust"}
)
_BY_LINK = frozenset({f"phone_approval.{each}" for each in ("shown", "sound", "approve", "send_back", "asked_again")})
"""Opened by a one-time link, whose token stands for its approver; a PIN is asked before anything is done."""
_SIGNING_IN = frozenset({"account.sign_in", "second_factor.ask", "account.choose_language", "account.choose_contrast"})
_PUBLIC = frozenset({"static", "health.healthz", *_SIGNING_IN, *_OF_DEVICES, *_BY_LINK})
"""What is answered without signing in. Everything else is not: a new page is private unless it is named here."""

_BEFORE_A_FACTOR = frozenset(
    {"second_factor.shown", "second_factor.draw", "second_factor.confirm", "account.new_password", "account.sign_out"}
    | _PUBLIC
)

HALF_FOR = timedelta(minutes=10)
"""From the right password to the code."""

_BEFORE_A_NEW_PASSWORD = frozenset({"account.new_password", "account.sign_out", *_PUBLIC})


class Account(UserMixin):  # type: ignore[misc]  # flask-login has no types
    """A signed-in person, as flask-login keeps one, in one browser."""

    def __init__(self, person: Person, sign_in: str) -> None:
        self.person = person
        self.sign_in = sign_in

    def get_id(self) -> str:
        """Give what the cookie holds."""
        return self.sign_in


class _Texts(Domain):  # type: ignore[misc]  # flask-babel has no types
    """The texts of the pages in the visitor's language, one that was added too."""

    def get_translations(self) -> NullTranslations:
        """Give those of the language spoken now."""
        tongue = added().get(language())
        return super().get_translations() if tongue is None else tongue.translations


def welcome(app: Flask) -> None:
    """Let an application know its visitors and speak their language."""
    logins = LoginManager(app)
    logins.session_protection = None  # a phone changes its address all day
    logins.user_loader(_account)
    babel = Babel(app, default_locale="vi", locale_selector=_whole, default_translation_directories=_translations(app))
    babel.domain_instance = _Texts()
    app.before_request(_require_sign_in)


def person_or_none() -> Person | None:
    """Give the signed-in person, None for a stranger."""
    account = current_user._get_current_object()  # noqa: SLF001 -- flask-login's proxy has no other way
    return account.person if isinstance(account, Account) else None


def person() -> Person:
    """Give the signed-in person; a stranger never comes this far."""
    known = person_or_none()
    if known is None:
        abort(401)
    return known


def this_sign_in() -> str:
    """Give which of the person's browsers this is; empty for a stranger."""
    account = current_user._get_current_object()  # noqa: SLF001 -- flask-login's proxy has no other way
    return account.sign_in if isinstance(account, Account) else ""


def let_in(known: Person) -> None:
    """Let a person who has proved to be it into this browser."""
    session.clear()  # nothing of whoever used this browser before
    session.permanent = True
    stay_in(known)


def stay_in(known: Person) -> None:
    """Know this browser as one of a person's, whose session key may have grown."""
    made = signing_in.begin(centre().store, centre().clock, known, device=request.headers.get("User-Agent", ""))
    login_user(Account(known, made.id))


def half_sign_in(known: Person) -> None:
    """Remember for a few minutes that somebody gave the right password and owes a code."""
    session.clear()
    until = centre().clock.now() + HALF_FOR
    session["half"] = f"{known.session_key}:{int(until.timestamp())}:{known.id}"


def half_signed_in() -> Person | None:
    """Give who owes a code in this browser; None once that took too long."""
    key, until, identifier = [*session.get("half", "").split(":", 2), "", "", ""][:3]
    if not key.isdigit() or not until.isdigit() or int(until) <= centre().clock.now().timestamp():
        return None
    return people.signed_in(centre().store, centre().clock, PersonId(identifier), session_key=int(key))


def own_address(address: str) -> str:
    """Give the address if it leads to a page of ours, else nothing."""
    parts = urlsplit(address)
    own = not parts.scheme and not parts.netloc and address.startswith("/") and not address.startswith(("//", "/\\"))
    return address.rstrip("?") if own else ""


def language() -> str:
    """Give the visitor's language: chosen now, else the account's, else Vietnamese."""
    chosen = session.get("language")
    known = person_or_none()
    wanted = chosen or (known.language if known is not None else "vi")
    return wanted if wanted in names() else "vi"


def _whole() -> str:
    """Give the visitor's language where it is one of the program's own; others need not be known to anybody."""
    return language() if language() in OWN else "vi"


def _account(kept: str) -> Account | None:
    known = signing_in.current(centre().store, centre().clock, kept)
    return None if known is None else Account(known, kept)


def _require_sign_in() -> Response | None:
    if request.endpoint in _PUBLIC or request.endpoint is None:
        return None
    known = person_or_none()
    if known is None:
        if "HX-Request" in request.headers:
            abort(401)
        wanted = request.full_path if request.method == "GET" else page_of_form()
        return redirect(url_for("account.sign_in", next=wanted or None))
    g.person = known
    if known.must_change_password and request.endpoint not in _BEFORE_A_NEW_PASSWORD:
        return redirect(url_for("account.new_password"))
    owes = session.get("factor_asked") and request.endpoint not in _BEFORE_A_FACTOR
    if owes and factors.overdue(centre().store, centre().clock, known):
        return redirect(url_for("second_factor.shown"))
    return None


def page_of_form() -> str:
    """Give the page of ours on which the form of this request stood; nothing where the browser does not say."""
    page = urlsplit(request.referrer or "")
    return own_address(urlunsplit(("", "", page.path, page.query, ""))) if page.netloc == request.host else ""


def _translations(app: Flask) -> str:
    return f"{app.root_path}/web/translations"
