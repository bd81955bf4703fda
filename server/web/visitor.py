"""Who is looking, in which language: the signed-in person, kept in a signed cookie. It must not decide rights."""

from urllib.parse import urlsplit, urlunsplit

from flask import Flask, abort, g, redirect, request, session, url_for
from flask_babel import Babel
from flask_login import LoginManager, UserMixin, current_user
from werkzeug.wrappers import Response

from schedules.ids import PersonId
from server.services import people
from server.values import Person
from server.web.centre import centre
from server.web.words import LANGUAGES

_OF_DEVICES = frozenset(
    {"audio.recording", "agent_door.enrol", "agent_door.renew", "agent_door.diagnostics", "agent_door.trust"}
)
_BY_LINK = frozenset({f"phone_approval.{each}" for each in ("shown", "sound", "approve", "send_back")})
"""Opened by a one-time link, whose token stands for its approver; a PIN is asked before anything is done."""
_PUBLIC = frozenset({"static", "account.sign_in", "account.choose_language", "health.healthz", *_OF_DEVICES, *_BY_LINK})
"""What is answered without signing in. Everything else is not: a new page is private unless it is named here."""

_BEFORE_A_NEW_PASSWORD = frozenset({"account.new_password", "account.sign_out", *_PUBLIC})


class Account(UserMixin):  # type: ignore[misc]  # flask-login has no types
    """A signed-in person, as flask-login keeps one; `session_key` signs out everywhere."""

    def __init__(self, person: Person) -> None:
        self.person = person

    def get_id(self) -> str:
        """Give what the cookie holds."""
        return f"{self.person.session_key}:{self.person.id}"


def welcome(app: Flask) -> None:
    """Let an application know its visitors and speak their language."""
    logins = LoginManager(app)
    logins.session_protection = None  # a phone changes its address all day
    logins.user_loader(_account)
    Babel(app, default_locale="vi", locale_selector=language, default_translation_directories=_translations(app))
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


def language() -> str:
    """Give the visitor's language: chosen now, else the account's, else Vietnamese."""
    chosen = session.get("language")
    known = person_or_none()
    wanted = chosen or (known.language if known is not None else "vi")
    return wanted if wanted in LANGUAGES else "vi"


def _account(kept: str) -> Account | None:
    key, _, identifier = kept.partition(":")
    known = (
        people.signed_in(centre().store, centre().clock, PersonId(identifier), session_key=int(key))
        if key.isdigit()
        else None
    )
    return None if known is None else Account(known)


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
    return None


def page_of_form() -> str:
    """Give the page of ours on which the form of this request stood; nothing where the browser does not say."""
    page = urlsplit(request.referrer or "")
    return urlunsplit(("", "", page.path, page.query, "")) if page.netloc == request.host else ""


def _translations(app: Flask) -> str:
    return f"{app.root_path}/web/translations"
