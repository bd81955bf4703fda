"""The page "Vì sao?": why a zone hears, or does not hear, something at an instant, in plain words.

The reasons are codes from `services.why`; this page only says them. It must not find reasons of its own.
"""

from datetime import datetime

from flask import render_template, request

from schedules.errors import InvalidValue
from schedules.ids import OccurrenceId, ZoneId
from schedules.times import instant_of, local_instant
from schedules.why import Hearing
from server.errors import Unacceptable
from server.services.why import explain_instant, explain_occurrence
from server.web import entered
from server.web.centre import centre
from server.web.reasons import lead_at, lead_of
from server.web.stations import pages_of_a_station, station
from server.web.telling import say, zone
from server.web.visitor import person

why = pages_of_a_station("why", __name__)

TONES = {Hearing.WHOLE: "good", Hearing.PART: "wait", Hearing.NOT: "bad"}


@why.get("/why")
def shown() -> str:
    """Explain an instant at a zone, or one occurrence of its day."""
    where = ZoneId(request.args.get("zone", station().zones[0].id))
    at = _instant()
    occurrence = request.args.get("occurrence", "")
    if occurrence:
        found = explain_occurrence(centre().store, centre().clock, person(), where, OccurrenceId(occurrence), at)
        return render_template(
            "why/occurrence.html", found=found, lead=lead_of(found.told, say), tones=TONES, at=at, where=where
        )
    told = explain_instant(centre().store, centre().clock, person(), where, at)
    others = [each for each in told.told.contenders if each.rules != told.told.rules]
    return render_template(
        "why/instant.html",
        found=told,
        lead=lead_at(told.told, say),
        tones=TONES,
        at=at,
        where=where,
        lead_of=lead_of,
        others=others,
    )


def _instant() -> datetime:
    """Read the instant: as a link carries it, else as day and time were entered, else now."""
    carried = request.args.get("at", "")
    try:
        if carried:
            return instant_of(carried)
        if not request.args.get("day"):
            return centre().clock.now()
        return local_instant(entered.day(request.args, "day"), entered.wall_time(request.args, "time"), zone())
    except (InvalidValue, OverflowError):  # no offset, or beyond the years there are
        raise Unacceptable("form.time", "at") from None
