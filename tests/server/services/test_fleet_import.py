"""A list of loudspeakers from a spreadsheet: all of it, or nothing and every line that is wrong."""

import pytest

from server.errors import NotAllowed, Unacceptable
from server.services import fleet_import
from server.services.fleet_import import Imported
from server.services.fleet_list import LARGEST, MOST_LINES, Column
from server.values import Person
from tests.server.services.radio import (
    ADMINISTRATOR,
    APPROVER,
    HAMLETS,
    INSPECTOR,
    LANG_MOI,
    NEIGHBOUR,
    OFFICER,
    SON_HA,
    TECHNICIAN,
    Radio,
)

HEAD = "Nhóm cụm loa;Thôn;Thứ tiếng;Số hộ;Số khẩu;Cụm loa;Số loa"
GOOD = f"""{HEAD}
Suối Trà;Gò Sim;vi hre;120;480;Nhà văn hoá Suối Trà;3
Suối Trà;;;;;Cầu Suối Trà;
lang MOI;;;;;Ngã ba chợ;4

"""


def takes_in(radio: Radio, text: str | bytes, by: Person = TECHNICIAN) -> Imported:
    content = text if isinstance(text, bytes) else text.encode()
    return fleet_import.take_in(radio.store, radio.clock, by, SON_HA, content=content)


def names(radio: Radio) -> set[str]:
    with radio.store.reading() as uow:
        return {zone.name for zone in uow.places.zones()} | {each.name for each in uow.places.loudspeakers()}


@pytest.mark.parametrize("text", [GOOD, "\ufeff" + GOOD, GOOD.replace(";", ","), GOOD.replace("\n", "\r\n")])
def test_a_good_list_sets_up_its_loudspeakers_and_the_zones_that_are_not_there(radio: Radio, text: str) -> None:
    found = takes_in(radio, text)

    with radio.store.reading() as uow:
        zone = next(each for each in uow.places.zones() if each.name == "Suối Trà")
        made = {each.name: each for each in uow.places.loudspeakers()}
    assert (found.zones, found.loudspeakers, found.problems) == (1, 3, ())
    assert (zone.languages, zone.households, zone.residents) == (("vi", "hre"), 120, 480)
    assert zone.unit == list(HAMLETS)[1]
    assert (made["Nhà văn hoá Suối Trà"].zone, made["Nhà văn hoá Suối Trà"].horns) == (zone.id, 3)
    assert (made["Cầu Suối Trà"].zone, made["Cầu Suối Trà"].horns) == (zone.id, 2)
    assert (made["Ngã ba chợ"].zone, made["Ngã ba chợ"].horns) == (LANG_MOI, 4)
    assert radio.actions()[-1] == "loudspeaker.created"


def test_a_list_may_say_where_they_stand(radio: Radio) -> None:
    listed = """Nhóm cụm loa;Cụm loa;Vĩ độ;Kinh độ
Làng Mới;Ngã ba chợ;14,9873;108,4712
Làng Mới;Cầu treo;14.9901, 108.4755;
Làng Mới;Trạm y tế;;
"""
    bad = """Nhóm cụm loa;Cụm loa;Vĩ độ;Kinh độ
Làng Mới;Đầu dốc;108.4712;14.9873
Làng Mới;Cuối dốc;14.9873;
"""

    takes_in(radio, listed)
    refused = takes_in(radio, bad)

    with radio.store.reading() as uow:
        made = {each.name: each.position for each in uow.places.loudspeakers()}
    assert (made["Ngã ba chợ"], made["Cầu treo"], made["Trạm y tế"]) == ((14.9873, 108.4712), (14.9901, 108.4755), None)
    assert [(each.line, each.code, each.column) for each in refused.problems] == [
        (2, "position.swapped", Column.NORTH),
        (3, "position.half", Column.EAST),
    ]
    assert "Đầu dốc" not in made


def test_every_line_that_is_wrong_is_told_and_nothing_is_set_up(radio: Radio) -> None:
    before, commits = names(radio), radio.store.commits
    bad = f"""{HEAD}
Suối Trà;Gò Sim;vi;120;480;Nhà văn hoá;3
Suối Đá;Thôn Nào;vi;1;1;Cầu;2
Suối Bùn;;vi;nhiều;1;Cầu Bùn;2
Suối Cát;;xyz;1;1;Cầu Cát;2
Suối Trà;;;;;;2
Suối Trà;;;;;Cột điện;99
Suối Trà;;;;;nhà văn hoá;2
;;;;;Cột;2
Suối Trà;;;;;Cột;2;thừa
"""

    found = takes_in(radio, bad)

    assert [(each.line, each.column, each.code) for each in found.problems] == [
        (3, Column.UNIT, "fleet_list.unit"),
        (4, Column.HOUSEHOLDS, "form.number"),
        (5, Column.LANGUAGES, "zone.languages"),
        (6, Column.LOUDSPEAKER, "loudspeaker.no_name"),
        (7, Column.HORNS, "loudspeaker.horns"),
        (8, Column.LOUDSPEAKER, "loudspeaker.name_taken"),
        (9, Column.ZONE, "zone.no_name"),
        (10, None, "fleet_list.too_many_fields"),
    ]
    assert (found.zones, found.loudspeakers) == (0, 0)
    assert (names(radio), radio.store.commits) == (before, commits)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "fleet_list.columns"),
        ("Tên;Số loa\nCầu;2\n".encode(), "fleet_list.columns"),
        ("Nhóm cụm loa;Cụm loa;cụm  LOA\na;b;c\n".encode(), "fleet_list.column_twice"),
        (f"{HEAD}\n;;;;;;\n\n".encode(), "fleet_list.empty"),
        ((f"{HEAD}\n" + "a;;;;;b;\n" * (MOST_LINES + 1)).encode(), "fleet_list.too_many"),
        (bytes(LARGEST + 1), "fleet_list.too_large"),
        (b"\xff\xfe\x00", "fleet_list.encoding"),
        (b"PK\x03\x04\xff\xd8", "fleet_list.encoding"),
    ],
    ids=str,
)
def test_what_is_no_such_list_is_refused_as_a_whole(radio: Radio, content: bytes, code: str) -> None:
    with pytest.raises(Unacceptable) as refused:
        takes_in(radio, content)

    assert (refused.value.code, refused.value.field) == (code, "list")


def test_a_field_without_end_is_no_list(radio: Radio) -> None:
    with pytest.raises(Unacceptable, match=r"fleet_list\.encoding"):
        takes_in(radio, f'{HEAD}\n"{"a" * 200_000}";;;;;b;2\n')


def test_columns_stand_in_any_order_and_others_are_passed_over(radio: Radio) -> None:
    assert takes_in(radio, "Ghi chú;CỤM LOA;Nhóm cụm loa\nx;Cầu;Suối Trà\n").loudspeakers == 1


@pytest.mark.parametrize("by", [OFFICER, APPROVER, INSPECTOR, NEIGHBOUR], ids=lambda each: each.id)
def test_only_who_looks_after_loudspeakers_takes_a_list_in(radio: Radio, by: Person) -> None:
    before = names(radio)
    if by is NEIGHBOUR:
        assert takes_in(radio, GOOD, ADMINISTRATOR).loudspeakers == 3
        before = names(radio)

    with pytest.raises(NotAllowed):
        takes_in(radio, GOOD, by)

    assert names(radio) == before
