"""What loudspeakers said, in the database. It must not verify or judge; it never changes or deletes an entry."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from operator import attrgetter
from typing import Any

from sqlalchemy import Executable, bindparam, case, func, select, tuple_, union
from sqlalchemy.orm import Session

from schedules.asrun import AsRunEntry, Outcome
from schedules.chain import GENESIS
from schedules.ids import JournalId, LoudspeakerId, OccurrenceId, ProgrammeId, Sha256, ZoneId
from schedules.mark import Mark, MarkKind
from schedules.times import Span
from schedules.wire.codec import decoded, encoded
from schedules.wire.messages import Presence, RundownReceipt
from server.evidence_records import (
    LEAST_MEASURED_MS,
    Heard,
    JournalEnd,
    JournalKey,
    JournalState,
    KeptMark,
    Play,
    Seen,
    Told,
)
from server.store.plays import plays_of
from server.store.rows import AnyRow, CoversRow, HeardRow, JournalRow, MarkRow, PresenceRow, SeenRow
from server.store.statements import inserting

_ENTRY_FIELDS = tuple(field.name for field in fields(AsRunEntry))
_MARK_FIELDS = tuple(field.name for field in fields(Mark))
_entry_values, _mark_field_values = attrgetter(*_ENTRY_FIELDS), attrgetter(*_MARK_FIELDS)
_CHAINED = (HeardRow, MarkRow)
"""What is numbered and chained together."""
_BEHIND = {
    row: select(JournalRow.loudspeaker, JournalRow.journal, JournalRow.through, row.sequence, row.received_at, row.hash)
    .join(
        row,
        (row.loudspeaker == JournalRow.loudspeaker)
        & (row.journal == JournalRow.journal)
        & (row.sequence >= JournalRow.through),
    )
    .where(tuple_(JournalRow.loudspeaker, JournalRow.journal).in_(bindparam("journals", expanding=True)))
    for row in _CHAINED
}
"""What is kept of some journals from where each was last found to have no gap."""

_Kept = tuple[int, datetime, str]
"""A sequence, when it was received, and its hash."""


class SqlEvidence:
    """See `evidence_port.Evidence`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def insert_heard(self, heard: Iterable[Heard]) -> int:
        """Insert what is new by (loudspeaker, journal, sequence, hash); give how many were new."""
        return self._insert(HeardRow, [_heard_values(each) for each in heard])

    def insert_marks(self, marks: Iterable[KeptMark]) -> int:
        """Insert what is new by (loudspeaker, journal, sequence, hash); give how many were new."""
        return self._insert(MarkRow, [_mark_values(each) for each in marks])

    def hashes(
        self, loudspeaker: LoudspeakerId, journal: JournalId, *, first: int, last: int
    ) -> dict[int, frozenset[str]]:
        """Give the hashes kept for the sequences of a journal between two, both included, of entries and marks."""
        known: dict[int, frozenset[str]] = {}
        for row in _CHAINED:
            query = select(row.sequence, row.hash).where(
                row.loudspeaker == loudspeaker, row.journal == journal, row.sequence.between(first, last)
            )
            for sequence, digest in self._session.execute(query):
                known[sequence] = known.get(sequence, frozenset()) | {digest}
        return known

    def journal(self, loudspeaker: LoudspeakerId, journal: JournalId) -> JournalState:
        """Give the journal's state, computed from the rows."""
        through = self._through(loudspeaker, journal)
        at_end = [
            found
            for row in _CHAINED
            for found in self._session.execute(
                select(row.received_at, row.hash).where(
                    row.loudspeaker == loudspeaker, row.journal == journal, row.sequence == through
                )
            )
        ]
        covers = self._session.get(CoversRow, (loudspeaker, journal), populate_existing=True)
        return JournalState(
            loudspeaker=loudspeaker,
            journal=journal,
            through=through,
            head=max(at_end, key=lambda found: found[0])[1] if at_end else GENESIS,
            covers_until=None if covers is None else covers.covers_until,
        )

    def ends(self, journals: Collection[JournalKey]) -> Mapping[JournalKey, JournalEnd]:
        """Give where each of some journals ends; one that nobody has reported of yet is begun."""
        self._put_journals(dict.fromkeys(journals, 0), inserting(self._session, JournalRow).on_conflict_do_nothing())
        noted: dict[JournalKey, int] = {}
        kept: dict[JournalKey, list[_Kept]] = {key: [] for key in journals}
        for row in _CHAINED:
            for each in self._session.execute(_BEHIND[row], {"journals": list(journals)}):
                key = LoudspeakerId(each.loudspeaker), JournalId(each.journal)
                noted[key] = each.through
                kept[key].append((each.sequence, each.received_at, each.hash))
        return {key: _end(noted.get(key, 0), kept[key]) for key in journals}

    def note_through(self, through: Mapping[JournalKey, int]) -> None:
        """Remember how far journals were found to have no gap, so that the next look begins there."""
        insert = inserting(self._session, JournalRow)
        key = ["loudspeaker", "journal"]
        self._put_journals(
            through, insert.on_conflict_do_update(index_elements=key, set_={"through": insert.excluded["through"]})
        )

    def journals(self, loudspeaker: LoudspeakerId) -> Sequence[JournalState]:
        """Give the state of every journal a loudspeaker has reported anything of, in order of id."""
        names = union(*(select(row.journal).where(row.loudspeaker == loudspeaker) for row in _CHAINED))
        return [self.journal(loudspeaker, JournalId(each)) for each in sorted(self._session.scalars(names))]

    def marks(
        self, loudspeakers: Iterable[LoudspeakerId], kinds: Iterable[MarkKind], *, since: datetime | None = None
    ) -> Sequence[KeptMark]:
        """Give loudspeakers' marks of some kinds, those received since an instant, in the order they came."""
        row = MarkRow
        query = select(row).where(row.loudspeaker.in_(list(loudspeakers)), row.kind.in_(list(kinds)))
        if since is not None:
            query = query.where(row.received_at >= since)
        in_order = query.order_by(row.received_at, row.loudspeaker, row.journal, row.sequence)
        return [_mark(each) for each in self._session.scalars(in_order)]

    def put_covers(self, covers_until: Mapping[JournalKey, datetime]) -> None:
        """Note up to when journals have told everything; never less than before."""
        if not covers_until:
            return
        insert, row = inserting(self._session, CoversRow), CoversRow
        further = insert.on_conflict_do_update(
            index_elements=["loudspeaker", "journal"],
            set_={"covers_until": insert.excluded["covers_until"]},
            where=row.covers_until < insert.excluded["covers_until"],
        )
        rows = [
            {"loudspeaker": loudspeaker, "journal": journal, "covers_until": until}
            for (loudspeaker, journal), until in covers_until.items()
        ]
        self._session.connection().execute(further, rows)

    def covers(self, loudspeakers: Iterable[LoudspeakerId]) -> dict[LoudspeakerId, dict[JournalId, datetime]]:
        """Give up to when each journal of loudspeakers has been told whole."""
        found: dict[LoudspeakerId, dict[JournalId, datetime]] = {}
        for row in self._session.scalars(select(CoversRow).where(CoversRow.loudspeaker.in_(list(loudspeakers)))):
            found.setdefault(LoudspeakerId(row.loudspeaker), {})[JournalId(row.journal)] = row.covers_until
        return found

    def covers_until(self, loudspeakers: Iterable[LoudspeakerId]) -> dict[LoudspeakerId, datetime]:
        """Give up to when loudspeakers have reported everything, over all their journals."""
        furthest = func.max(CoversRow.covers_until, type_=CoversRow.covers_until.type)
        query = (
            select(CoversRow.loudspeaker, furthest)
            .where(CoversRow.loudspeaker.in_(list(loudspeakers)))
            .group_by(CoversRow.loudspeaker)
        )
        return {LoudspeakerId(loudspeaker): until for loudspeaker, until in self._session.execute(query)}

    def heard(
        self,
        span: Span,
        loudspeakers: Iterable[LoudspeakerId] | None = None,
        *,
        zones: Iterable[ZoneId] | None = None,
        programmes: Iterable[ProgrammeId] | None = None,
    ) -> Sequence[Heard]:
        """Give the entries whose planned start lies inside a span, by loudspeaker, journal and sequence."""
        row = HeardRow
        query = (
            select(row.__table__)  # the bare columns: a log reads thousands, and changes none
            .where(row.planned_start >= span.start, row.planned_start < span.end)
            .order_by(row.loudspeaker, row.journal, row.sequence, row.received_at, row.hash)
        )
        if loudspeakers is not None:
            query = query.where(row.loudspeaker.in_(list(loudspeakers)))
        if zones is not None:
            query = query.where(row.zone.in_(list(zones)))
        if programmes is not None:
            query = query.where(row.programme.in_(list(programmes)))
        return [_heard(each) for each in self._session.execute(query)]

    def levels(
        self, loudspeakers: Iterable[LoudspeakerId], *, zones: Iterable[ZoneId], since: datetime
    ) -> Mapping[LoudspeakerId, Sequence[float]]:
        """Give the levels of plays of at least ten seconds planned since an instant, the newest first."""
        row, found = HeardRow, dict[LoudspeakerId, list[float]]()
        query = select(row.loudspeaker, row.level_dbfs).where(
            row.loudspeaker.in_(list(loudspeakers)),
            row.zone.in_(list(zones)),
            row.planned_start >= since,
            row.played_ms >= LEAST_MEASURED_MS,
        )
        for whose, level in self._session.execute(query.order_by(row.planned_start.desc(), row.sequence.desc())):
            if level is not None:
                found.setdefault(LoudspeakerId(whose), []).append(level)
        return found

    def plays(self, loudspeaker: LoudspeakerId, span: Span, *, limit: int | None = None) -> Sequence[Play]:
        """Give what a loudspeaker's entries measured that were planned to start inside a span, the first in order."""
        return plays_of(self._session, loudspeaker, span, limit=limit)

    def told(
        self,
        occurrence: OccurrenceId,
        span: Span,
        loudspeakers: Iterable[LoudspeakerId],
        *,
        zones: Iterable[ZoneId],
        said: Iterable[ProgrammeId],
    ) -> dict[LoudspeakerId, Told]:
        """Give what loudspeakers' entries of one occurrence come to; counted by the database, for they are many."""
        row = HeardRow
        of_it = (
            row.loudspeaker.in_(list(loudspeakers)),
            row.zone.in_(list(zones)),
            row.planned_start >= span.start,
            row.planned_start < span.end,
            row.occurrence == occurrence,
        )
        counts, begun = row.programme.in_(list(said)), row.started_at.is_not(None)
        query = (
            select(
                row.loudspeaker,
                func.sum(case((counts & begun & (row.outcome == Outcome.FINISHED), 1), else_=0)),
                func.sum(case((counts & begun, 1), else_=0)),
                func.max(row.started_at, type_=row.started_at.type),
            )
            .where(*of_it)
            .group_by(row.loudspeaker)
        )
        explained = (
            select(row.loudspeaker, row.reason)
            .where(*of_it, row.reason != "")
            .order_by(row.recorded_at, row.sequence, row.hash)
        )
        reasons = dict(self._session.execute(explained).all())
        return {
            LoudspeakerId(loudspeaker): Told(whole, begins, began_at, reasons.get(loudspeaker, ""))
            for loudspeaker, whole, begins, began_at in self._session.execute(query)
        }

    def put_presence(self, loudspeaker: LoudspeakerId, presence: Presence, at: datetime) -> bool:
        """Keep the newest presence, and a line of history when what matters about it changed; tell whether it did."""
        row = self._seen(loudspeaker)
        before = None if row.presence is None else decoded(Presence, row.presence)
        row.presence, row.presence_at = encoded(presence), at
        changed = before is None or _what_matters(before) != _what_matters(presence)
        if changed:
            self._session.add(PresenceRow(loudspeaker=loudspeaker, at=at, presence=row.presence))
        self._session.flush()
        return changed

    def note_twins(self, loudspeaker: LoudspeakerId, at: datetime) -> None:
        """Note when two devices were seen to speak with the key of a loudspeaker that has spoken."""
        self._seen(loudspeaker).twins_at = at
        self._session.flush()

    def put_receipt(self, loudspeaker: LoudspeakerId, receipt: RundownReceipt, at: datetime) -> None:
        """Keep the newest receipt."""
        row = self._seen(loudspeaker)
        row.receipt, row.receipt_at = encoded(receipt), at
        self._session.flush()

    def seen(self, loudspeakers: Iterable[LoudspeakerId]) -> dict[LoudspeakerId, Seen]:
        """Give the newest word of those loudspeakers that ever spoke."""
        query = select(SeenRow).where(SeenRow.loudspeaker.in_(list(loudspeakers)))
        return {
            LoudspeakerId(row.loudspeaker): Seen(
                presence=None if row.presence is None else decoded(Presence, row.presence),
                presence_at=row.presence_at,
                receipt=None if row.receipt is None else decoded(RundownReceipt, row.receipt),
                receipt_at=row.receipt_at,
                twins_at=row.twins_at,
            )
            for row in self._session.scalars(query)
        }

    def presence_history(self, loudspeaker: LoudspeakerId, span: Span) -> Sequence[tuple[datetime, Presence]]:
        """Give the changes of presence inside a span, in order."""
        row = PresenceRow
        query = (
            select(row.at, row.presence)
            .where(row.loudspeaker == loudspeaker, row.at >= span.start, row.at < span.end)
            .order_by(row.id)
        )
        return [(at, decoded(Presence, presence)) for at, presence in self._session.execute(query)]

    def _through(self, loudspeaker: LoudspeakerId, journal: JournalId) -> int:
        """The last sequence before the first gap, looked for from the one noted last; 0 when the first is missing."""
        noted = self._session.get(JournalRow, (loudspeaker, journal), populate_existing=True)
        through = 0 if noted is None else noted.through
        numbers = [
            select(row.sequence).where(row.loudspeaker == loudspeaker, row.journal == journal, row.sequence > through)
            for row in _CHAINED
        ]
        for sequence in self._session.scalars(union(*numbers).order_by("sequence")):
            if sequence != through + 1:
                break
            through = sequence
        return through

    def _put_journals(self, through: Mapping[JournalKey, int], upsert: Executable) -> None:
        rows = [
            {"loudspeaker": loudspeaker, "journal": journal, "through": number}
            for (loudspeaker, journal), number in through.items()
        ]
        if rows:
            self._session.connection().execute(upsert, rows)

    def _insert(self, row: type[AnyRow], values: Sequence[dict[str, object]]) -> int:
        if not values:
            return 0
        insert = inserting(self._session, row).on_conflict_do_nothing()
        counting = self._session.connection().execution_options(preserve_rowcount=True)
        return counting.execute(insert, values).rowcount

    def _seen(self, loudspeaker: LoudspeakerId) -> SeenRow:
        row = self._session.get(SeenRow, loudspeaker)
        if row is None:
            row = SeenRow(loudspeaker=loudspeaker)
            self._session.add(row)
        return row


def _end(through: int, kept: Iterable[_Kept]) -> JournalEnd:
    hashes: dict[int, tuple[str, ...]] = {}
    for sequence, _, digest in sorted(kept):
        hashes[sequence] = (*hashes.get(sequence, ()), digest)
    while through + 1 in hashes:
        through += 1
    return JournalEnd(through, hashes)


def _what_matters(presence: Presence) -> tuple[object, ...]:
    return (presence.online, presence.revision, presence.faults, presence.silences, presence.instance)


def _heard_values(heard: Heard) -> dict[str, object]:
    return {
        **dict(zip(_ENTRY_FIELDS, _entry_values(heard.entry), strict=True)),
        "hash": heard.hash,
        "received_at": heard.received_at,
        "flags": sorted(heard.flags),
    }


def entry_of_row(row: Any) -> AsRunEntry:  # noqa: ANN401  # a row of the session, or a bare one
    """Read an entry from its row."""
    return AsRunEntry(
        loudspeaker=LoudspeakerId(row.loudspeaker),
        zone=ZoneId(row.zone),
        journal=JournalId(row.journal),
        sequence=row.sequence,
        previous=row.previous,
        occurrence=OccurrenceId(row.occurrence),
        programme=ProgrammeId(row.programme),
        title=row.title,
        sha256=tuple(map(Sha256, row.sha256)),
        approval=row.approval,
        revision=row.revision,
        planned_start=row.planned_start,
        planned_end=row.planned_end,
        outcome=row.outcome,
        reason=row.reason,
        started_at=row.started_at,
        ended_at=row.ended_at,
        played_ms=row.played_ms,
        received_ms=row.received_ms,
        level_dbfs=row.level_dbfs,
        clock_error_ms=row.clock_error_ms,
        recorded_at=row.recorded_at,
    )


def _heard(row: Any) -> Heard:  # noqa: ANN401  # a bare row
    return Heard(entry=entry_of_row(row), hash=row.hash, received_at=row.received_at, flags=frozenset(row.flags))


def _mark_values(kept: KeptMark) -> dict[str, object]:
    return {
        **dict(zip(_MARK_FIELDS, _mark_field_values(kept.mark), strict=True)),
        "hash": kept.hash,
        "received_at": kept.received_at,
        "flags": sorted(kept.flags),
    }


def mark_of_row(row: Any) -> Mark:  # noqa: ANN401  # a row of the session, or a bare one
    """Read a mark from its row."""
    return Mark(**{name: getattr(row, name) for name in _MARK_FIELDS})


def _mark(row: MarkRow) -> KeptMark:
    return KeptMark(mark=mark_of_row(row), hash=row.hash, received_at=row.received_at, flags=frozenset(row.flags))
