"""The page "Thử xem": what the station's zones would hear if a programme were approved, or if something failed.

It reads the small form and draws what `services.simulating` found. It must not simulate, nor store anything.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from flask import render_template, request

from schedules.errors import ScheduleError
from schedules.faults import ClockOff, DownloadFailed, Fault, LinkDown, PowerCut
from schedules.ids import OccurrenceId, ProgrammeId, ZoneId
from schedules.programme import Kind
from schedules.simulated_pole import Heard
from schedules.times import DAY, Span, local_day, local_instant, local_midnight
from schedules.what_if import Change, Difference
from server.errors import ServerError, Unacceptable
from server.services.simulating import Proposal, Question, proposable, what_if
from server.web import entered, pictures, telling
from server.web.centre import centre
from server.web.simulated import Told, tell, tell_reach
from server.web.stations import pages_of_a_station, station
from server.web.telling import say
from server.web.visitor import person

simulate = pages_of_a_station("simulate", __name__)

LONGEST = timedelta(days=31)
"""What a page may ask for: the command does the rest."""
LONGEST_FAILING = timedelta(days=7)
"""The same where something fails: a pole that stays silent is looked at second by second."""
DRAWN = 7
"""Days that are drawn; all of them are told."""
FAULTS = ("link_down", "power_cut", "clock_off", "download_failed")
_MARGIN = timedelta(minutes=15)
_TONES = {Change.ADDED: "air", Change.REMOVED: "lost", Change.SHIFTED: "wait", Change.SHORTENED: "wait"}


@dataclass(frozen=True, slots=True)
class DrawnDay:
    """A day on which something would be heard otherwise: as things are, and as asked."""

    day: date
    before: pictures.Strip
    after: pictures.Strip


@dataclass(frozen=True, slots=True)
class Drawn:
    """What zones that are alike would hear, told and drawn."""

    told: Told
    days: tuple[DrawnDay, ...]


@simulate.get("/simulate")
def shown() -> str:
    """Show the form, and once it was sent what would be heard."""
    today = local_day(centre().clock.now(), station().time)
    asked = request.args
    answer, problem = None, ""
    if asked.get("first_day"):
        try:
            answer = what_if(centre().store, centre().clock, person(), _question())
        except (ServerError, ScheduleError) as error:
            problem = telling.told(error)
    return render_template(
        "simulate/simulate.html",
        asked=asked,
        first=asked.get("first_day") or today.isoformat(),
        last=asked.get("last_day") or (today + 6 * DAY).isoformat(),
        drafts=proposable(centre().store, person(), station().id),
        faults=FAULTS,
        problem=problem,
        answer=answer,
        drawn=() if answer is None else tuple(_drawn(each) for each in tell(answer, say)),
        reach=() if answer is None else tell_reach(answer.reach, say),
    )


def _question() -> Question:
    asked = request.args
    first, last = entered.day(asked, "first_day"), entered.day(asked, "last_day", default=asked["first_day"])
    faults = tuple(_fault(name) for name in FAULTS if asked.get(name))
    longest = LONGEST_FAILING if faults else LONGEST
    if not timedelta(0) <= last - first < longest:
        raise Unacceptable("simulation.period", "last_day", days=longest.days)
    zone = asked.get("zone")
    return Question(
        place=ZoneId(zone) if zone in {each.id for each in station().zones} else station().id,
        first=first,
        last=last,
        proposal=Proposal(approved=frozenset(map(ProgrammeId, asked.getlist("programmes")))),
        faults=faults,
    )


def _fault(name: str) -> Fault:
    span = Span(_instant(f"{name}_from"), _instant(f"{name}_to"))
    match name:
        case "link_down":
            return LinkDown(span)
        case "power_cut":
            return PowerCut(span)
        case "clock_off":
            return ClockOff(span, timedelta(minutes=entered.number(request.args, "minutes", default=2)))
        case _:
            return DownloadFailed(span)


def _instant(name: str) -> datetime:
    day, at = entered.day(request.args, f"{name}_day"), entered.wall_time(request.args, f"{name}_time")
    return local_instant(day, at, station().time)


def _drawn(told: Told) -> Drawn:
    changes: dict[date, dict[OccurrenceId, Difference]] = defaultdict(dict)
    for each in told.example.differences:
        span = each.before or each.after
        if span is not None:
            changes[local_day(span.start, station().time)][each.occurrence] = each
    days = sorted(changes)[:DRAWN]
    return Drawn(told, tuple(_drawn_day(told, day, changes[day]) for day in days))


def _drawn_day(told: Told, day: date, changes: Mapping[OccurrenceId, Difference]) -> DrawnDay:
    time = station().time
    whole = Span(local_midnight(day, time), local_midnight(day + DAY, time))
    before, after = (
        [each for each in outcome.heard if whole.holds(each.span.start)]
        for outcome in (told.example.before, told.example.after)
    )
    spans = [each.span for each in (*before, *after)]
    reach = Span(min(each.start for each in spans) - _MARGIN, max(each.end for each in spans) + _MARGIN)
    now = centre().clock.now()
    lost = [
        (each.before, "lost", each.title)
        for each in changes.values()
        if each.change is Change.REMOVED and each.before is not None
    ]
    bars = [(each.span, _tone(each, None), each.item.title) for each in before]
    changed = [(each.span, _tone(each, changes.get(each.item.occurrence)), each.item.title) for each in after]
    strips = (pictures.strip(reach, shown, now=now, zone=time, ticks=8) for shown in (bars, [*changed, *lost]))
    return DrawnDay(day, *strips)


def _tone(heard: Heard, difference: Difference | None) -> str:
    if difference is not None:
        return _TONES.get(difference.change, "wait")
    return {Kind.RELAY: "relay", Kind.MUSIC: "music", Kind.SIGNAL: "music"}.get(heard.item.kind, "plan")
