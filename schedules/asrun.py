"""The as-run log: what really happened, item by item, each entry chained to the one before it.

It must not judge (that is reconciliation): an entry says what the device did and how it knows.
"""

import json
from collections.abc import Iterable
from dataclasses import MISSING, dataclass, fields
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from math import isfinite

from schedules.errors import InvalidValue
from schedules.ids import JournalId, LoudspeakerId, OccurrenceId, ProgrammeId, Sha256, ZoneId
from schedules.times import instant_text, require_utc

GENESIS = "0" * 64
"""The previous hash of a journal's first entry."""

RESUMABLE = frozenset({"device.rebooted", "device.stopped", "item.silence_ordered", "item.emergency"})
"""Reasons of a cut after which the item may be joined again, beside every reason of the device's guard (`guard.…`)."""


class Outcome(StrEnum):
    """How an item ended at one loudspeaker."""

    FINISHED = "finished"
    CUT_SHORT = "cut_short"
    SKIPPED = "skipped"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class AsRunEntry:
    """One entry of a loudspeaker's journal; it stands alone as evidence when the programme is gone.

    Attributes:
        sequence: from 1, without gaps, per journal.
        previous: hash of the entry before it, `GENESIS` for the first.
        revision: of the rundown it was played from.
        title, sha256, approval, planned_start, planned_end: copied from the rundown.
        reason: dotted code of why it was cut, skipped or failed; empty when it finished.
        started_at, ended_at: the device's clock at the first and after the last sample; None if it never sounded.
        played_ms: milliseconds of sound really given to the output.
        received_ms: for a relay, milliseconds that came from the channel; None otherwise.
        level_dbfs: mean level measured at the output, kept to a tenth; None when nothing was measured.
        clock_error_ms: half the width of the device's clock interval.
    """

    loudspeaker: LoudspeakerId
    zone: ZoneId
    journal: JournalId
    sequence: int
    previous: str
    occurrence: OccurrenceId
    programme: ProgrammeId
    title: str
    sha256: tuple[Sha256, ...]
    approval: str
    revision: int
    planned_start: datetime
    planned_end: datetime
    outcome: Outcome
    reason: str = ""
    started_at: datetime | None = None
    ended_at: datetime | None = None
    played_ms: int = 0
    received_ms: int | None = None
    level_dbfs: float | None = None
    clock_error_ms: int = 0
    recorded_at: datetime

    def __post_init__(self) -> None:
        if self.sequence < 1:
            raise InvalidValue("asrun.sequence", sequence=self.sequence)
        if self.level_dbfs is not None and not isfinite(self.level_dbfs):
            raise InvalidValue("asrun.level", level=str(self.level_dbfs))
        require_utc(self.planned_start, "planned_start")

    @property
    def resumable(self) -> bool:
        """Whether what was cut may be joined again, so that agent and page judge alike."""
        return self.outcome is Outcome.CUT_SHORT and (self.reason in RESUMABLE or self.reason.startswith("guard."))

    @property
    def hash(self) -> str:
        """SHA-256 over the previous hash and the entry's canonical bytes, as 64 hexadecimal digits."""
        return sha256(self.previous.encode() + b"\n" + canonical_bytes(self)).hexdigest()


def canonical_bytes(entry: AsRunEntry) -> bytes:
    """Give the bytes an entry's hash covers: its fields as JSON with sorted keys, instants as text.

    A field that may be unset is left out while it is (None, or empty text), so that one added later
    changes no hash of before.
    """
    given = ((field, getattr(entry, field.name)) for field in fields(entry))
    facts = {field.name: _plain(value) for field, value in given if field.default is MISSING or value not in (None, "")}
    return json.dumps(facts, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def first_break(entries: Iterable[AsRunEntry], *, sequence: int = 0, head: str = GENESIS) -> AsRunEntry | None:
    """Give the first entry that does not follow on from the one before it; None when the chain holds.

    Args:
        entries: of one journal, in order.
        sequence: the last one known good before the first of the entries.
        head: its hash.
    """
    for entry in entries:
        if entry.sequence != sequence + 1 or entry.previous != head:
            return entry
        sequence, head = entry.sequence, entry.hash
    return None


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return instant_text(value)
    if isinstance(value, float):
        return round(value, 1) + 0.0  # -0.0 and 0.0 are one level
    return value
