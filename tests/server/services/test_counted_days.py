"""At which zones a verdict may be found on a day that was counted."""

from dataclasses import replace

import pytest

from schedules.ids import ZoneId
from schedules.ledger import LeafKind
from schedules.reconciliation import Verdict
from schedules.times import DAY
from server.inspection_records import Tally
from server.services import counted_days
from server.services.counted_days import Counted
from tests.server.services.radio import GATE, GO_SIM, LANG_MOI, MONDAY, SON_HA, Radio, local

MISSED = frozenset({Verdict.MISSED})
TALLY = Tally(
    station=SON_HA,
    day=MONDAY,
    counts={Verdict.CONFIRMED: 9, Verdict.MISSED: 1, Verdict.AWAITED: 0},
    counted_at=local(1, day=MONDAY + DAY),
    zones={Verdict.MISSED: frozenset({GO_SIM})},
)


def where(radio: Radio, tally: Tally, *verdicts: Verdict) -> set[ZoneId] | None:
    with radio.store.reading() as uow:
        found = Counted.of(uow, [tally], radio.now()).where(SON_HA, MONDAY, verdicts)
    return None if found is None else set(found)


def reports(radio: Radio) -> None:
    """Let the loudspeaker of Làng Mới tell something."""
    with radio.store.writing() as uow:
        uow.ledger.append(LeafKind.REPORT, GATE, b"")
        uow.commit()


@pytest.fixture
def later(radio: Radio) -> Radio:
    """Five days later Monday is closed."""
    radio.at(local(7, day=MONDAY + 5 * DAY))
    return radio


@pytest.fixture
def next_day(radio: Radio) -> Radio:
    """On the next day it is not."""
    radio.at(local(7, day=MONDAY + DAY))
    return radio


def test_a_verdict_is_where_it_was_counted(later: Radio) -> None:
    assert where(later, TALLY, Verdict.MISSED) == {GO_SIM}
    assert where(later, TALLY, Verdict.MISSED, Verdict.FAILED) == {GO_SIM}


def test_a_closed_day_without_it_has_it_nowhere(later: Radio) -> None:
    assert where(later, TALLY, Verdict.FAILED) == set()
    assert where(later, replace(TALLY, zones=None), Verdict.FAILED) == set()


def test_what_was_awaited_when_it_was_counted_may_be_anything_now(later: Radio) -> None:
    awaited = replace(TALLY, counts={Verdict.AWAITED: 1}, zones={Verdict.AWAITED: frozenset({LANG_MOI})})

    assert where(later, awaited, Verdict.MISSED) == {LANG_MOI}


@pytest.mark.parametrize(
    "tally",
    [
        replace(TALLY, doubtful=True),
        replace(TALLY, zones=None),
        replace(TALLY, counted_at=local(23)),
    ],
)
def test_it_may_be_anywhere_on_a_day_that_was_not_counted_whole(later: Radio, tally: Tally) -> None:
    assert where(later, tally, Verdict.MISSED) is None


def test_what_is_usual_may_be_anywhere(later: Radio) -> None:
    assert where(later, TALLY, Verdict.CONFIRMED) is None
    assert where(later, TALLY) is None


def test_of_a_day_that_is_not_closed_what_was_told_since_counts_too(next_day: Radio) -> None:
    with next_day.store.reading() as uow:
        counted = replace(TALLY, leaves=uow.ledger.size())
    assert where(next_day, counted, Verdict.MISSED) == {GO_SIM}

    reports(next_day)

    assert where(next_day, counted, Verdict.MISSED) == {GO_SIM, LANG_MOI}
    assert where(next_day, counted, Verdict.FAILED) == {LANG_MOI}


def test_a_rundown_issued_since_counts_as_told(next_day: Radio) -> None:
    with next_day.store.writing() as uow:
        uow.ledger.append(LeafKind.RUNDOWN, f"{LANG_MOI}/7", b"")
        uow.commit()

    assert where(next_day, TALLY, Verdict.MISSED) == {GO_SIM, LANG_MOI}


def test_when_very_much_was_told_since_all_of_it_is_judged(next_day: Radio, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counted_days, "MOST_TOLD", 0)
    reports(next_day)

    assert where(next_day, TALLY, Verdict.MISSED) is None


def test_how_many_there_are_is_as_counted(later: Radio) -> None:
    with later.store.reading() as uow:
        assert Counted.of(uow, [TALLY], later.now()).count(SON_HA, MONDAY, MISSED) == 1
