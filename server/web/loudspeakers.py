"""The board of loudspeakers: ready or not, why, what to try; and one loudspeaker with its history.

All of it is the loudspeakers' own word and its age. It changes nothing.
"""

from datetime import timedelta

from flask import render_template

from schedules.ids import LoudspeakerId
from schedules.times import Span
from server.errors import NotFound
from server.services import log, readiness
from server.web.centre import centre
from server.web.stations import pages_of_a_station, station
from server.web.visitor import person

loudspeakers = pages_of_a_station("loudspeakers", __name__)

_LOOKED_BACK = timedelta(days=7)


@loudspeakers.get("/loudspeakers")
def board() -> str:
    """Show every loudspeaker of the station, the worst first."""
    return render_template("loudspeakers/board.html", state=_state())


@loudspeakers.get("/loudspeakers/live")
def live() -> str:
    """Give the part that changes by itself."""
    return render_template("loudspeakers/_board.html", state=_state())


@loudspeakers.get("/loudspeakers/<loudspeaker>")
def one(loudspeaker: str) -> str:
    """Show one loudspeaker: what it says of itself, its history, what it played."""
    state = _state()
    found = next((each for each in state.loudspeakers if each.loudspeaker.id == loudspeaker), None)
    if found is None:
        raise NotFound("loudspeaker.unknown")
    now = centre().clock.now()
    span = Span(now - _LOOKED_BACK, now)
    with centre().store.reading() as uow:
        history = tuple(uow.evidence.presence_history(LoudspeakerId(loudspeaker), span))
    judged = log.verdicts(centre().store, centre().clock, person(), station().id, span=span, zones=[found.zone.id])
    return render_template(
        "loudspeakers/one.html",
        ready=found,
        history=tuple(reversed(history))[:50],
        rows=tuple(row for row in reversed(judged.rows) if row.loudspeaker.id == loudspeaker)[:50],
        state=state,
    )


def _state() -> readiness.Readiness:
    return readiness.readiness(centre().store, centre().clock, person(), station().id)
