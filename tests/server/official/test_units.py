"""The official list of units, as it is read."""

from collections import Counter
from datetime import date
from functools import cache
from pathlib import Path

import pytest

from schedules.errors import InvalidValue
from schedules.ids import UnitId
from schedules.unit import Unit, UnitLevel, Units
from server.official.units import read_units

DI_LANG, SON_HA, QUANG_NGAI = UnitId("21289"), UnitId("21289@2025-07-01"), UnitId("51@2025-07-01")
CUT = date(2025, 7, 1)
HEAD = "code,name,level,parent,lat,lon,valid_from,valid_to,successors\n"


@cache
def official() -> tuple[Unit, ...]:
    return read_units()


def of(level: UnitLevel, *, since: date | None) -> list[Unit]:
    return [unit for unit in official() if unit.level is level and unit.valid_from == since]


def test_the_official_list_holds_every_unit_before_and_since_the_cut() -> None:
    assert len(of(UnitLevel.PROVINCE, since=CUT)) == 34
    assert len(of(UnitLevel.COMMUNE, since=CUT)) == 3_321
    assert len(of(UnitLevel.PROVINCE, since=None)) == 63
    assert len(of(UnitLevel.DISTRICT, since=None)) == 696
    assert len(of(UnitLevel.COMMUNE, since=None)) == 10_035


def test_codes_were_given_out_again_and_yet_no_two_units_share_an_id() -> None:
    names: dict[str, set[str]] = {}
    for unit in official():
        names.setdefault(unit.code, set()).add(unit.name)
    again = [code for code, times in Counter(unit.code for unit in official()).items() if times == 2]

    assert len({unit.id for unit in official()}) == len(official()) == 14_149
    assert len(again) == 3_350
    assert sum(len(names[code]) == 2 for code in again) == 2_152


def test_the_official_list_makes_a_tree() -> None:
    tree = Units.of(official())

    became = tree.followers(DI_LANG, CUT)

    assert tree.by_id[DI_LANG].name == "Thị trấn Di Lăng"
    assert [tree.by_id[each].name for each in became] == ["Xã Sơn Hà"]
    assert tree.above(SON_HA) == (SON_HA, QUANG_NGAI)
    assert DI_LANG in tree.predecessors(SON_HA, date(2025, 6, 30))
    assert tree.by_id[QUANG_NGAI].position == (14.7688, 108.143)


def test_every_old_commune_and_province_became_something() -> None:
    lost = {unit.level for unit in official() if unit.valid_to and not unit.successors}

    assert lost == {UnitLevel.DISTRICT}


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("01,Tỉnh Một,region,,,,,,", "units.unreadable"),
        ("01,Tỉnh Một,province,,,,1/7/2025,,", "units.unreadable"),
        ("01,Tỉnh Một,province,,north,east,,,", "units.unreadable"),
        (",Tỉnh Một,province,,,,,,", "units.unreadable"),
        ("01,Tỉnh Một", "units.unreadable"),
        ("02,Xã Hai,commune,01,,,,,", "units.code_unknown"),
        ("02,Tỉnh Hai,province,,,,,2025-07-01,03", "units.code_unknown"),
        ("00,Tỉnh Không,province,,,,,2025-07-01,", "units.code_twice"),
    ],
)
def test_a_line_that_cannot_be_taken_is_named(tmp_path: Path, line: str, code: str) -> None:
    file = tmp_path / "units.csv"
    file.write_text(f"{HEAD}00,Tỉnh Không,province,,,,,,\n{line}\n", encoding="utf-8")

    with pytest.raises(InvalidValue) as refused:
        read_units(file)

    assert (refused.value.code, refused.value.values["line"]) == (code, 3)
