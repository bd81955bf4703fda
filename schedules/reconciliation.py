"""Reconciliation: the rundown against the as-run log, a verdict per occurrence and loudspeaker.

Plan and log stay apart; a verdict is computed from both, never stored in either. The numbers are those
of docs/verdicts: confirmed from 98 % of the item with a start within 2 s.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from schedules.asrun import AsRunEntry, Outcome
from schedules.rundown import RundownItem
from schedules.times import milliseconds

CONFIRMED_SHARE = 0.98
START_TOLERANCE = timedelta(seconds=2)
UNREPORTED_AFTER = timedelta(hours=24)
"""Without any report an occurrence is awaited this long after its end, then missed; a late report reverses it."""


class Verdict(StrEnum):
    """What became of a planned occurrence at one loudspeaker."""

    AWAITED = "awaited"
    CONFIRMED = "confirmed"
    PARTIAL = "partial"
    FAILED = "failed"
    MISSED = "missed"
    UNPLANNED = "unplanned"


@dataclass(frozen=True, slots=True)
class Finding:
    """A verdict with its reason and what was measured.

    Attributes:
        reason: dotted code; empty when confirmed.
        started_at, ended_at: of the first and last sound; None when nothing sounded.
        played_ms: milliseconds that sounded, over all entries.
    """

    verdict: Verdict
    reason: str = ""
    started_at: datetime | None = None
    ended_at: datetime | None = None
    played_ms: int = 0


def reconcile(
    item: RundownItem, entries: Sequence[AsRunEntry], *, covers_until: datetime | None, now: datetime
) -> Finding:
    """Judge one planned item at one loudspeaker.

    Args:
        item: as it was last planned.
        entries: every entry of this occurrence from this loudspeaker; a reboot makes two.
        covers_until: up to when the loudspeaker has reported everything; None without any report.
        now: decides only when waiting for a report ends.
    """
    if not entries:
        return _without_entries(item, covers_until, now)
    ordered = sorted(entries, key=lambda entry: (entry.journal, entry.sequence))
    sounding = [entry for entry in ordered if entry.started_at is not None and entry.played_ms > 0]
    if not sounding:
        skipped = all(entry.outcome is Outcome.SKIPPED for entry in ordered)
        return Finding(Verdict.MISSED if skipped else Verdict.FAILED, ordered[-1].reason)
    started = min(entry.started_at for entry in sounding if entry.started_at is not None)
    ended = max((entry.ended_at for entry in sounding if entry.ended_at is not None), default=None)
    played_ms = sum(entry.played_ms for entry in sounding)
    whole_ms = milliseconds(item.span.duration)
    punctual = abs(started - item.starts_at) <= START_TOLERANCE or item.latest_start is not None
    if played_ms >= CONFIRMED_SHARE * whole_ms and punctual:
        return Finding(Verdict.CONFIRMED, "", started, ended, played_ms)
    reason = next((entry.reason for entry in ordered if entry.reason), "" if punctual else "start.late")
    return Finding(Verdict.PARTIAL, reason or "played.short", started, ended, played_ms)


def _without_entries(item: RundownItem, covers_until: datetime | None, now: datetime) -> Finding:
    if covers_until is not None and covers_until >= item.ends_at:
        return Finding(Verdict.MISSED, "report.nothing_played")
    if now >= item.ends_at + UNREPORTED_AFTER:
        return Finding(Verdict.MISSED, "report.none")
    return Finding(Verdict.AWAITED)
