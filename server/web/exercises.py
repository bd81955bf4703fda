"""The pages of exercises: other words, another colour, another form than emergencies. They issue nothing real."""

from pathlib import Path
from tempfile import TemporaryDirectory

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from schedules.emergency import Event
from schedules.ids import ExerciseId, UnitId
from server.errors import Unacceptable
from server.services import exercise_words
from server.services import exercises as use
from server.services.emergency_board import board, reach
from server.services.exercise_board import exercises_at
from server.services.exercise_words import USUAL, WordsWanted
from server.services.rights import WRITERS, may
from server.values import Role
from server.web.centre import centre
from server.web.emergency_form import PAUSES, Entered, anew, exercise_of, languages, sent
from server.web.stations import pages_of_a_station, station
from server.web.telling import told
from server.web.visitor import person

exercises = pages_of_a_station("exercises", __name__)

_Page = str | Response | tuple[str, int]


@exercises.get("/exercise")
def state() -> str:
    """Show the exercises and the form."""
    return _page(Entered(anew()))


@exercises.post("/exercise")
def before_the_click() -> _Page:
    """Show what would be drilled, where, before how many people and how often; or the form again, to change it."""
    form = sent()
    if request.form.get("again"):
        return _page(Entered(form))
    try:
        exercise = use.foresee(centre().store, centre().clock, person(), exercise_of(form))
    except Unacceptable as error:
        return _page(Entered(form, {error.field: told(error)})), 422
    return render_template(
        "exercises/summary.html",
        exercise=exercise,
        reach=reach(centre().store, exercise.units, (words.language for words in exercise.words)),
        entered=Entered(form),
    )


@exercises.post("/exercise/order")
def order() -> _Page:
    """Order one that was read through."""
    form = sent()
    try:
        use.order(centre().store, centre().clock, person(), exercise_of(form))
    except Unacceptable as error:
        return _page(Entered(form, {error.field: told(error)})), 422
    flash(_("Đã ghi lệnh diễn tập."), "good")
    return redirect(url_for("exercises.state"))


@exercises.get("/exercise/live")
def live() -> str:
    """Give the part that changes by itself."""
    return render_template("exercises/_live.html", exercises=_exercises())


@exercises.post("/exercise/<exercise>/end")
def end(exercise: str) -> Response:
    """End an exercise before its hour."""
    use.end(centre().store, centre().clock, person(), ExerciseId(exercise))
    flash(_("Đã kết thúc diễn tập."), "good")
    return redirect(url_for("exercises.state"))


@exercises.route("/exercise/words", methods=["GET", "POST"])
def words() -> _Page:
    """Show what says that an exercise is one; have it spoken, or take a recording of it."""
    if request.method == "GET":
        form = anew()
        form.setlist("text", [USUAL])
        return _words(Entered(form))
    form = sent()
    wanted = WordsWanted(
        unit=UnitId(form.get("unit", "")),
        language=form.get("language", ""),
        text=form.get("text", ""),
        is_machine=bool(form.get("machine")),
    )
    try:
        _make(wanted)
    except Unacceptable as error:
        return _words(Entered(form, {error.field: told(error)})), 422
    flash(_("Đã làm lời báo. Lời báo dùng được sau khi người khác duyệt."), "good")
    return redirect(url_for("exercises.words"))


@exercises.post("/exercise/words/<made>/approve")
def approve(made: str) -> Response:
    """Let every loudspeaker have these words."""
    try:
        exercise_words.approve(centre().store, centre().clock, person(), made)
        flash(_("Đã duyệt lời báo. Các cụm loa sẽ tải về."), "good")
    except Unacceptable as error:
        flash(told(error), "bad")
    return redirect(url_for("exercises.words"))


def _make(wanted: WordsWanted) -> None:
    here = centre()
    file = request.files.get("sound")
    if not wanted.is_machine and (file is None or not file.filename):
        raise Unacceptable("take.no_file", "sound")
    with TemporaryDirectory(dir=here.uploads) as folder:
        sound = Path(folder) / "sound"
        if file is not None and not wanted.is_machine:
            file.save(sound)
        exercise_words.make(here.store, here.clock, here.preparation, person(), wanted, sound=sound)


def _exercises() -> object:
    return exercises_at(centre().store, centre().clock, person(), station().id, recent=centre().results)


def _page(entered: Entered) -> str:
    here = station().id
    found = board(centre().store, centre().clock, person(), here, recent=centre().results)
    with centre().store.reading() as uow:
        names = {unit.id: unit.name for unit in uow.places.units().by_id.values()}
    return render_template(
        "exercises/state.html",
        exercises=_exercises(),
        areas=found.areas,
        real=bool(found.live),
        reach=reach(centre().store, [here], languages()),
        unit_names=names,
        entered=entered,
        languages=languages(),
        events=list(Event),
        pauses=PAUSES,
    )


def _words(entered: Entered) -> str:
    known = exercise_words.words_at(centre().store, person(), station().id)
    with centre().store.reading() as uow:
        units = uow.places.units()
        above = units.above(station().id)
        people = {each: uow.people.get(each) for one in known for each in (one.made_by, one.approved_by) if each}
        pinned = {exercise_words.pinned(known, zone, units) for zone in station().zones}
    return render_template(
        "exercises/words.html",
        words=known,
        pinned={each.sha256 for each in pinned if each is not None},
        own=[each for each in reversed(above) if may(units, person(), each, *WRITERS, Role.APPROVER)],
        approvable={each.unit for each in known if may(units, person(), each.unit, Role.APPROVER)},
        unit_names={unit.id: unit.name for unit in units.by_id.values()},
        names={each: one.name for each, one in people.items() if one is not None},
        entered=entered,
        languages=languages(),
    )
