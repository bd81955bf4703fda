"""What loudspeakers said, in the database. It must not verify or judge; it never changes or deletes an entry."""

from collections.abc import Iterable, Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from schedules.asrun import GENESIS, AsRunEntry
from schedules.ids import JournalId, LoudspeakerId, OccurrenceId, ProgrammeId, Sha256, ZoneId
from schedules.times import Span
from schedules.wire.codec import decoded, encoded
from schedules.wire.messages import Presence, RundownReceipt
from server.store.rows import CoversRow, HeardRow, PresenceRow, SeenRow
from server.store.statements import inserting
from server.values import Heard, JournalState, Seen

_ENTRY_FIELDS = tuple(field.name for field in fields(AsRunEntry))


class SqlEvidence:
    """See `repositories.Evidence`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def insert_heard(self, heard: Iterable[Heard]) -> int:
        """Insert what is new by (loudspeaker, journal, sequence, hash); give how many were new."""
        values = [_heard_values(each) for each in heard]
        if not values:
            return 0
        insert = inserting(self._session, HeardRow).on_conflict_do_nothing()
        counting = self._session.connection().execution_options(preserve_rowcount=True)
        return counting.execute(insert, values).rowcount

    def hashes(
        self, loudspeaker: LoudspeakerId, journal: JournalId, *, first: int, last: int
    ) -> dict[int, frozenset[str]]:
        """Give the hashes kept for the sequences of a journal between two, both included."""
        row = HeardRow
        query = select(row.sequence, row.hash).where(
            row.loudspeaker == loudspeaker, row.journal == journal, row.sequence.between(first, last)
        )
        known: dict[int, frozenset[str]] = {}
        for sequence, digest in self._session.execute(query):
            known[sequence] = known.get(sequence, frozenset()) | {digest}
        return known

    def journal(self, loudspeaker: LoudspeakerId, journal: JournalId) -> JournalState:
        """Give the journal's state, computed from the rows."""
        through = self._through(loudspeaker, journal)
        newest = (
            select(HeardRow.hash)
            .where(HeardRow.loudspeaker == loudspeaker, HeardRow.journal == journal, HeardRow.sequence == through)
            .order_by(HeardRow.received_at.desc())
            .limit(1)
        )
        covers = self._session.get(CoversRow, (loudspeaker, journal), populate_existing=True)
        return JournalState(
            loudspeaker=loudspeaker,
            journal=journal,
            through=through,
            head=self._session.scalar(newest) or GENESIS,
            covers_until=None if covers is None else covers.covers_until,
        )

    def journals(self, loudspeaker: LoudspeakerId) -> Sequence[JournalState]:
        """Give the state of every journal a loudspeaker has reported entries of, in order of id."""
        query = select(HeardRow.journal).where(HeardRow.loudspeaker == loudspeaker).distinct()
        return [self.journal(loudspeaker, JournalId(each)) for each in sorted(self._session.scalars(query))]

    def put_covers(self, loudspeaker: LoudspeakerId, journal: JournalId, covers_until: datetime) -> None:
        """Note up to when a loudspeaker has reported everything; never less than before."""
        row = self._session.get(CoversRow, (loudspeaker, journal))
        if row is None or row.covers_until < covers_until:
            self._session.merge(CoversRow(loudspeaker=loudspeaker, journal=journal, covers_until=covers_until))
            self._session.flush()

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
        loudspeakers: Iterable[LoudspeakerId],
        *,
        zones: Iterable[ZoneId] | None = None,
        programmes: Iterable[ProgrammeId] | None = None,
    ) -> Sequence[Heard]:
        """Give the entries whose planned start lies inside a span, by loudspeaker, journal and sequence."""
        row = HeardRow
        query = (
            select(row)
            .where(
                row.loudspeaker.in_(list(loudspeakers)),
                row.planned_start >= span.start,
                row.planned_start < span.end,
            )
            .order_by(row.loudspeaker, row.journal, row.sequence, row.received_at, row.hash)
        )
        if zones is not None:
            query = query.where(row.zone.in_(list(zones)))
        if programmes is not None:
            query = query.where(row.programme.in_(list(programmes)))
        return [_heard(each) for each in self._session.scalars(query)]

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
        """The last sequence before the first gap; 0 when the first entry is missing."""
        here, following = aliased(HeardRow), aliased(HeardRow)
        follows = (
            select(following.sequence)
            .where(
                following.loudspeaker == loudspeaker,
                following.journal == journal,
                following.sequence == here.sequence + 1,
            )
            .exists()
        )
        own = (here.loudspeaker == loudspeaker, here.journal == journal)
        first, last = self._session.execute(
            select(
                select(func.min(here.sequence)).where(*own).scalar_subquery(),
                select(func.min(here.sequence)).where(*own, ~follows).scalar_subquery(),
            )
        ).one()
        return last if first == 1 else 0

    def _seen(self, loudspeaker: LoudspeakerId) -> SeenRow:
        row = self._session.get(SeenRow, loudspeaker)
        if row is None:
            row = SeenRow(loudspeaker=loudspeaker)
            self._session.add(row)
        return row


def _what_matters(presence: Presence) -> tuple[object, ...]:
    return (presence.online, presence.revision, presence.faults, presence.silences)


def _heard_values(heard: Heard) -> dict[str, object]:
    return {
        **{name: getattr(heard.entry, name) for name in _ENTRY_FIELDS},
        "sha256": list(heard.entry.sha256),
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


def _heard(row: HeardRow) -> Heard:
    return Heard(entry=entry_of_row(row), hash=row.hash, received_at=row.received_at, flags=frozenset(row.flags))
