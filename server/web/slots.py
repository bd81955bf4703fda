"""The times of a programme one by one: add, change, take away, leave one occurrence out. The rules are elsewhere."""

from datetime import timedelta

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from schedules.errors import ScheduleError
from schedules.expansion import expand
from schedules.ids import ProgrammeId, SlotId
from schedules.occurrence import Occurrence
from schedules.series import Instance, Scope, instances
from schedules.slot import AtTime, InPlace, Slot
from schedules.times import Span, instant_of
from server.errors import NotFound, Stale, Unacceptable
from server.services import booking
from server.services import programmes as use
from server.web.centre import centre
from server.web.choices import choices_of_station
from server.web.entered import day, part_of, wish_of
from server.web.filled import Filled, fields_of_slot, filled_anew, filled_with
from server.web.stations import pages_of_a_station, station
from server.web.telling import say, told
from server.web.visitor import person

slots = pages_of_a_station("slots", __name__)

_Page = str | Response | tuple[str, int]
_LOOKED_AHEAD = timedelta(days=31)


@slots.route("/programmes/<programme>/slots/new", methods=["GET", "POST"])
def add(programme: str) -> _Page:
    """Give a programme one more slot."""
    whole = use.get(centre().store, person(), ProgrammeId(programme))
    if request.method == "GET":
        anew = filled_anew(choices_of_station(), place=None, day=None)
        anew.fields.setlist("kind", [whole.stored.programme.kind.value])
        return _form(whole, anew, None)
    return _booked(whole, None)


@slots.route("/programmes/<programme>/slots/<slot>", methods=["GET", "POST"])
def change(programme: str, slot: str) -> _Page:
    """Give a slot other times or another target."""
    whole = use.get(centre().store, person(), ProgrammeId(programme))
    known = next((each.slot for each in whole.slots if each.slot.id == slot), None)
    if known is None:
        raise NotFound("slot.unknown")
    if request.method == "GET":
        stored = Filled(fields_of_slot(known))
        stored.fields.add("kind", whole.stored.programme.kind.value)
        stored.fields.add("scope", request.args.get("scope", Scope.ALL))
        stored.fields.add("scope_day", request.args.get("day", ""))
        return _form(whole, stored, known)
    return _booked(whole, known)


@slots.post("/programmes/<programme>/slots/<slot>/remove")
def remove(programme: str, slot: str) -> Response:
    """Take a slot away."""
    booking.remove(centre().store, centre().clock, person(), SlotId(slot), version=_version())
    flash(_("Đã bỏ lịch đặt."), "good")
    return redirect(url_for("programmes.shown", programme=programme))


@slots.post("/programmes/<programme>/slots/<slot>/cancel")
def cancel(programme: str, slot: str) -> Response:
    """Leave one occurrence of a series out, by its original start, or in places by its day."""
    whose = (centre().store, centre().clock, person(), SlotId(slot))
    if "day" in request.form:
        booking.leave_out(*whose, version=_version(), day=day(request.form, "day"))
    else:
        original = instant_of(request.form.get("start", ""))
        booking.cancel_occurrence(*whose, version=_version(), original_start=original)
    flash(_("Đã bỏ lượt phát ấy; các lượt khác giữ nguyên."), "good")
    return redirect(url_for("slots.change", programme=programme, slot=slot))


def _booked(whole: use.Whole, known: Slot | None) -> _Page:
    programme = whole.stored.programme.id
    try:
        wish = wish_of(request.form)
        if known is None:
            booking.book(centre().store, centre().clock, person(), programme, wish=wish)
        else:
            booking.change(
                centre().store,
                centre().clock,
                person(),
                known.id,
                wish=wish,
                version=_version(),
                part=part_of(request.form),
            )
    except (Unacceptable, ScheduleError, Stale) as error:
        obstacles = error.values.get("obstacles", ())
        sentences = [say(each.code, each.values) for each in obstacles] if isinstance(obstacles, tuple) else []
        faults = {getattr(error, "field", ""): " ".join(sentences) or told(error)}
        if isinstance(error, Stale):
            return _form(whole, filled_with(request.form), known, faults), 409
        return _form(whole, filled_with(request.form), known, faults, seen=request.form.get("version", "")), 422
    flash(_("Đã lưu lịch đặt."), "good")
    return redirect(url_for("programmes.shown", programme=programme))


def _form(
    whole: use.Whole, filled: Filled, slot: Slot | None, faults: dict[str, str] | None = None, *, seen: str = ""
) -> str:
    """Draw the form; one that is given back for another reason than a change in between stays about what was seen."""
    return render_template(
        "programmes/slot.html",
        whole=whole,
        programme=whole.stored.programme,
        filled=filled,
        slot=slot,
        version=seen or (slot and slot.version),
        choices=choices_of_station(),
        coming=_coming(slot) if slot is not None else (),
        coming_days=_coming_days(slot) if slot is not None else (),
        faults=faults or {},
    )


def _coming(slot: Slot) -> tuple[Occurrence, ...]:
    if not isinstance(slot.timing, AtTime):
        return ()
    now = centre().clock.now()
    return expand([slot], Span(now, now + _LOOKED_AHEAD), station().time)


def _coming_days(slot: Slot) -> tuple[Instance, ...]:
    if not isinstance(slot.timing, InPlace) or slot.timing.first_day == slot.timing.ends_on:
        return ()
    now = centre().clock.now()
    return instances([slot], Span(now, now + _LOOKED_AHEAD), station().time)


def _version() -> int:
    return request.form.get("version", type=int, default=0)
