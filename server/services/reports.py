"""Keeps what as-run reports tell, many of them in one transaction: each entry once, odd ones with a flag.

No genuine entry is ever refused. It must not judge what was heard, and it answers nobody.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from schedules.asrun import AsRunEntry
from schedules.chain import GENESIS
from schedules.emergency_lane import EXERCISE, OF_THE_LANE
from schedules.ids import EmergencyId, ExerciseId, OccurrenceId, ZoneId
from schedules.ledger import LeafKind
from schedules.mark import JournalEntry, Mark
from schedules.wire.messages import AsRunReport
from server.evidence_records import Heard, JournalEnd, JournalKey, KeptMark
from server.issue_records import Promised
from server.ports import UnitOfWork
from server.services.said import Said
from server.services.tallies import doubt_late

WIDEST_CLOCK_ERROR_MS = 5 * 60 * 1000
"""Half of the widest clock interval in which a device still starts anything (10 minutes)."""
AHEAD_OF_US = timedelta(minutes=5)

Planned = Mapping[tuple[ZoneId, OccurrenceId], Promised]


@dataclass(frozen=True, slots=True)
class Reported:
    """One report, and how it was said."""

    said: Said
    report: AsRunReport

    @property
    def key(self) -> JournalKey:
        """Of its journal."""
        return self.said.speaker.id, self.report.journal


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What to answer a report once it is committed.

    Attributes:
        through, head: no more than the device has just told, and by the hash it knows.
        new: how many entries and marks were not known.
    """

    told: Reported
    through: int
    head: str
    new: int


@dataclass(slots=True)
class _Journal:
    """A journal while reports of it are taken in."""

    through: int
    hashes: dict[int, tuple[str, ...]]
    covers_until: datetime | None = None

    @property
    def head(self) -> str:
        return self.hashes.get(self.through, (GENESIS,))[-1]

    def add(self, sequence: int, digest: str) -> None:
        self.hashes[sequence] = (*self.hashes.get(sequence, ()), digest)
        while self.through + 1 in self.hashes:
            self.through += 1


@dataclass(slots=True)
class _New:
    """What is to be written."""

    heard: list[Heard] = field(default_factory=list)
    marks: list[KeptMark] = field(default_factory=list)


def keep_reports(uow: UnitOfWork, reports: Collection[Reported], now: datetime) -> list[Answer]:
    """Keep reports in the order they came; give what to answer each of them once that is committed."""
    journals = _journals(uow, reports)
    entries = [entry for told in reports for entry, _ in told.said.hashed if isinstance(entry, AsRunEntry)]
    planned = uow.issue.promised({(entry.zone, entry.occurrence) for entry in entries})
    new, answers = _New(), []
    for told in reports:
        journal = journals[told.key]
        count = _take(uow, told, journal, planned, new, now)
        if count:
            uow.ledger.append(LeafKind.REPORT, told.said.speaker.id, told.said.envelope, at=now)
        if _holds_all(told, journal):
            until = (
                told.report.covers_until if told.said.ended is None else min(told.report.covers_until, told.said.ended)
            )
            journal.covers_until = max(until, journal.covers_until or until)
        through, head = _known_to_the_device(told, journal, is_told_again=not count)
        answers.append(Answer(told=told, through=through, head=head, new=count))
    uow.evidence.insert_heard(new.heard)
    doubt_late(uow, new.heard, now)
    uow.evidence.insert_marks(new.marks)
    uow.evidence.note_through({key: journal.through for key, journal in journals.items()})
    covers = {key: journal.covers_until for key, journal in journals.items()}
    uow.evidence.put_covers({key: until for key, until in covers.items() if until is not None})
    return answers


def _journals(uow: UnitOfWork, reports: Collection[Reported]) -> Mapping[JournalKey, _Journal]:
    """Give the journals reported of, with the hashes of everything around what is told that is kept already."""
    ends = uow.evidence.ends({told.key for told in reports})
    journals = {key: _Journal(end.through, dict(end.hashes)) for key, end in ends.items()}
    for told in reports:
        journal = journals[told.key]
        journal.hashes[0] = (GENESIS,)
        if told.said.hashed and (first := told.said.hashed[0][0].sequence - 1) < ends[told.key].through:
            # Reported before: a repeat, or another branch.
            for sequence, digests in _before(uow, told, ends[told.key], first).items():
                journal.hashes.setdefault(sequence, tuple(sorted(digests)))
    return journals


def _before(uow: UnitOfWork, told: Reported, end: JournalEnd, first: int) -> Mapping[int, frozenset[str]]:
    last = min(told.said.hashed[-1][0].sequence, end.through)
    return uow.evidence.hashes(*told.key, first=first, last=last)


def _take(uow: UnitOfWork, told: Reported, journal: _Journal, planned: Planned, new: _New, now: datetime) -> int:
    """Take in what is new of a report; give how much that is."""
    count = 0
    for entry, digest in told.said.hashed:
        if digest in journal.hashes.get(entry.sequence, ()):
            continue
        flags = frozenset(_odd(uow, told, entry, journal, planned, now))
        journal.add(entry.sequence, digest)
        count += 1
        if isinstance(entry, Mark):
            new.marks.append(KeptMark(mark=entry, hash=digest, received_at=now, flags=flags))
        else:
            new.heard.append(Heard(entry=entry, hash=digest, received_at=now, flags=flags))
    return count


def _odd(
    uow: UnitOfWork, told: Reported, entry: JournalEntry, journal: _Journal, planned: Planned, now: datetime
) -> Iterator[str]:
    """Give what is odd about an entry that is not kept yet."""
    if isinstance(entry, AsRunEntry):
        item = planned.get((entry.zone, entry.occurrence))
        if item is None:
            if not _is_of_the_lane(uow, entry):
                yield "unknown_occurrence"
        elif not _is_of(entry, item):
            yield "other_than_planned"
    if entry.sequence in journal.hashes:
        yield "fork"
    before = journal.hashes.get(entry.sequence - 1)
    if before and entry.previous not in before:
        yield "chain_broken"
    if told.said.ended is not None and entry.recorded_at >= told.said.ended:
        yield "after_retirement"
    if _is_clock_doubtful(entry, now):
        yield "clock_doubtful"


def _is_of(entry: AsRunEntry, planned: Promised) -> bool:
    """Tell whether an entry speaks of what was approved for its occurrence, as it was last planned."""
    return (
        entry.approval == planned.approval
        and entry.title == planned.title
        and entry.programme == planned.programme
        and planned.sounds.issuperset(entry.sha256)
    )


def _is_of_the_lane(uow: UnitOfWork, entry: AsRunEntry) -> bool:
    """Tell whether an entry speaks of an emergency that was issued, or of an exercise that was ordered."""
    if entry.programme == EXERCISE:
        return uow.emergencies.exercise(ExerciseId(entry.occurrence)) is not None
    return entry.programme in OF_THE_LANE and uow.emergencies.get(EmergencyId(entry.occurrence)) is not None


def _is_clock_doubtful(entry: JournalEntry, now: datetime) -> bool:
    error = entry.clock_error_ms
    return error is None or error > WIDEST_CLOCK_ERROR_MS or entry.recorded_at > now + AHEAD_OF_US


def _holds_all(told: Reported, journal: _Journal) -> bool:
    """Tell whether nothing that the report's journal holds up to its head is missing here."""
    if told.said.hashed:
        return journal.through >= told.said.hashed[-1][0].sequence
    return told.report.head in journal.hashes.get(journal.through, (GENESIS,))


def _known_to_the_device(told: Reported, journal: _Journal, *, is_told_again: bool) -> tuple[int, str]:
    """Give what to answer: no more than the device has just told, and by the hash it knows.

    Of a fork both branches are kept. A device that lost the end of a journal the centre holds whole could prove no
    answer beyond what it still has, and would tell it for ever. One that tells again what is kept, behind a gap, could
    not take the answer to fill it: before the gap is another branch than its own. It is asked for everything.
    """
    known = [(entry.sequence, digest) for entry, digest in told.said.hashed if entry.sequence <= journal.through]
    if not known and told.said.hashed and is_told_again:
        return 0, GENESIS
    return max(known, default=(journal.through, journal.head))
