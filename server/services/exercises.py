"""Exercises: ordered and ended apart from emergencies, inside the permitted hours only. It issues no emergency.

The lists of the units follow in the same transaction; it must not publish or sign.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from schedules.emergency import Event, Exercise, Words
from schedules.emergency_list import Drill, drilled, undrilled
from schedules.ids import ExerciseId, UnitId
from schedules.regulation import in_force
from schedules.times import Span, local_day, next_millisecond
from schedules.unit import Zone
from server.emergency_records import ExerciseCancel
from server.errors import NotFound, Unacceptable
from server.ports import Clock, Store, UnitOfWork
from server.services.emergency_issue import FIELDS, put_list, require_speakable
from server.services.emergency_rights import require_right
from server.services.exercise_words import pinned
from server.services.ground import Ground
from server.services.inputs import as_input
from server.services.machine_voice import forbidden_at
from server.services.new_ids import new_id
from server.services.trail import note
from server.values import Person


@dataclass(frozen=True, slots=True, kw_only=True)
class ExerciseWanted:
    """What the form for an exercise holds; `texts` by language."""

    units: Iterable[UnitId]
    event: Event
    headline: str
    texts: Mapping[str, str]
    times: int
    pause_s: int
    ends_at: datetime


def order(store: Store, clock: Clock, person: Person, wanted: ExerciseWanted) -> Exercise:
    """Order an exercise now, inside the permitted hours of every station it reaches.

    Raises:
        NotAllowed, Unacceptable: see `foresee`; `exercise.too_many`.
    """
    now = next_millisecond(clock.now())
    with store.writing() as uow:
        exercise = _checked(uow, person, wanted, now)
        uow.emergencies.add_exercise(exercise)
        for unit in exercise.units:
            listed = uow.emergencies.list_of(unit)
            with as_input(FIELDS):
                put_list(uow, listed, drilled(listed, Drill(exercise.id, exercise.expires), now=now), now)
        note(
            uow, now, person, "exercise.ordered", subject=exercise.id, unit=exercise.sender, headline=exercise.headline
        )
        uow.commit()
    return exercise


def foresee(store: Store, clock: Clock, person: Person, wanted: ExerciseWanted) -> Exercise:
    """Give the exercise that would be ordered now, to be read before it is; nothing is kept.

    Raises:
        NotAllowed: `emergency.no_right`.
        Unacceptable: `exercise.outside_hours` (field `ends`), `exercise.real_one` while a real emergency lives
            there, `exercise.no_words_here` where nothing says yet that it is one, `exercise.machine_voice` where no
            administrator has allowed it; what the rules refuse, with the form's field.
    """
    with store.reading() as uow:
        return _checked(uow, person, wanted, next_millisecond(clock.now()))


def end(store: Store, clock: Clock, person: Person, exercise: ExerciseId) -> None:
    """End an exercise before its hour.

    Raises:
        NotFound: `exercise.over`.
        NotAllowed: `emergency.no_right`.
    """
    now = next_millisecond(clock.now())
    with store.writing() as uow:
        known = uow.emergencies.exercise(exercise)
        if known is None or known.cancel is not None or known.exercise.expires <= now:
            raise NotFound("exercise.over")
        if person.id != known.exercise.ordered_by:
            require_right(uow, person, known.exercise.units, now)
        uow.emergencies.cancel_exercise(ExerciseCancel(exercise=exercise, by=person.id, at=now))
        for unit in known.exercise.units:
            listed = uow.emergencies.list_of(unit)
            put_list(uow, listed, undrilled(listed, exercise, now=now), now)
        note(uow, now, person, "exercise.ended", subject=exercise, unit=known.exercise.sender)
        uow.commit()


def _checked(uow: UnitOfWork, person: Person, wanted: ExerciseWanted, now: datetime) -> Exercise:
    """Give what a form asks for, after every rule that can be judged before it is ordered."""
    units = tuple(sorted(set(wanted.units)))
    with as_input(FIELDS):
        texts = wanted.texts.items()
        words = tuple(Words(language, text.strip()) for language, text in texts if text.strip())
        require_speakable(words)
        exercise = Exercise(
            id=ExerciseId(new_id(now)),
            sender=units[0] if units else person.unit,
            ordered_by=person.id,
            sent=now,
            expires=next_millisecond(wanted.ends_at),
            units=units,
            event=wanted.event,
            headline=wanted.headline.strip(),
            words=words,
            times=wanted.times,
            pause_s=wanted.pause_s,
        )
    require_right(uow, person, units, now)
    reached = Ground.of(uow).zones_in(units)
    _require_hours(uow, exercise, reached, around_s=2 * _require_words(uow, exercise, reached))
    _require_peace(uow, exercise, now)
    return exercise


def _require_hours(uow: UnitOfWork, exercise: Exercise, reached: Sequence[Zone], *, around_s: int) -> None:
    """Refuse an exercise whose last word would be said outside the permitted hours of some station."""
    heard_s = exercise.times * (exercise.lasts_s + around_s) + (exercise.times - 1) * exercise.pause_s
    heard = Span(exercise.sent, min(exercise.expires, exercise.sent + timedelta(seconds=heard_s)))
    regulations = uow.places.regulations()
    for station in sorted({zone.station for zone in reached}):
        own = [each for each in regulations if each.station == station]
        regulation = in_force(own, local_day(heard.start, own[0].zone)) if own else None
        if regulation is None or not regulation.permits(heard):
            name = uow.places.units().by_id[station].name
            raise Unacceptable("exercise.outside_hours", "ends", station=name, start=heard.start, end=heard.end)


def _require_words(uow: UnitOfWork, exercise: Exercise, reached: Sequence[Zone]) -> int:
    """Refuse an exercise that some loudspeakers could not call one, or that no machine may speak.

    Returns:
        How many seconds it takes at most to say that it is one.
    """
    units, words = uow.places.units(), uow.emergencies.exercise_words()
    longest_ms = 0
    for zone in reached:
        own = pinned(words, zone, units)
        if own is None:
            raise Unacceptable("exercise.no_words_here", "units", zone=zone.name)
        longest_ms = max(longest_ms, own.duration_ms)
    for unit in forbidden_at(uow, exercise.units):
        raise Unacceptable("exercise.machine_voice", "text", unit=units.by_id[unit].name)
    return -(-longest_ms // 1000)


def _require_peace(uow: UnitOfWork, exercise: Exercise, now: datetime) -> None:
    """Refuse an exercise where a real emergency lives: nobody must have to ask which of the two is heard."""
    units = uow.places.units()
    for known in uow.emergencies.lists():
        near = any(units.within(area, known.unit) or units.within(known.unit, area) for area in exercise.units)
        if near and any(now < each.expires for each in known.live):
            raise Unacceptable("exercise.real_one")
