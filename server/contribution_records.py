"""What departments and hamlets hand in to a station, and what the station said to it. Frozen; it judges nothing."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from schedules.ids import PersonId, ProgrammeId, UnitId, ZoneId
from schedules.programme import Recording


class ContributionState(StrEnum):
    """What became of a contribution.

    Preparing: its sound is being looked at. Unfit: that could not be broadcast, and the station never saw it.
    """

    PREPARING = "preparing"
    UNFIT = "unfit"
    WAITING = "waiting"
    ACCEPTED = "accepted"
    DECLINED = "declined"


@dataclass(frozen=True, slots=True, kw_only=True)
class Contribution:
    """A text or a recording, with where and when its sender would like it heard; it is no programme.

    Attributes:
        first_day, last_day: the days the sender wishes, both included; None: any.
        file_name: of the sound that was sent; empty where there is none.
        recording: of that sound, once it is prepared.
        reason: why it was declined, in words; of an unfit one the code.
        programme: the draft that was made of it.
    """

    id: str
    station: UnitId
    zones: tuple[ZoneId, ...]
    by: PersonId
    sent_at: datetime
    title: str
    text: str
    first_day: date | None = None
    last_day: date | None = None
    file_name: str = ""
    recording: Recording | None = None
    state: ContributionState = ContributionState.WAITING
    settled_by: PersonId | None = None
    settled_at: datetime | None = None
    reason: str = ""
    programme: ProgrammeId | None = None
