"""An occurrence: one dated instance of a slot or a place, before anything is decided about it.

It must not know zones' languages or approvals; planning turns occurrences into rundown items.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from schedules.ids import OccurrenceId
from schedules.slot import Slot


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One instance of an exact-second slot.

    Attributes:
        original_start: what the rule gives; `start` differs when an exception moved it.
    """

    id: OccurrenceId
    slot: Slot
    original_start: datetime
    start: datetime

    def ends(self, length: timedelta) -> datetime:
        """Give the end for a sound of some length."""
        return self.start + length
