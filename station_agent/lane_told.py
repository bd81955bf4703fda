"""What a journal's entries of the emergency lane come to: how often each was heard, and which used break-glass.

It must not decide what is next (`schedules.emergency_lane`).
"""

from collections.abc import Iterable
from datetime import timedelta

from schedules.asrun import AsRunEntry, Outcome
from schedules.break_glass import Use
from schedules.emergency_lane import BREAK_GLASS, EXERCISE, Lane, Told
from schedules.ids import EmergencyId, ExerciseId, PersonId


def told_of(entries: Iterable[AsRunEntry]) -> dict[EmergencyId | ExerciseId, Told]:
    """Count what was heard to its end; what could not be played counts too, so that it is not tried for ever."""
    told: dict[EmergencyId | ExerciseId, Told] = {}
    for each in entries:
        if each.outcome in (Outcome.FINISHED, Outcome.FAILED):
            ended_at = (each.ended_at or each.recorded_at) + timedelta(milliseconds=each.clock_error_ms)
            key = (ExerciseId if each.programme == EXERCISE else EmergencyId)(each.occurrence)
            told[key] = Told(told.get(key, Told()).times + 1, ended_at)
    return told


def uses_of(entries: Iterable[AsRunEntry], lane: Lane) -> tuple[Use, ...]:
    """Give the uses of break-glass that were let sound here."""
    asked = {each.id: each.lasts_s * each.times for known in lane.lists for each in known.live}
    uses: dict[str, Use] = {}
    for each in entries:
        if each.programme == BREAK_GLASS and each.started_at is not None and each.occurrence not in uses:
            emergency = EmergencyId(each.occurrence)
            uses[each.occurrence] = Use(
                emergency=emergency,
                station=lane.station,
                person=PersonId(""),  # a loudspeaker counts by station, and knows nobody
                at=each.started_at,
                until=each.planned_end,
                sound_s=asked.get(emergency, -(-each.played_ms // 1000)),
            )
    return tuple(uses.values())
