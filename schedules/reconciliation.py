"""Reconciliation: the rundown against the as-run log, a verdict per occurrence and loudspeaker.

Plan and log stay apart; a verdict is computed from both, never stored in either. The numbers are those
of docs/verdicts: confirmed from 98 % of the item with a start within 2 s.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from schedules.asrun import AsRunEntry, Outcome
from schedules.rundown import Relayed, RundownItem
from schedules.times import Span, milliseconds

CONFIRMED_SHARE = 0.98
START_TOLERANCE = timedelta(seconds=2)
UNREPORTED_AFTER = timedelta(hours=24)
"""Without any report an occurrence is awaited this long after its end, then missed; a late report reverses it."""


class Verdict(StrEnum):
    """What became of a planned occurrence at one loudspeaker, or what it was that nobody had planned."""

    AWAITED = "awaited"
    CONFIRMED = "confirmed"
    PARTIAL = "partial"
    FAILED = "failed"
    MISSED = "missed"
    UNPLANNED = "unplanned"
    EMERGENCY = "emergency"
    EXERCISE = "exercise"


OUTSIDE_THE_PLAN = frozenset({Verdict.UNPLANNED, Verdict.EMERGENCY, Verdict.EXERCISE})
"""Verdicts on what sounded without a place in the plan; the last two only where the centre ordered it."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A verdict with its reason and what was measured.

    Attributes:
        reason: dotted code, the device's own where it gave one; empty when confirmed.
        started_at, ended_at: of the first and last sound; None when nothing sounded.
        played_ms: milliseconds that sounded, over all entries.
    """

    verdict: Verdict
    reason: str = ""
    started_at: datetime | None = None
    ended_at: datetime | None = None
    played_ms: int = 0


def reconcile(
    item: RundownItem,
    entries: Sequence[AsRunEntry],
    *,
    covers_until: datetime | None,
    lost: Sequence[Span] = (),
    now: datetime,
) -> Finding:
    """Judge one planned item at one loudspeaker.

    Args:
        item: as it was last planned.
        entries: every entry of this occurrence from this loudspeaker; a reboot makes two.
        covers_until: up to when the loudspeaker has reported everything; None without any report.
        lost: what the loudspeaker's journal can no longer tell of.
        now: decides only when waiting for a report ends.
    """
    if not entries:
        return _without_entries(item, covers_until, lost, now)
    ordered = _once_each(entries)
    sounding = [entry for entry in ordered if entry.started_at is not None and entry.played_ms > 0]
    if not sounding:
        skipped = all(entry.outcome is Outcome.SKIPPED for entry in ordered)
        return Finding(Verdict.MISSED if skipped else Verdict.FAILED, ordered[-1].reason)
    started = min(entry.started_at for entry in sounding if entry.started_at is not None)
    ended = max((entry.ended_at for entry in sounding if entry.ended_at is not None), default=None)
    played_ms = sum(entry.played_ms for entry in sounding)
    untimely = _untimely(item, started)
    short = _shortfall(item, sounding)
    if not untimely and not short:
        return Finding(Verdict.CONFIRMED, "", started, ended, played_ms)
    told = next((entry.reason for entry in ordered if entry.reason), "")
    return Finding(Verdict.PARTIAL, told or untimely or short, started, ended, played_ms)


def _once_each(entries: Sequence[AsRunEntry]) -> list[AsRunEntry]:
    """Give entries in order; of two under one number (a copied journal) only the one that says more."""
    if len(entries) == 1:  # the usual case; a hash costs more than all the rest
        return list(entries)
    by_number: dict[tuple[str, int], AsRunEntry] = {}
    for entry in sorted(entries, key=lambda entry: (entry.played_ms, entry.hash)):
        by_number[entry.journal, entry.sequence] = entry
    return sorted(by_number.values(), key=lambda entry: (entry.planned_start, entry.recorded_at, entry.sequence))


def _untimely(item: RundownItem, started: datetime) -> str:
    latest = item.latest_start or item.starts_at
    if started < item.starts_at - START_TOLERANCE:
        return "start.early"
    return "start.late" if started > latest + START_TOLERANCE else ""


def _shortfall(item: RundownItem, sounding: Sequence[AsRunEntry]) -> str:
    wanted_ms = CONFIRMED_SHARE * milliseconds(item.span.duration)
    if sum(entry.played_ms for entry in sounding) < wanted_ms:
        return "played.short"
    if not isinstance(item.sound, Relayed):
        return ""
    # What came of the channel itself counts, not what filled in for it; to join it takes a moment.
    received_ms = sum(entry.played_ms if entry.received_ms is None else entry.received_ms for entry in sounding)
    return "relay.fallback" if received_ms < wanted_ms - milliseconds(START_TOLERANCE) else ""


def _without_entries(item: RundownItem, covers_until: datetime | None, lost: Sequence[Span], now: datetime) -> Finding:
    if covers_until is not None and covers_until >= item.over_at:
        is_lost = any(each.overlaps(item.span) for each in lost)
        return Finding(Verdict.MISSED, "report.lost" if is_lost else "report.nothing_played")
    if now >= item.over_at + UNREPORTED_AFTER:
        return Finding(Verdict.MISSED, "report.none")
    return Finding(Verdict.AWAITED)
