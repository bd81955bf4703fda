"""The as-run log: what really happened, item by item, each entry chained to the one before it.

It must not judge (that is reconciliation): an entry says what the device did and how it knows.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from math import isfinite

from schedules.chain import hash_of
from schedules.errors import InvalidValue
from schedules.ids import JournalId, LoudspeakerId, OccurrenceId, ProgrammeId, Sha256, ZoneId
from schedules.times import require_utc

RESUMABLE = frozenset(
    {"device.rebooted", "device.stopped", "item.silence_ordered", "item.emergency", "sound.device_lost"}
)
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
        """See `chain.hash_of`."""
        return hash_of(self)
