"""Marks: entries of a journal that are no play, so that "nothing played" differs from "nothing received".

A mark is chained, signed and acknowledged like every other entry. It must not judge: it says that the device ran,
what it had in hand, and up to when it has written down everything that sounded.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from schedules.asrun import AsRunEntry
from schedules.chain import hash_of
from schedules.errors import InvalidValue
from schedules.ids import JournalId, LoudspeakerId
from schedules.times import require_utc


class MarkKind(StrEnum):
    """Why a mark was written."""

    BEGUN = "begun"  # the first entry of a journal; names the journal before it
    LOST = "lost"  # a journal was damaged: which of its entries are gone
    BOOT = "boot"
    HOURLY = "hourly"
    DAILY = "daily"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """One mark of a loudspeaker's journal; numbered and chained as `AsRunEntry` is.

    Attributes:
        recorded_at: by the device's clock, whether anything vouches for it or not.
        clock_error_ms: half the width of the device's clock interval; None while nothing vouches for its clock.
        covers_until: everything before this instant that concerns this loudspeaker stands before this mark; None
            without a trusted clock, because then nothing is claimed about time.
        after_journal: of BEGUN the journal before, of LOST the one that was damaged; None when there was none, or
            not even its name could be read.
        after_sequence, after_head: the last entry of that journal that still proves itself; 0 and `GENESIS` when
            not one does.
        lost_from, lost_to: of LOST, and of BEGUN where the journal before is not whole: the entries that are gone;
            `lost_to` is the last that is known to have been, None when that cannot be told.
        rundown, trust: revision and number in force at the device.
        ledger_size, ledger_root: the newest head of the centre's ledger that the device was told.
        ledger_at: when the centre told it, by the centre's clock.
    """

    loudspeaker: LoudspeakerId
    journal: JournalId
    sequence: int
    previous: str
    kind: MarkKind
    recorded_at: datetime
    clock_error_ms: int | None = None
    covers_until: datetime | None = None
    after_journal: JournalId | None = None
    after_sequence: int | None = None
    after_head: str = ""
    lost_from: int | None = None
    lost_to: int | None = None
    rundown: int | None = None
    trust: int | None = None
    ledger_size: int | None = None
    ledger_root: str = ""
    ledger_at: datetime | None = None

    def __post_init__(self) -> None:
        if self.sequence < 1:
            raise InvalidValue("mark.sequence", sequence=self.sequence)
        tells_of_loss = self.kind is MarkKind.LOST or (self.kind is MarkKind.BEGUN and self.lost_from is not None)
        if tells_of_loss != (self.lost_from is not None):
            raise InvalidValue("mark.lost", kind=self.kind, sequence=self.sequence)
        require_utc(self.recorded_at, "recorded_at")

    @property
    def hash(self) -> str:
        """See `chain.hash_of`."""
        return hash_of(self)


JournalEntry = AsRunEntry | Mark
"""What a journal holds."""
