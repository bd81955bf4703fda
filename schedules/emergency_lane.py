"""What sounds of the emergencies now: the rule of docs/precedence.md, "Emergencies among themselves".

Pure, and asked by the loudspeaker, the page and the simulator alike: `progress` says what was heard here.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from schedules.break_glass import WINDOW, Use, break_glass_findings
from schedules.emergency import Event, Exercise, Severity
from schedules.emergency_list import EmergencyList, Live
from schedules.ids import EmergencyId, ExerciseId, PersonId, ProgrammeId, UnitId
from schedules.programme import Origin
from schedules.silence import Silence
from schedules.times import Span

GRAVITY = {each: number for number, each in enumerate(reversed(Severity))}
"""Unknown counts least: whoever issues says how grave it is, or gives way."""
LOUDEST = 100
EMERGENCY, BREAK_GLASS = ProgrammeId("emergency"), ProgrammeId("emergency-break-glass")
SIREN_ONLY, EXERCISE = ProgrammeId("emergency-siren"), ProgrammeId("exercise")
"""What an entry of a journal names as its programme: words, also by one person alone; a siren without them; a drill."""
SAID = (EMERGENCY, BREAK_GLASS)
OF_THE_LANE = frozenset({*SAID, SIREN_ONLY, EXERCISE})
HEIGHT = {Origin.HAMLET: 0, Origin.COMMUNE: 1, Origin.PROVINCE: 2, Origin.CENTRAL: 3}


@dataclass(frozen=True, slots=True)
class Told:
    """How often something was heard to its end here, and when the last time ended."""

    times: int = 0
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class LaneProgress:
    """What happened so far at one loudspeaker; a loudspeaker folds its journal into it.

    Attributes:
        sounding: what has begun and not ended; a hearing that is cut does not count and begins anew.
        uses: of break-glass, as this loudspeaker let them sound.
    """

    told: Mapping[EmergencyId | ExerciseId, Told] = field(default_factory=dict)
    sounding: EmergencyId | ExerciseId | None = None
    uses: tuple[Use, ...] = ()

    def times(self, what: Live | Exercise) -> int:
        """How often something was heard to its end."""
        return self.told.get(what.id, _NEVER).times

    def due_from(self, what: Live | Exercise) -> datetime:
        """When something may be heard again."""
        ended_at = self.told.get(what.id, _NEVER).ended_at
        return what.sent if ended_at is None else ended_at + timedelta(seconds=what.pause_s)


@dataclass(frozen=True, slots=True)
class EmergencySounds:
    """A real emergency is to sound now, for the `time`-th time, until it expires at the latest."""

    live: Live
    time: int


@dataclass(frozen=True, slots=True)
class ExerciseSounds:
    """An exercise is to sound now: at ordinary volume, and never past `until`, where the permitted hours end."""

    exercise: Exercise
    time: int
    until: datetime


Sounding = EmergencySounds | ExerciseSounds
_NEVER = Told()


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """Everything the lane holds at one loudspeaker.

    Attributes:
        station: whose regulation binds here; break-glass is counted by it.
        lists: of the units above; of several of one unit the highest number counts.
        windows: the station's permitted windows around now; only exercises ask for them.
        silences: orders of silence for the loudspeaker.
    """

    station: UnitId
    lists: Sequence[EmergencyList] = ()
    exercises: Sequence[Exercise] = ()
    windows: Sequence[Span] = ()
    silences: Sequence[Silence] = ()


def sounding(lane: Lane, progress: LaneProgress, now: datetime) -> Sounding | None:
    """Say what of the lane sounds at an instant; None: nothing, and the rundown has the air."""
    real = [each for each in live_at(lane.lists, now) if _within_limits(lane, each, progress, now)]
    if real:
        # While a real one lives nobody must have to ask whether what is heard is a drill.
        held = any(each.holds(now) and not each.spares_emergencies for each in lane.silences)
        return None if held else _emergency(real, progress, now)
    if any(each.holds(now) for each in lane.silences):
        return None
    return _exercise(lane, progress, now)


def next_change(lane: Lane, progress: LaneProgress, now: datetime) -> datetime | None:
    """Give an instant up to which `sounding` gives the same, by time alone; it may be sooner, never later."""
    lives = [each for known in lane.lists for each in known.live]
    things: list[Live | Exercise] = [*lives, *lane.exercises]
    changes = [
        *(each.expires for each in things),
        *(progress.due_from(each) for each in things),
        *(edge for window in lane.windows for edge in (window.start, window.end)),
        *(each.until for each in lane.silences if each.until is not None),
        *(edge + WINDOW + timedelta.resolution for use in progress.uses for edge in (use.at, use.until)),
    ]
    return min((change for change in changes if change > now), default=None)


def live_at(lists: Iterable[EmergencyList], now: datetime) -> tuple[Live, ...]:
    """Give what is live at an instant, the strongest first: cancels obeyed, duplicates merged.

    What one list has cancelled is not live by another. Of several issues for one event and exactly one area the
    newest of each sender stands, and of the senders the strongest.
    """
    newest = {known.unit: known for known in sorted(lists, key=lambda known: known.number)}
    gone = {each.id for known in newest.values() for each in known.cancelled}
    found = sorted(
        (each for known in newest.values() for each in known.live if each.id not in gone and now < each.expires),
        key=lambda each: (each.id, each.expires, each.times, repr(each)),
    )
    once: dict[EmergencyId, Live] = {}
    for each in found:  # by two routes: where they differ, what ends sooner
        once.setdefault(each.id, each)
    senders: dict[tuple[object, ...], dict[UnitId, Live]] = defaultdict(dict)
    for each in sorted(once.values(), key=lambda live: (live.sent, live.id)):
        what = each.id if each.event is Event.OTHER else each.event  # two "others" need not be the same
        senders[what, each.units][each.sender] = each
    return tuple(sorted((min(same.values(), key=_strength) for same in senders.values()), key=_strength))


def volume(sounds: Sounding, *, ordinary: int, ceiling: int) -> int:
    """Give how loud something of the lane is, in percent: only a real emergency is louder than an ordinary programme.

    Args:
        sounds: what `sounding` gave.
        ordinary: the loudspeaker's own volume.
        ceiling: what the regulation allows at this hour.
    """
    return LOUDEST if isinstance(sounds, EmergencySounds) else min(ordinary, ceiling)


def begun(progress: LaneProgress, what: Live | Exercise, at: datetime, *, station: UnitId) -> LaneProgress:
    """Give the progress after a hearing began."""
    uses = progress.uses
    if isinstance(what, Live) and what.break_glass and what.id not in {use.emergency for use in uses}:
        uses = (*uses, _use(what, station, at))
    return replace(progress, sounding=what.id, uses=uses)


def ended(progress: LaneProgress, what: Live | Exercise, at: datetime, *, whole: bool) -> LaneProgress:
    """Give the progress after a hearing ended; one that was cut does not count."""
    told = dict(progress.told)
    if whole:
        told[what.id] = Told(progress.times(what) + 1, at)
    return replace(progress, told=told, sounding=None)


def _emergency(live: Iterable[Live], progress: LaneProgress, now: datetime) -> EmergencySounds | None:
    left = [each for each in live if progress.times(each) < each.times]
    gravest = max((GRAVITY[each.severity] for each in left), default=0)
    # A pause of the gravest belongs to it: what is less grave waits until it has been told.
    contending = [each for each in left if GRAVITY[each.severity] == gravest]
    chosen = next((each for each in contending if each.id == progress.sounding), None)
    if chosen is None:
        due = [each for each in contending if progress.due_from(each) <= now]
        chosen = min(due, key=lambda each: (progress.times(each), _strength(each)), default=None)
    return None if chosen is None else EmergencySounds(chosen, progress.times(chosen) + 1)


def _exercise(lane: Lane, progress: LaneProgress, now: datetime) -> ExerciseSounds | None:
    window = next((each for each in lane.windows if each.holds(now)), None)
    if window is None:
        return None
    left = [
        each
        for each in sorted(lane.exercises, key=lambda exercise: (exercise.sent, exercise.id))
        if each.sent <= now < each.expires and progress.times(each) < each.times and progress.due_from(each) <= now
    ]
    chosen = next((each for each in left if each.id == progress.sounding), left[0] if left else None)
    if chosen is None:
        return None
    return ExerciseSounds(chosen, progress.times(chosen) + 1, min(chosen.expires, window.end))


def _within_limits(lane: Lane, live: Live, progress: LaneProgress, now: datetime) -> bool:
    if not live.break_glass or live.id in {use.emergency for use in progress.uses}:
        return True
    asked = live.lasts_s * live.times
    return not break_glass_findings(progress.uses, now, station=lane.station, sound_s=asked)


def _use(live: Live, station: UnitId, at: datetime) -> Use:
    return Use(
        emergency=live.id,
        station=station,
        person=PersonId(""),  # a loudspeaker counts by station, and knows nobody
        at=at,
        until=live.expires,
        sound_s=live.lasts_s * live.times,
    )


def _strength(live: Live) -> tuple[int, int, timedelta, EmergencyId]:
    """Rank an emergency; the smallest is the strongest, and no two are equal."""
    newer_first = datetime.max.replace(tzinfo=live.sent.tzinfo) - live.sent
    return (-GRAVITY[live.severity], -HEIGHT[live.origin], newer_first, live.id)
