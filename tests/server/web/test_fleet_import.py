"""A list of loudspeakers on its page."""

from collections.abc import Callable
from io import BytesIO

import pytest

from tests.fakes.store import FakeStore
from tests.server.web.commune import APPROVER, INSPECTOR, NEIGHBOUR, OFFICER, TECHNICIAN, Account
from tests.server.web.conftest import Visitor, text_of

Visit = Callable[[Account], Visitor]
ADDRESS = "loudspeakers/import"


def a_list(text: str) -> tuple[BytesIO, str]:
    return BytesIO(text.encode()), "danh-sach.csv"


def test_the_example_is_a_list_that_can_be_taken_in(visit: Visit, store: FakeStore) -> None:
    technician = visit(TECHNICIAN)
    before = len(store.kept.loudspeakers)
    example = technician.opens(f"{ADDRESS}.csv").data

    answer = technician.sends(ADDRESS, list=(BytesIO(example), "cum-loa.csv"))

    assert "Đã lập 1 nhóm, 1 cụm loa" in text_of(answer)
    assert len(store.kept.loudspeakers) == before + 1


def test_a_wrong_list_is_told_line_by_line_and_leaves_nothing(visit: Visit, store: FakeStore) -> None:
    before = dict(store.kept.loudspeakers)
    bad = a_list("Nhóm cụm loa;Cụm loa;Số loa\nLàng Mới;Cầu;2\nLàng Mới;<b>Cột</b>;nhiều\n")

    answer = visit(TECHNICIAN).sends(ADDRESS, list=bad)

    assert answer.status_code == 422
    assert "Chưa nhập gì: 1 chỗ cần sửa" in text_of(answer)
    assert "Dòng 3 Số loa Hãy nhập một số." in text_of(answer)
    assert store.kept.loudspeakers == before


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({}, "Hãy chọn tệp danh sách"),
        ({"list": a_list("Tên;Loa\nCầu;2\n")}, "thiếu cột: Nhóm cụm loa, Cụm loa"),
        ({"list": (BytesIO(b"\xff\xd8\xff"), "anh.jpg")}, "Hãy lưu bảng tính thành CSV"),
    ],
    ids=["none", "columns", "picture"],
)
def test_what_is_no_list_is_refused_in_words(visit: Visit, fields: dict[str, object], words: str) -> None:
    answer = visit(TECHNICIAN).sends(ADDRESS, **fields)

    assert answer.status_code == 422
    assert words in text_of(answer)


@pytest.mark.parametrize(
    ("account", "status"), [(OFFICER, 403), (APPROVER, 403), (INSPECTOR, 403), (NEIGHBOUR, 404)], ids=str
)
def test_who_does_not_look_after_loudspeakers_takes_nothing_in(
    visit: Visit, store: FakeStore, account: Account, status: int
) -> None:
    other, before = visit(account), dict(store.kept.loudspeakers)

    answers = [
        other.opens(ADDRESS),
        other.opens(f"{ADDRESS}.csv"),
        other.sends(ADDRESS, list=a_list("Nhóm cụm loa;Cụm loa\nLàng Mới;Cầu\n")),
    ]

    assert {answer.status_code for answer in answers} == {status}
    assert store.kept.loudspeakers == before
