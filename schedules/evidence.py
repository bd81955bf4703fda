"""Turns what was planned and what was measured into as-run entries. Pure; it writes nothing."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from schedules.asrun import AsRunEntry, Outcome
from schedules.chain import GENESIS
from schedules.guard import ClockInterval
from schedules.ids import JournalId, LoudspeakerId
from schedules.rundown import Relayed, Rundown, RundownItem
from schedules.times import milliseconds

WHOLE = timedelta(milliseconds=500)
"""A sound cut by less than this at its end was played whole: an encoder pads its last frame."""


class Ending(StrEnum):
    """How a play came to its end."""

    FINISHED = "finished"  # the sound was over
    CUT = "cut"  # its end instant came
    STOPPED = "stopped"  # something else needed the air, or silence was ordered
    FAILED = "failed"  # it could not be decoded
    LOST = "lost"  # the device was lost under it, or never was there


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What was measured of a play that is over.

    Attributes:
        seconds: Seconds of sound really handed to the device, silence in gaps not counted.
        received: Seconds of a stream that came from the stream itself, not from its fallback; 0 for recordings.
        level: Mean level at the output, dBFS; None when nothing sounded.
        reason: Code when it FAILED or was LOST.
    """

    how: Ending
    seconds: float
    received: float = 0.0
    level: float | None = None
    reason: str = ""


def drafted(
    item: RundownItem, *, loudspeaker: LoudspeakerId, rundown: Rundown, now: datetime, clock_error_ms: int
) -> AsRunEntry:
    """Return the entry of an item of which nothing was heard yet; the journal numbers it."""
    return AsRunEntry(
        loudspeaker=loudspeaker,
        zone=rundown.zone,
        journal=JournalId(""),
        sequence=1,
        previous=GENESIS,
        occurrence=item.occurrence,
        programme=item.programme,
        title=item.title,
        sha256=tuple(recording.sha256 for recording in item.recordings),
        approval=item.approval,
        revision=rundown.revision,
        planned_start=item.starts_at,
        planned_end=item.ends_at,
        outcome=Outcome.CUT_SHORT,
        reason="device.rebooted",
        clock_error_ms=clock_error_ms,
        recorded_at=now,
    )


def skipped(draft: AsRunEntry, reason: str, now: datetime) -> AsRunEntry:
    """Return the entry of an item that never sounded."""
    return replace(draft, outcome=Outcome.SKIPPED, reason=reason, recorded_at=now)


def sounding(draft: AsRunEntry, seconds: float, received: float | None, now: datetime) -> AsRunEntry:
    """Return the entry a sounding item becomes if the power goes now; `received` is None for a recording."""
    return replace(
        draft,
        ended_at=now,
        played_ms=round(seconds * 1000),
        received_ms=None if received is None else round(received * 1000),
        recorded_at=now,
    )


def ended(
    draft: AsRunEntry, item: RundownItem, measured: Measured, *, reason: str, ended_at: datetime, offset_ms: int
) -> AsRunEntry:
    """Return the final entry of an item.

    Args:
        draft: With `started_at` when it began to sound.
        item: As it was planned last.
        measured: What the player measured.
        reason: Why it was stopped, when it was; else empty.
        ended_at: After its last sample.
        offset_ms: Where in its sound it was joined.
    """
    outcome, why = _outcome(item, measured, reason, offset_ms)
    return replace(
        draft,
        planned_start=item.starts_at,
        planned_end=item.ends_at,
        outcome=outcome,
        reason=why,
        ended_at=ended_at if draft.started_at is not None else None,
        played_ms=round(measured.seconds * 1000),
        received_ms=round(measured.received * 1000) if isinstance(item.sound, Relayed) else None,
        level_dbfs=measured.level,
    )


def error_ms(interval: ClockInterval | None) -> int:
    """Return half the width of a clock interval in milliseconds, 0 when there is none."""
    return 0 if interval is None else milliseconds(interval.width / 2)


def _outcome(item: RundownItem, measured: Measured, reason: str, offset_ms: int) -> tuple[Outcome, str]:
    match measured.how:
        case Ending.FAILED:
            return Outcome.FAILED, measured.reason
        case Ending.LOST:
            return Outcome.CUT_SHORT, reason or measured.reason
        case Ending.STOPPED:
            return Outcome.CUT_SHORT, reason or "item.stopped"
        case Ending.FINISHED:
            return Outcome.FINISHED, ""
        case Ending.CUT:
            return _cut(item, measured, reason, offset_ms)


def _cut(item: RundownItem, measured: Measured, reason: str, offset_ms: int) -> tuple[Outcome, str]:
    if item.silent_from < item.over_at:
        return Outcome.CUT_SHORT, "item.expired"
    if isinstance(item.sound, Relayed):
        silent = measured.seconds == 0
        return (Outcome.FAILED, "relay.nothing_received") if silent else (Outcome.FINISHED, "")
    joined = timedelta(milliseconds=offset_ms - item.sound.offset_ms)
    left = min(item.sound.duration, item.span.duration) - joined
    if timedelta(seconds=measured.seconds) + WHOLE >= left:
        return Outcome.FINISHED, ""
    return Outcome.CUT_SHORT, reason or "item.time_over"
