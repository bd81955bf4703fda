"""Writing a notice on one page: text, sound, where and when, what it would look like on air, and submitting it.

Every button keeps the form first, so nothing typed is ever lost. It decides no rule: the use cases refuse, this
page shows their words beside the field.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import flash, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from schedules.errors import ScheduleError
from schedules.ids import ProgrammeId, SlotId, UnitId
from server.errors import ServerError, Stale, Unacceptable
from server.services import booking, preview, programmes, takes
from server.services.reworded import reworded
from server.services.rights import WRITERS, require
from server.values import StoredSlot, TakeOrigin
from server.web import takes as sounds
from server.web.centre import centre
from server.web.choices import choices_of_station
from server.web.entered import draft_of, has_wish, part_of, wish_of
from server.web.filled import Filled, filled_anew, filled_from, filled_with
from server.web.presets import presets
from server.web.stations import pages_of_a_station, station
from server.web.telling import say, told
from server.web.visitor import person

notices = pages_of_a_station("notices", __name__)

_OF_SOUND = ("speak", "upload")

_Page = str | Response | tuple[str, int] | tuple[Response, int]


@notices.get("/notices/new")
def new() -> str:
    """Show an empty form, with the places of the next day chosen.

    Raises:
        NotAllowed: `rights.missing` for somebody who would type in vain.
    """
    with centre().store.reading() as uow:
        require(uow.places.units(), person(), station().id, *WRITERS)
    choices = choices_of_station()
    place = request.args.get("place")
    return _form(filled_anew(choices, place=place, day=request.args.get("day")), whole=None)


@notices.post("/notices/new")
def create() -> _Page:
    """Keep the form as a new programme, and go on as the button asked."""
    return _go_on(None)


@notices.get("/notices/<programme>")
def edit(programme: str) -> str:
    """Show the form of a programme."""
    whole = programmes.get(centre().store, person(), ProgrammeId(programme))
    wanted = request.args.get("language") or _first_language(whole)
    return _form(filled_from(whole, language=wanted, zone=station().time), whole=whole)


@notices.post("/notices/<programme>")
def change(programme: str) -> _Page:
    """Keep the form, and go on as the button asked."""
    return _go_on(ProgrammeId(programme))


@notices.post("/notices/preview")
def foresee() -> str:
    """Show what the form would sound like: computed times, what is cut, what it pushes aside."""
    faults: dict[str, str] = {}
    seen = None
    try:
        seen = preview.preview(
            centre().store,
            centre().clock,
            person(),
            draft=None
            if request.form.get("stored")
            else draft_of(request.form, station().time, untitled=_("Thông báo chưa đặt tên")),
            wish=wish_of(request.form),
            slot=_slot_asked_for(),
            part=part_of(request.form),
            programme=ProgrammeId(request.form["programme"]) if request.form.get("programme") else None,
        )
    except (ServerError, ScheduleError) as error:
        faults = {getattr(error, "field", ""): told(error)}
    offered = request.form.get("when") == "offer"
    return render_template("programmes/_preview.html", seen=seen, fits=_together(seen), faults=faults, offered=offered)


@dataclass(frozen=True, slots=True)
class _Fits:
    """Occurrences at the same time with the same fate, and everywhere they are heard."""

    first: preview.Fit
    zones: tuple[str, ...]


def _together(seen: preview.Preview | None) -> tuple[_Fits, ...]:
    now = centre().clock.now()
    found: dict[tuple[object, ...], list[preview.Fit]] = {}
    for fit in seen.fits if seen is not None else ():
        if fit.starts >= now:
            key = (fit.starts, fit.ends, fit.session, fit.overrun, fit.cut_at, fit.notes)
            found.setdefault(key, []).append(fit)
    inorder = sorted(found.values(), key=lambda fits: fits[0].starts)
    return tuple(_Fits(fits[0], tuple(zone.name for fit in fits for zone in fit.zones)) for fits in inorder)


def _slot_asked_for() -> SlotId | None:
    return SlotId(request.form["slot"]) if request.form.get("slot") else None


def _go_on(programme: ProgrammeId | None) -> _Page:
    """Keep everything the form holds, then do what the button asked.

    What cannot be kept is shown beside its field, with all that was typed. Where somebody else changed the programme
    meanwhile, what they stored is shown beside it, and the next press keeps this form instead.
    """
    act = request.form.get("act", "keep")
    whole = None
    try:
        kept = _keep_programme(programme)
        programme = kept
        try:
            _keep_times(kept, required=act == "submit" and not request.form.get("for_places"))
        except (Unacceptable, ScheduleError):
            if act not in _OF_SOUND and not _by_script():
                raise
            heard = _after(act, programmes.get(centre().store, person(), kept))  # a sound waits for no day
            if _by_script():
                return heard
            raise
        whole = programmes.get(centre().store, person(), kept)
        return _after(act, whole)
    except (ServerError, ScheduleError) as error:
        if _by_script():
            return jsonify(fault=told(error)), 422
        if not isinstance(error, Unacceptable | ScheduleError | Stale):
            raise
        if programme is not None and whole is None:
            whole = programmes.get(centre().store, person(), programme)
        typed = filled_with(request.form)
        if isinstance(error, Stale) and whole is not None:
            return _form(typed, whole=whole, faults=_faults(error), theirs=_theirs(whole, typed)), 409
        return _form(typed, whole=whole, faults=_faults(error)), 422


def _by_script() -> bool:
    """Tell whether the form is kept for a sound that is about to be sent."""
    return "application/json" in request.headers.get("Accept", "")


def _keep_programme(programme: ProgrammeId | None) -> ProgrammeId:
    draft = draft_of(request.form, station().time, untitled=_("Thông báo chưa đặt tên"))
    if programme is None:
        owner = UnitId(request.form.get("owner") or station().id)
        made = programmes.create(centre().store, centre().clock, person(), unit=owner, draft=draft)
        return made.programme.id
    version = request.form.get("version", type=int, default=0)
    changed = programmes.edit(centre().store, centre().clock, person(), programme, draft=draft, version=version)
    return changed.programme.id


def _keep_times(programme: ProgrammeId, *, required: bool) -> None:
    """Give the programme the slot the form holds; a draft may still be without."""
    if not has_wish(request.form) and not required:
        return
    wish = wish_of(request.form)
    slot = _slot_of_form(programmes.get(centre().store, person(), programme))
    if slot is None:
        booking.book(centre().store, centre().clock, person(), programme, wish=wish)
    else:
        booking.change(centre().store, centre().clock, person(), slot.slot.id, wish=wish, version=slot.slot.version)


def _after(act: str, whole: programmes.Whole) -> _Page:
    identifier = whole.stored.programme.id
    here = url_for("notices.edit", programme=identifier, language=request.form.get("language", "vi"))
    if _by_script():
        return jsonify(
            address=here,
            takes=url_for("takes.add", programme=identifier),
            version=whole.stored.programme.version,
            programme=identifier,
            slot=slot.slot.id if (slot := _slot_of_form(whole)) else "",
        )
    if act == "submit":
        programmes.submit(centre().store, centre().clock, person(), identifier, version=whole.stored.programme.version)
        flash(_("Đã trình duyệt. Người duyệt sẽ thấy ngay trong mục Duyệt."), "good")
        return redirect(url_for("programmes.shown", programme=identifier))
    language = request.form.get("language", "vi")
    if act == "speak":
        sounds.speak(identifier, whole.stored.texts.get(language, ""), language=language)
        return redirect(here + "#sound")
    if act == "upload":
        sounds.receive(identifier, request.files.get("sound"), TakeOrigin.UPLOAD, language=language)
        return redirect(here + "#sound")
    if request.form.get("remove"):
        takes.remove_sound(
            centre().store,
            centre().clock,
            person(),
            identifier,
            language=request.form["remove"],
            version=whole.stored.programme.version,
        )
        return redirect(here + "#sound")
    flash(_("Đã lưu nháp."), "good")
    if reworded(whole.stored, whole.takes):
        flash(_("Lời đã sửa sau khi có âm thanh, loa vẫn phát lời cũ: xem mục Âm thanh."), "wait")
    return redirect(here)


def _first_language(whole: programmes.Whole) -> str:
    return next(iter(whole.stored.texts), None) or next(
        (variant.language for variant in whole.stored.programme.variants), "vi"
    )


def _slot_of_form(whole: programmes.Whole) -> StoredSlot | None:
    """The form holds the first slot; further ones have a page of their own."""
    return whole.slots[0] if whole.slots else None


def _faults(error: ServerError | ScheduleError) -> dict[str, str]:
    obstacles = error.values.get("obstacles")
    if isinstance(obstacles, tuple):
        return {"": " ".join(say(each.code, each.values) for each in obstacles)}
    field = str(getattr(error, "field", ""))
    exact = request.form.get("when") == "exact" and field == "first_day"
    return {"exact_day" if exact else field: told(error)}


def _theirs(whole: programmes.Whole, typed: Filled) -> dict[str, str]:
    """Give the words of the stored programme that differ from what was typed, by the labels of their fields."""
    stored = filled_from(whole, language=typed.language, zone=station().time)
    labels = {
        "title": _("Tên thông báo"),
        "text": _("Lời đọc"),
        "times_read": _("Đọc mấy lần"),
        "requested_by": _("Nơi đề nghị"),
        "document": _("Văn bản"),
        "topic": _("Chủ đề"),
    }
    return {
        label: stored.get(name) for name, label in labels.items() if stored.get(name).split() != typed.get(name).split()
    }


def _form(
    filled: Filled,
    *,
    whole: programmes.Whole | None,
    faults: Mapping[str, str] = {},
    theirs: Mapping[str, str] | None = None,
) -> str:
    choices = choices_of_station()
    context: dict[str, object] = {
        "takes": (),
        "under_way": False,
        "came_from": {},
        "known": "",
        "version": 0,
        "reworded": (),
    }
    if whole is not None:
        context = sounds.shown(whole)
        if theirs is not None:  # what they stored is on the page now, so the next press may go on from it
            context["version"] = whole.stored.programme.version
    return render_template(
        "programmes/notice.html",
        filled=filled,
        choices=choices,
        presets=presets(choices, centre().clock.now(), station().time),
        whole=whole,
        programme=whole.stored.programme if whole else None,
        faults=faults,
        theirs=theirs,
        longest=centre().longest_sound,
        **{name: value for name, value in context.items() if name not in ("whole", "programme")},
    )
