"""What the centre keeps of what loudspeakers said, and the signed heads of the ledger over it.

Frozen; no behaviour beyond their own state. It must not know how they are stored.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from schedules.asrun import AsRunEntry, Outcome
from schedules.ids import JournalId, LoudspeakerId, OccurrenceId, ZoneId
from schedules.mark import Mark
from schedules.merkle import Frontier
from schedules.times import Span
from schedules.wire.messages import Presence, RundownReceipt

LEAST_MEASURED_MS = 10_000
"""Of less than this the level says nothing about amplifier and wires."""


@dataclass(frozen=True, slots=True)
class Told:
    """What a loudspeaker's entries come to of one thing that it may have sounded more than once.

    Attributes:
        whole: how often it was heard to its end.
        begun: how often it began.
        began_at: when anything of it began last, a siren too.
        reason: the one it gave last; empty when it gave none.
    """

    whole: int = 0
    begun: int = 0
    began_at: datetime | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """An as-run entry as it was kept.

    Attributes:
        hash: of the entry; with loudspeaker, journal and sequence it is the key.
        flags: dotted codes of what is odd about it (`fork`, `chain_broken`, `unknown_occurrence`,
            `other_than_planned`, `clock_doubtful`, `after_retirement`); no entry is ever refused.
    """

    entry: AsRunEntry
    hash: str
    received_at: datetime
    flags: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Play:
    """What one as-run entry measured; fields as of `AsRunEntry`."""

    zone: ZoneId
    occurrence: OccurrenceId
    title: str
    planned: Span
    outcome: Outcome
    started_at: datetime | None
    played_ms: int
    level_dbfs: float | None
    clock_error_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptMark:
    """A mark of a journal as it was kept; key and flags as of `Heard`."""

    mark: Mark
    hash: str
    received_at: datetime
    flags: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalState:
    """What the database holds of a journal: no gap up to `through`, whose hash is `head`; marks count like entries."""

    loudspeaker: LoudspeakerId
    journal: JournalId
    through: int
    head: str
    covers_until: datetime | None = None


JournalKey = tuple[LoudspeakerId, JournalId]


@dataclass(frozen=True, slots=True)
class JournalEnd:
    """How far the database holds a journal without a gap, and what it holds of it from there on.

    Attributes:
        hashes: by sequence, of that one and of those behind the gap; of two branches the one that came last is last.
    """

    through: int = 0
    hashes: Mapping[int, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """The newest word of a loudspeaker about itself; None where it never spoke.

    Attributes:
        twins_at: when two devices were last seen to speak with its key.
    """

    presence: Presence | None = None
    presence_at: datetime | None = None
    receipt: RundownReceipt | None = None
    receipt_at: datetime | None = None
    twins_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedHead:
    """A state of the ledger that was signed.

    Attributes:
        frontier: the tree, as far as it is needed to let it grow.
        envelope: the signed `LedgerHead`.
        outside: whether it goes to the addressee outside.
    """

    frontier: Frontier
    at: datetime
    envelope: bytes
    outside: bool = False
