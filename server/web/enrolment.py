"""The code a technician carries to a device: as a picture to scan, in letters to type, and what became of it.

It must not decide who may open one, nor keep a secret anywhere but on the page it shows.
"""

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from schedules.ids import LoudspeakerId
from schedules.wire.enrolment_code import EnrolmentCode, grouped, typed
from server.device_records import EnrolmentState
from server.services import enrolment as use
from server.services.loudspeakers import KEEPERS, find
from server.web.centre import centre
from server.web.scanned import picture
from server.web.stations import pages_of_a_station
from server.web.visitor import person

enrolment = pages_of_a_station("enrolment", __name__)

OF_A_STATE = {
    EnrolmentState.BURNT: "enrolment.burnt",
    EnrolmentState.EXPIRED: "enrolment.expired",
    EnrolmentState.REPLACED: "enrolment.replaced",
}
"""What is said of a code that serves nobody any more."""


@enrolment.get("/loudspeakers/<loudspeaker>/enrolment")
def shown(loudspeaker: str) -> str:
    """Show the newest code of a loudspeaker, or how to make one."""
    state = _shown(loudspeaker)
    with centre().store.reading() as uow:
        known, zone = find(uow, person(), LoudspeakerId(loudspeaker), *KEEPERS)
    code = _code(state)
    return render_template(
        "enrolment/code.html",
        known=known,
        zone=zone,
        state=state,
        code=code,
        picture=None if code is None else picture(code.text),
        typed=typed(state.enrolment.typed_secret) if code and state.enrolment else "",
        roots=grouped(state.roots),
        of_a_state=OF_A_STATE,
    )


@enrolment.get("/loudspeakers/<loudspeaker>/enrolment/live")
def live(loudspeaker: str) -> str | Response:
    """Give the part that changes by itself; where the state is another one, have the whole page read again."""
    state = _shown(loudspeaker)
    if state.state is not None and state.state.value != request.args.get("was"):
        return Response(headers={"HX-Refresh": "true"})
    return render_template("enrolment/_live.html", state=state)


@enrolment.post("/loudspeakers/<loudspeaker>/enrolment")
def begin(loudspeaker: str) -> Response:
    """Open a new code; one that is still open ends by it."""
    opened = use.open_code(centre().store, centre().clock, person(), LoudspeakerId(loudspeaker))
    return redirect(url_for("enrolment.shown", loudspeaker=opened.loudspeaker))


def _shown(loudspeaker: str) -> use.Shown:
    return use.shown(centre().store, centre().clock, person(), LoudspeakerId(loudspeaker))


def _code(state: use.Shown) -> EnrolmentCode | None:
    """Give the code while it serves somebody."""
    if state.enrolment is None or state.state is not EnrolmentState.OPEN:
        return None
    server = (centre().server or request.host_url).rstrip("/")
    return EnrolmentCode(server=server, enrolment=state.enrolment.id, roots=state.roots, secret=state.enrolment.secret)
