"""The list of one unit: which emergencies are live there and which were cancelled, whatever order the news came in.

A loudspeaker that was away reads one list and plays only what it still has. It must not decide what sounds.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from schedules.emergency import LONGEST_LIFE, Emergency, Event, Severity
from schedules.errors import InvalidValue, Refused
from schedules.ids import EmergencyId, ExerciseId, Sha256, UnitId
from schedules.programme import Origin

LIVE_LIMIT, LIST_LIMIT, DRILL_LIMIT = 6, 16, 2
"""Live entries, and entries in all: they fit 4 KiB, which reach every loudspeaker before any sound does.

A list that is full takes no new issue; a cancel always has its place, since it takes that of its issue.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Live:
    """What a list says of an emergency: enough to rank it and to begin with the siren before its words are there.

    Attributes:
        sha256: of the announcement that belongs to it.
        lasts_s: seconds of one hearing.
    """

    id: EmergencyId
    sender: UnitId
    origin: Origin
    sent: datetime
    expires: datetime
    units: tuple[UnitId, ...]
    event: Event
    severity: Severity
    times: int
    pause_s: int
    lasts_s: int
    sha256: Sha256
    break_glass: bool = False

    @classmethod
    def of(cls, emergency: Emergency, sha256: Sha256) -> "Live":
        """Give the entry of an emergency."""
        return cls(
            id=emergency.id,
            sender=emergency.sender,
            origin=emergency.origin,
            sent=emergency.sent,
            expires=emergency.expires,
            units=emergency.units,
            event=emergency.event,
            severity=emergency.severity,
            times=emergency.times,
            pause_s=emergency.pause_s,
            lasts_s=emergency.lasts_s,
            sha256=sha256,
            break_glass=emergency.break_glass,
        )


@dataclass(frozen=True, slots=True, order=True)
class Cancelled:
    """An emergency that must not sound, named until its issue has expired for certain."""

    id: EmergencyId
    until: datetime


@dataclass(frozen=True, slots=True, order=True)
class Drill:
    """An exercise that may sound until its end; the one that is no longer listed must not."""

    id: ExerciseId
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class EmergencyList:
    """The newest word about one unit; the higher number replaces the lower. Every part is in order of id."""

    unit: UnitId
    number: int = 0
    live: tuple[Live, ...] = ()
    cancelled: tuple[Cancelled, ...] = ()
    exercises: tuple[Drill, ...] = ()

    def __post_init__(self) -> None:
        ids = self.ids
        if len(set(ids)) != len(ids):
            raise InvalidValue("emergency.listed_twice", unit=self.unit)

    @property
    def ids(self) -> tuple[EmergencyId, ...]:
        """Every emergency the list names."""
        return (*(each.id for each in self.live), *(each.id for each in self.cancelled))

    def holds(self, emergency: EmergencyId) -> bool:
        """Tell whether an emergency is live here; one that ran out by itself may still stand in the list."""
        return any(each.id == emergency for each in self.live)


def issued(known: EmergencyList, emergency: Emergency, *, sha256: Sha256, now: datetime) -> EmergencyList:
    """Give the list with an emergency, or an update in the place of what it references.

    The same emergency by a second route changes nothing, and what was cancelled before its issue came stays cancelled.

    Raises:
        Refused: `emergency.already_expired`; `emergency.list_full` when too many are live at once.
    """
    if emergency.expires <= now:
        raise Refused("emergency.already_expired", sent=now, expires=emergency.expires)
    following = cancelled(known, emergency.references, now=now)
    if emergency.id in following.ids:
        return following
    if len(following.live) >= LIVE_LIMIT or len(following.ids) >= LIST_LIMIT:
        raise Refused("emergency.list_full", limit=LIVE_LIMIT)
    return _numbered(known, (*following.live, Live.of(emergency, sha256)), following.cancelled)


def cancelled(known: EmergencyList, emergencies: Iterable[EmergencyId], *, now: datetime) -> EmergencyList:
    """Give the list without some emergencies; one whose issue has not come yet is cancelled in advance."""
    gone = set(emergencies)
    ends = {each.id: each.expires for each in known.live}
    named = {each.id for each in known.cancelled}
    new = tuple(Cancelled(each, ends.get(each, now + LONGEST_LIFE)) for each in gone - named)
    live = tuple(each for each in known.live if each.id not in gone and each.expires > now)
    kept = tuple(each for each in (*known.cancelled, *new) if each.until > now)
    return _numbered(known, live, kept)


def drilled(known: EmergencyList, drill: Drill, *, now: datetime) -> EmergencyList:
    """Give the list with an exercise.

    Raises:
        Refused: `exercise.too_many` when too many run at once.
    """
    running = {each for each in known.exercises if each.until > now} | {drill}
    if len(running) > DRILL_LIMIT:
        raise Refused("exercise.too_many", limit=DRILL_LIMIT)
    return _exercising(known, running)


def undrilled(known: EmergencyList, exercise: ExerciseId, *, now: datetime) -> EmergencyList:
    """Give the list without an exercise; from then on it does not sound."""
    return _exercising(known, (each for each in known.exercises if each.id != exercise and each.until > now))


def _exercising(known: EmergencyList, exercises: Iterable[Drill]) -> EmergencyList:
    named = tuple(sorted(exercises))
    return known if named == known.exercises else replace(known, exercises=named, number=known.number + 1)


def _numbered(known: EmergencyList, live: Iterable[Live], gone: Iterable[Cancelled]) -> EmergencyList:
    found = replace(known, live=tuple(sorted(live, key=lambda each: each.id)), cancelled=tuple(sorted(gone)))
    return found if found == known else replace(found, number=known.number + 1)
