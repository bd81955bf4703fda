"""What the page of exercises shows: which there were, and what came of the newest at every loudspeaker. Read only."""

from dataclasses import dataclass
from datetime import timedelta

from schedules.ids import UnitId
from server.emergency_records import StoredExercise
from server.ports import Clock, Store
from server.services.emergency_results import Heard, RecentResults, Result
from server.services.ground import Ground
from server.services.rights import ANY_ROLE, require
from server.values import Person

SHOWN, TOLD_OF = 20, 3
"""How many exercises are shown, and of how many of them what came of them."""
_LOOKED_BACK = timedelta(days=400)


@dataclass(frozen=True, slots=True)
class Drilled:
    """An exercise on the page; `results` is empty for older ones."""

    stored: StoredExercise
    is_running: bool
    results: tuple[Result, ...] = ()

    @property
    def told(self) -> int:
        """How many loudspeakers have told all of it at least once."""
        return sum(each.heard is Heard.TOLD for each in self.results)


def exercises_at(
    store: Store, clock: Clock, person: Person, station: UnitId, *, recent: RecentResults | None = None
) -> tuple[Drilled, ...]:
    """Give the exercises that reach a station, the newest first; `recent` as in `emergency_board.board`.

    Raises:
        NotAllowed: `rights.missing` for somebody without any role there.
    """
    now = clock.now()
    with store.reading() as uow:
        ground = Ground.of(uow)
        units = ground.units
        require(units, person, station, *ANY_ROLE)
        near = [
            each
            for each in uow.emergencies.exercises(since=now - _LOOKED_BACK)
            if any(units.within(station, area) or units.within(area, station) for area in each.exercise.units)
        ][:SHOWN]
        told = (recent or RecentResults()).of(uow, ground, [each.exercise for each in near[:TOLD_OF]], now)
    return tuple(
        Drilled(each, each.cancel is None and now < each.exercise.expires, told.get(each.exercise.id, ()))
        for each in near
    )
