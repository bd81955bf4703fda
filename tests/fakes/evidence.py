"""What was heard, and who did what, in memory."""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from schedules.asrun import Outcome
from schedules.chain import GENESIS
from schedules.ids import (
    JournalId,
    LoudspeakerId,
    OccurrenceId,
    PersonId,
    ProgrammeId,
    UnitId,
    ZoneId,
)
from schedules.ledger import Leaf, LeafKind
from schedules.mark import MarkKind
from schedules.times import Span
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
    SignedHead,
    Told,
)
from server.lease_records import Lease
from server.values import (
    AuditLine,
)
from tests.fakes.kept import Kept


def _as_they_came(each: KeptMark) -> tuple[datetime, LoudspeakerId, JournalId, int]:
    return each.received_at, each.mark.loudspeaker, each.mark.journal, each.mark.sequence


def _what_matters(presence: Presence) -> tuple[object, ...]:
    return (presence.online, presence.revision, presence.faults, presence.silences, presence.instance)


class FakeEvidence:
    def __init__(self, kept: Kept) -> None:
        self._kept = kept

    def insert_heard(self, heard: Iterable[Heard]) -> int:
        before = len(self._kept.heard)
        for each in heard:
            key = (each.entry.loudspeaker, each.entry.journal, each.entry.sequence, each.hash)
            self._kept.heard.setdefault(key, each)
        return len(self._kept.heard) - before

    def insert_marks(self, marks: Iterable[KeptMark]) -> int:
        before = len(self._kept.kept_marks)
        for each in marks:
            key = (each.mark.loudspeaker, each.mark.journal, each.mark.sequence, each.hash)
            self._kept.kept_marks.setdefault(key, each)
        return len(self._kept.kept_marks) - before

    def marks(
        self, loudspeakers: Iterable[LoudspeakerId], kinds: Iterable[MarkKind], *, since: datetime | None = None
    ) -> Sequence[KeptMark]:
        whose, wanted = set(loudspeakers), set(kinds)
        found = (each for each in self._kept.kept_marks.values() if each.mark.loudspeaker in whose)
        alike = (each for each in found if each.mark.kind in wanted and (since is None or each.received_at >= since))
        return sorted(alike, key=_as_they_came)

    def hashes(
        self, loudspeaker: LoudspeakerId, journal: JournalId, *, first: int, last: int
    ) -> dict[int, frozenset[str]]:
        known: dict[int, frozenset[str]] = {}
        for whose, which, sequence, digest in (*self._kept.heard, *self._kept.kept_marks):
            if (whose, which) == (loudspeaker, journal) and first <= sequence <= last:
                known[sequence] = known.get(sequence, frozenset()) | {digest}
        return known

    def journal(self, loudspeaker: LoudspeakerId, journal: JournalId) -> JournalState:
        rows: list[tuple[tuple[LoudspeakerId, JournalId, int, str], Heard | KeptMark]]
        rows = [*self._kept.heard.items(), *self._kept.kept_marks.items()]
        own = [(sequence, each) for (*whose, sequence, _), each in rows if whose == [loudspeaker, journal]]
        sequences = {sequence for sequence, _ in own}
        through = 0
        while through + 1 in sequences:
            through += 1
        at_head = [each for sequence, each in own if sequence == through]
        newest = max(at_head, key=lambda each: each.received_at, default=None)
        return JournalState(
            loudspeaker=loudspeaker,
            journal=journal,
            through=through,
            head=GENESIS if newest is None else newest.hash,
            covers_until=self._kept.covers.get((loudspeaker, journal)),
        )

    def ends(self, journals: Collection[JournalKey]) -> Mapping[JournalKey, JournalEnd]:
        return {key: self._end(*key) for key in journals}

    def note_through(self, through: Mapping[JournalKey, int]) -> None:
        pass  # it looks through everything, every time

    def _end(self, loudspeaker: LoudspeakerId, journal: JournalId) -> JournalEnd:
        through = self.journal(loudspeaker, journal).through
        everything: dict[tuple[LoudspeakerId, JournalId, int, str], Heard | KeptMark]
        everything = {**self._kept.heard, **self._kept.kept_marks}
        rows = sorted(
            (sequence, each.received_at, digest)
            for (whose, which, sequence, digest), each in everything.items()
            if (whose, which) == (loudspeaker, journal) and sequence >= through
        )
        sequences = {sequence for sequence, _, _ in rows}
        return JournalEnd(through, {here: tuple(h for s, _, h in rows if s == here) for here in sequences})

    def journals(self, loudspeaker: LoudspeakerId) -> Sequence[JournalState]:
        names = {each[1] for each in (*self._kept.heard, *self._kept.kept_marks) if each[0] == loudspeaker}
        return [self.journal(loudspeaker, each) for each in sorted(names)]

    def put_covers(self, covers_until: Mapping[JournalKey, datetime]) -> None:
        for key, until in covers_until.items():
            self._kept.covers[key] = max(self._kept.covers.get(key, until), until)

    def covers(self, loudspeakers: Iterable[LoudspeakerId]) -> dict[LoudspeakerId, dict[JournalId, datetime]]:
        wanted, found = set(loudspeakers), dict[LoudspeakerId, dict[JournalId, datetime]]()
        for (whose, journal), until in self._kept.covers.items():
            if whose in wanted:
                found.setdefault(whose, {})[journal] = until
        return found

    def covers_until(self, loudspeakers: Iterable[LoudspeakerId]) -> dict[LoudspeakerId, datetime]:
        wanted, furthest = set(loudspeakers), dict[LoudspeakerId, datetime]()
        for (loudspeaker, _), until in self._kept.covers.items():
            if loudspeaker in wanted:
                furthest[loudspeaker] = max(furthest.get(loudspeaker, until), until)
        return furthest

    def heard(
        self,
        span: Span,
        loudspeakers: Iterable[LoudspeakerId] | None = None,
        *,
        zones: Iterable[ZoneId] | None = None,
        programmes: Iterable[ProgrammeId] | None = None,
    ) -> Sequence[Heard]:
        wanted, of, there = (None if each is None else set(each) for each in (loudspeakers, programmes, zones))
        found = [
            each
            for each in self._kept.heard.values()
            if (wanted is None or each.entry.loudspeaker in wanted)
            and span.holds(each.entry.planned_start)
            and (of is None or each.entry.programme in of)
            and (there is None or each.entry.zone in there)
        ]
        return sorted(
            found,
            key=lambda e: (e.entry.loudspeaker, e.entry.journal, e.entry.sequence, e.received_at, e.hash),
        )

    def levels(
        self, loudspeakers: Iterable[LoudspeakerId], *, zones: Iterable[ZoneId], since: datetime
    ) -> Mapping[LoudspeakerId, Sequence[float]]:
        wanted, there, found = set(loudspeakers), set(zones), dict[LoudspeakerId, list[float]]()
        told = (each.entry for each in self._kept.heard.values())
        entries = (each for each in told if each.loudspeaker in wanted and each.zone in there)
        newest = sorted(entries, key=lambda entry: (entry.planned_start, entry.sequence), reverse=True)
        for each in newest:
            if each.level_dbfs is not None and each.played_ms >= LEAST_MEASURED_MS and each.planned_start >= since:
                found.setdefault(each.loudspeaker, []).append(each.level_dbfs)
        return found

    def plays(self, loudspeaker: LoudspeakerId, span: Span, *, limit: int | None = None) -> Sequence[Play]:
        entries = (each.entry for each in self.heard(span, [loudspeaker]))
        return [
            Play(
                zone=entry.zone,
                occurrence=entry.occurrence,
                title=entry.title,
                planned=Span(entry.planned_start, entry.planned_end),
                outcome=entry.outcome,
                started_at=entry.started_at,
                played_ms=entry.played_ms,
                level_dbfs=entry.level_dbfs,
                clock_error_ms=entry.clock_error_ms,
            )
            for entry in sorted(entries, key=lambda entry: (entry.planned_start, entry.sequence, entry.hash))
        ][:limit]

    def told(
        self,
        occurrence: OccurrenceId,
        span: Span,
        loudspeakers: Iterable[LoudspeakerId],
        *,
        zones: Iterable[ZoneId],
        said: Iterable[ProgrammeId],
    ) -> dict[LoudspeakerId, Told]:
        found: dict[LoudspeakerId, Told] = {}
        counts = set(said)
        own = (
            each.entry for each in self.heard(span, loudspeakers, zones=zones) if each.entry.occurrence == occurrence
        )
        for entry in sorted(own, key=lambda entry: (entry.recorded_at, entry.sequence, entry.hash)):
            known = found.get(entry.loudspeaker, Told())
            begins = entry.started_at is not None and entry.programme in counts
            found[entry.loudspeaker] = Told(
                known.whole + (begins and entry.outcome is Outcome.FINISHED),
                known.begun + begins,
                max((at for at in (known.began_at, entry.started_at) if at is not None), default=None),
                entry.reason or known.reason,
            )
        return found

    def put_presence(self, loudspeaker: LoudspeakerId, presence: Presence, at: datetime) -> bool:
        known = self._kept.seen.get(loudspeaker, Seen())
        before = known.presence
        changed = before is None or _what_matters(before) != _what_matters(presence)
        if changed:
            self._kept.presences += ((loudspeaker, at, presence),)
        self._kept.seen[loudspeaker] = replace(known, presence=presence, presence_at=at)
        return changed

    def note_twins(self, loudspeaker: LoudspeakerId, at: datetime) -> None:
        self._kept.seen[loudspeaker] = replace(self._kept.seen[loudspeaker], twins_at=at)

    def put_receipt(self, loudspeaker: LoudspeakerId, receipt: RundownReceipt, at: datetime) -> None:
        known = self._kept.seen.get(loudspeaker, Seen())
        self._kept.seen[loudspeaker] = replace(known, receipt=receipt, receipt_at=at)

    def seen(self, loudspeakers: Iterable[LoudspeakerId]) -> dict[LoudspeakerId, Seen]:
        return {each: self._kept.seen[each] for each in loudspeakers if each in self._kept.seen}

    def presence_history(self, loudspeaker: LoudspeakerId, span: Span) -> Sequence[tuple[datetime, Presence]]:
        return [
            (at, presence) for whose, at, presence in self._kept.presences if whose == loudspeaker and span.holds(at)
        ]


class FakeAudit:
    def __init__(self, kept: Kept) -> None:
        self._kept = kept

    def add(self, line: AuditLine) -> None:
        self._kept.audit += (replace(line, details=json.loads(json.dumps(dict(line.details), default=str))),)

    def latest(self, *, unit: UnitId | None, limit: int, subject: str | None = None) -> Sequence[AuditLine]:
        shown = [line for line in self._kept.audit if unit in (None, line.unit) and subject in (None, line.subject)]
        return shown[::-1][:limit]

    def actions_of(self, person: PersonId, among: Iterable[str]) -> frozenset[str]:
        return frozenset(line.action for line in self._kept.audit if line.by == person).intersection(among)

    def about(self, subjects: Iterable[str], among: Iterable[str], *, since: datetime) -> Sequence[AuditLine]:
        whose, kinds = set(subjects), set(among)
        lines = self._kept.audit
        return [each for each in lines if each.subject in whose and each.action in kinds and each.at >= since]

    def page(
        self,
        *,
        units: Sequence[UnitId] | None,
        by: PersonId | None,
        subject: str,
        span: Span | None,
        skip: int,
        limit: int,
    ) -> Sequence[AuditLine]:
        found = [
            line
            for line in reversed(self._kept.audit)
            if (units is None or line.unit in units)
            and by in (None, line.by)
            and (not subject or line.action.startswith(f"{subject}."))
            and (span is None or span.start <= line.at < span.end)
        ]
        return found[skip : skip + limit]


class FakeLedger:
    """Leaves that were added; those the database makes of its rows are not among them."""

    def __init__(self, kept: Kept) -> None:
        self._kept = kept

    def append(self, kind: LeafKind, subject: str, data: bytes, *, at: datetime | None = None) -> None:
        self._kept.leaves += (Leaf(self.size() + 1, kind, subject, at, data),)

    def size(self) -> int:
        return len(self._kept.leaves)

    def leaves(self, *, after: int, limit: int) -> Sequence[Leaf]:
        return self._kept.leaves[after : after + limit]

    def head(self, *, outside: bool = False) -> SignedHead | None:
        return next((head for head in self._kept.heads[::-1] if head.outside or not outside), None)

    def heads(self) -> Sequence[SignedHead]:
        return self._kept.heads

    def add_head(self, head: SignedHead) -> None:
        self._kept.heads += (head,)


class FakeLeases:
    def __init__(self, kept: Kept) -> None:
        self._kept = kept

    def get(self, name: str) -> Lease | None:
        return self._kept.leases.get(name)

    def put(self, lease: Lease) -> None:
        self._kept.leases[lease.name] = lease
