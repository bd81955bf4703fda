"""Offers on their pages: the province sends, the officer plays or refuses, the sender reads what became of it."""

import re
from collections.abc import Callable

import pytest

from schedules.ids import ProgrammeId, SlotId, UnitId
from schedules.way import Way
from server.values import Role
from tests.fakes.store import FakeStore
from tests.server.web.commune import (
    APPROVER,
    INSPECTOR,
    MORNING_NOTICES,
    NEIGHBOUR,
    OFFICER,
    SON_HA,
    Account,
    admit,
)
from tests.server.web.conftest import Visitor, text_of
from tests.server.web.morning import a_notice, approves, submits

Visit = Callable[[Account], Visitor]
PROVINCE = UnitId("quang-ngai")
EDITOR = Account("bien-tap", "Bùi Tập", frozenset({Role.EDITOR}), PROVINCE)
ABOVE = Account("duyet-tinh", "Lê Duyệt", frozenset({Role.APPROVER}), PROVINCE)
TITLE = "Nước sạch mùa mưa"
OPEN = {"owner": PROVINCE, "units": [PROVINCE], "zones": [], "when": "offer", "places": []}
ORDER = {"order_number": "15/KH-UBND", "order_day": "02/11/2026", "order_issuer": "UBND tỉnh"}


@pytest.fixture(autouse=True)
def people_of_the_province(store: FakeStore) -> None:
    admit(store, EDITOR, ABOVE)


def sent(visit: Visit, store: FakeStore, **fields: object) -> ProgrammeId:
    """Have the province write, submit and approve something for all stations."""
    programme = submits(visit(EDITOR), store, TITLE, kind="feature", **{**OPEN, **fields})
    approves(visit(ABOVE), programme)
    return programme


def slot_of(store: FakeStore, programme: ProgrammeId) -> SlotId:
    return next(each.slot.id for each in store.kept.slots.values() if each.slot.programme == programme)


def record_on(page: str) -> str:
    found = re.search(r'name="record" value="([0-9a-f]{64})"', page)
    assert found is not None
    return found[1]


def test_an_offer_waits_in_the_inbox_and_is_counted_on_the_bar(visit: Visit, store: FakeStore) -> None:
    sent(visit, store)

    page = visit(OFFICER).reads("inbox")

    assert TITLE in page
    assert "Tỉnh Quảng Ngãi · Chuyên mục" in page
    assert "Đài tự chọn mục" in page
    assert "soạn: Bùi Tập · duyệt: Lê Duyệt" in page
    assert "Chương trình 1 đang chờ" in page
    assert "đang chờ" not in visit(INSPECTOR).reads("inbox")


def test_the_officer_takes_it_into_a_place_with_one_button(visit: Visit, store: FakeStore) -> None:
    slot = slot_of(store, sent(visit, store))
    officer = visit(OFFICER)
    record = record_on(officer.opens("inbox").text)

    without = officer.sends(f"inbox/{slot}/accept", record=record)
    answer = officer.sends(f"inbox/{slot}/accept", record=record, places=[MORNING_NOTICES])

    assert "Hãy chọn ít nhất một mục" in text_of(without)
    assert "Đã nhận phát (1)" in text_of(answer)
    assert [each.accepted for each in store.kept.answers] == [True]
    assert "mời phát" in officer.reads("today")


def test_a_refusal_needs_a_reason_and_the_sender_reads_it(visit: Visit, store: FakeStore) -> None:
    programme = sent(visit, store)
    slot, officer = slot_of(store, programme), visit(OFFICER)
    record = record_on(officer.opens("inbox").text)

    without = officer.sends(f"inbox/{slot}/refuse", record=record, reason=" ")
    long = officer.sends(f"inbox/{slot}/refuse", record=record, reason="Trùng lịch " * 1000)
    answer = officer.sends(f"inbox/{slot}/refuse", record=record, reason="Trùng lịch họp dân")

    assert "Hãy ghi lý do không phát" in text_of(without)
    assert (without.status_code, long.status_code) == (422, 422)
    assert "Trùng lịch " * 1000 in long.text
    assert "Không phát (1)" in text_of(answer)
    page = visit(EDITOR).reads(f"programmes/{programme}")
    assert "1 không phát" in page
    assert "Lý do: Trùng lịch họp dân" in page
    assert "Trùng lịch họp dân" not in officer.reads(f"programmes/{programme}")


@pytest.mark.parametrize("account", [INSPECTOR, APPROVER, EDITOR, NEIGHBOUR], ids=lambda each: each.login)
def test_nobody_else_answers(visit: Visit, store: FakeStore, account: Account) -> None:
    slot = slot_of(store, sent(visit, store))
    record = record_on(visit(OFFICER).opens("inbox").text)
    visitor = visit(account)

    answers = [
        visitor.sends(f"/stations/{SON_HA}/inbox/{slot}/accept", record=record, places=[MORNING_NOTICES]),
        visitor.sends(f"/stations/{SON_HA}/inbox/{slot}/refuse", record=record, reason="Không"),
    ]

    assert all(each.status_code in (403, 404) for each in answers)
    assert store.kept.answers == ()


def test_who_may_not_answer_sees_no_button(visit: Visit, store: FakeStore) -> None:
    sent(visit, store)

    page = visit(INSPECTOR).reads("inbox")

    assert TITLE in page
    assert "Nhận phát" not in page
    assert "Chỉ người phụ trách đài" in page


def test_an_empty_inbox_says_so(visit: Visit) -> None:
    assert "Không có bài nào được mời phát." in visit(OFFICER).reads("inbox")


def test_an_order_is_booked_with_its_document_and_the_day_shows_it(visit: Visit, store: FakeStore) -> None:
    programme = sent(visit, store, when="exact", exact_day="23/11/2026", at="05:50:00", repeat="once", **ORDER)
    slot = slot_of(store, programme)

    form = visit(EDITOR).opens(f"programmes/{programme}/slots/{slot}").text
    page = visit(OFFICER).reads("today")

    assert store.kept.slots[slot].slot.way is Way.ORDERED
    assert 'value="15/KH-UBND"' in form
    assert "phát theo chỉ đạo" in page
    assert "số 15/KH-UBND ngày 02/11/2026, UBND tỉnh" in page
    assert TITLE not in visit(OFFICER).reads("inbox")


def test_an_order_without_its_number_is_not_taken(visit: Visit, store: FakeStore) -> None:
    answer = visit(EDITOR).sends(
        "notices/new",
        act="keep",
        title=TITLE,
        text="Kính thưa bà con",
        kind="feature",
        level="1",
        times_read="1",
        first_day="23/11/2026",
        last_day="24/11/2026",
        version="0",
        **OPEN,
        order_issuer="UBND tỉnh",
        order_day="02/11/2026",
    )

    assert "Hãy ghi đủ số, ngày ký và cơ quan ban hành" in text_of(answer)
    assert store.kept.slots == {}


def test_only_people_of_units_above_see_whose_it_is_and_the_order(visit: Visit) -> None:
    own, above = (visit(each).opens("notices/new").text for each in (OFFICER, EDITOR))

    assert 'name="owner"' not in own
    assert 'name="order_number"' not in own
    assert 'name="owner"' in above
    assert 'name="order_number"' in above


def test_a_campaign_says_what_stations_answered_to_its_offers(visit: Visit, store: FakeStore) -> None:
    editor, officer = visit(EDITOR), visit(OFFICER)
    programme = sent(visit, store)
    refused = f"inbox/{slot_of(store, programme)}/refuse"
    officer.sends(refused, record=record_on(officer.opens("inbox").text), reason="Đài nghỉ")
    fields = {"title": "Nước sạch", "basis": "215/KH-UBND", "basis_dated": "02/11/2026", "unit": PROVINCE}
    goal = {"goals": "1", "goal0_units": PROVINCE, "goal0_plays": "1", "goal0_days": "1"}
    editor.sends("campaigns/new", first_day="23/11/2026", last_day="29/11/2026", **fields, **goal)
    (campaign,) = store.kept.campaigns

    page = text_of(editor.sends(f"campaigns/{campaign}/programmes", programme=programme, version=1))

    assert "1 không phát" in page


def test_who_approves_an_offer_reads_that_the_stations_answer_first(visit: Visit, store: FakeStore) -> None:
    programme = submits(visit(EDITOR), store, TITLE, kind="feature", **OPEN)

    answer = text_of(approves(visit(ABOVE), programme))

    assert "đài nhận thì mới phát" in answer
    assert "Lịch mới đang được gửi" not in answer


def test_an_offer_has_no_times_before_a_station_takes_it(visit: Visit) -> None:
    offer = a_notice(**OPEN)

    seen = text_of(visit(EDITOR).sends("notices/preview", **offer))

    assert "Đài nào nhận phát thì tự chọn mục" in seen
