"""What guards every page whatever it shows: headers, tokens on forms, cookies, a limit on tries. It knows no screen."""

from typing import cast

from flask import Flask, Response, request
from flask.typing import RouteCallable
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_wtf.csrf import CSRFProtect

_POLICY = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'; media-src 'self' blob:"  # a take is heard before it is sent
)
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "microphone=(self), camera=(), geolocation=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}

SIGN_IN_TRIES = "10 per minute"
"""Wrong ones from one address: a person who mistypes never meets it, a machine that guesses does."""


def guard(app: Flask) -> None:
    """Put the guards around an application."""
    CSRFProtect(app)
    limiter = Limiter(get_remote_address, storage_uri="memory://")
    limiter.init_app(app)
    sign_in = app.view_functions["account.sign_in"]
    guarded = limiter.limit(SIGN_IN_TRIES, methods=["POST"], deduct_when=_was_wrong)(sign_in)
    app.view_functions["account.sign_in"] = cast("RouteCallable", guarded)
    app.after_request(_with_headers)


def _was_wrong(answer: Response) -> bool:
    return answer.status_code == 401


def _with_headers(response: Response) -> Response:
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    # Pages show what people may see only while signed in; what is named by its content may be kept.
    if request.endpoint not in ("static", "audio.recording"):
        response.headers.setdefault("Cache-Control", "no-store")
    return response
