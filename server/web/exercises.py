"""The page of exercises: other words, another colour, another form than emergencies. It issues nothing real."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from schedules.emergency import Event
from schedules.ids import ExerciseId
from server.errors import Unacceptable
from server.services import exercises as use
from server.services.emergency_board import board, reach
from server.web.centre import centre
from server.web.emergency_form import PAUSES, Entered, anew, exercise_of, languages, sent
from server.web.stations import pages_of_a_station, station
from server.web.telling import told
from server.web.visitor import person

exercises = pages_of_a_station("exercises", __name__)


@exercises.route("/exercise", methods=["GET", "POST"])
def state() -> str | Response | tuple[str, int]:
    """Show the exercises and the form; order one."""
    if request.method == "GET":
        return _page(Entered(anew()))
    form = sent()
    try:
        use.order(centre().store, centre().clock, person(), exercise_of(form))
    except Unacceptable as error:
        return _page(Entered(form, {error.field: told(error)})), 422
    flash(_("Đã ghi lệnh diễn tập."), "good")
    return redirect(url_for("exercises.state"))


@exercises.post("/exercise/<exercise>/end")
def end(exercise: str) -> Response:
    """End an exercise before its hour."""
    use.end(centre().store, centre().clock, person(), ExerciseId(exercise))
    flash(_("Đã kết thúc diễn tập."), "good")
    return redirect(url_for("exercises.state"))


def _page(entered: Entered) -> str:
    here = station().id
    found = board(centre().store, centre().clock, person(), here)
    with centre().store.reading() as uow:
        names = {unit.id: unit.name for unit in uow.places.units().by_id.values()}
    return render_template(
        "exercises/state.html",
        exercises=use.exercises_at(centre().store, person(), here)[:20],
        areas=found.areas,
        real=bool(found.live),
        reach=reach(centre().store, [here], languages()),
        unit_names=names,
        entered=entered,
        languages=languages(),
        events=list(Event),
        pauses=PAUSES,
    )
