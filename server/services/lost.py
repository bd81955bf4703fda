"""For which time a loudspeaker can no longer say what it played: a damaged journal, another disk, another device.

A journal that names the one before it, and nothing lost, speaks for that time too. It must not judge what was heard.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime

from schedules.ids import JournalId, LoudspeakerId
from schedules.mark import MarkKind
from schedules.times import Span
from server.evidence_records import KeptMark
from server.ports import UnitOfWork

_EVER = datetime.min.replace(tzinfo=UTC)


def lost(uow: UnitOfWork, loudspeakers: Iterable[LoudspeakerId]) -> Mapping[LoudspeakerId, Sequence[Span]]:
    """Give the spans of which nothing is known but what was reported all the same; nothing for who lost nothing.

    They become shorter when what was thought lost is reported after all.
    """
    marks: dict[LoudspeakerId, list[KeptMark]] = defaultdict(list)
    for each in uow.evidence.marks(loudspeakers, (MarkKind.BEGUN, MarkKind.LOST)):
        marks[each.mark.loudspeaker].append(each)
    covers = uow.evidence.covers(marks)
    found = {whose: _lost_by(its, covers.get(whose, {})) for whose, its in marks.items()}
    return {whose: spans for whose, spans in found.items() if spans}


def _lost_by(marks: Sequence[KeptMark], covers: Mapping[JournalId, datetime]) -> tuple[Span, ...]:
    damaged = {each.mark.journal for each in marks if each.mark.lost_from is not None}
    begun = [each for each in marks if each.mark.kind is MarkKind.BEGUN]
    known = {*covers, *(each.mark.journal for each in begun)}
    spans = []
    for each in begun:
        others = known - {each.mark.journal}
        if each.mark.journal in damaged or (each.mark.after_journal is None and others):
            until = each.mark.recorded_at if each.mark.clock_error_ms is not None else each.received_at
            told = [covers[other] for other in others if other in covers and covers[other] <= until]
            if told or each.mark.journal in damaged:
                spans.append(Span(max(told, default=_EVER), until))
    return tuple(spans)
