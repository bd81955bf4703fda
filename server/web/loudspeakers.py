"""The board of loudspeakers: ready or not, why, what to try; and one loudspeaker with its history.

All of it is the loudspeakers' own word and its age. It changes nothing.
"""

from datetime import timedelta

from flask import render_template

from schedules.ids import LoudspeakerId, ZoneId
from schedules.times import Span
from server.fault_records import FaultKind
from server.services import fault_board, log, readiness, retirement
from server.services.commands import COMMANDERS
from server.services.faults import MENDERS
from server.services.journals import journals_of
from server.services.judged_plays import Row
from server.services.loudspeakers import KEEPERS
from server.services.maintenance import LOCKERS
from server.values import Loudspeaker
from server.web import commands, upkeep
from server.web.causes import open_here
from server.web.centre import centre
from server.web.stations import pages_of_a_station, station
from server.web.visitor import person

loudspeakers = pages_of_a_station("loudspeakers", __name__)

_LOOKED_BACK = timedelta(days=7)


@loudspeakers.get("/loudspeakers")
def board() -> str:
    """Show every loudspeaker of the station, the worst first, and those that are no longer in use."""
    retired = retirement.retired_of(centre().store, person(), station().id)
    return render_template(
        "loudspeakers/board.html",
        state=_state(),
        causes=open_here(),
        locks=upkeep.locks_here(),
        retired=retired,
        keeps=upkeep.holds(*KEEPERS),
        commands=upkeep.holds(*COMMANDERS),
        **commands.several(),
        to_several=commands.TO_SEVERAL,
        zones=station().zones,
    )


@loudspeakers.get("/loudspeakers/live")
def live() -> str:
    """Give the part that changes by itself."""
    return render_template("loudspeakers/_board.html", state=_state(), causes=open_here())


@loudspeakers.get("/loudspeakers/<loudspeaker>")
def one(loudspeaker: str) -> str:
    """Show one loudspeaker: what it says of itself, its history, what it played."""
    state = _state()
    found = next((each for each in state.loudspeakers if each.loudspeaker.id == loudspeaker), None)
    if found is None:
        return _retired(loudspeaker)
    now = centre().clock.now()
    with centre().store.reading() as uow:
        history = tuple(uow.evidence.presence_history(LoudspeakerId(loudspeaker), Span(now - _LOOKED_BACK, now)))
        zone_names = {zone.id: zone.name for zone in uow.places.zones()}
    return render_template(
        "loudspeakers/one.html",
        ready=found,
        history=tuple(reversed(history))[:50],
        rows=_rows(found.loudspeaker),
        journals=journals_of(centre().store, centre().clock, person(), station().id, LoudspeakerId(loudspeaker)),
        state=state,
        zone_names=zone_names,
        keeps=upkeep.holds(*KEEPERS),
        locks=upkeep.holds(*LOCKERS),
        lock_minutes=upkeep.MINUTES,
        told=commands.told_of(LoudspeakerId(loudspeaker)),
        log_minutes=commands.MINUTES,
        **_faults(found.loudspeaker),
    )


def _retired(loudspeaker: str) -> str:
    """Show one that is no longer in use: until when, why, the last heads of its journals, what it played.

    Raises:
        NotFound: `loudspeaker.unknown`.
    """
    found = retirement.retired(centre().store, person(), station().id, LoudspeakerId(loudspeaker))
    known = found.loudspeaker
    return render_template("loudspeakers/retired.html", retired=found, rows=_rows(known), **_faults(known))


def _faults(known: Loudspeaker) -> dict[str, object]:
    """Give its faults and repairs, and what may be noted."""
    return {
        "known_faults": fault_board.of_loudspeaker(centre().store, person(), known.id),
        "fault_kinds": tuple(FaultKind),
        "mends": upkeep.holds(*MENDERS) and known.retired_at is None,
    }


def _rows(known: Loudspeaker) -> tuple[Row, ...]:
    """Give what was last planned and played at a loudspeaker, the newest first."""
    now = centre().clock.now()
    until = known.retired_at or now
    zones: set[ZoneId] = {known.zone, *(each.zone for each in known.stood)}
    span = Span(until - _LOOKED_BACK, until)
    judged = log.verdicts(centre().store, centre().clock, person(), station().id, span=span, zones=zones)
    return tuple(row for row in reversed(judged.rows) if row.loudspeaker.id == known.id)[:50]


def _state() -> readiness.Readiness:
    return readiness.readiness(centre().store, centre().clock, person(), station().id)
