"""What guards every page whatever it shows: headers, tokens on forms, cookies, limits on tries. It knows no screen."""

from collections.abc import Callable, Container
from typing import cast

from flask import Flask, Response, abort, current_app, request
from flask.typing import RouteCallable
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_wtf.csrf import CSRFProtect

from server.web.visitor import person, person_or_none

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
    "Cross-Origin-Resource-Policy": "same-origin",
}
_OVER_TLS = {"Strict-Transport-Security": "max-age=31536000"}
"""A browser heeds it only where it came over TLS, so it is sent wherever cookies are for TLS alone."""

LONGEST_FIELD = 100_000
"""Letters of one field; what a use case takes is shorter, and says so by itself."""

TRIES = "10 per minute"
"""Wrong ones from one address: a person who mistypes never meets it, a machine that guesses does."""

A_PERSON = 300
"""A minute, changes and files of one person who has signed in: no person works so fast."""

_GUESSED = {
    "account.sign_in": {401},
    "account.approver_pin": {422},
    "account.new_password": {422},
    "second_factor.ask": {401},
    "second_factor.confirm": {422},
    "second_factor.renew": {422},
    "second_factor.remove": {422},
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
    Limiter(
        lambda: person().id,
        app=app,
        application_limits=[f"{A_PERSON} per minute"],
        application_limits_exempt_when=lambda: not _is_weighed(),
        storage_uri="memory://",
    )
    app.before_request(_require_readable)
    app.after_request(_with_headers)


def _is_weighed() -> bool:
    """Tell whether this request changes something, or takes a file away, for somebody who has signed in."""
    weighs = request.method == "POST" or "kind" in (request.view_args or {})
    return weighs and request.blueprint != _OF_DEVICES and person_or_none() is not None


def _answered(statuses: Container[int]) -> Callable[[Response], bool]:
    return lambda answer: answer.status_code in statuses


def _require_readable() -> None:
    """Refuse what nobody types: a NUL, which PostgreSQL keeps in no text, and fields without end."""
    if request.blueprint == _OF_DEVICES:
        return
    values = [*request.args.values(), *(value for _, value in request.form.items(multi=True))]
    if "\0" in request.path or any("\0" in each or len(each) > LONGEST_FIELD for each in values):
        abort(400)


def _with_headers(response: Response) -> Response:
    headers = {**_HEADERS, **(_OVER_TLS if current_app.config["SESSION_COOKIE_SECURE"] else {})}
    for name, value in headers.items():
        response.headers.setdefault(name, value)
    # Pages show what people may see only while signed in; what is named by its content may be kept.
    if request.endpoint not in ("static", "audio.recording"):
        response.headers.setdefault("Cache-Control", "no-store")
    return response
