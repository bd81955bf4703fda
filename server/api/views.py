"""How a view becomes part of the API: who may ask, what is read and answered, and that a write is done once.

The order is always the same: token and scope, then the key of a write, then what was sent, then the view.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from hashlib import sha256
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from apiflask import APIBlueprint, HTTPError
from flask import Response, current_app, request
from pydantic import BaseModel
from werkzeug.exceptions import HTTPException

from schedules.errors import ScheduleError
from server.api import asking
from server.api.centre import centre
from server.errors import ServerError, Unacceptable
from server.services import api_writes
from server.token_records import Scope

View = Callable[..., Any]
SECURITY = "token"
LONGEST_KEY = 200
LARGEST_BODY = 1_000_000
NAMES = {"listed": "list", "one": "get"}
"""How a call is named where its view has another name: `list` is Python's."""
_KEPT_HEADERS = ("Content-Type", "ETag", "Location")


def reads(
    on: APIBlueprint,
    path: str,
    answers: type[BaseModel],
    *,
    asks: type[BaseModel] | None = None,
    scope: Scope = Scope.READ,
) -> Callable[[View], View]:
    """Make a view readable by tokens with a scope; what it `asks` comes from the query, as `query`."""

    def made(view: View) -> View:
        inner = view if asks is None else on.input(asks, location="query", arg_name="query")(view)

        @wraps(inner)
        def run(**named: object) -> Any:  # noqa: ANN401
            return inner(person=asking.person(scope), **named)

        return _placed(on, "GET", path, on.output(answers)(run), scope, edits=False)

    return made


@dataclass(frozen=True, slots=True, kw_only=True)
class Write:
    """How a view writes.

    Attributes:
        scope: a token needs it.
        status: of its answer.
        edits: it goes on from a version, which the request names by `If-Match`.
        hears: it finds the body in a file, as `sound`: that may be long. What is left of the file is deleted.
    """

    scope: Scope
    status: int = 200
    edits: bool = False
    hears: bool = False


def writes(
    on: APIBlueprint,
    method: str,
    path: str,
    how: Write,
    answers: type[BaseModel],
    *,
    takes: type[BaseModel] | None = None,
    asks: type[BaseModel] | None = None,
) -> Callable[[View], View]:
    """Make a view writable; what it `takes` is the body, as `sent`, and what it `asks` the query, as `query`."""

    def made(view: View) -> View:
        inner = view if takes is None else on.input(takes, location="json", arg_name="sent")(view)
        inner = inner if asks is None else on.input(asks, location="query", arg_name="query")(inner)
        answering = on.output(answers, status_code=how.status)(inner)

        @wraps(answering)
        def run(**named: object) -> Response:
            person = asking.person(how.scope)
            if not how.hears:
                request.max_content_length = LARGEST_BODY
                asked = _print(sha256(request.get_data()).digest())
                return _once(asked, lambda: current_app.make_response(answering(person=person, **named)))
            sound, content = _in_a_file()
            try:
                asked = _print(content)
                return _once(asked, lambda: current_app.make_response(answering(person=person, sound=sound, **named)))
            finally:
                sound.unlink(missing_ok=True)

        shown = on.doc(extensions={"x-hears": True})(run) if how.hears else run
        return _placed(on, method, path, shown, how.scope, edits=how.edits)

    return made


def _placed(on: APIBlueprint, method: str, path: str, view: View, scope: Scope, *, edits: bool) -> View:
    spoken = getattr(view, "_spec", {}).get("extensions") or {}
    told = {**spoken, "x-scope": scope.value, "x-edits": edits}
    name = NAMES.get(view.__name__, view.__name__)
    shown = on.doc(security=SECURITY, extensions=told, operation_id=f"{on.name}.{name}")(_with_version(view))
    placed: View = on.route(path, methods=[method], endpoint=name)(shown)
    return placed


def _with_version(view: View) -> View:
    """Name the version of what is answered by `ETag`, where it has one."""

    @wraps(view)
    def run(**named: object) -> Response:
        answer = current_app.make_response(view(**named))
        told = answer.get_json(silent=True) if answer.is_json else None
        if isinstance(told, dict) and "version" in told:
            answer.set_etag(str(told["version"]))
        return answer

    return run


def _once(asked: str, do: Callable[[], Response]) -> Response:
    key = request.headers.get("Idempotency-Key", "")
    if not 1 <= len(key) <= LONGEST_KEY or not key.isprintable() or not key.isascii():
        raise Unacceptable("api.no_key", most=LONGEST_KEY)
    store = centre().store
    begun = api_writes.begin(store, centre().clock, asking.token(), key=key, print_=asked)
    if begun.status is not None:
        return Response(begun.body, begun.status, headers=dict(begun.headers))
    try:
        answer = do()
    except (ServerError, ScheduleError, HTTPError, HTTPException):  # refused; whatever else happened, nobody knows
        api_writes.forget(store, begun)
        raise
    headers = {name: answer.headers[name] for name in _KEPT_HEADERS if name in answer.headers}
    api_writes.keep(store, begun, status=answer.status_code, headers=headers, body=answer.get_data())
    return answer


def _print(content: bytes) -> str:
    """Give what tells one request from another."""
    version = request.headers.get("If-Match", "")
    return sha256(f"{request.method}\n{request.full_path}\n{version}\n".encode() + content).hexdigest()


def _in_a_file() -> tuple[Path, bytes]:
    """Put the body into a file as it comes; give the file, and the body's hash."""
    found = sha256()
    with NamedTemporaryFile(dir=centre().uploads, prefix="received-", delete=False) as file:
        path = Path(file.name)
        try:
            while piece := request.stream.read(1 << 16):
                found.update(piece)
                file.write(piece)
        except BaseException:
            path.unlink(missing_ok=True)
            raise
    return path, found.digest()
