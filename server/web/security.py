"""What guards every page whatever it shows: headers, tokens on forms, cookies, a limit on tries. It knows no screen."""

from collections.abc import Callable, Container
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

TRIES = "10 per minute"
"""Wrong ones from one address: a person who mistypes never meets it, a machine that guesses does."""
_GUESSED = {
    "account.sign_in": {401},
    "account.approver_pin": {422},
    "second_factor.ask": {401},
    "second_factor.confirm": {422},
    "break_glass.begin": {422},
    "phone_approval.approve": {404, 410, 422},
    "phone_approval.send_back": {404, 410, 422},
    "agent_door.enrol": {403, 404, 413, 422},
    "agent_door.renew": {403, 413, 422},
    "agent_door.diagnostics": {403, 413, 422},
}
"""The views that read a password, a code or a key, each with its answers to a wrong one."""
_OF_DEVICES = "agent_door"
"""No cookie is read there, so no form elsewhere can be made to speak for anybody."""


def guard(app: Flask) -> None:
    """Put the guards around an application."""
    CSRFProtect(app).exempt(app.blueprints[_OF_DEVICES])
    limiter = Limiter(get_remote_address, storage_uri="memory://")
    limiter.init_app(app)
    for endpoint, wrong in _GUESSED.items():
        limited = limiter.limit(TRIES, methods=["POST"], deduct_when=_answered(wrong))
        app.view_functions[endpoint] = cast("RouteCallable", limited(app.view_functions[endpoint]))
    app.after_request(_with_headers)


def _answered(statuses: Container[int]) -> Callable[[Response], bool]:
    return lambda answer: answer.status_code in statuses


def _with_headers(response: Response) -> Response:
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    # Pages show what people may see only while signed in; what is named by its content may be kept.
    if request.endpoint not in ("static", "audio.recording"):
        response.headers.setdefault("Cache-Control", "no-store")
    return response
