"""Session templates of a station: the list, and the editor with its rows and the day it would make.

Every button of a row sends the whole form and gets it back rearranged; nothing is stored before "Lưu". The use cases
decide what may be kept.
"""

from dataclasses import dataclass
from datetime import date

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from schedules.campaign import Campaign
from schedules.errors import ScheduleError
from schedules.ids import PlaceId, ProgrammeId, TemplateId, UnitId
from schedules.programme import Kind, Level, Programme, State
from schedules.regulation import in_force
from schedules.session import Place, SessionTemplate
from schedules.times import DAY, local_day
from schedules.unit import Unit
from server.errors import NotFound, ServerError, Stale, Unacceptable
from server.services import forecast, templates
from server.web import entered
from server.web.centre import centre
from server.web.stations import pages_of_a_station, station
from server.web.telling import say, told
from server.web.template_form import Fields, FilledBy, empty_template, fields_of, following, rearranged, template_of
from server.web.visitor import person

session_templates = pages_of_a_station("templates", __name__)

_Page = str | Response | tuple[str, int]
_FOUND_BY_RULE = (Kind.BULLETIN, Kind.FEATURE, Kind.NOTICE, Kind.CAMPAIGN, Kind.REPLY, Kind.MUSIC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """What the rows may choose from.

    Attributes:
        programmes: of the station and the units above it, by title.
        for_places: those of them that rules may take.
        places: of the station's templates, by id; a place that repeats another cannot be repeated.
        makers: the station and the units above it.
    """

    programmes: dict[ProgrammeId, Programme]
    for_places: tuple[Programme, ...]
    places: dict[PlaceId, tuple[Place, SessionTemplate]]
    makers: tuple[Unit, ...]
    campaigns: tuple[Campaign, ...]
    kinds: tuple[Kind, ...] = _FOUND_BY_RULE
    fillings: tuple[FilledBy, ...] = tuple(FilledBy)

    @property
    def programme_titles(self) -> tuple[tuple[str, str], ...]:
        """The programmes a place may be fixed to, with their titles."""
        return tuple((each.id, each.title) for each in self.programmes.values())

    @property
    def campaign_titles(self) -> tuple[tuple[str, str], ...]:
        """The campaigns a place may follow, with their titles."""
        return tuple((each.id, each.title) for each in self.campaigns)


@session_templates.get("/templates")
def listed() -> str:
    """List the station's templates: those that run, those to come, those that have ended."""
    found = templates.listed(centre().store, person(), station().id)
    ended = [each for each in found if each.stored.template.is_over(_today())]
    return render_template(
        "templates/list.html",
        current=[each for each in found if each not in ended],
        ended=ended,
        offered=offered(station().id),
        names={each.stored.template.id: each.stored.template.name for each in found},
        enters_outside=_has_article(),
    )


@session_templates.route("/templates/new", methods=["GET", "POST"])
def new() -> _Page:
    """Draw up a template: an empty one, a copy of another, or one that follows another from a day on."""
    after = request.args.get("after")
    old = None if after is None else _of_station(TemplateId(after)).stored.template
    if request.method == "POST":
        return _go_on(None, replaces=old)
    like = request.args.get("like")
    if old is not None:
        begun = following(old, _today() + DAY)
    elif like is not None:
        begun = templates.copied(_of_station(TemplateId(like)).stored.template, centre().clock.now())
    else:
        begun = empty_template(station().id, _today() + DAY)
    return _form(fields_of(begun), replaces=old)


@session_templates.route("/templates/<template>", methods=["GET", "POST"])
def change(template: str) -> _Page:
    """Change a template."""
    known = _of_station(TemplateId(template))
    if request.method == "POST":
        return _go_on(known)
    return _form(fields_of(known.stored.template), known=known)


@session_templates.post("/templates/<template>/drop")
def drop(template: str) -> Response:
    """Drop a template that nobody ever approved."""
    known = _of_station(TemplateId(template)).stored.template
    version = request.form.get("version", type=int, default=0)
    templates.drop(centre().store, centre().clock, person(), known.id, version=version)
    flash(_("Đã bỏ khung chương trình “%(name)s”.", name=known.name), "good")
    return redirect(url_for("templates.listed"))


@session_templates.post("/templates/foresee")
def foresee() -> str:
    """Show the day the form would make: times, what is expected, gaps, what is cut."""
    replaces = request.form.get("replaces")
    try:
        drawn = template_of(
            request.form,
            station().id,
            known=TemplateId(request.form.get("known") or ""),
            replaces=TemplateId(replaces) if replaces else None,
        )
        wanted = entered.day(request.form, "on") if request.form.get("on") else None
        return render_template("templates/_forecast.html", seen=_foreseen(drawn, wanted), faults={})
    except (ServerError, ScheduleError) as error:
        return render_template("templates/_forecast.html", seen=None, faults={"": told(error)})


def offered(here: UnitId) -> Offered:
    """Give what a station's places may be filled with."""
    with centre().store.reading() as uow:
        above = uow.places.units().above(here)
        units = uow.places.units()
        known = sorted((each.programme for each in uow.programmes.all()), key=lambda each: (each.title, each.id))
        own = [each.template for each in uow.programmes.templates() if each.template.station == here]
        campaigns = tuple(each.campaign for each in uow.campaigns.all() if each.campaign.owner in above)
    playable = [
        each
        for each in known
        if each.state is not State.WITHDRAWN
        and each.level is not Level.EMERGENCY
        and (each.owner in above or units.within(each.owner, here))
    ]
    return Offered(
        programmes={each.id: each for each in playable},
        for_places=tuple(each for each in playable if each.for_places),
        places={place.id: (place, template) for template in own for place in template.places},
        makers=tuple(units.by_id[each] for each in above),
        campaigns=campaigns,
    )


def _has_article() -> bool:
    """Tell whether the station's regulation of today lets somebody enter an approval outside the system."""
    with centre().store.reading() as uow:
        regulation = in_force(uow.places.regulations(stations=[station().id]), _today())
    return regulation is not None and bool(regulation.outside_approval)


def _go_on(known: templates.Drawn | None, replaces: SessionTemplate | None = None) -> _Page:
    act = request.form.get("act", "save")
    if act != "save":
        return _form(rearranged(request.form, act, centre().clock.now()), known=known, replaces=replaces)
    try:
        drawn = template_of(request.form, station().id, replaces=None if replaces is None else replaces.id)
        if known is None:
            stored = templates.create(centre().store, centre().clock, person(), template=drawn)
        else:
            template, version = known.stored.template.id, request.form.get("version", type=int, default=0)
            stored = templates.change(centre().store, centre().clock, person(), template, to=drawn, version=version)
    except (Unacceptable, ScheduleError, Stale) as error:
        status = 409 if isinstance(error, Stale) else 422
        return _form(rearranged(request.form, "", centre().clock.now()), known, replaces, _faults(error)), status
    if templates.get(centre().store, person(), stored.template.id).released:
        flash(_("Đã lưu khung chương trình “%(name)s”.", name=drawn.name), "good")
    else:
        flash(
            _("Đã lưu khung chương trình “%(name)s” và trình duyệt; được duyệt rồi mới phát.", name=drawn.name), "good"
        )
    return redirect(url_for("templates.listed"))


def _faults(error: ServerError | ScheduleError) -> dict[str, str]:
    obstacles = error.values.get("obstacles")
    if isinstance(obstacles, tuple):
        return {str(number): say(each.code, each.values) for number, each in enumerate(obstacles)}
    return {getattr(error, "field", ""): told(error)}


def _form(
    fields: Fields,
    known: templates.Drawn | None = None,
    replaces: SessionTemplate | None = None,
    faults: dict[str, str] | None = None,
) -> str:
    if known is not None and replaces is None and known.stored.template.replaces is not None:
        replaces = _of_station(known.stored.template.replaces).stored.template
    return render_template(
        "templates/edit.html",
        fields=fields,
        known=known,
        replaces=replaces,
        faults=faults or {},
        offered=offered(station().id),
        may_write=known is None or known.may_edit,
    )


def _foreseen(drawn: SessionTemplate, wanted: date | None) -> forecast.Forecast:
    return forecast.foresee(centre().store, centre().clock, person(), drawn, day=wanted)


def _of_station(template: TemplateId) -> templates.Drawn:
    found = templates.get(centre().store, person(), template)
    if found.stored.template.station != station().id:
        raise NotFound("template.unknown")
    return found


def _today() -> date:
    return local_day(centre().clock.now(), station().time)
