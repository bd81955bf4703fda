"""The parts of a bulletin on its page, and the sheet of a month's parts."""

import re
from collections.abc import Callable

import pytest

from schedules.ids import ProgrammeId
from schedules.programme import State
from tests.fakes.clock import FakeClock
from tests.fakes.store import FakeStore
from tests.server.web.commune import APPROVER, INSPECTOR, NEIGHBOUR, OFFICER, Account
from tests.server.web.conftest import Visitor, text_of
from tests.server.web.morning import approves, state_of, submits, the_programme, version_of, writes

Visit = Callable[[Account], Visitor]

MEETING = {"title": "Họp thôn", "genre": "news", "authors": "Đinh Thị Lan, Phạm Văn Minh", "lasts": "2:30"}


@pytest.fixture
def programme(visit: Visit, store: FakeStore) -> ProgrammeId:
    writes(visit(OFFICER))
    return the_programme(store)


def titles(store: FakeStore, programme: ProgrammeId) -> list[str]:
    return [part.title for part in store.kept.programmes[programme].programme.parts]


def test_parts_are_added_one_after_another(visit: Visit, store: FakeStore, programme: ProgrammeId) -> None:
    officer = visit(OFFICER)

    again = officer.sends(f"programmes/{programme}/parts/new", more="1", **MEETING)
    page = text_of(officer.sends(f"programmes/{programme}/parts/new", title="Tiêm chủng", genre="reportage"))

    assert "Thêm tin, bài" in again.text
    assert "Lưu và thêm tin, bài nữa" in again.text
    assert "1. Họp thôn Tin · tác giả: Đinh Thị Lan, Phạm Văn Minh · 2:30" in page
    assert "2. Tiêm chủng Phóng sự" in page
    assert titles(store, programme) == ["Họp thôn", "Tiêm chủng"]


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        ({"title": " "}, "Hãy nhập tên tin, bài"),
        ({"title": "đ" * 10_000}, "không quá 200 ký tự"),
        ({"lasts": "hai phút"}, "Hãy nhập thời lượng"),
        ({"lasts": "999:00"}, "không quá 3 giờ"),
        ({"genre": "thơ"}, "không có"),
        ({"authors": ", ".join(["Lan"] * 9)}, "nhiều nhất 8 tác giả"),
    ],
)
def test_a_bad_value_is_named_beside_its_field_and_nothing_typed_is_lost(
    visit: Visit, store: FakeStore, programme: ProgrammeId, bad: dict[str, str], words: str
) -> None:
    form = {**MEETING, "reader": "Nguyễn Thị Hoa", **bad}

    answer = visit(OFFICER).sends(f"programmes/{programme}/parts/new", **form)

    assert answer.status_code == 422
    assert words in text_of(answer)
    assert all(f'value="{form[name]}"' in answer.text for name in ("reader", "authors", "lasts"))
    assert titles(store, programme) == []


def test_markup_and_emoji_in_a_part_are_words(visit: Visit, store: FakeStore, programme: ProgrammeId) -> None:
    officer = visit(OFFICER)

    officer.sends(f"programmes/{programme}/parts/new", **{**MEETING, "title": "<b>Họp</b> 📢"})

    assert "&lt;b&gt;Họp&lt;/b&gt; 📢" in officer.opens(f"programmes/{programme}").text


def test_parts_are_put_in_order_changed_and_taken_out_by_buttons(
    visit: Visit, store: FakeStore, programme: ProgrammeId
) -> None:
    officer = visit(OFFICER)
    for title in ("một", "hai"):
        officer.sends(f"programmes/{programme}/parts/new", title=title, genre="news")
    first, second = (part.id for part in store.kept.programmes[programme].programme.parts)
    address = f"programmes/{programme}/parts"

    officer.sends(f"{address}/{second}/move", to="up")
    moved = titles(store, programme)
    form = officer.opens(f"{address}/{first}").text
    officer.sends(f"{address}/{first}", **MEETING, version=version_of(store, programme))
    changed = titles(store, programme)
    officer.sends(f"{address}/{second}/remove")

    assert 'value="một"' in form
    assert (moved, changed, titles(store, programme)) == (["hai", "một"], ["hai", "Họp thôn"], ["Họp thôn"])


def test_a_part_that_somebody_else_changed_is_shown_and_what_was_typed_stays(
    visit: Visit, store: FakeStore, programme: ProgrammeId
) -> None:
    officer = visit(OFFICER)
    officer.sends(f"programmes/{programme}/parts/new", **MEETING)
    (part,) = store.kept.programmes[programme].programme.parts
    seen = version_of(store, programme)
    address = f"programmes/{programme}/parts/{part.id}"
    officer.sends(address, **{**MEETING, "title": "Họp xã"}, version=seen)

    answer = officer.sends(address, **{**MEETING, "title": "Họp tổ"}, version=seen)

    assert answer.status_code == 409
    assert "Họp xã" in answer.text
    assert 'value="Họp tổ"' in answer.text
    version = re.search(r'name="version" value="(\d+)"', answer.text)
    assert version
    officer.sends(address, **{**MEETING, "title": "Họp tổ"}, version=version[1])
    assert titles(store, programme) == ["Họp tổ"]


@pytest.mark.parametrize(("account", "status"), [(APPROVER, 403), (INSPECTOR, 403), (NEIGHBOUR, 404)], ids=str)
def test_who_does_not_write_there_changes_no_part(
    visit: Visit, store: FakeStore, programme: ProgrammeId, account: Account, status: int
) -> None:
    visit(OFFICER).sends(f"programmes/{programme}/parts/new", **MEETING)
    (part,) = store.kept.programmes[programme].programme.parts
    other, address = visit(account), f"programmes/{programme}/parts"

    answers = [
        other.sends(f"{address}/new", **MEETING),
        other.sends(f"{address}/{part.id}", **MEETING, version="9"),
        other.sends(f"{address}/{part.id}/move", to="down"),
        other.sends(f"{address}/{part.id}/remove"),
    ]

    assert {answer.status_code for answer in answers} == {status}
    assert store.kept.programmes[programme].programme.parts == (part,)


def test_an_edited_part_waits_for_approval_again_and_is_compared(visit: Visit, store: FakeStore) -> None:
    officer, approver = visit(OFFICER), visit(APPROVER)
    programme = submits(officer, store)
    approves(approver, programme)

    officer.sends(f"programmes/{programme}/parts/new", **MEETING)
    draft = state_of(store, programme)
    officer.sends(f"programmes/{programme}/submit", version=version_of(store, programme))

    assert draft is State.DRAFT
    page = approver.reads(f"approvals/{programme}")
    assert "Tin, bài mới: Họp thôn" in page
    assert "Tin, bài trong chương trình 1. Họp thôn" in page


@pytest.mark.parametrize("month", ["2026-11", "", "hôm nay", "0001-01", "9999-12", "2026-13"])
def test_the_sheet_of_a_month_opens_whatever_the_month(visit: Visit, clock: FakeClock, month: str) -> None:
    page = visit(INSPECTOR).reads(f"royalties?month={month}")

    assert "Bảng kê tin, bài tháng 11/2026" in page
    assert "chưa có tin, bài nào được xác nhận" in page


def test_the_sheet_is_taken_as_a_file_and_that_is_written_down(visit: Visit, store: FakeStore) -> None:
    inspector = visit(INSPECTOR)

    table = inspector.opens("royalties.csv?month=2026-11").get_data().decode("utf-8-sig")
    book = inspector.opens("royalties.xlsx?month=2026-11").data

    assert table.startswith("Phát lần đầu;Tên tin, bài;Thể loại;Tác giả")
    assert book.startswith(b"PK")
    assert store.kept.audit[-1].subject == "tin-bai-202611.xlsx"


def test_nobody_takes_the_sheet_of_another_station(visit: Visit) -> None:
    assert visit(NEIGHBOUR).opens("royalties").status_code == 404
    assert visit(NEIGHBOUR).opens("royalties.csv").status_code == 404
