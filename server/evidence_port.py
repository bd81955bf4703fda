"""What the use cases need kept of what loudspeakers said, and of the ledger. It must not name a framework."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from schedules.ids import (
    JournalId,
    LoudspeakerId,
    OccurrenceId,
    ProgrammeId,
    ZoneId,
)
from schedules.ledger import Leaf, LeafKind
from schedules.mark import MarkKind
from schedules.times import Span
from schedules.wire.messages import Presence, RundownReceipt
from server.evidence_records import Heard, JournalEnd, JournalKey, JournalState, KeptMark, Play, Seen, SignedHead, Told


class Evidence(Protocol):
    """What loudspeakers said. Append-only: nothing here is updated or deleted but the newest presence."""

    def insert_heard(self, heard: Iterable[Heard]) -> int:
        """Insert what is new by (loudspeaker, journal, sequence, hash); give how many were new."""
        ...

    def insert_marks(self, marks: Iterable[KeptMark]) -> int:
        """Insert what is new by (loudspeaker, journal, sequence, hash); give how many were new."""
        ...

    def hashes(
        self, loudspeaker: LoudspeakerId, journal: JournalId, *, first: int, last: int
    ) -> dict[int, frozenset[str]]:
        """Give the hashes kept for the sequences of a journal between two, both included, of entries and marks."""
        ...

    def journal(self, loudspeaker: LoudspeakerId, journal: JournalId) -> JournalState:
        """Give the journal's state, computed from the rows: `through` has no gap below it."""
        ...

    def ends(self, journals: Collection[JournalKey]) -> Mapping[JournalKey, JournalEnd]:
        """Give where each of some journals ends; one that nobody has reported of yet is begun."""
        ...

    def note_through(self, through: Mapping[JournalKey, int]) -> None:
        """Remember how far journals were found to have no gap, so that the next look begins there."""
        ...

    def journals(self, loudspeaker: LoudspeakerId) -> Sequence[JournalState]:
        """Give the state of every journal a loudspeaker has reported anything of, in order of id."""
        ...

    def marks(
        self, loudspeakers: Iterable[LoudspeakerId], kinds: Iterable[MarkKind], *, since: datetime | None = None
    ) -> Sequence[KeptMark]:
        """Give loudspeakers' marks of some kinds, those received since an instant, in the order they came."""
        ...

    def put_covers(self, covers_until: Mapping[JournalKey, datetime]) -> None:
        """Note up to when journals have told everything; never less than before."""
        ...

    def covers(self, loudspeakers: Iterable[LoudspeakerId]) -> dict[LoudspeakerId, dict[JournalId, datetime]]:
        """Give up to when each journal of loudspeakers has been told whole."""
        ...

    def covers_until(self, loudspeakers: Iterable[LoudspeakerId]) -> dict[LoudspeakerId, datetime]: ...
    def heard(
        self,
        span: Span,
        loudspeakers: Iterable[LoudspeakerId] | None = None,
        *,
        zones: Iterable[ZoneId] | None = None,
        programmes: Iterable[ProgrammeId] | None = None,
    ) -> Sequence[Heard]:
        """Give the entries whose planned start lies inside a span.

        Of the loudspeakers, zones and programmes named alone, if any; quick where zones or few loudspeakers are.
        """
        ...

    def levels(
        self, loudspeakers: Iterable[LoudspeakerId], *, zones: Iterable[ZoneId], since: datetime
    ) -> Mapping[LoudspeakerId, Sequence[float]]:
        """Give the levels in dBFS of plays of at least ten seconds planned since an instant, the newest first.

        `zones` says where these loudspeakers stand and stood.
        """
        ...

    def plays(self, loudspeaker: LoudspeakerId, span: Span, *, limit: int | None = None) -> Sequence[Play]:
        """Give what a loudspeaker's entries measured that were planned to start inside a span, the first ones in order.

        All of them unless `limit` says how many.
        """
        ...

    def told(
        self,
        occurrence: OccurrenceId,
        span: Span,
        loudspeakers: Iterable[LoudspeakerId],
        *,
        zones: Iterable[ZoneId],
        said: Iterable[ProgrammeId],
    ) -> Mapping[LoudspeakerId, Told]:
        """Give what loudspeakers' entries of one occurrence come to, planned to start inside a span.

        `zones` says where these loudspeakers stand and stood. `said` names the programmes that count as heard; others,
        such as a siren, only tell when it began, and why not.
        """
        ...

    def put_presence(self, loudspeaker: LoudspeakerId, presence: Presence, at: datetime) -> bool:
        """Keep the newest presence, and a line of history when online, revision, faults, silences or instance changed.

        Tell whether they did.
        """
        ...

    def note_twins(self, loudspeaker: LoudspeakerId, at: datetime) -> None:
        """Note when two devices were seen to speak with the key of a loudspeaker that has spoken."""
        ...

    def put_receipt(self, loudspeaker: LoudspeakerId, receipt: RundownReceipt, at: datetime) -> None: ...
    def seen(self, loudspeakers: Iterable[LoudspeakerId]) -> dict[LoudspeakerId, Seen]: ...
    def presence_history(self, loudspeaker: LoudspeakerId, span: Span) -> Sequence[tuple[datetime, Presence]]: ...


class Ledger(Protocol):
    """The ledger: leaves in one order, and signed heads over them. Append-only.

    The store adds a leaf by itself for each row of evidence it writes; what a device signed is added by who read it.
    """

    def append(self, kind: LeafKind, subject: str, data: bytes, *, at: datetime | None = None) -> None:
        """Add a leaf; it gets the next number at the commit, so that it is kept with what it proves or not at all."""
        ...

    def size(self) -> int:
        """Give how many leaves there are."""
        ...

    def leaves(self, *, after: int, limit: int) -> Sequence[Leaf]:
        """Give leaves in order, from the one after a number on."""
        ...

    def head(self, *, outside: bool = False) -> SignedHead | None:
        """Give the newest signed head; the newest one that goes outside, if asked."""
        ...

    def heads(self) -> Sequence[SignedHead]:
        """Give every signed head, the first first."""
        ...

    def add_head(self, head: SignedHead) -> None: ...
