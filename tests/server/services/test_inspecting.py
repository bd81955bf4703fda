"""What an inspector finds: by place, day, verdict, programme, way and kind; and the matrix of places by days."""

from dataclasses import replace

import pytest

from schedules.ids import UnitId
from schedules.programme import Kind
from schedules.reconciliation import Verdict
from schedules.times import DAY
from schedules.way import Way
from server.errors import NotAllowed, Unacceptable
from server.services import inspecting, inspecting_days, tallies
from server.services.inspecting import Line, Wanted
from server.values import Person
from tests.server.services.radio import (
    ADMINISTRATOR,
    GATE,
    GO_SIM,
    INSPECTOR,
    LANG_MOI,
    MARKET,
    MONDAY,
    NEIGHBOUR,
    QUANG_NGAI,
    SON_HA,
    SON_LINH,
    Radio,
    in_notices,
    local,
)

TODAY = Wanted(unit=SON_HA, first=MONDAY, last=MONDAY)


@pytest.fixture
def noon(radio: Radio) -> Radio:
    """A notice was planned for the morning at two zones, one loudspeaker played it, and it is seven o'clock."""
    radio.airs("Lịch tiêm chủng", wish=in_notices(LANG_MOI, GO_SIM))
    radio.release_templates()
    radio.issue()
    radio.at(local(7))
    radio.hears(radio.item("Lịch tiêm chủng"), GATE, LANG_MOI)
    return radio


def found(radio: Radio, by: Person = INSPECTOR, **wanted: object) -> tuple[Line, ...]:
    return inspecting.page(radio.store, radio.clock, by, replace(TODAY, **wanted)).lines  # type: ignore[arg-type]  # by name


def test_everything_of_a_day_is_found_the_newest_first(noon: Radio) -> None:
    lines = found(noon)

    starts = [line.row.planned.start for line in lines]
    assert starts == sorted(starts, reverse=True)
    assert {line.station.id for line in lines} == {SON_HA}
    assert len({line.row.loudspeaker.id for line in lines}) == 3


def test_a_title_is_found_without_its_tone_marks(noon: Radio) -> None:
    assert {line.row.title for line in found(noon, text="tiem CHUNG")} == {"Lịch tiêm chủng"}


@pytest.mark.parametrize(
    ("wanted", "count"),
    [
        ({"zone": LANG_MOI}, 1),
        ({"loudspeaker": GATE}, 1),
        ({"verdicts": frozenset({Verdict.CONFIRMED})}, 1),
        ({"verdicts": frozenset({Verdict.AWAITED})}, 1),
        ({"verdicts": frozenset({Verdict.MISSED})}, 0),
        ({"kinds": frozenset({Kind.NOTICE})}, 2),
        ({"kinds": frozenset({Kind.MUSIC})}, 0),
        ({"ways": frozenset({Way.OWN})}, 2),
        ({"ways": frozenset({Way.ORDERED})}, 0),
        ({"last": MONDAY - DAY, "first": MONDAY - DAY}, 0),
        ({"last": MONDAY + DAY, "first": MONDAY + DAY}, 0),
    ],
)
def test_each_condition_narrows(noon: Radio, wanted: dict[str, object], count: int) -> None:
    assert len(found(noon, INSPECTOR, text="tiêm", **wanted)) == count


def test_what_a_province_sent_is_told_from_the_station_s_own(noon: Radio) -> None:
    item = noon.item("Lịch tiêm chủng")
    with noon.store.writing() as uow:
        stored = uow.programmes.get(item.programme)
        assert stored
        from_above = replace(stored, programme=replace(stored.programme, owner=QUANG_NGAI))
        uow.programmes.put(from_above, expected_version=stored.programme.version)
        uow.commit()

    assert {line.way for line in found(noon, text="tiêm")} == {Way.SUBSCRIBED}


def test_an_emergency_came_by_its_own_way(noon: Radio) -> None:
    ways = {inspecting._way(line.row, {}, {}) for line in found(noon)}  # noqa: SLF001 -- one rule by itself
    (line, *_) = found(noon)
    real = replace(line.row, item=None, finding=replace(line.row.finding, verdict=Verdict.EMERGENCY))

    assert ways == {Way.OWN}
    assert inspecting._way(real, {}, {}) is Way.EMERGENCY  # noqa: SLF001


def test_a_long_list_goes_on_where_it_ended(noon: Radio, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inspecting, "LINES", 1)
    wanted = replace(TODAY, unit=QUANG_NGAI, first=MONDAY - DAY)

    first = inspecting.page(noon.store, noon.clock, ADMINISTRATOR, wanted)
    assert first.rest
    second = inspecting.page(noon.store, noon.clock, ADMINISTRATOR, wanted, after=first.rest)

    assert (first.rest.day, first.rest.station) == (MONDAY, SON_LINH)
    assert first.lines
    assert second.rest is None


def test_counted_days_without_the_verdict_are_passed_over(noon: Radio, monkeypatch: pytest.MonkeyPatch) -> None:
    noon.clock.advance(5 * DAY)
    while tallies.count_due(noon.store, noon.clock) > tallies.OPEN_DAYS:
        pass
    monkeypatch.setattr(inspecting, "LOOKED_AT", 3)
    wanted = replace(TODAY, first=MONDAY - 30 * DAY, last=MONDAY, verdicts=frozenset({Verdict.CONFIRMED}))

    page = inspecting.page(noon.store, noon.clock, INSPECTOR, wanted)

    assert [line.row.loudspeaker.id for line in page.lines] == [GATE]


@pytest.mark.parametrize("at_once", [1, 2, 7])
def test_counted_or_not_the_same_is_found(noon: Radio, at_once: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inspecting, "COUNTED_AT_ONCE", at_once)
    noon.hears(noon.item("Lịch tiêm chủng", GO_SIM), MARKET, GO_SIM, share=0.5)
    noon.clock.advance(5 * DAY)
    sought = {"first": MONDAY - DAY, "last": MONDAY + 3 * DAY, "unit": QUANG_NGAI}
    some = [frozenset({Verdict.MISSED}), frozenset({Verdict.PARTIAL, Verdict.FAILED}), frozenset({Verdict.CONFIRMED})]
    before = [found(noon, ADMINISTRATOR, verdicts=each, **sought) for each in some]

    while tallies.count_due(noon.store, noon.clock) > tallies.OPEN_DAYS:
        pass

    assert [found(noon, ADMINISTRATOR, verdicts=each, **sought) for each in some] == before
    assert all(before)


def test_a_file_holds_what_the_pages_hold(noon: Radio) -> None:
    lines = list(inspecting.all_lines(noon.store, noon.clock, INSPECTOR, replace(TODAY, last=MONDAY + 2 * DAY)))

    assert lines == list(found(noon))


def test_a_file_that_would_be_too_large_is_refused(noon: Radio, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inspecting, "MOST_IN_A_FILE", 8)

    with pytest.raises(Unacceptable) as refused:
        inspecting.all_lines(noon.store, noon.clock, INSPECTOR, replace(TODAY, first=MONDAY - 2 * DAY))

    assert (refused.value.code, refused.value.values["most"]) == ("inspection.too_much", 2)


@pytest.mark.parametrize(
    ("first", "code"),
    [(MONDAY + DAY, "inspection.ends_before_start"), (MONDAY - 92 * DAY, "inspection.too_many_days")],
)
def test_days_that_cannot_be_looked_at_are_refused(noon: Radio, first: object, code: str) -> None:
    with pytest.raises(Unacceptable, match=code):
        found(noon, first=first)


@pytest.mark.parametrize("unit", [SON_HA, QUANG_NGAI])
def test_nobody_looks_into_another_s_stations(noon: Radio, unit: UnitId) -> None:
    wanted = replace(TODAY, unit=unit)

    with pytest.raises(NotAllowed):
        inspecting.page(noon.store, noon.clock, NEIGHBOUR, wanted)
    with pytest.raises(NotAllowed):
        inspecting.all_lines(noon.store, noon.clock, NEIGHBOUR, wanted)
    with pytest.raises(NotAllowed):
        inspecting_days.matrix(noon.store, noon.clock, NEIGHBOUR, unit, first=MONDAY, last=MONDAY)
