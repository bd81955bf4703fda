"""The journals of one loudspeaker's devices as the centre has them: where they are whole, and where not.

It must not judge what was heard.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from schedules.ids import JournalId, LoudspeakerId, UnitId
from schedules.mark import Mark, MarkKind
from schedules.times import Span
from server.errors import NotFound
from server.evidence_records import KeptMark
from server.ports import Clock, Store
from server.services.rights import ANY_ROLE, require
from server.values import Person

LOOKED_BACK = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Journal:
    """One journal.

    Attributes:
        begun: its first mark; None where its beginning was not reported, or was written before there were marks.
        lost: what it says was lost of journals before it.
        through: number of its last entry with none missing before it.
        is_continued: whether it names the one before it, and nothing lost.
    """

    journal: JournalId
    begun: Mark | None
    lost: tuple[Mark, ...]
    through: int

    @property
    def is_continued(self) -> bool:
        """Whether it goes on where another one ended, with nothing lost."""
        return self.begun is not None and self.begun.after_journal is not None and not self.lost


@dataclass(frozen=True, slots=True, kw_only=True)
class Journals:
    """What a loudspeaker's devices wrote.

    Attributes:
        journals: the newest first; what has no beginning comes last.
        whole_since: from when on nothing is missing; None where that is not known.
        last: the newest mark.
        boots: the starts of the last seven days, the newest first.
        odd: how many entries and marks received in the last seven days are flagged, by flag.
    """

    journals: tuple[Journal, ...]
    whole_since: datetime | None
    last: Mark | None
    boots: tuple[Mark, ...]
    odd: Mapping[str, int]


def journals_of(store: Store, clock: Clock, person: Person, station: UnitId, loudspeaker: LoudspeakerId) -> Journals:
    """Tell what is known of the journals of a loudspeaker of a station.

    Raises:
        NotAllowed: `rights.missing` for somebody without a role there.
        NotFound: `loudspeaker.unknown`.
    """
    now = clock.now()
    since = now - LOOKED_BACK
    with store.reading() as uow:
        require(uow.places.units(), person, station, *ANY_ROLE)
        known = uow.places.loudspeaker(loudspeaker)
        zone = None if known is None else uow.places.zone(known.zone)
        if zone is None or zone.station != station:
            raise NotFound("loudspeaker.unknown")
        states = uow.evidence.journals(loudspeaker)
        turns = uow.evidence.marks([loudspeaker], (MarkKind.BEGUN, MarkKind.LOST))
        recent = uow.evidence.marks([loudspeaker], MarkKind, since=since)
        heard = uow.evidence.heard(Span(since, now), [loudspeaker])
    begun = {each.mark.journal: each for each in reversed(turns) if each.mark.kind is MarkKind.BEGUN}
    lost = [each.mark for each in turns if each.mark.kind is MarkKind.LOST]
    journals = [
        Journal(
            journal=each.journal,
            begun=begun[each.journal].mark if each.journal in begun else None,
            lost=tuple(mark for mark in lost if mark.journal == each.journal),
            through=each.through,
        )
        for each in states
    ]
    journals.sort(key=lambda each: _begun_at(begun.get(each.journal), now), reverse=True)
    marks = [each.mark for each in reversed(recent)]
    return Journals(
        journals=tuple(journals),
        whole_since=_whole_since(journals),
        last=marks[0] if marks else None,
        boots=tuple(mark for mark in marks if mark.kind is MarkKind.BOOT),
        odd=Counter(flag for each in heard for flag in each.flags)
        + Counter(flag for each in recent for flag in each.flags),
    )


def _begun_at(begun: KeptMark | None, now: datetime) -> datetime:
    """Give when a journal began: as it says itself, or as we received it where nothing vouched for its clock."""
    if begun is None:
        return datetime.min.replace(tzinfo=now.tzinfo)
    return begun.mark.recorded_at if begun.mark.clock_error_ms is not None else begun.received_at


def _whole_since(journals: list[Journal]) -> datetime | None:
    by_journal = {each.journal: each for each in journals}
    here = journals[0] if journals else None
    while here is not None and here.begun is not None and here.is_continued:
        before = by_journal.get(here.begun.after_journal or JournalId(""))
        if before is None or before.begun is None or before.through < (here.begun.after_sequence or 0):
            break
        here = before
    return None if here is None or here.begun is None else here.begun.recorded_at
