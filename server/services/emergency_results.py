"""What came of an emergency or exercise at each loudspeaker, by its own word, as the word comes. Read only."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from schedules.emergency import Emergency, Exercise
from schedules.emergency_lane import EXERCISE, SAID
from schedules.ids import EmergencyId, ExerciseId, OccurrenceId
from schedules.times import Span
from server.evidence_records import Seen, Told
from server.ports import UnitOfWork
from server.services.ground import Ground
from server.services.presence import is_connected
from server.values import Loudspeaker

NOT_CONNECTED = "lane.not_connected"
MOMENT = timedelta(seconds=2)
"""How old what is shown may be: the page asks as often."""
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


_ORDER = {each: number for number, each in enumerate(reversed(Heard))}


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


class RecentResults:
    """What came of things, as it was found a moment ago: many people look at the same time, and the fleet is large."""

    def __init__(self) -> None:
        self._found: dict[EmergencyId | ExerciseId, tuple[datetime, tuple[Result, ...]]] = {}

    def of(
        self, uow: UnitOfWork, ground: Ground, things: Iterable[Emergency | Exercise], now: datetime
    ) -> dict[EmergencyId | ExerciseId, tuple[Result, ...]]:
        """Give the results of some emergencies or exercises, none older than a moment."""
        known = {name: each for name, each in self._found.items() if timedelta(0) <= now - each[0] < MOMENT}
        wanted = {each.id: each for each in things}
        missing = [each for name, each in wanted.items() if name not in known]
        known |= {name: (now, found) for name, found in results(uow, ground, missing, now).items()}
        self._found = known
        return {name: known[name][1] for name in wanted}


def results(
    uow: UnitOfWork, ground: Ground, things: Iterable[Emergency | Exercise], now: datetime
) -> dict[EmergencyId | ExerciseId, tuple[Result, ...]]:
    """Give what every loudspeaker that things are for has said of them; of which nothing is known comes first."""
    found: dict[EmergencyId | ExerciseId, tuple[Result, ...]] = {}
    for what in things:
        name, here = OccurrenceId(what.id), ground.loudspeakers_in(ground.zones_in(what.units))
        said = (EXERCISE,) if isinstance(what, Exercise) else SAID
        span = Span(what.sent - _AROUND, what.expires + _AROUND)
        everywhere = {zone for each in here for zone in each.zones}
        told = uow.evidence.told(name, span, [each.id for each in here], zones=everywhere, said=said)
        seen = uow.evidence.seen(each.id for each in here if not told.get(each.id, _NOTHING).whole)
        own = [_result(each, name, told.get(each.id, _NOTHING), seen.get(each.id), now) for each in here]
        found[what.id] = tuple(sorted(own, key=lambda each: _ORDER[each.heard]))
    return found


_NOTHING = Told()


def _result(loudspeaker: Loudspeaker, name: OccurrenceId, told: Told, seen: Seen | None, now: datetime) -> Result:
    if told.whole:
        return Result(loudspeaker, Heard.TOLD, told.whole, told.began_at)
    presence = None if seen is None else seen.presence
    playing = None if presence is None else presence.playing
    if playing is not None and playing.occurrence == name and is_connected(seen, now):
        return Result(loudspeaker, Heard.SOUNDING, at=told.began_at)
    heard = Heard.BEGUN if told.begun else Heard.NOTHING if told.began_at is None else Heard.SIREN
    if told.reason:
        reason = told.reason
    elif not is_connected(seen, now):
        reason = NOT_CONNECTED
    else:
        faults = () if presence is None else presence.faults
        reason = next((each for each in faults if each.startswith(_REFUSALS)), "")
    return Result(loudspeaker, heard, at=told.began_at, reason=reason)
