"""What came of an emergency at each loudspeaker, by its own word, as the word comes. Read only."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from schedules.asrun import AsRunEntry, Outcome
from schedules.emergency import Emergency
from schedules.emergency_lane import SAID, SIREN_ONLY
from schedules.ids import OccurrenceId
from schedules.times import Span
from server.ports import UnitOfWork
from server.services.presence import loudspeakers_of
from server.values import Loudspeaker

_AROUND = timedelta(minutes=10)
"""How far a loudspeaker's clock may be off ours."""


class Heard(StrEnum):
    """How far an emergency came at one loudspeaker, the best first."""

    TOLD = "told"
    SOUNDING = "sounding"
    BEGUN = "begun"
    SIREN = "siren"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Result:
    """One loudspeaker: how far it came, how often it told all of it, and when it last began."""

    loudspeaker: Loudspeaker
    heard: Heard
    times: int = 0
    at: datetime | None = None


def results(uow: UnitOfWork, emergency: Emergency) -> tuple[Result, ...]:
    """Give what every loudspeaker an emergency is for has said of it; those of which nothing is known come first."""
    units = uow.places.units()
    zones = {
        zone.id: zone
        for zone in uow.places.zones()
        if any(units.within(zone.unit, area) or units.within(zone.station, area) for area in emergency.units)
    }
    here = [each for each in loudspeakers_of(uow, zones) if each.retired_at is None]
    span = Span(emergency.sent - _AROUND, emergency.expires + _AROUND)
    entries = uow.evidence.heard(span, [each.id for each in here], programmes=(*SAID, SIREN_ONLY))
    name = OccurrenceId(emergency.id)
    own = [each.entry for each in entries if each.entry.occurrence == name]
    seen = uow.evidence.seen(each.id for each in here)
    found = []
    for each in here:
        presence = seen[each.id].presence if each.id in seen else None
        playing = presence.playing if presence is not None and presence.online else None
        plays_it = playing is not None and playing.occurrence == name
        found.append(_result(each, [entry for entry in own if entry.loudspeaker == each.id], plays_it=plays_it))
    order = list(Heard)[::-1]
    return tuple(sorted(found, key=lambda each: (order.index(each.heard), each.loudspeaker.name)))


def _result(loudspeaker: Loudspeaker, entries: Sequence[AsRunEntry], *, plays_it: bool) -> Result:
    begun = [each for each in entries if each.started_at is not None]
    told = [each for each in begun if each.outcome is Outcome.FINISHED and each.programme in SAID]
    at = max((each.started_at for each in begun if each.started_at is not None), default=None)
    if told:
        heard = Heard.TOLD
    elif plays_it:
        heard = Heard.SOUNDING
    elif any(each.programme in SAID for each in begun):
        heard = Heard.BEGUN
    else:
        heard = Heard.SIREN if begun else Heard.NOTHING
    return Result(loudspeaker, heard, len(told), at)
