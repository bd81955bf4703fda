"""Which of the things that sounded without a place in the plan the centre had ordered: emergencies and exercises.

A loudspeaker's word alone makes none: what the centre does not know, or knows for elsewhere, stays unplanned.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from schedules.emergency import Emergency, Exercise
from schedules.emergency_lane import EXERCISE, OF_THE_LANE
from schedules.ids import EmergencyId, ExerciseId, OccurrenceId
from schedules.reconciliation import Verdict
from schedules.unit import Units, Zone
from server.evidence_records import Heard
from server.ports import UnitOfWork


@dataclass(frozen=True, slots=True)
class Ordered:
    """An emergency or exercise, and the verdict on an entry of it."""

    verdict: Verdict
    what: Emergency | Exercise


@dataclass(frozen=True, slots=True)
class OrderedLane:
    """What the centre ordered, by the name that journals have for it."""

    known: Mapping[OccurrenceId, Ordered]
    units: Units

    def at(self, zone: Zone, name: OccurrenceId) -> Ordered | None:
        """Give what goes by a name, where it was ordered for a zone."""
        found = self.known.get(name)
        areas = () if found is None else found.what.units
        within = self.units.within
        return found if any(within(zone.unit, area) or within(zone.station, area) for area in areas) else None


def ordered(uow: UnitOfWork, heard: Iterable[Heard]) -> OrderedLane:
    """Give what the centre ordered of what some entries name."""
    known: dict[OccurrenceId, Ordered] = {}
    for name, is_drill in {(each.entry.occurrence, each.entry.programme == EXERCISE) for each in heard if _is_of(each)}:
        drill = uow.emergencies.exercise(ExerciseId(name)) if is_drill else None
        real = None if is_drill else uow.emergencies.get(EmergencyId(name))
        if drill is not None:
            known[name] = Ordered(Verdict.EXERCISE, drill.exercise)
        elif real is not None:
            known[name] = Ordered(Verdict.EMERGENCY, real.emergency)
    return OrderedLane(known, uow.places.units())


def _is_of(heard: Heard) -> bool:
    return heard.entry.programme in OF_THE_LANE and not heard.entry.approval
