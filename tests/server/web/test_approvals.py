"""Two people: one writes, another listens, reads and releases exactly that."""

import re
from collections.abc import Callable
from dataclasses import replace

from schedules.programme import State
from tests.fakes.store import FakeStore
from tests.server.web.commune import APPROVER, BOTH, GO_SIM, LANG_MOI, MORNING, NEIGHBOUR, OFFICER, Account
from tests.server.web.conftest import Visitor, text_of
from tests.server.web.morning import (
    TEXT,
    TITLE,
    a_notice,
    approves,
    seen_on,
    state_of,
    submits,
    the_programme,
    version_of,
)

Visit = Callable[[Account], Visitor]


def test_the_queue_shows_what_waits_and_counts_it_on_every_page(visit: Visit, store: FakeStore) -> None:
    submits(visit(OFFICER), store)
    approver = visit(APPROVER)

    assert f"{TITLE} phát sớm nhất 05:31 23/11/2026 381 hộ" in approver.reads("approvals")
    assert "Duyệt 1 đang chờ" in approver.reads("log")


def test_the_record_shows_sound_words_where_when_and_how_many(visit: Visit, store: FakeStore) -> None:
    programme = submits(visit(OFFICER), store)

    answer = visit(APPROVER).opens(f"approvals/{programme}")

    page = text_of(answer)
    assert "<audio" in answer.text
    assert TEXT in page
    assert "381 hộ, 1.563 người trong vùng loa" in page
    assert "Mục thông báo, Buổi sáng; Mục thông báo, Buổi chiều" in page
    assert "Thứ Hai, 23/11/2026 05:31:00 – 05:33:22" in page
    assert "Điện lực Sơn Hà" in page


def test_the_record_says_that_it_comes_again_in_the_next_session(visit: Visit, store: FakeStore) -> None:
    programme = submits(visit(OFFICER), store, catch_up="next_slot")

    assert "Nếu không phát được sẽ phát vào buổi kế tiếp" in visit(APPROVER).reads(f"approvals/{programme}")


def test_a_second_person_releases_it_for_the_zones_named(visit: Visit, store: FakeStore) -> None:
    programme = submits(visit(OFFICER), store)

    answer = approves(visit(APPROVER), programme)

    assert f"Đã duyệt “{TITLE}”" in text_of(answer)
    assert state_of(store, programme) is State.APPROVED
    with store.reading() as uow:
        (slot,) = uow.programmes.slots_of(programme)
        (released,) = uow.programmes.approvals_of(slot.slot.id)
    assert released.approval.zones == {LANG_MOI, GO_SIM}
    assert released.approval.approved_by == APPROVER.login


def test_the_author_reads_why_she_may_not_approve(visit: Visit, store: FakeStore) -> None:
    author = visit(BOTH)
    programme = submits(author, store)
    page = author.opens(f"approvals/{programme}")

    answer = author.sends(f"approvals/{programme}/approve", seen=seen_on(page.text) or ["0" * 64])

    assert "Người soạn hoặc sửa chương trình không được tự duyệt" in text_of(page)
    assert "Phê duyệt" not in page.text
    assert answer.status_code == 422
    assert "không được tự duyệt" in text_of(answer)
    assert state_of(store, programme) is State.SUBMITTED


def test_what_was_changed_after_it_was_shown_is_not_released(visit: Visit, store: FakeStore) -> None:
    officer, approver = visit(OFFICER), visit(APPROVER)
    programme = submits(officer, store)
    seen = seen_on(approver.opens(f"approvals/{programme}").text)
    changed = a_notice(version=version_of(store, programme), times_read="3")
    officer.sends(f"notices/{programme}", act="submit", **changed)

    answer = approver.sends(f"approvals/{programme}/approve", seen=seen)

    assert answer.status_code == 409
    assert "vừa được sửa sau khi trang này mở ra" in text_of(answer)
    assert state_of(store, programme) is State.SUBMITTED


def test_it_goes_back_with_a_reason_the_author_reads(visit: Visit, store: FakeStore) -> None:
    officer = visit(OFFICER)
    programme = submits(officer, store)

    visit(APPROVER).sends(
        f"approvals/{programme}/send-back", version=version_of(store, programme), reason="Sai ngày cắt điện"
    )

    assert state_of(store, programme) is State.SENT_BACK
    assert "Người duyệt trả lại: Sai ngày cắt điện" in officer.reads(f"programmes/{programme}")
    assert "Người duyệt trả lại: Sai ngày cắt điện" in officer.reads(f"notices/{programme}")


def test_nothing_goes_back_without_a_reason(visit: Visit, store: FakeStore) -> None:
    programme = submits(visit(OFFICER), store)

    answer = visit(APPROVER).sends(f"approvals/{programme}/send-back", version=version_of(store, programme), reason=" ")

    assert answer.status_code == 422
    assert "Hãy ghi lý do trả lại" in text_of(answer)


def test_who_may_not_approve_sees_what_waits_and_why_not(visit: Visit, store: FakeStore) -> None:
    officer = visit(OFFICER)
    programme = submits(officer, store)

    assert "Tài khoản này không có quyền duyệt" in officer.reads("approvals")
    assert officer.opens(f"approvals/{programme}").status_code == 403


def test_a_neighbours_approver_releases_nothing(visit: Visit, store: FakeStore) -> None:
    programme = submits(visit(OFFICER), store)

    answer = visit(NEIGHBOUR).sends(f"/stations/son-linh/approvals/{programme}/approve", seen="0" * 64)

    assert answer.status_code == 403
    assert state_of(store, programme) is State.SUBMITTED


def test_an_empty_queue_says_so(visit: Visit) -> None:
    assert "Không có gì chờ duyệt" in visit(APPROVER).reads("approvals")


def test_a_changed_session_is_shown_and_released_whole(visit: Visit, store: FakeStore) -> None:
    with store.writing() as uow:
        stored = next(each for each in uow.programmes.templates() if each.template.id == MORNING)
        renamed = replace(stored.template, name="Buổi sáng mùa đông", version=2)
        uow.programmes.put_template(replace(stored, template=renamed), expected_version=1)
        uow.commit()
    approver = visit(APPROVER)

    queue = approver.reads("approvals")
    record = approver.opens(f"approvals/sessions/{MORNING}")
    answer = approver.sends(f"approvals/sessions/{MORNING}/approve", seen=seen_on(record.text))

    assert "Khung chương trình chờ duyệt Buổi sáng mùa đông" in queue
    assert "Tiếp sóng Thời sự VOV1" in text_of(record)
    assert "từ 05/01/2026" in text_of(record)
    assert "Đã duyệt khung chương trình “Buổi sáng mùa đông”" in text_of(answer)
    assert "Không có gì chờ duyệt" in approver.reads("approvals")


def test_the_queue_is_one_line_with_the_soonest_first(visit: Visit, store: FakeStore) -> None:
    submits(visit(OFFICER), store)
    with store.writing() as uow:
        stored = next(each for each in uow.programmes.templates() if each.template.id == MORNING)
        renamed = replace(stored.template, name="Buổi sáng mùa đông", version=2)
        uow.programmes.put_template(replace(stored, template=renamed), expected_version=1)
        uow.commit()

    page = visit(APPROVER).reads("approvals")

    assert page.index("Buổi sáng mùa đông") < page.index(TITLE)
    assert "Buổi sáng mùa đông phát sớm nhất" in page


def test_the_next_one_follows_by_itself(visit: Visit, store: FakeStore) -> None:
    first = submits(visit(OFFICER), store)
    submits(visit(OFFICER), store, "Mời họp thôn")
    approver = visit(APPROVER)

    after_the_first = text_of(approves(approver, first))
    second = the_programme(store, "Mời họp thôn")
    after_the_second = text_of(
        approver.sends(f"approvals/{second}/send-back", version=version_of(store, second), words="Sai ngày")
    )

    assert f"Đã duyệt “{TITLE}”" in after_the_first
    assert "Mời họp thôn" in after_the_first.partition("Đã duyệt")[2]
    assert "Không có gì chờ duyệt" in after_the_second


def test_what_changed_since_the_last_approval_stands_on_the_page(visit: Visit, store: FakeStore) -> None:
    officer, approver = visit(OFFICER), visit(APPROVER)
    programme = submits(officer, store)
    approves(approver, programme)
    form = a_notice(version=version_of(store, programme), text=TEXT.replace("7 giờ", "8 giờ"), times_read="3")
    officer.sends(f"notices/{programme}", act="submit", **form)

    answer = approver.opens(f"approvals/{programme}")

    assert re.search(r"<del>7\s*</del>\s*<ins>8\s*</ins>", answer.text)
    assert "So với bản đã duyệt" in text_of(answer)
    assert "Số lần đọc đã đổi" in text_of(answer)
    assert "Lời đọc đã sửa nhưng âm thanh vẫn là bản cũ" in text_of(answer)


def test_reasons_that_were_ticked_and_typed_are_one(visit: Visit, store: FakeStore) -> None:
    programme = submits(visit(OFFICER), store)
    ticked = ["Bản thu nghe không rõ", "Thiếu văn bản kèm theo"]

    visit(APPROVER).sends(
        f"approvals/{programme}/send-back", version=version_of(store, programme), reason=ticked, words="Thu lại."
    )

    with store.reading() as uow:
        stored = uow.programmes.get(programme)
    assert stored
    assert stored.note == "Bản thu nghe không rõ. Thiếu văn bản kèm theo. Thu lại"
