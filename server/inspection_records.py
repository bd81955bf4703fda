"""What the centre keeps for those who look over many stations: a day's verdicts, counted, and views with a name.

Frozen; no behaviour beyond their own state. It must not know how they are stored.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from schedules.ids import PersonId, UnitId, ZoneId
from schedules.reconciliation import Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """The verdicts of a station's local day, counted.

    Attributes:
        counts: one for each occurrence at each loudspeaker; a verdict that never came is left out.
        counted_at: what was reported later is not in it.
        doubtful: something was, so that it has to be counted again.
        zones: at which zones each verdict but CONFIRMED came; None where that was not kept yet.
        leaves: how many the ledger had; what came after them is not in it.
    """

    station: UnitId
    day: date
    counts: Mapping[Verdict, int]
    counted_at: datetime
    doubtful: bool = False
    zones: Mapping[Verdict, frozenset[ZoneId]] | None = None
    leaves: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedView:
    """What a person once chose on a page, under a name of their own.

    Attributes:
        query: of the page's address, without its mark.
    """

    person: PersonId
    name: str
    query: str
