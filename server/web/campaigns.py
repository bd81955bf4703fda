"""Campaigns: the list, one with what it attains and what cannot be met, and the form. The rules are elsewhere."""

from dataclasses import dataclass

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from schedules.choice import SPOKEN
from schedules.errors import ScheduleError
from schedules.ids import CampaignId, ProgrammeId, UnitId
from schedules.programme import State
from server.errors import NotAllowed, Unacceptable
from server.services import attainments, offer_results
from server.services import campaigns as use
from server.services import programmes as of_programmes
from server.services.attainments import Account
from server.services.offers import Standing
from server.services.rights import ANY_ROLE, WRITERS, may
from server.web import goals
from server.web.centre import centre
from server.web.choices import Choices, choices_of_station
from server.web.goals import CampaignFields
from server.web.matrix import cells, shares
from server.web.stations import pages_of_a_station, station
from server.web.telling import say, told
from server.web.visitor import person

campaigns = pages_of_a_station("campaigns", __name__)

_Page = str | Response | tuple[str, int]


@dataclass(frozen=True, slots=True)
class Names:
    """What the ids of targets are called."""

    zones: dict[str, str]
    units: dict[str, str]
    groups: dict[str, str]


@campaigns.get("/campaigns")
def listed() -> str:
    """List the campaigns that concern the station."""
    found = attainments.listed(centre().store, person(), station().id)
    return render_template("campaigns/list.html", found=found)


@campaigns.route("/campaigns/new", methods=["GET", "POST"])
def new() -> _Page:
    """Write a campaign."""
    choices = choices_of_station()
    if request.method == "GET":
        own = [unit.id for unit in choices.units if unit.id == station().id] or [unit.id for unit in choices.units]
        return _form(choices, goals.anew(choices.today, own))
    if _asks_for_blocks():
        return _form(choices, goals.typed(request.form))
    try:
        unit = UnitId(request.form.get("unit") or station().id)
        draft = goals.draft_of(request.form)
        made = use.create(centre().store, centre().clock, person(), unit=unit, draft=draft)
    except (Unacceptable, NotAllowed, ScheduleError) as error:
        return _form(choices, goals.typed(request.form), _faults(error)), 422
    flash(_("Đã lưu đợt tuyên truyền. Hãy đưa chương trình vào đợt rồi bắt đầu."), "good")
    return redirect(url_for("campaigns.shown", campaign=made.campaign.id))


@campaigns.get("/campaigns/<campaign>")
def shown(campaign: str) -> str:
    """Show a campaign: purpose, goals, what was heard, what is planned, what cannot be met."""
    account = attainments.account_of(
        centre().store,
        centre().clock,
        person(),
        CampaignId(campaign),
        station=station().id,
        everywhere="everywhere" in request.args,
    )
    content = account.stored.campaign
    offered = of_programmes.listed(centre().store, person()) if account.may_edit else ()
    return render_template(
        "campaigns/one.html",
        account=account,
        campaign=content,
        everywhere="everywhere" in request.args,
        days=tuple(content.days()),
        rows=_rows(account),
        names=_names(),
        offered=[
            each
            for each in offered
            if each.programme.id not in content.programmes
            and each.programme.kind in SPOKEN
            and each.programme.state is not State.WITHDRAWN
        ],
        answers=_answers(account),
        standings=tuple(Standing),
    )


def _answers(account: Account) -> dict[ProgrammeId, offer_results.Results]:
    """Give what stations said to the campaign's offers, of the programmes of units this person has a role at."""
    with centre().store.reading() as uow:
        units = uow.places.units()
    own = [each.programme for each in account.programmes if may(units, person(), each.programme.owner, *ANY_ROLE)]
    found = {each.id: offer_results.results(centre().store, person(), each.id) for each in own}
    return {each: said for each, said in found.items() if any(said.by_slot.values())}


@campaigns.route("/campaigns/<campaign>/edit", methods=["GET", "POST"])
def edit(campaign: str) -> _Page:
    """Change a campaign."""
    choices = choices_of_station()
    account = attainments.account_of(
        centre().store, centre().clock, person(), CampaignId(campaign), station=station().id
    )
    if not account.may_edit:
        raise NotAllowed("rights.missing", unit=account.owner.name, roles=WRITERS)
    if request.method == "GET":
        return _form(choices, goals.stored(account.stored.campaign), account=account)
    if _asks_for_blocks():
        return _form(choices, goals.typed(request.form), account=account)
    try:
        draft = goals.draft_of(request.form)
        use.change(centre().store, centre().clock, person(), CampaignId(campaign), draft=draft, version=_version())
    except (Unacceptable, NotAllowed, ScheduleError) as error:
        return _form(choices, goals.typed(request.form), _faults(error), account=account), 422
    flash(_("Đã lưu đợt tuyên truyền."), "good")
    return redirect(url_for("campaigns.shown", campaign=campaign))


@campaigns.post("/campaigns/<campaign>/start")
def start(campaign: str) -> Response:
    """Put a campaign in force."""
    try:
        use.start(centre().store, centre().clock, person(), CampaignId(campaign), version=_version())
    except Unacceptable as error:
        for sentence in _sentences(error):
            flash(sentence, "bad")
    else:
        flash(_("Đợt tuyên truyền đã bắt đầu. Kết quả chỉ tính lượt mà cụm loa xác nhận đã phát."), "good")
    return redirect(url_for("campaigns.shown", campaign=campaign))


@campaigns.post("/campaigns/<campaign>/end")
def end(campaign: str) -> Response:
    """End a campaign."""
    use.end(centre().store, centre().clock, person(), CampaignId(campaign), version=_version())
    flash(_("Đã kết thúc đợt tuyên truyền. Kết quả vẫn được giữ."), "good")
    return redirect(url_for("campaigns.shown", campaign=campaign))


@campaigns.post("/campaigns/<campaign>/programmes")
def put_in(campaign: str) -> Response:
    """Put a programme into a campaign."""
    programme = ProgrammeId(request.form.get("programme", ""))
    try:
        use.put_in(centre().store, centre().clock, person(), CampaignId(campaign), programme, version=_version())
    except Unacceptable as error:
        flash(told(error), "bad")
    return redirect(url_for("campaigns.shown", campaign=campaign))


@campaigns.post("/campaigns/<campaign>/programmes/<programme>/remove")
def take_out(campaign: str, programme: str) -> Response:
    """Take a programme out of a campaign."""
    use.take_out(
        centre().store,
        centre().clock,
        person(),
        CampaignId(campaign),
        ProgrammeId(programme),
        version=_version(),
    )
    return redirect(url_for("campaigns.shown", campaign=campaign))


def _form(
    choices: Choices,
    fields: CampaignFields,
    faults: dict[str, str] | None = None,
    *,
    account: Account | None = None,
) -> str:
    return render_template(
        "campaigns/form.html", choices=choices, fields=fields, faults=faults or {}, account=account, names=_names()
    )


def _rows(account: Account) -> list[list[dict[str, object]]]:
    """Give, per goal, its zones with their bars and cells."""
    days = tuple(account.stored.campaign.days())
    return [
        [
            {
                "zone": zone,
                "bars": shares(zone, goal.goal),
                "cells": cells(zone, goal.goal, days, today=account.today),
            }
            for zone in goal.zones
        ]
        for goal in account.goals
    ]


def _names() -> Names:
    with centre().store.reading() as uow:
        return Names(
            zones={zone.id: zone.name for zone in uow.places.zones()},
            units={unit.id: unit.name for unit in uow.places.units().by_id.values()},
            groups={group.id: group.name for group in uow.places.groups()},
        )


def _faults(error: Unacceptable | NotAllowed | ScheduleError) -> dict[str, str]:
    return {getattr(error, "field", ""): " ".join(_sentences(error))}


def _sentences(error: Unacceptable | NotAllowed | ScheduleError) -> list[str]:
    shortfalls = error.values.get("shortfalls", ())
    inner = [say(each.code, each.values) for each in shortfalls] if isinstance(shortfalls, tuple) else []
    return [" ".join([told(error), *dict.fromkeys(inner)])]


def _asks_for_blocks() -> bool:
    return bool(request.form.get("add_goal") or request.form.get("drop_goal"))


def _version() -> int:
    return request.form.get("version", type=int, default=0)
