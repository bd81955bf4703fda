"""The log: what was planned against what was heard, per loudspeaker, with the reason where it was not heard.

Verdicts come from `services.log`; this page filters, counts and draws. It must not judge.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from flask import render_template, request

from schedules.ids import LoudspeakerId, OccurrenceId, ZoneId
from schedules.reconciliation import Verdict
from schedules.times import DAY, Span, local_day, local_midnight
from server.services import log as use
from server.services.audit import note_reading
from server.services.judged_plays import Row
from server.services.unconfirmed import unconfirmed_records
from server.web import entered
from server.web.centre import centre
from server.web.pictures import Bar
from server.web.stations import pages_of_a_station, station
from server.web.visitor import language, person
from server.web.words import word

log = pages_of_a_station("log", __name__)

TONES = {
    Verdict.CONFIRMED: "good",
    Verdict.PARTIAL: "wait",
    Verdict.UNPLANNED: "wait",
    Verdict.EMERGENCY: "air",
    Verdict.EXERCISE: "air",
    Verdict.FAILED: "bad",
    Verdict.MISSED: "bad",
    Verdict.AWAITED: "still",
}
_ORDER = tuple(TONES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """One occurrence with its rows, one a loudspeaker."""

    rows: tuple[Row, ...]

    @property
    def first(self) -> Row:
        """The row whose planned times and title stand for all."""
        return self.rows[0]

    @property
    def counts(self) -> Mapping[Verdict, int]:
        """How many loudspeakers have each verdict, the best first."""
        found = Counter(row.finding.verdict for row in self.rows)
        return {verdict: found[verdict] for verdict in _ORDER if found[verdict]}

    @property
    def is_amiss(self) -> bool:
        """Whether somebody did not hear what was planned, or heard what was not."""
        return any(TONES[verdict] in {"wait", "bad"} for verdict in self.counts)


@log.get("/log")
def entries() -> str:
    """Show a day's verdicts, filtered as asked."""
    wanted = _asked_for()
    shown = _shown(wanted)
    return render_template("log/log.html", **shown)


@log.get("/log/live")
def live() -> str:
    """Give the part that changes by itself."""
    return render_template("log/_log.html", **_shown(_asked_for()))


@log.get("/log/<zone>/<occurrence>/<loudspeaker>")
def story(zone: str, occurrence: str, loudspeaker: str) -> str:
    """Tell one occurrence at one loudspeaker, from plan to evidence."""
    told = use.story(
        centre().store,
        centre().clock,
        person(),
        zone=ZoneId(zone),
        occurrence=OccurrenceId(occurrence),
        loudspeaker=LoudspeakerId(loudspeaker),
    )
    note_reading(
        centre().store,
        centre().clock,
        person(),
        what=occurrence,
        unit=told.row.zone.station,
        loudspeaker=loudspeaker,
        title=told.row.title,
    )
    return render_template("log/story.html", story=told, tones=TONES, unconfirmed=_unconfirmed())


def shares(counts: dict[Verdict, int]) -> tuple[Bar, ...]:
    """Give how verdicts divide a whole, as bars side by side."""
    whole = sum(counts.values())
    bars: list[Bar] = []
    left = 0.0
    for verdict in _ORDER:
        width = counts.get(verdict, 0) / whole * 100 if whole else 0
        if width:
            label = f"{word('verdict', verdict.value, language())}: {counts[verdict]}"
            bars.append(Bar(round(left, 3), round(width, 3), TONES[verdict], label))
        left += width
    return tuple(bars)


def _asked_for() -> date:
    if request.args.get("day"):
        return entered.day(request.args, "day")
    return local_day(centre().clock.now(), station().time)


def _shown(wanted: date) -> dict[str, object]:
    zone, verdict = request.args.get("zone", ""), request.args.get("verdict", "")
    text = request.args.get("text", "")
    time = station().time
    span = Span(local_midnight(wanted, time), local_midnight(wanted + DAY, time))
    now = centre().clock.now()
    found = use.verdicts(
        centre().store,
        centre().clock,
        person(),
        station().id,
        span=Span(span.start, max(span.start, min(span.end, now))),  # what lies ahead is a plan, not a log
        only=[Verdict(verdict)] if verdict in set(Verdict) else [],
        zones=[ZoneId(zone)] if zone else [],
        text=text,
    )
    return {
        "found": found,
        "played": _together(found.rows),
        "day": wanted,
        "before": wanted - DAY,
        "after": wanted + DAY,
        "shares": shares(dict(found.counts)),
        "asked": {"zone": zone, "verdict": verdict, "text": text},
        "tones": TONES,
        "order": _ORDER,
        "whole": sum(found.counts.values()),
        "unconfirmed": _unconfirmed(),
    }


def _unconfirmed() -> frozenset[str]:
    with centre().store.reading() as uow:
        return unconfirmed_records(uow)


def _together(rows: tuple[Row, ...]) -> tuple[Played, ...]:
    """Rows of one occurrence in one place of the list, the newest occurrence first."""
    found: dict[tuple[object, ...], list[Row]] = {}
    for row in rows:
        planned = None if row.item is None else row.planned.start  # else each loudspeaker began by itself
        found.setdefault((planned, row.occurrence), []).append(row)
    newest = sorted(found.values(), key=lambda each: each[0].planned.start, reverse=True)
    return tuple(Played(rows=tuple(each)) for each in newest)
