"""What came of an emergency or exercise at each loudspeaker, by its own word, as the word comes. Read only."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from schedules.asrun import AsRunEntry, Outcome
from schedules.emergency import Emergency, Exercise
from schedules.emergency_lane import EXERCISE, SAID, SIREN_ONLY
from schedules.ids import LoudspeakerId, OccurrenceId
from schedules.times import Span
from server.evidence_records import Seen
from server.ports import UnitOfWork
from server.services.presence import is_connected, loudspeakers_of
from server.values import Loudspeaker

NOT_CONNECTED = "lane.not_connected"
_AROUND = timedelta(minutes=10)
"""How far a loudspeaker's clock may be off ours."""
_REFUSALS = ("exercise.", "guard.")
"""Faults of a presence that say why something of the lane does not sound."""


class Heard(StrEnum):
    """How far something of the lane came at one loudspeaker, the best first."""

    TOLD = "told"
    SOUNDING = "sounding"
    BEGUN = "begun"
    SIREN = "siren"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Result:
    """One loudspeaker: how far it came, how often it told all of it, and when it last began.

    Attributes:
        reason: dotted code of why it did not tell all of it, as far as is known.
    """

    loudspeaker: Loudspeaker
    heard: Heard
    times: int = 0
    at: datetime | None = None
    reason: str = ""


def results(uow: UnitOfWork, what: Emergency | Exercise, now: datetime) -> tuple[Result, ...]:
    """Give what every loudspeaker that something is for has said of it; those of which nothing is known come first."""
    units = uow.places.units()
    zones = {
        zone.id: zone
        for zone in uow.places.zones()
        if any(units.within(zone.unit, area) or units.within(zone.station, area) for area in what.units)
    }
    here = [each for each in loudspeakers_of(uow, zones) if each.retired_at is None]
    span = Span(what.sent - _AROUND, what.expires + _AROUND)
    programmes = (*SAID, SIREN_ONLY) if isinstance(what, Emergency) else (EXERCISE,)
    name = OccurrenceId(what.id)
    own: dict[LoudspeakerId, list[AsRunEntry]] = defaultdict(list)
    for each in uow.evidence.heard(span, [each.id for each in here], programmes=programmes):
        if each.entry.occurrence == name:
            own[each.entry.loudspeaker].append(each.entry)
    seen = uow.evidence.seen(each.id for each in here)
    found = [_result(each, name, own[each.id], seen.get(each.id), now) for each in here]
    order = list(Heard)[::-1]
    return tuple(sorted(found, key=lambda each: (order.index(each.heard), each.loudspeaker.name)))


def _result(
    loudspeaker: Loudspeaker, name: OccurrenceId, entries: Sequence[AsRunEntry], seen: Seen | None, now: datetime
) -> Result:
    begun = [each for each in entries if each.started_at is not None]
    said = [each for each in begun if each.programme != SIREN_ONLY]
    told = [each for each in said if each.outcome is Outcome.FINISHED]
    at = max((each.started_at for each in begun if each.started_at is not None), default=None)
    if told:
        return Result(loudspeaker, Heard.TOLD, len(told), at)
    playing = seen.presence.playing if seen is not None and seen.presence is not None else None
    if playing is not None and playing.occurrence == name and is_connected(seen, now):
        return Result(loudspeaker, Heard.SOUNDING, at=at)
    heard = Heard.BEGUN if said else Heard.SIREN if begun else Heard.NOTHING
    return Result(loudspeaker, heard, at=at, reason=_reason(entries, seen, now))


def _reason(entries: Sequence[AsRunEntry], seen: Seen | None, now: datetime) -> str:
    """Give what a loudspeaker wrote down last of why; else what its newest presence lets one know."""
    written = [each.reason for each in entries if each.reason]
    if written:
        return written[-1]
    if not is_connected(seen, now):
        return NOT_CONNECTED
    faults = seen.presence.faults if seen is not None and seen.presence is not None else ()
    return next((each for each in faults if each.startswith(_REFUSALS)), "")
