"""What to start and what to stop, by what the playhead says: a pure decision, it moves nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from schedules.ids import OccurrenceId
from schedules.playhead import OnAir, Silent, position_ms
from schedules.rundown import RundownItem

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


def step(
    here: OnAir | Silent, ahead: OnAir | Silent, playing: Sequence[Playing], now: datetime
) -> tuple[Decision, ...]:
    """Decide about everything that is cued or sounding, and about what comes next.

    Args:
        here: What is to sound now.
        ahead: What is to sound `LEAD` from now, or at the start of an item before that.
        playing: What is cued or sounding.
        now: The instant of `here`.
    """
    known = {each.occurrence for each in playing}
    # what reached its end instant is cut by the player itself, on the sample
    decisions: list[Decision] = [_about(each, here, ahead) for each in playing if each.until > now]
    if isinstance(ahead, OnAir) and ahead.item.occurrence not in known:
        at = max(ahead.since, now + SOONEST)
        if at < ahead.until:
            decisions.append(Start(ahead.item, at, position_ms(ahead, at)))
    return tuple(decisions)


def _about(playing: Playing, here: OnAir | Silent, ahead: OnAir | Silent) -> Decision:
    for answer in (here, ahead):
        if isinstance(answer, OnAir) and answer.item.occurrence == playing.occurrence:
            return CarryOn(answer.item)
    for answer in (here, ahead):
        if isinstance(answer, Silent) and answer.item is not None and answer.item.occurrence == playing.occurrence:
            # its sound is over by the plan; the player ends it by itself, on the last sample
            over = answer.reason == "played"
            return CarryOn(answer.item) if over else Stop(playing.occurrence, f"item.{answer.reason}")
    replaced = isinstance(here, OnAir) or isinstance(ahead, OnAir)
    return Stop(playing.occurrence, "item.replaced" if replaced else "item.withdrawn")
