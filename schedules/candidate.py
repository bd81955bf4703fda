"""A candidate for the air: a claim with all that is needed to make a rundown item of it.

It must not know how it was found (`candidates`) nor what became of it (`planning`).
"""

from dataclasses import dataclass
from datetime import datetime

from schedules.conflicts import Claim
from schedules.ids import Key
from schedules.programme import Programme
from schedules.rundown import Sound
from schedules.schedule import Note


@dataclass(frozen=True, slots=True)
class Candidate:
    """A claim on the air with what is needed to make a rundown item of it.

    Attributes:
        key: what it comes from.
        begins_by: the last instant at which it may begin from its beginning; None: it is joined where the clock is.
    """

    claim: Claim
    key: Key
    programme: Programme
    language: str
    sound: Sound
    approval: str
    begins_by: datetime | None


@dataclass(frozen=True, slots=True)
class Wishes:
    """A zone's candidates, and what could not be one.

    Attributes:
        common: those it may have in common with other zones, in blocks that are then the same objects.
        own: those that are its own.
    """

    common: tuple[tuple[Candidate, ...], ...]
    own: tuple[Candidate, ...]
    notes: tuple[Note, ...]


def within_validity(programme: Programme, limit: datetime) -> datetime:
    """Give a limit, or sooner the end of a programme's validity."""
    return limit if programme.valid_until is None else min(limit, programme.valid_until)
