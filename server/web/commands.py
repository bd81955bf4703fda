"""Commands to loudspeakers: to one from its page, to several from the station's board; and what became of each.

It must not decide who may command or how often.
"""

from collections import Counter
from dataclasses import dataclass

from flask import Response as Answer
from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from schedules.ids import CommandId, LoudspeakerId, ZoneId
from schedules.wire.command import LogLevel, What
from server.errors import NotFound, Unacceptable
from server.services import commands as use
from server.services import diagnostics as gathered
from server.services.commands import Given, Standing, Told, Wish
from server.web import entered
from server.web.centre import centre
from server.web.stations import pages_of_a_station, station
from server.web.telling import say, told
from server.web.visitor import person

commands = pages_of_a_station("commands", __name__)

MINUTES = (30, 60, 240, 1440)
"""For how long another log level is offered."""
TO_SEVERAL = (What.TEST_TONE, What.RESYNC, What.RESTART)
"""What makes sense for a whole station at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """What was given in one go, and how many are where."""

    first: Told
    all: tuple[Told, ...]

    @property
    def counts(self) -> dict[Standing, int]:
        """How many are where, in the order of a command's life."""
        found = Counter(each.standing for each in self.all)
        return {standing: found[standing] for standing in Standing if found[standing]}

    @property
    def not_done(self) -> tuple[Told, ...]:
        """Those from which nothing is to come any more, and that did not do it."""
        return tuple(each for each in self.all if not each.standing.is_open and each.standing is not Standing.DONE)


@commands.post("/loudspeakers/<loudspeaker>/commands")
def give(loudspeaker: str) -> Response:
    """Command one loudspeaker."""
    try:
        use.give(centre().store, centre().clock, person(), [LoudspeakerId(loudspeaker)], _wish())
        flash(_("Đã ra lệnh. Kết quả hiện dưới đây khi cụm loa trả lời."), "good")
    except Unacceptable as error:
        flash(told(error), "bad")
    return redirect(url_for("loudspeakers.one", loudspeaker=loudspeaker, _anchor="commands"))


@commands.get("/loudspeakers/<loudspeaker>/commands")
def of_one(loudspeaker: str) -> str:
    """Give what was commanded at one loudspeaker lately; it changes by itself."""
    return render_template("commands/_told.html", told=told_of(LoudspeakerId(loudspeaker)))


@commands.post("/commands")
def give_several() -> Response:
    """Command all loudspeakers of the station, or of one of its zones."""
    try:
        zone = ZoneId(request.form.get("zone", ""))
        which = use.those_of(centre().store, person(), station().id, zone=zone or None)
        given = use.give(centre().store, centre().clock, person(), [each.id for each in which], _wish())
        _tell(given)
    except Unacceptable as error:
        flash(told(error), "bad")
    return redirect(url_for("loudspeakers.board", _anchor="commands"))


@commands.get("/commands/latest")
def latest() -> str:
    """Give what was commanded at several loudspeakers lately; it changes by itself."""
    return render_template("commands/_batches.html", **several())


@commands.get("/loudspeakers/<loudspeaker>/diagnostics/<command>")
def diagnostics(loudspeaker: str, command: str) -> Answer:
    """Give what a loudspeaker gathered of itself, as one text."""
    here, sections = gathered.read(centre().store, centre().clock, person(), CommandId(command))
    if here.id != loudspeaker:
        raise NotFound("command.not_given")
    text = "\n\n".join(f"== {each.name} ==\n{each.text}" for each in sections)
    disposition = {"Content-Disposition": f'attachment; filename="{here.id}-{command}.txt"'}
    return Answer(text + "\n", mimetype="text/plain", headers=disposition)


def told_of(loudspeaker: LoudspeakerId) -> list[Told]:
    """Give what was commanded at a loudspeaker lately, the newest first."""
    return use.recent(centre().store, centre().clock, person(), station().id, [loudspeaker])[: use.SHOWN]


def several() -> dict[str, object]:
    """Give what was commanded at several of the station's loudspeakers lately, the newest first, and their names."""
    with centre().store.reading() as uow:
        own = {zone.id for zone in station().zones}
        names = {each.id: each.name for each in uow.places.loudspeakers() if each.zone in own}
    found: dict[object, list[Told]] = {}
    for each in use.recent(centre().store, centre().clock, person(), station().id, names):
        if each.command.together > 1:
            found.setdefault((each.command.given_at, each.command.by), []).append(each)
    batches = [Batch(first=each[0], all=tuple(each)) for each in found.values()]
    return {"batches": batches[:3], "names": names}


def _wish() -> Wish:
    form = request.form
    try:
        what = What(form.get("what", ""))
        level = LogLevel(form["level"]) if what is What.LOG_LEVEL else None
    except (ValueError, KeyError):
        raise Unacceptable("command.unknown") from None
    return Wish(what=what, level=level, minutes=entered.number(form, "minutes", default=0))


def _tell(given: Given) -> None:
    flash(_("Đã ra lệnh cho %(count)s cụm loa.", count=len(given.commands)), "good")
    for code in dict.fromkeys(code for _loudspeaker, code in given.left_out):
        names = ", ".join(each.name for each, why in given.left_out if why == code)
        flash(_("Không ra lệnh cho %(names)s. %(why)s", names=names, why=say(code)), "wait")
