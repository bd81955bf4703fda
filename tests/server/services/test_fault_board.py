"""Faults as they are shown: to whom, in which order, and with what was heard after a repair."""

from dataclasses import replace
from datetime import timedelta

import pytest

from schedules.asrun import Outcome
from schedules.ids import UnitId
from schedules.times import DAY
from server.errors import NotAllowed, NotFound
from server.fault_records import Fault, FaultKind
from server.services import fault_board
from server.services.fault_board import LISTENED_FOR, SHOWN_FOR, Shown
from server.values import Person, Role
from tests.server.services.radio import (
    ADMINISTRATOR,
    GATE,
    INSPECTOR,
    LANG_MOI,
    MARKET,
    NEIGHBOUR,
    OVER_THERE,
    SON_HA,
    SON_LINH,
    Radio,
    person,
)
from tests.server.services.test_faults import alarm, ends, notes

TITLE = "Tạm ngừng cấp điện"


def listed(radio: Radio, by: Person, unit: UnitId | None = None, *, ended: bool = False) -> list[Fault]:
    return [each.fault for each in fault_board.below(radio.store, radio.clock, by, unit, ended=ended)]


def shown(radio: Radio, fault: Fault) -> Shown:
    return fault_board.one(radio.store, INSPECTOR, SON_HA, fault.id)[0]


def planned(radio: Radio) -> None:
    radio.release_templates()
    radio.airs(TITLE)
    radio.issue()


@pytest.fixture
def three(radio: Radio) -> list[Fault]:
    """A fault at each of two stations, and an older one."""
    found: list[Fault] = []
    for where in (GATE, OVER_THERE, MARKET):
        found += notes(radio, where, by=ADMINISTRATOR)
        radio.clock.advance(timedelta(hours=1))
    return found


def test_the_open_ones_are_listed_the_oldest_first(radio: Radio, three: list[Fault]) -> None:
    assert listed(radio, ADMINISTRATOR) == three
    assert listed(radio, ADMINISTRATOR, SON_LINH) == [three[1]]
    assert listed(radio, INSPECTOR) == [three[0], three[2]]
    assert listed(radio, ADMINISTRATOR, ended=True) == []


def test_those_that_ended_are_listed_the_last_first_and_not_for_ever(radio: Radio, three: list[Fault]) -> None:
    (first,) = ends(radio, three[0].id)
    radio.clock.advance(timedelta(hours=1))
    (last,) = ends(radio, three[2].id)

    assert listed(radio, INSPECTOR, ended=True) == [last, first]
    radio.clock.advance(SHOWN_FOR)
    assert listed(radio, INSPECTOR, ended=True) == [last]


def test_a_contracted_technician_sees_the_named_units_and_no_other(radio: Radio, three: list[Fault]) -> None:
    firm = person("firm", SON_LINH, Role.TECHNICIAN)

    assert listed(radio, firm) == [three[1]]
    assert listed(radio, replace(firm, also_units=frozenset({SON_HA}))) == three
    with pytest.raises(NotAllowed):
        listed(radio, firm, SON_HA)
    with pytest.raises(NotAllowed):
        fault_board.of_loudspeaker(radio.store, firm, GATE)
    with pytest.raises(NotAllowed):
        fault_board.one(radio.store, firm, SON_HA, three[0].id)


def test_one_is_shown_with_the_open_ones_of_its_alarm(radio: Radio) -> None:
    second, first = notes(radio, GATE, MARKET, alarm=alarm(radio))

    found, beside = fault_board.one(radio.store, INSPECTOR, SON_HA, first.id)

    assert (found.fault, found.station.id, found.zone.id, found.by_name) == (first, SON_HA, LANG_MOI, "Technician")
    assert found.alarm is not None
    assert found.alarm.id == "a1"
    assert [each.fault for each in beside] == [second]
    ends(radio, second.id)
    assert fault_board.one(radio.store, INSPECTOR, SON_HA, first.id)[1] == ()


def test_one_of_another_station_is_none_of_this(radio: Radio, three: list[Fault]) -> None:
    for fault in (three[1].id, "none"):
        with pytest.raises(NotFound, match=r"fault\.unknown"):
            fault_board.one(radio.store, ADMINISTRATOR, SON_HA, fault)


def test_a_loudspeaker_has_its_history_the_open_ones_first(radio: Radio) -> None:
    (old,) = notes(radio)
    radio.clock.advance(DAY)
    (new,) = notes(radio, kind=FaultKind.DEVICE)
    (new,) = ends(radio, new.id)

    found = fault_board.of_loudspeaker(radio.store, INSPECTOR, GATE)

    assert [each.fault for each in found] == [old, new]
    assert [each.ended_by_name for each in found] == ["", "Technician"]
    with pytest.raises(NotAllowed):
        fault_board.of_loudspeaker(radio.store, NEIGHBOUR, GATE)


def test_a_repair_says_what_sounded_whole_first_after_it(radio: Radio) -> None:
    planned(radio)
    item = radio.item(TITLE)
    (fault,) = notes(radio)
    (ended,) = ends(radio, fault.id)
    assert shown(radio, ended).heard is None

    broken = replace(item, occurrence=item.occurrence, starts_at=item.starts_at - timedelta(minutes=5))
    radio.hears(broken, GATE, LANG_MOI, share=0.5, outcome=Outcome.CUT_SHORT)
    assert shown(radio, ended).heard is None
    radio.hears(broken, GATE, LANG_MOI, sequence=3, level=-70.0)
    assert shown(radio, ended).heard is None
    radio.hears(item, GATE, LANG_MOI, sequence=2, level=-18.5)

    heard = shown(radio, ended).heard

    assert heard is not None
    assert (heard.title, heard.started_at, heard.level_dbfs) == (TITLE, item.starts_at, -18.5)
    assert shown(radio, fault).heard == heard


def test_what_sounded_before_the_repair_or_long_after_it_says_nothing(radio: Radio) -> None:
    planned(radio)
    item = radio.item(TITLE)
    radio.hears(item, GATE, LANG_MOI)
    (fault,) = notes(radio)
    radio.at(item.starts_at + timedelta(seconds=1))
    (ended,) = ends(radio, fault.id)
    radio.at(item.starts_at - LISTENED_FOR)
    (early,) = ends(radio, notes(radio)[0].id)

    assert shown(radio, ended).heard is None
    assert shown(radio, early).heard is None


def test_an_open_fault_says_nothing_of_what_was_heard(radio: Radio) -> None:
    planned(radio)
    (fault,) = notes(radio)
    radio.hears(radio.item(TITLE), GATE, LANG_MOI)

    assert shown(radio, fault).heard is None
