"""A station's regulation on its page: drawn and in words, changed by one or two, opened, suspended, overridden."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import time

import pytest

from schedules.ids import PersonId
from schedules.programme import Kind, Variant
from schedules.regulation import Regulation
from schedules.times import DAY
from server.services import booking, programmes
from server.values import Proposal
from tests.fakes.clock import FakeClock
from tests.fakes.store import FakeStore
from tests.server.web.commune import (
    ADMINISTRATOR,
    APPROVER,
    BOTH,
    INSPECTOR,
    MONDAY_BEFORE_DAWN,
    NEIGHBOUR,
    OFFICER,
    SON_HA,
    TECHNICIAN,
    Account,
    recording_of,
)
from tests.server.web.conftest import Visitor, text_of

Visit = Callable[[Account], Visitor]

NEW = {
    "number": "13/QĐ-UBND",
    "signed_on": "23/11/2026",
    "signer": "Phạm Văn Lực",
    "valid_from": "24/11/2026",
    "session-0": "morning",
    "earliest-0": "05:30",
    "latest-0": "06:30",
    "max-0": "60",
    "max_minutes_a_day": "60",
    "kinds": ["notice", "bulletin"],
}
DECISION = {
    "signed_on": "23/11/2026",
    "signer": "Phạm Văn Lực",
    "first_day": "24/11/2026",
    "last_day": "30/11/2026",
    "reason": "Mưa lũ",
}
NOON = {**DECISION, "number": "31/TB", "session-0": "noon", "earliest-0": "11:00", "latest-0": "11:30", "max-0": "15"}
EXAMS = {**DECISION, "number": "44/CV", "kinds": ["music"]}


def known(store: FakeStore) -> list[Regulation]:
    with store.reading() as uow:
        return [each for each in uow.places.regulations() if each.station == SON_HA]


def only_proposal(store: FakeStore) -> Proposal:
    (proposal,) = store.kept.proposals.values()
    return proposal


@pytest.mark.parametrize("account", [OFFICER, APPROVER, TECHNICIAN, INSPECTOR])
def test_anybody_of_the_station_reads_its_rules_in_words_with_units(visit: Visit, account: Account) -> None:
    page = visit(account).reads("regulation")

    assert "Quy chế hoạt động" in page
    assert "không phát, trừ khi có quyết định mở riêng" in page
    assert "phút" in page
    assert "Tin buồn" in page


def test_the_neighbour_does_not_see_it(visit: Visit) -> None:
    assert visit(NEIGHBOUR).opens("regulation").status_code == 404


def test_the_form_starts_from_what_is_in_force_or_from_a_profile(visit: Visit, store: FakeStore) -> None:
    officer = visit(OFFICER)
    (now,) = known(store)

    assert f'value="{now.max_minutes_a_day}"' in officer.opens("regulation/new").text
    urban = officer.opens("regulation/new?profile=urban").text
    assert 'name="max_minutes_a_day" type="number" value="30"' in urban
    assert urban.count('value="05:30"') == 1


def test_what_widens_is_said_before_it_is_saved_and_waits_for_a_second_person(visit: Visit, store: FakeStore) -> None:
    officer = visit(OFFICER)
    wider = {**NEW, "earliest-0": "04:30", "max_minutes_a_day": "600"}

    foreseen = text_of(officer.sends("regulation/foresee", **wider))
    answer = text_of(officer.sends("regulation/new", **wider))

    assert "Mở rộng giờ phát (Hằng ngày): 04:30 – 06:30" in foreseen
    assert "Phải có người thứ hai đồng ý, và có hiệu lực từ ngày 24/11/2026" in foreseen
    assert "đang chờ người thứ hai đồng ý" in answer
    assert len(known(store)) == 1

    agreed = text_of(visit(APPROVER).sends(f"regulation/proposals/{only_proposal(store).id}/accept"))

    assert "Sẽ có hiệu lực từ 24/11/2026" in agreed
    assert [each.number for each in known(store)][1:] == ["13/QĐ-UBND"]
    assert known(store)[1].sessions[0].earliest == time(4, 30)


def test_what_narrows_holds_as_soon_as_it_is_saved(visit: Visit, store: FakeStore) -> None:
    officer = visit(OFFICER)

    foreseen = text_of(officer.sends("regulation/foresee", **NEW))
    answer = text_of(officer.sends("regulation/new", **NEW))

    assert "Không mở rộng gì" in foreseen
    assert "đã có hiệu lực" in answer
    assert len(known(store)) == 2


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"earliest-0": ""}, "Quy chế chưa có khung giờ được phát nào."),
        ({"earliest-0": "sáng"}, "Hãy nhập giờ, ví dụ 05:30."),
        ({"latest-0": "04:00"}, "kết thúc trước khi bắt đầu"),
        ({"number": " "}, "Hãy ghi số của văn bản."),
        ({"min_minutes_a_day": "61"}, "Thời lượng tối thiểu (61 phút)"),
        ({"percent-0": "120", "since-0": "05:00", "until-0": "06:00"}, "Âm lượng phải từ 0 đến 100"),
        ({"session-0": "noon"}, "mặc định không phát"),
        ({"valid_from": "1/1/2020"}, "đã qua"),
    ],
)
def test_a_regulation_that_makes_no_sense_is_a_sentence_and_nothing_is_saved(
    visit: Visit, store: FakeStore, change: dict[str, str], sentence: str
) -> None:
    officer = visit(OFFICER)
    wrong = {**NEW, **change}

    answer = officer.sends("regulation/new", **wrong)

    assert answer.status_code == 422
    assert sentence in text_of(answer)
    assert 'value="06:30"' in answer.text or "latest-0" in change
    assert sentence in text_of(officer.sends("regulation/foresee", **wrong))
    assert len(known(store)) == 1
    assert store.kept.proposals == {}


def test_midday_is_opened_by_two_and_music_suspended_by_one(visit: Visit, store: FakeStore) -> None:
    officer = visit(OFFICER)

    opened = text_of(officer.sends("regulation/openings", **NOON))
    suspended = text_of(officer.sends("regulation/suspensions", **EXAMS))

    assert "đang chờ người thứ hai đồng ý" in opened
    assert "Đã gửi đề nghị; phải có người khác đồng ý." in opened
    assert "Tạm dừng Âm nhạc từ 24/11/2026 đến hết 30/11/2026" in suspended or "đến hết 30/11/2026" in suspended
    assert [len(each.suspensions) for each in known(store)] == [1]
    assert [len(each.openings) for each in known(store)] == [0]


def test_a_decision_that_makes_no_sense_keeps_what_was_typed(visit: Visit, store: FakeStore) -> None:
    officer = visit(OFFICER)

    wrong: list[tuple[str, dict[str, object], str]] = [
        ("regulation/openings", {**NOON, "last_day": "23/11/2026"}, "sớm hơn ngày đầu"),
        ("regulation/openings", {**NOON, "first_day": "23/11/2026"}, "sớm nhất từ ngày 24/11/2026"),
        ("regulation/suspensions", {**EXAMS, "kinds": []}, "Hãy chọn ít nhất một loại"),
        ("regulation/suspensions", {**EXAMS, "reason": ""}, "Hãy ghi lý do."),
    ]
    for address, fields, sentence in wrong:
        answer = officer.sends(address, **fields)
        assert answer.status_code == 422
        assert sentence in text_of(answer)
        assert answer.text.index('role="alert"') < answer.text.index(sentence) < answer.text.index("<section")
        assert f'value="{fields["number"]}"' in answer.text
        assert [answer.text.count(f'id="{each}"') for each in re.findall(r'href="#([\w-]+-fault)"', answer.text)] == [1]
    assert store.kept.proposals == {}


def test_the_second_person_may_turn_it_down_with_a_word(visit: Visit, store: FakeStore) -> None:
    visit(OFFICER).sends("regulation/openings", **NOON)
    address = f"regulation/proposals/{only_proposal(store).id}/refuse"
    approver = visit(APPROVER)

    wordless = approver.sends(address)
    refused = text_of(approver.sends(address, reason="Chưa cần"))

    assert (wordless.status_code, "Hãy ghi lý do không đồng ý." in text_of(wordless)) == (422, True)
    assert "Chưa cần" in refused


@pytest.mark.parametrize("account", [TECHNICIAN, INSPECTOR])
def test_the_wrong_person_sees_no_forms_and_is_refused(visit: Visit, store: FakeStore, account: Account) -> None:
    visit(OFFICER).sends("regulation/openings", **NOON)
    proposal = only_proposal(store).id
    wrong = visit(account)
    page = wrong.opens("regulation").text

    assert 'action="/stations/son-ha/regulation/openings"' not in page
    assert f"proposals/{proposal}/accept" not in page
    attempts: list[tuple[str, dict[str, object]]] = [
        ("regulation/new", {**NEW}),
        ("regulation/openings", {**NOON}),
        ("regulation/suspensions", {**EXAMS}),
        (f"regulation/proposals/{proposal}/accept", {}),
        (f"regulation/proposals/{proposal}/refuse", {"reason": "x"}),
        ("regulation/overrides", {"slot": "x", "start": "2026-11-23T13:00:00Z", "reason": "x"}),
    ]
    for address, fields in attempts:
        assert wrong.sends(address, **fields).status_code == 403
    assert len(known(store)) == 1


def test_who_may_agree_is_told_on_every_page_and_in_the_queue(visit: Visit) -> None:
    before = visit(APPROVER).reads("log")
    visit(OFFICER).sends("regulation/openings", **NOON)

    assert "Duyệt 1 đang chờ" not in before
    assert "Duyệt 1 đang chờ" in visit(APPROVER).reads("log")
    assert "1 đề nghị về quy chế và khung giờ" in visit(APPROVER).reads("approvals")
    assert "đề nghị về quy chế" not in visit(OFFICER).reads("approvals")


def test_who_asked_cannot_agree(visit: Visit, store: FakeStore) -> None:
    both = visit(BOTH)
    both.sends("regulation/openings", **NOON)

    answer = both.sends(f"regulation/proposals/{only_proposal(store).id}/accept")

    assert answer.status_code == 422
    assert "Phải có người thứ hai." in text_of(answer)
    assert visit(ADMINISTRATOR).sends(f"regulation/proposals/{only_proposal(store).id}/accept").status_code == 200


def book_at_eight(store: FakeStore, clock: FakeClock) -> None:
    """Let the officer write a notice and book it for 20:00, outside the hours."""
    with store.reading() as uow:
        officer = uow.people.get(PersonId(OFFICER.login))
    assert officer is not None
    draft = programmes.Draft(title="Vỡ kênh", kind=Kind.NOTICE)
    written = programmes.create(store, clock, officer, unit=SON_HA, draft=draft)
    spoken = (Variant("vi", recording_of("a" * 64, length=1000, seconds=70)),)
    with store.writing() as uow:
        recorded = replace(written, programme=replace(written.programme, version=2, variants=spoken))
        uow.programmes.put(recorded, expected_version=1)
        uow.commit()
    wish = booking.WishAtTime(
        zones=frozenset(), units=frozenset({SON_HA}), first_day=MONDAY_BEFORE_DAWN.date() + DAY, at=time(20)
    )
    booking.book(store, clock, officer, written.programme.id, wish=wish)


def test_what_is_booked_outside_the_hours_is_asked_for_and_granted_on_the_page(
    visit: Visit, store: FakeStore, clock: FakeClock
) -> None:
    book_at_eight(store, clock)
    officer = visit(OFFICER)
    page = officer.opens("regulation").text
    slot, start = (re.findall(rf'name="{name}" value="([^"]+)"', page)[0] for name in ("slot", "start"))

    wordless = officer.sends("regulation/overrides", slot=slot, start=start, reason=" ")
    asked = text_of(officer.sends("regulation/overrides", slot=slot, start=start, reason="Nước lên nhanh"))
    granted = text_of(visit(APPROVER).sends(f"regulation/proposals/{only_proposal(store).id}/accept"))

    assert "Vỡ kênh" in text_of(officer.opens("regulation"))
    assert (wordless.status_code, "phải ghi rõ lý do" in text_of(wordless)) == (422, True)
    assert "Lãnh đạo duyệt phải đồng ý trước giờ phát" in asked
    assert "Phát ngoài khung giờ: Vỡ kênh" in granted
    assert "20:00 – 20:02" in granted
    assert "đã được đồng ý" in granted
    assert "ngoài khung giờ, sẽ không phát" not in granted


def test_an_override_of_nothing_is_not_found(visit: Visit) -> None:
    answer = visit(OFFICER).sends("regulation/overrides", slot="x", start="2026-11-23T13:00:00Z", reason="Vỡ kênh")

    assert answer.status_code == 404


def test_a_station_without_a_regulation_is_told_so_and_can_start(visit: Visit, store: FakeStore) -> None:
    store.kept.regulations.clear()

    page = visit(OFFICER).reads("regulation")

    assert "Đài chưa có quy chế đang có hiệu lực" in page
    assert "Nội thành" in page
