"""The tree of units, and the zones a target means."""

from dataclasses import replace
from datetime import date

import pytest

from schedules.errors import InvalidValue
from schedules.ids import UnitId, ZoneId
from schedules.unit import Target, UnitLevel, Units, ZoneIndex, zones_meant
from tests.schedules.given import DONG_BANG, GO_SIM, LANG_MOI, PROVINCE, SON_HA, SON_TAY, UNITS, a_zone, unit

MERGED = date(2025, 7, 1)
ZONES = (
    a_zone("lang-moi"),
    a_zone("go-sim"),
    a_zone("dong-bang"),
    a_zone("ca-xa", within=SON_HA),
    a_zone("xa-ben", station=SON_TAY, within=SON_TAY),
)


def meant(*, zones: tuple[str, ...] = (), units: tuple[UnitId, ...] = ()) -> list[str]:
    target = Target(frozenset(map(ZoneId, zones)), frozenset(units))
    return [zone.id for zone in zones_meant(target, reversed(ZONES), UNITS)]


def test_a_unit_exists_from_its_first_day_to_the_day_before_its_last() -> None:
    district = replace(unit(UnitId("huyen"), UnitLevel.DISTRICT, None), valid_from=date(1994, 1, 1), valid_to=MERGED)

    assert not district.exists_on(date(1993, 12, 31))
    assert district.exists_on(date(1994, 1, 1))
    assert district.exists_on(date(2025, 6, 30))
    assert not district.exists_on(MERGED)
    assert UNITS.by_id[SON_HA].exists_on(MERGED)


def test_a_unit_lies_within_every_unit_above_it_and_itself() -> None:
    assert UNITS.above(GO_SIM) == (GO_SIM, SON_HA, PROVINCE)
    assert UNITS.above(GO_SIM) == (GO_SIM, SON_HA, PROVINCE)
    assert UNITS.within(GO_SIM, PROVINCE)
    assert UNITS.within(GO_SIM, GO_SIM)
    assert not UNITS.within(SON_HA, GO_SIM)


def test_a_tree_with_a_circle_or_a_missing_parent_cannot_be_built() -> None:
    one, other = UnitId("một"), UnitId("hai")

    with pytest.raises(InvalidValue, match=r"unit\.circle"):
        Units.of([unit(one, UnitLevel.COMMUNE, other), unit(other, UnitLevel.COMMUNE, one)])
    with pytest.raises(InvalidValue, match=r"unit\.unknown_parent"):
        Units.of([unit(one, UnitLevel.COMMUNE, other)])


def test_a_target_means_zones_by_name_and_all_below_its_units() -> None:
    assert meant(zones=("go-sim",)) == ["go-sim"]
    assert meant(zones=("go-sim", "khong-co"), units=(LANG_MOI,)) == ["go-sim", "lang-moi"]
    assert meant(units=(SON_HA,)) == ["ca-xa", "dong-bang", "go-sim", "lang-moi"]
    assert meant(units=(PROVINCE,)) == ["ca-xa", "dong-bang", "go-sim", "lang-moi", "xa-ben"]
    assert meant(units=(DONG_BANG,)) == ["dong-bang"]


def test_a_zone_is_meant_by_its_station_though_it_serves_a_unit_of_another() -> None:
    across = a_zone("giap-ranh", station=SON_TAY, within=GO_SIM)

    for units in ((SON_TAY,), (SON_HA,), (GO_SIM,)):
        assert ZoneIndex([across], UNITS).meant(Target(units=frozenset(units))) == (across,)


def test_a_target_names_something_and_a_zone_speaks_something() -> None:
    with pytest.raises(InvalidValue, match=r"target\.names_nothing"):
        Target()
    with pytest.raises(InvalidValue, match=r"zone\.no_language"):
        replace(ZONES[0], languages=())
