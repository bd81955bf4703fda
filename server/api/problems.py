"""What went wrong, as RFC 9457 problem details: the type is our dotted code, the title its sentence.

It must not hide the code of an unknown error, nor show anything of the program itself.
"""

import logging
from collections.abc import Mapping

from apiflask import APIFlask, HTTPError
from flask import Response, request
from pydantic import BaseModel, Field

from schedules.errors import ScheduleError
from server.api.centre import centre
from server.errors import NotAllowed, NotFound, ServerError, Stale, Unacceptable
from server.services.obstacles import Obstacle

log = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"
_LANGUAGES = ("vi", "en")
_STATUSES: Mapping[type[Exception], int] = {NotFound: 404, NotAllowed: 403, Stale: 412}
_OF_CODES = {
    "api.no_token": 401,
    "api.no_key": 400,
    "api.unreadable": 400,
    "api.under_way": 409,
    "api.no_version": 428,
}
_OF_HTTP = {
    400: "api.unreadable",
    404: "api.no_such_address",
    405: "api.method",
    413: "api.too_large",
    415: "api.unreadable",
    429: "api.too_often",
}


class FieldProblem(BaseModel):
    """What is wrong with one field of what was sent."""

    field: str
    detail: str


class Problem(BaseModel):
    """Why something was not done (RFC 9457); nothing was changed then."""

    type: str = Field(description="A stable dotted code; what programs go by.")
    title: str = Field(description="Its sentence, in the language asked for by Accept-Language: vi or en.")
    status: int
    fields: list[FieldProblem] = Field(default_factory=list, description="What concerns single fields.")


def answer_problems(app: APIFlask) -> None:
    """Give the API its answers for problems."""
    app.register_error_handler(ServerError, refused)
    app.register_error_handler(ScheduleError, refused)
    app.register_error_handler(Exception, _unexpected)
    app.error_processor(_of_http)


def refused(error: Exception) -> Response:
    """Answer an error of the services or the rules."""
    assert isinstance(error, ServerError | ScheduleError)  # noqa: S101 -- registered for these alone
    status = _OF_CODES.get(error.code) or _STATUSES.get(type(error), 422)
    if isinstance(error, NotAllowed):
        log.warning("api=refused code=%s from=%s path=%r", error.code, request.remote_addr, request.path)
    fields = []
    if isinstance(error, Unacceptable) and error.field:
        fields = [FieldProblem(field=error.field, detail=_say(error.code, error.values))]
    found = error.values.get("obstacles", ())
    for each in found if isinstance(found, tuple) else ():
        if isinstance(each, Obstacle):
            fields.append(FieldProblem(field="", detail=_say(each.code, dict(each.values))))
    return _answer(status, error.code, error.values, fields)


def _of_http(error: HTTPError) -> Response:
    fields = []
    if error.status_code == 422 and isinstance(error.detail, Mapping):
        fields = [
            FieldProblem(field=name, detail="; ".join(map(str, told)))
            for named in error.detail.values()
            for name, told in named.items()
        ]
    answer = _answer(error.status_code, _OF_HTTP.get(error.status_code, "api.invalid"), {}, fields)
    for name, value in dict(error.headers).items():
        answer.headers[name] = value
    return answer


def _unexpected(error: Exception) -> Response:
    log.error("api=failed path=%r error=%r", request.path, error, exc_info=error)
    return _answer(500, "api.failed", {}, [])


def _answer(status: int, code: str, values: Mapping[str, object], fields: list[FieldProblem]) -> Response:
    problem = Problem(type=code, title=_say(code, values), status=status, fields=fields)
    answer = Response(problem.model_dump_json(), status, content_type=MEDIA_TYPE)
    if status == 401:
        answer.headers["WWW-Authenticate"] = "Bearer"
    return answer


def _say(code: str, values: Mapping[str, object]) -> str:
    language = request.accept_languages.best_match(_LANGUAGES, default="vi")
    return centre().say(code, values, language=language or "vi")
