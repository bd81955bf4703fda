"""What every store promises about what single plays measured."""

from schedules.times import Span
from server.evidence_records import Play
from server.ports import Store
from tests.contracts.samples import MINUTE, NOW, OTHER_POLE, POLE, chain, heard


def test_plays_are_found_by_their_planned_start_in_order(store: Store) -> None:
    first, second, third = chain(3)
    with store.writing() as uow:
        uow.evidence.insert_heard([heard(third), heard(second), heard(first)])
        uow.commit()

    with store.reading() as uow:
        found = uow.evidence.plays(POLE, Span(NOW + MINUTE, NOW + 3 * MINUTE))
        one = uow.evidence.plays(POLE, Span(NOW, NOW + 9 * MINUTE), limit=1)
        elsewhere = uow.evidence.plays(OTHER_POLE, Span(NOW, NOW + 9 * MINUTE))

    assert list(found) == [
        Play(
            zone=each.zone,
            occurrence=each.occurrence,
            title=each.title,
            planned=Span(each.planned_start, each.planned_end),
            outcome=each.outcome,
            started_at=each.started_at,
            played_ms=30_000,
            level_dbfs=-20.5,
            clock_error_ms=12,
        )
        for each in (first, second)
    ]
    assert list(one) == list(found)[:1]
    assert not elsewhere
