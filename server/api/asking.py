"""Who asks, and for which version: the token in `Authorization`, the version in `If-Match`. It decides no right."""

import re

from flask import Flask, g, request

from server.api.centre import centre
from server.errors import NotAllowed, Stale, Unacceptable
from server.services import api_tokens
from server.token_records import ApiToken, Scope
from server.values import Person

_TAG = re.compile(r'"([\x21\x23-\x7e]{1,100})"')


def recognise(app: Flask) -> None:
    """Let the application know who asks before anything else looks at a request."""
    app.before_request(_recognise)


def _recognise() -> None:
    kind, _, words = request.headers.get("Authorization", "").partition(" ")
    g.token = api_tokens.recognised(centre().store, centre().clock, words) if kind.lower() == "bearer" else None


def token_or_none() -> ApiToken | None:
    """Give the good token of the request, None where there is none."""
    found = g.get("token")
    return found if isinstance(found, ApiToken) else None


def token() -> ApiToken:
    """Give the good token of the request.

    Raises:
        NotAllowed: `api.no_token`.
    """
    found = token_or_none()
    if found is None:
        raise NotAllowed("api.no_token")
    return found


def person(scope: Scope) -> Person:
    """Give the person the token acts as in a scope.

    Raises:
        NotAllowed: `api.no_token`, `api_token.scope`, `api_token.person`.
    """
    return api_tokens.acting(centre().store, centre().clock, token(), scope)


def seen() -> str:
    """Give the version an edit goes on from, as its answer's `ETag` named it.

    Raises:
        Unacceptable: `api.no_version` where `If-Match` is missing.
        Stale: `api.other_version` for what is no version of ours.
    """
    given = request.headers.get("If-Match", "").strip()
    if not given:
        raise Unacceptable("api.no_version")
    found = _TAG.fullmatch(given)
    if found is None:
        raise Stale("api.other_version")
    return found[1]


def seen_number() -> int:
    """Give the version an edit goes on from, where versions are numbers.

    Raises:
        Unacceptable, Stale: as `seen`.
    """
    text = seen()
    if not text.isascii() or not text.isdecimal() or len(text) > 9:
        raise Stale("api.other_version")
    return int(text)
