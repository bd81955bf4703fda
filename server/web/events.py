"""The stream of a page: says when something of its unit is new, and every little while that it still stands.

It says marks and no content. A page asks for its parts where it always does, and gets what its person may see there.
"""

from collections.abc import Iterator
from functools import partial
from time import monotonic

from flask import Blueprint, Response, request

from schedules.ids import UnitId
from server.services.news import require_follower, still_follows
from server.web.centre import centre
from server.web.streams import Marks, Place
from server.web.visitor import person, this_sign_in

events = Blueprint("events", __name__)

_BEAT_S = 20.0
"""Between two signs of life; at each it is asked whether the person is still signed in and still has a role there."""
_LONGEST_S = 3600.0
"""A browser comes back by itself, and shows its cookie again."""
_COMES_BACK_MS = 3000


@events.get("/events")
def stream() -> Response:
    """Stream the marks of one unit; 503 where there are too many streams, and the page asks every few seconds."""
    unit = UnitId(request.args.get("unit", ""))
    require_follower(centre().store, person(), unit)
    place = centre().streams.enter(person().id)
    if place is None:
        return Response(status=503, headers={"Retry-After": "60"})
    answer = Response(_said(unit, place), mimetype="text/event-stream", headers={"X-Accel-Buffering": "no"})
    answer.call_on_close(partial(centre().streams.leave, person().id, place))
    return answer


def _said(unit: UnitId, place: Place) -> Iterator[str]:
    """Begin what a stream says; the request is over before it goes on."""
    streams, clock = centre().streams, centre().clock
    follows = partial(still_follows, centre().store, clock, this_sign_in(), person().id, unit)

    def said() -> Iterator[str]:
        known, ends = Marks(), monotonic() + _LONGEST_S
        due = monotonic() + _BEAT_S
        yield f"retry: {_COMES_BACK_MS}\n\n"
        while monotonic() < ends:
            marks = streams.wait(place, unit, known, due - monotonic())
            if streams.closed or place.taken:
                return
            for name, before, mark in zip(Marks._fields, known, marks, strict=True):
                if mark != before:
                    yield _event(name, mark)
            known = marks
            if monotonic() >= due:
                if not follows():
                    return
                yield _event("beat", clock.now().isoformat())
                due = monotonic() + _BEAT_S

    return said()


def _event(name: str, data: str) -> str:
    return f"event: {name}\ndata: {data}\n\n"
