"""Emergencies and exercises in memory; what is append-only refuses to be changed, as the database does."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from schedules.emergency import Exercise
from schedules.emergency_list import EmergencyList
from schedules.emergency_right import EmergencyRight
from schedules.ids import EmergencyId, EmergencyTemplateId, ExerciseId, PersonId, UnitId
from server.emergency_records import (
    EmergencyAct,
    EmergencyRequest,
    ExerciseCancel,
    ExerciseWords,
    StoredEmergency,
    StoredEmergencyTemplate,
    StoredExercise,
    Watch,
    Way,
)


class AlreadyKeptError(LookupError):
    """Raised where the database would refuse a second row of one key."""


@dataclass
class KeptEmergencies:
    """Everything there is of emergencies."""

    emergencies: dict[EmergencyId, StoredEmergency] = field(default_factory=dict)
    acts: tuple[EmergencyAct, ...] = ()
    lists: dict[tuple[UnitId, int], EmergencyList] = field(default_factory=dict)
    requests: dict[str, EmergencyRequest] = field(default_factory=dict)
    rights: dict[tuple[PersonId, UnitId, datetime], EmergencyRight] = field(default_factory=dict)
    watches: dict[UnitId, Watch] = field(default_factory=dict)
    templates: dict[EmergencyTemplateId, StoredEmergencyTemplate] = field(default_factory=dict)
    exercises: dict[ExerciseId, StoredExercise] = field(default_factory=dict)
    exercise_words: dict[str, ExerciseWords] = field(default_factory=dict)

    def __copy__(self) -> "KeptEmergencies":
        return KeptEmergencies(
            emergencies=dict(self.emergencies),
            acts=self.acts,
            lists=dict(self.lists),
            requests=dict(self.requests),
            rights=dict(self.rights),
            watches=dict(self.watches),
            templates=dict(self.templates),
            exercises=dict(self.exercises),
            exercise_words=dict(self.exercise_words),
        )


class FakeEmergencies:
    def __init__(self, kept: KeptEmergencies) -> None:
        self._kept = kept

    def issued(self, *, since: datetime | None = None, way: Way | None = None) -> Sequence[StoredEmergency]:
        kept = [
            each
            for each in self._kept.emergencies.values()
            if (since is None or each.emergency.sent >= since) and (way is None or each.way is way)
        ]
        return sorted(kept, key=lambda each: (each.emergency.sent, each.emergency.id), reverse=True)

    def get(self, emergency: EmergencyId) -> StoredEmergency | None:
        return self._kept.emergencies.get(emergency)

    def add(self, stored: StoredEmergency) -> None:
        _refuse_known(self._kept.emergencies, stored.emergency.id)
        self._kept.emergencies[stored.emergency.id] = stored

    def acts(self, emergencies: Iterable[EmergencyId]) -> Sequence[EmergencyAct]:
        wanted = set(emergencies)
        return [act for act in self._kept.acts if act.emergency in wanted]

    def add_act(self, act: EmergencyAct) -> None:
        self._kept.acts += (act,)

    def lists(self) -> Sequence[EmergencyList]:
        return [self.list_of(unit) for unit in sorted({unit for unit, _ in self._kept.lists})]

    def list_of(self, unit: UnitId) -> EmergencyList:
        own = [known for (whose, _), known in self._kept.lists.items() if whose == unit]
        return max(own, key=lambda known: known.number, default=EmergencyList(unit=unit))

    def put_list(self, known: EmergencyList, at: datetime) -> None:  # the database keeps it for people who look
        _refuse_known(self._kept.lists, (known.unit, known.number))
        self._kept.lists[known.unit, known.number] = known

    def requests(self) -> Sequence[EmergencyRequest]:
        waiting = (each for each in self._kept.requests.values() if each.is_open)
        return sorted(waiting, key=lambda each: (each.asked_at, each.id))

    def request(self, request: str) -> EmergencyRequest | None:
        return self._kept.requests.get(request)

    def put_request(self, request: EmergencyRequest) -> None:
        self._kept.requests[request.id] = request

    def rights(self) -> Sequence[EmergencyRight]:
        return sorted(self._kept.rights.values(), key=lambda right: (right.since, right.person))

    def put_right(self, right: EmergencyRight) -> None:
        self._kept.rights[right.person, right.unit, right.since] = right

    def watches(self) -> Sequence[Watch]:
        return [self._kept.watches[unit] for unit in sorted(self._kept.watches)]

    def put_watch(self, watch: Watch) -> None:
        self._kept.watches[watch.unit] = watch

    def templates(self) -> Sequence[StoredEmergencyTemplate]:
        return [self._kept.templates[each] for each in sorted(self._kept.templates)]

    def template(self, template: EmergencyTemplateId) -> StoredEmergencyTemplate | None:
        return self._kept.templates.get(template)

    def put_template(self, stored: StoredEmergencyTemplate) -> None:
        self._kept.templates[stored.template.id] = stored

    def exercises(self, *, since: datetime | None = None) -> Sequence[StoredExercise]:
        kept = [each for each in self._kept.exercises.values() if since is None or each.exercise.sent >= since]
        return sorted(kept, key=lambda each: (each.exercise.sent, each.exercise.id), reverse=True)

    def exercise(self, exercise: ExerciseId) -> StoredExercise | None:
        return self._kept.exercises.get(exercise)

    def add_exercise(self, exercise: Exercise) -> None:
        _refuse_known(self._kept.exercises, exercise.id)
        self._kept.exercises[exercise.id] = StoredExercise(exercise=exercise)

    def cancel_exercise(self, cancel: ExerciseCancel) -> None:
        known = self._kept.exercises[cancel.exercise]
        if known.cancel is not None:
            raise AlreadyKeptError(cancel.exercise)
        self._kept.exercises[cancel.exercise] = replace(known, cancel=cancel)

    def exercise_words(self) -> Sequence[ExerciseWords]:
        return sorted(self._kept.exercise_words.values(), key=lambda each: (each.made_at, each.id), reverse=True)

    def put_exercise_words(self, words: ExerciseWords) -> None:
        self._kept.exercise_words[words.id] = words


def _refuse_known(kept: object, key: object) -> None:
    assert isinstance(kept, dict)
    if key in kept:
        raise AlreadyKeptError(key)
