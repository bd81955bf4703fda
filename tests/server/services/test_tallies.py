"""Days of stations, counted: by the log's own verdicts, and again when something was told late."""

from datetime import timedelta

import pytest

from schedules.reconciliation import Verdict
from schedules.times import DAY
from server.services import tallies
from tests.server.services.radio import (
    GATE,
    GO_SIM,
    LANG_MOI,
    MONDAY,
    SON_HA,
    SON_LINH,
    Radio,
    in_notices,
    local,
)


@pytest.fixture
def noon(radio: Radio) -> Radio:
    """A notice was planned for the morning, and it is seven o'clock."""
    radio.airs("Lịch tiêm chủng", wish=in_notices(LANG_MOI, GO_SIM))
    radio.release_templates()
    radio.issue()
    radio.at(local(7))
    return radio


def counted(radio: Radio) -> dict[Verdict, int]:
    with radio.store.reading() as uow:
        (tally,) = uow.tallies.inside([SON_HA], MONDAY, MONDAY)
    return {verdict: count for verdict, count in tally.counts.items() if count}


def test_a_station_that_planned_nothing_is_counted_all_the_same(noon: Radio) -> None:
    tallies.count_due(noon.store, noon.clock)

    with noon.store.reading() as uow:
        (tally,) = uow.tallies.inside([SON_LINH], MONDAY, MONDAY)
    assert sum(tally.counts.values()) == 0


def test_today_is_counted_as_far_as_it_has_come_and_anew_each_time(noon: Radio) -> None:
    tallies.count_due(noon.store, noon.clock)
    before = counted(noon)
    noon.hears(noon.item("Lịch tiêm chủng"), GATE, LANG_MOI)

    tallies.count_due(noon.store, noon.clock)

    assert set(before) == {Verdict.AWAITED}
    assert counted(noon) == {Verdict.AWAITED: before[Verdict.AWAITED] - 1, Verdict.CONFIRMED: 1}


def test_a_day_says_at_which_zones_each_verdict_but_the_usual_came(noon: Radio) -> None:
    noon.hears(noon.item("Lịch tiêm chủng"), GATE, LANG_MOI)

    tallies.count_due(noon.store, noon.clock)

    with noon.store.reading() as uow:
        (tally,) = uow.tallies.inside([SON_HA], MONDAY, MONDAY)
        assert tally.leaves == uow.ledger.size()
    assert tally.zones is not None
    assert set(tally.zones) == {Verdict.AWAITED}
    assert {LANG_MOI, GO_SIM} <= tally.zones[Verdict.AWAITED]


def test_a_closed_day_is_counted_again_only_when_it_is_doubted(noon: Radio) -> None:
    noon.clock.advance(6 * DAY)
    assert tallies.count_due(noon.store, noon.clock) > tallies.OPEN_DAYS
    while tallies.count_due(noon.store, noon.clock) > tallies.OPEN_DAYS:
        pass
    item = noon.item("Lịch tiêm chủng")
    noon.hears(item, GATE, LANG_MOI)
    tallies.count_due(noon.store, noon.clock)
    assert set(counted(noon)) == {Verdict.MISSED}

    with noon.store.writing() as uow:
        late = uow.evidence.heard(tallies.day_until(MONDAY, noon.clock.now()), [GATE])
        tallies.doubt_late(uow, late, noon.clock.now())
        uow.commit()
    tallies.count_due(noon.store, noon.clock)

    assert counted(noon)[Verdict.CONFIRMED] == 1


def test_what_is_told_of_an_open_day_doubts_nothing(noon: Radio) -> None:
    tallies.count_due(noon.store, noon.clock)
    noon.hears(noon.item("Lịch tiêm chủng"), GATE, LANG_MOI)

    with noon.store.writing() as uow:
        told = uow.evidence.heard(tallies.day_until(MONDAY, noon.clock.now()), [GATE])
        tallies.doubt_late(uow, told, noon.clock.now())

        assert MONDAY in uow.tallies.settled(MONDAY)
    assert tallies.is_open(MONDAY, noon.clock.now() + 2 * DAY)
    assert not tallies.is_open(MONDAY, noon.clock.now() + 3 * DAY)


def test_a_day_ends_where_the_present_is(noon: Radio) -> None:
    now = noon.clock.now()

    assert tallies.day_until(MONDAY, now).end == now
    assert tallies.day_until(MONDAY - DAY, now).duration == timedelta(days=1)
    assert tallies.day_until(MONDAY + DAY, now).duration == timedelta(0)
