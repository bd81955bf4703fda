"""Taking in a list of units, and finding one."""

from dataclasses import replace
from datetime import date

import pytest

from schedules.ids import UnitId
from schedules.unit import Unit, UnitLevel
from server.errors import Unacceptable
from server.services.units import TakenIn, find, take_in
from tests.server.services.radio import QUANG_NGAI, SON_HA, Radio

CUT = date(2030, 7, 1)
OLD = Unit(
    id=UnitId("21289"),
    code="21289",
    name="Thị trấn Di Lăng",
    level=UnitLevel.COMMUNE,
    parent=QUANG_NGAI,
    valid_to=CUT,
    successors=(UnitId("21289@2030-07-01"),),
)
NEW = Unit(
    id=UnitId("21289@2030-07-01"),
    code="21289",
    name="Xã Di Lăng",
    level=UnitLevel.COMMUNE,
    parent=QUANG_NGAI,
    valid_from=CUT,
)


def test_a_list_is_added_once_and_again_changes_nothing(radio: Radio) -> None:
    assert take_in(radio.store, radio.clock, [OLD, NEW]) == TakenIn(added=2, changed=0, unchanged=0)
    assert take_in(radio.store, radio.clock, [OLD, NEW]) == TakenIn(added=0, changed=0, unchanged=2)
    assert radio.actions().count("units.taken_in") == 1


def test_what_a_later_list_says_otherwise_is_brought_up_to_date(radio: Radio) -> None:
    take_in(radio.store, radio.clock, [OLD, NEW])

    done = take_in(radio.store, radio.clock, [OLD, replace(NEW, name="Phường Di Lăng")])

    assert done == TakenIn(added=0, changed=1, unchanged=1)
    assert radio.store.kept.units[NEW.id].name == "Phường Di Lăng"


def test_of_a_list_that_does_not_hold_together_nothing_is_kept(radio: Radio) -> None:
    before = radio.store.commits
    too_long = replace(NEW, id=UnitId("thon-tre"), level=UnitLevel.HAMLET, parent=OLD.id)

    with pytest.raises(Unacceptable, match=r"unit\.parent_ended"):
        take_in(radio.store, radio.clock, [OLD, NEW, too_long])

    assert radio.store.commits == before
    assert OLD.id not in radio.store.kept.units


def test_a_list_ends_no_unit_in_which_zones_stand(radio: Radio) -> None:
    ends = replace(radio.store.kept.units[SON_HA], valid_to=CUT, successors=(NEW.id,))
    hamlets = [
        replace(unit, valid_to=CUT) for unit in radio.store.kept.units.values() if unit.level is UnitLevel.HAMLET
    ]

    with pytest.raises(Unacceptable, match=r"unit\.in_use"):
        take_in(radio.store, radio.clock, [NEW, ends, *hamlets])

    assert radio.store.kept.units[SON_HA].valid_to is None


def test_a_unit_is_found_by_what_people_type(radio: Radio) -> None:
    take_in(radio.store, radio.clock, [OLD, NEW])

    assert [unit.id for unit in find(radio.store, "di lang")] == [NEW.id, OLD.id]
    assert [unit.id for unit in find(radio.store, " Di Lăng ", day=date(2029, 1, 1))] == [OLD.id]
    assert [unit.id for unit in find(radio.store, "21289") if unit.id != SON_HA] == [NEW.id, OLD.id]
    assert find(radio.store, "đâu đó") == ()
