"""What is heard of an emergency or an exercise, and what its entry says before its first sample.

It must not decide whether anything sounds (`lane`).
"""

from hashlib import sha256
from pathlib import Path

from schedules import evidence
from schedules.asrun import AsRunEntry, Outcome
from schedules.chain import GENESIS
from schedules.emergency import Exercise
from schedules.emergency_lane import (
    BREAK_GLASS,
    EMERGENCY,
    EXERCISE,
    SIREN_ONLY,
    EmergencySounds,
    ExerciseSounds,
    Sounding,
)
from schedules.emergency_list import Live
from schedules.ids import JournalId, LoudspeakerId, OccurrenceId, Sha256
from schedules.wire.emergency import EmergencyIssued
from station_agent.orders import Orders
from station_agent.ports import Cache, Clock, Part

SIREN = Part(Path(__file__).with_name("siren.mp3"), 6.0)
"""A part of this program, so that it is never missing."""
SIRENS = 5  # one after another, while the words are on their way
BREATH = 0.5  # seconds between siren and words


class LaneSound:
    """Makes what is heard from what is in force.

    Args:
        loudspeaker: Whose evidence this is.
        clock: Tells the time.
        cache: Has the words that say that an exercise is one.
        orders: What to obey.
    """

    def __init__(self, loudspeaker: LoudspeakerId, clock: Clock, cache: Cache, orders: Orders) -> None:
        self._loudspeaker = loudspeaker
        self._clock = clock
        self._cache = cache
        self._orders = orders

    def seconds(self, found: Sounding) -> float:
        """Give for how long one time of it may sound at most, with siren or marking."""
        here = self._orders.assignment
        says_so = here.exercise_words.duration_ms / 1000 if here is not None and here.exercise_words is not None else 0
        around = SIREN.seconds if isinstance(found, EmergencySounds) else 2 * says_so
        return what_of(found).lasts_s + around

    def words_of(self, found: Sounding) -> EmergencyIssued | None:
        """Give the words of an emergency; None while they are on their way, and of an exercise."""
        return self._orders.announced.words_of(found.live) if isinstance(found, EmergencySounds) else None

    def parts(self, found: Sounding, *, is_roused: bool) -> tuple[Part, ...] | None:
        """Give what is heard, in order; None for an exercise that cannot say that it is one.

        Args:
            found: What has the air.
            is_roused: Whether its sirens have sounded already, ahead of the words.
        """
        if isinstance(found, EmergencySounds):
            words = self.words_of(found)
            if words is None:
                return (SIREN,) * SIRENS
            said = Part(SIREN.path, max(1.0, found.live.lasts_s), words.sound)
            return (said,) if is_roused else (SIREN, said)
        here = self._orders.assignment
        marking = None if here is None else here.exercise_words
        if marking is None or marking.sha256 not in self._cache.present:
            return None
        is_exercise = Part(self._cache.path(marking.sha256), marking.duration_ms / 1000)
        issued = self._orders.announced.exercises[found.exercise.id]
        return (is_exercise, Part(SIREN.path, max(1.0, found.exercise.lasts_s), issued.sound), is_exercise)

    def draft(self, found: Sounding) -> AsRunEntry:
        """Give its entry as it would stand if the power went now."""
        what, words, now, sound = what_of(found), self.words_of(found), self._clock.now(), b""
        if isinstance(found, ExerciseSounds):
            issued = self._orders.announced.exercises[found.exercise.id]
            programme, title, sound = EXERCISE, found.exercise.headline, issued.sound
        elif words is None:
            programme, title = SIREN_ONLY, str(found.live.event)
        else:
            programme = BREAK_GLASS if found.live.break_glass else EMERGENCY
            title, sound = words.headline, words.sound
        rundown, here = self._orders.rundown, self._orders.assignment
        assert here is not None  # noqa: S101 - nothing is found without
        return AsRunEntry(
            loudspeaker=self._loudspeaker,
            zone=here.zone,
            journal=JournalId(""),
            sequence=1,
            previous=GENESIS,
            occurrence=OccurrenceId(what.id),
            programme=programme,
            title=title,
            sha256=(Sha256(sha256(sound).hexdigest()),) if sound else (),
            approval="",
            revision=0 if rundown is None else rundown.revision,
            planned_start=now,
            planned_end=what.expires,
            outcome=Outcome.CUT_SHORT,
            reason="device.rebooted",
            clock_error_ms=evidence.error_ms(self._clock.interval()),
            recorded_at=now,
        )


def what_of(found: Sounding) -> Live | Exercise:
    """Give the emergency or the exercise that has the air."""
    return found.live if isinstance(found, EmergencySounds) else found.exercise
