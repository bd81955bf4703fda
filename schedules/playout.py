"""What to start and what to stop, by what the playhead says: a pure decision, it moves nothing.

The agent on the pole and the simulator at the centre take the same steps at the same instants.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from schedules.emergency_lane import Sounding
from schedules.ids import OccurrenceId
from schedules.playhead import OnAir, Progress, Silent, next_item, on_air, position_ms
from schedules.rundown import Rundown, RundownItem
from schedules.silence import Silence

LEAD = timedelta(seconds=2)
"""How long ahead an item is cued: opened, decoded, its journal entry committed."""
SOONEST = timedelta(seconds=1)
"""How soon an item can begin that should be sounding already."""


@dataclass(frozen=True, slots=True)
class Playing:
    """What is cued or sounding."""

    occurrence: OccurrenceId
    until: datetime


@dataclass(frozen=True, slots=True)
class Start:
    """Cue an item: it begins at an instant, so many milliseconds into its sound."""

    item: RundownItem
    at: datetime
    offset_ms: int


@dataclass(frozen=True, slots=True)
class Stop:
    """End what is cued or sounding; the code says why."""

    occurrence: OccurrenceId
    reason: str


@dataclass(frozen=True, slots=True)
class CarryOn:
    """Let it sound; `item` is the plan as it is now and may end at another instant than before."""

    item: RundownItem


Decision = Start | Stop | CarryOn


def foreseen(
    rundown: Rundown | None,
    progress: Progress,
    now: datetime,
    *,
    silences: Iterable[Silence] = (),
    emergency: Sounding | None = None,
) -> tuple[OnAir | Silent, ...]:
    """Say what is to sound now, on each start up to `LEAD` from now, and then: what `step` decides by."""
    ordered = tuple(silences)
    instants = (now, *starts_between(rundown, now, now + LEAD), now + LEAD)
    return tuple(on_air(rundown, progress, instant, silences=ordered, emergency=emergency) for instant in instants)


def starts_between(rundown: Rundown | None, after: datetime, until: datetime) -> list[datetime]:
    """Give when items begin after an instant and up to another: each is looked at on its very start.

    A moment later a short one would be too late to join.
    """
    starts: list[datetime] = []
    while rundown is not None:
        following = next_item(rundown, starts[-1] if starts else after)
        if following is None or following.starts_at > until:
            break
        starts.append(following.starts_at)
    return starts


def step(answers: Sequence[OnAir | Silent], playing: Sequence[Playing], now: datetime) -> tuple[Decision, ...]:
    """Decide about everything that is cued or sounding, and about what comes next.

    Args:
        answers: What is to sound now, and then at each instant up to `LEAD` from now at which something may begin.
        playing: What is cued or sounding.
        now: The instant of the first answer.
    """
    # what reached its end instant is cut by the player itself, on the sample
    decisions: list[Decision] = [_about(each.occurrence, answers) for each in playing if each.until > now]
    known = {each.occurrence for each in playing}
    for answer in answers[1:]:
        if isinstance(answer, OnAir) and answer.item.occurrence not in known:
            known.add(answer.item.occurrence)
            at = max(answer.since, now + SOONEST)
            if at < answer.until:
                decisions.append(Start(answer.item, at, _offset_ms(answer, at)))
    return tuple(decisions)


def _offset_ms(answer: OnAir, at: datetime) -> int:
    """Where in its sound an item begins that cannot begin sooner; what is never joined loses none of it."""
    return position_ms(answer, at) if answer.item.latest_start is None else answer.offset_ms


def _about(occurrence: OccurrenceId, answers: Sequence[OnAir | Silent]) -> Decision:
    about = [answer for answer in answers if answer.item is not None and answer.item.occurrence == occurrence]
    for answer in about:
        if isinstance(answer, OnAir):
            return CarryOn(answer.item)
    for answer in about:
        if isinstance(answer, Silent) and answer.item is not None:
            # its sound is over by the plan; the player ends it by itself, on the last sample
            over = answer.reason == "played"
            return CarryOn(answer.item) if over else Stop(occurrence, f"item.{answer.reason}")
    replaced = any(isinstance(answer, OnAir) for answer in answers)
    return Stop(occurrence, "item.replaced" if replaced else "item.withdrawn")
