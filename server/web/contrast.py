"""Whether a browser shows more contrast: a cookie of its own, which tells of nobody and outlives signing out."""

from datetime import timedelta

from flask import current_app, request
from werkzeug.wrappers import Response

_KEPT = timedelta(days=365)
_MORE = "more"


def more_contrast() -> bool:
    """Tell whether this browser was told to show more contrast."""
    return request.cookies.get(_name()) == _MORE


def keep(answer: Response, *, more: bool) -> None:
    """Tell the browser to show more contrast from now on, or what its system asks for."""
    secure = bool(current_app.config["SESSION_COOKIE_SECURE"])
    if more:
        answer.set_cookie(_name(), _MORE, max_age=_KEPT, secure=secure, httponly=True, samesite="Lax")
    else:
        answer.delete_cookie(_name(), secure=secure, httponly=True, samesite="Lax")


def _name() -> str:
    """Beside the session's own, under the same prefix."""
    return f"{current_app.config['SESSION_COOKIE_NAME']}-contrast"
