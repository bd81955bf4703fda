"""The door of devices: takes in their requests to enrol and for certificates, and waits for the conductor's answer.

No person comes here: what is asked is proven by a code's secret or by keys, never by a cookie. It must not decide who
may enrol, and holds no key.
"""

import time
from base64 import b64encode
from collections.abc import Callable

from flask import Blueprint, Response, jsonify, request
from werkzeug.exceptions import HTTPException

from schedules.errors import ScheduleError
from schedules.ids import DeviceId, EnrolmentId, LoudspeakerId
from schedules.wire.codec import PAYLOAD_LIMIT
from schedules.wire.enrolment import PROOF
from server.device_records import Enrolment, Renewal
from server.errors import NotAllowed, NotFound, ServerError
from server.services import diagnostics as taken_in
from server.services import enrolment, renewal
from server.web.centre import centre
from server.web.sentences import sentence
from server.web.words import LANGUAGES

agent_door = Blueprint("agent_door", __name__, url_prefix="/agent/v1")

LARGEST = 16_384
"""Bytes of a request; a genuine one has less than 1,000."""
LARGEST_GATHERED = LARGEST + PAYLOAD_LIMIT
"""Bytes of what a device gathered of itself: one message."""
PATIENCE_S = 10.0
"""How long a device waits here before it is asked to come again."""
_LOOK_EVERY_S = 0.02

_Answer = tuple[Response, int]
_STATUSES: dict[type[Exception], int] = {NotFound: 404, NotAllowed: 403}
_OF_HTTP = {413: "enrolment.too_large", 429: "enrolment.too_many"}


@agent_door.post("/enrolments/<identifier>")
def enrol(identifier: str) -> _Answer:
    """Take in a new device's request; answer what it is from now on."""
    code = EnrolmentId(identifier)
    asked = enrolment.ask(centre().store, centre().clock, code, _body(), proven=request.headers.get(PROOF, ""))

    def again() -> Enrolment:
        with centre().store.reading() as uow:
            return uow.enrolments.get(code) or asked

    return _answered(again)


@agent_door.post("/certificates")
def renew() -> _Answer:
    """Take in a known device's request for a certificate; answer with it."""
    asked = renewal.ask(centre().store, centre().clock, _body())

    def again() -> Renewal:
        with centre().store.reading() as uow:
            return uow.enrolments.renewal(DeviceId(asked.device)) or asked

    return _answered(again)


@agent_door.post("/diagnostics/<loudspeaker>")
def diagnostics(loudspeaker: str) -> tuple[str, int]:
    """Take in what a device gathered of itself."""
    taken_in.take_in(centre().store, centre().clock, LoudspeakerId(loudspeaker), _body(LARGEST_GATHERED))
    return "", 204


@agent_door.get("/trust/<int:number>")
def trust(number: int) -> Response:
    """Give one trust list, for whoever walks them."""
    with centre().store.reading() as uow:
        found = dict(uow.issue.trust_lists()).get(number)
    if found is None:
        raise NotFound("trust.unknown")
    return Response(found, mimetype="application/octet-stream")


@agent_door.errorhandler(ServerError)
@agent_door.errorhandler(ScheduleError)
def refused(error: ServerError | ScheduleError) -> _Answer:
    """Answer a refusal as the code and its sentences."""
    return _problem(error.code, error.values, _STATUSES.get(type(error), 422))


@agent_door.errorhandler(HTTPException)
def refused_by_http(error: HTTPException) -> _Answer:
    """Answer what never came as far as a use case."""
    return _problem(_OF_HTTP.get(error.code or 0, "enrolment.not_understood"), {}, error.code or 400)


def _body(most: int = LARGEST) -> bytes:
    request.max_content_length = most
    return request.get_data(cache=False)


def _answered(look: Callable[[], Enrolment | Renewal]) -> _Answer:
    """Wait until the conductor has answered; after a while have the device ask again."""
    ends = time.monotonic() + PATIENCE_S
    while True:
        seen = look()
        if seen.refused:
            return _problem(seen.refused, {}, 403)
        if seen.answer:
            with centre().store.reading() as uow:
                lists = [b64encode(envelope).decode() for _, envelope in uow.issue.trust_lists()]
            return jsonify(trust=lists, answer=b64encode(seen.answer).decode()), 200
        if time.monotonic() >= ends:
            return _problem("enrolment.waiting", {}, 202)
        time.sleep(_LOOK_EVERY_S)


def _problem(code: str, values: dict[str, object], status: int) -> _Answer:
    said = {each: sentence(code, values, language=each, zone=centre().zone) for each in LANGUAGES}
    return jsonify(code=code, **said), status
