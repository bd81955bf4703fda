"""What the centre keeps of what it said to loudspeakers: rundowns planned, issued and published, orders of silence.

Frozen; no behaviour beyond their own state. It must not know how they are stored.
"""

from dataclasses import dataclass
from datetime import date, datetime

from schedules.ids import OccurrenceId, PersonId, ProgrammeId, Sha256, ZoneId
from schedules.rundown import Rundown, RundownItem
from schedules.times import Span
from schedules.wire.rows import Tables


@dataclass(frozen=True, slots=True, kw_only=True)
class ZoneMark:
    """The four numbers that say how far a zone is; settled when both pairs are equal.

    Attributes:
        wanted: grows with every change that may concern the zone.
        planned_from: the `wanted` the last planning saw.
        issued_revision: of the newest stored rundown.
        published_revision: of the newest one the broker has confirmed.
        planned_for: local date of the first day the rundown in force was planned for.
    """

    zone: ZoneId
    wanted: int
    planned_from: int
    issued_revision: int
    published_revision: int
    planned_for: date | None = None

    @property
    def settled(self) -> bool:
        """Whether nothing is left to plan or publish."""
        return self.wanted == self.planned_from and self.issued_revision == self.published_revision


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuedRundown:
    """The rundown in force of a zone, as values and as the signed bytes that were published."""

    rundown: Rundown
    envelope: bytes
    issued_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """What planning gave for a zone.

    Attributes:
        planned_from: the `wanted` it saw.
        planned_for: local date of the first day planned.
        issued: the next rundown; None where what lies ahead is the same.
        before: the rundown in force it was planned from; None where there was none.
    """

    zone: ZoneId
    planned_from: int
    planned_for: date
    issued: IssuedRundown | None = None
    before: Tables | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """What is left of a rundown that was issued: its hash, and what it changed.

    Attributes:
        sha256: of the signed bytes, 64 hexadecimal digits.
        added: how many occurrences it promised that the one before did not.
        withdrawn: occurrences the one before had promised for later and this one no longer does.
        changed: occurrences it moved, with the span they had before.
    """

    zone: ZoneId
    number: int
    issued_at: datetime
    sha256: str
    added: int
    withdrawn: tuple[OccurrenceId, ...] = ()
    changed: tuple[tuple[OccurrenceId, Span], ...] = ()


@dataclass(frozen=True, slots=True)
class Promised:
    """What was approved for a planned occurrence, as far as what was heard is held against it.

    Attributes:
        sounds: hashes of its recordings.
    """

    approval: str
    title: str
    programme: ProgrammeId
    sounds: frozenset[Sha256]

    @classmethod
    def by(cls, item: RundownItem) -> "Promised":
        """Take it from an item."""
        return cls(item.approval, item.title, item.programme, frozenset(each.sha256 for each in item.recordings))


@dataclass(frozen=True, slots=True, kw_only=True)
class SilenceOrder:
    """One order about silence; the highest number per audience is in force.

    Attributes:
        ordered: False lifts it.
        published: whether the broker has confirmed it.
    """

    audience: str
    number: int
    ordered: bool
    until: datetime | None
    spares_emergencies: bool
    by: PersonId
    at: datetime
    published: bool = False
