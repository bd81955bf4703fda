"""The lists of emergencies and what was announced, as one loudspeaker has them: newest only, in whatever order.

What it is given was verified. It must not decide what sounds: `schedules.emergency_lane` does.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import quote

from schedules.emergency_list import EmergencyList, Live
from schedules.ids import EmergencyId, ExerciseId
from schedules.wire.emergency import EmergencyIssued, EmergencyListed, ExerciseIssued
from schedules.wire.messages import Message
from schedules.wire.trust import require_fresh

Announcement = EmergencyIssued | ExerciseIssued


@dataclass(slots=True)
class Announced:
    """Everything held of the lane; the lists alone say what of it may sound."""

    lists: dict[str, EmergencyListed] = field(default_factory=dict)
    emergencies: dict[EmergencyId, EmergencyIssued] = field(default_factory=dict)
    exercises: dict[ExerciseId, ExerciseIssued] = field(default_factory=dict)

    def take(self, message: EmergencyListed | Announcement, now: datetime | None) -> str:
        """Take a message in and give the name to keep it under.

        Raises:
            WireError: `wire.not_newer`, `wire.expired` or `wire.too_far_ahead`; what was in force stays.
        """
        require_fresh(message, held=_order_of(self._held(message)), now=now)
        self.restore(message)
        match message:
            case EmergencyListed():
                return list_file(message.audience)
            case EmergencyIssued():
                return _name_of(message.emergency)
            case ExerciseIssued():
                return _name_of(message.exercise.id)

    def restore(self, message: EmergencyListed | Announcement) -> None:
        """Take in a kept message."""
        match message:
            case EmergencyListed():
                self.lists[message.audience] = message
            case EmergencyIssued():
                self.emergencies[message.emergency] = message
            case ExerciseIssued():
                self.exercises[message.exercise.id] = message

    def forget_over(self, now: datetime) -> list[str]:
        """Forget announcements that never sound again; give the names they were kept under."""
        over = [key for key, each in self.emergencies.items() if each.expires is None or each.expires <= now]
        past = [key for key, each in self.exercises.items() if each.exercise.expires <= now]
        for emergency in over:
            del self.emergencies[emergency]
        for exercise in past:
            del self.exercises[exercise]
        return [*map(_name_of, over), *map(_name_of, past)]

    def _held(self, message: EmergencyListed | Announcement) -> Message | None:
        match message:
            case EmergencyListed():
                return self.lists.get(message.audience)
            case EmergencyIssued():
                return self.emergencies.get(message.emergency)
            case ExerciseIssued():
                return self.exercises.get(message.exercise.id)


@dataclass(frozen=True, slots=True)
class Obeyed:
    """What of the lane is in force for one loudspeaker.

    Attributes:
        lists: the newest of each unit above it.
        words: of real emergencies, by id.
        exercises: those that a list has, and no other.
    """

    lists: tuple[EmergencyList, ...] = ()
    words: Mapping[EmergencyId, EmergencyIssued] = field(default_factory=dict)
    exercises: Mapping[ExerciseId, ExerciseIssued] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        lists: Iterable[EmergencyList],
        words: Iterable[EmergencyIssued],
        exercises: Iterable[ExerciseIssued],
    ) -> "Obeyed":
        """Give it, without the exercises that no list has."""
        known = tuple(lists)
        drilled = {each.id for one in known for each in one.exercises}
        return cls(
            known,
            {each.emergency: each for each in words},
            {each.exercise.id: each for each in exercises if each.exercise.id in drilled},
        )

    def words_of(self, live: Live) -> EmergencyIssued | None:
        """Give the very announcement a list names; None while it has not come."""
        words = self.words.get(live.id)
        return words if words is not None and words.sha256 == live.sha256 else None


def list_file(audience: str) -> str:
    """Give the name under which the list of an audience is kept."""
    return f"emergencies-{quote(audience, safe='')}"


def _name_of(announcement: EmergencyId | ExerciseId) -> str:
    return f"announced-{quote(announcement, safe='')}"


def _order_of(message: Message | None) -> tuple[int, int] | None:
    return None if message is None else (message.epoch, message.number)
