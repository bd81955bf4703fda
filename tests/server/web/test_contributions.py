"""Handing in on a page of one's own, and the station's page of what was handed in."""

import re
from collections.abc import Callable
from io import BytesIO

import pytest

from schedules.ids import UnitId
from server.contribution_records import Contribution, ContributionState
from server.services.contributions import LARGEST_SOUND
from server.values import Role
from tests.fakes.store import FakeStore
from tests.server.web.commune import (
    APPROVER,
    GO_SIM,
    INSPECTOR,
    LANG_MOI,
    NEIGHBOUR,
    OFFICER,
    TECHNICIAN,
    Account,
    admit,
)
from tests.server.web.conftest import Visitor, text_of

Visit = Callable[[Account], Visitor]
HEAD = Account("truong-thon", "Đinh Văn Ái", frozenset({Role.CONTRIBUTOR}), UnitId("thon-lang-moi"))
MEETING = {"title": "Họp thôn", "text": "Tối nay họp thôn.\nMời bà con.", "zones": [LANG_MOI]}


@pytest.fixture(autouse=True)
def welcomed(store: FakeStore) -> None:
    admit(store, HEAD)


def the_contribution(store: FakeStore) -> Contribution:
    (found,) = store.kept.contributions.sent.values()
    return found


def test_who_only_contributes_comes_to_their_page_and_sees_no_station(visit: Visit) -> None:
    head = visit(HEAD)

    page = text_of(head.signs_in(HEAD))

    assert "Gửi lời hoặc bản thu cho đài" in page
    assert "Làng Mới" in page
    assert "Gò Sim" not in page
    for address in ("today", "programmes", "log", "loudspeakers", "contributions", "week", "more"):
        assert head.opens(address).status_code == 404, address
    assert head.opens("/units/son-ha").status_code in (403, 404)
    assert head.opens("/inspection").status_code in (403, 404)


def test_a_text_is_handed_in_accepted_and_its_sender_is_told(visit: Visit, store: FakeStore) -> None:
    head, officer = visit(HEAD), visit(OFFICER)

    sent = text_of(head.sends("/contributions", **MEETING, first_day="24/11/2026", last_day="26/11/2026"))
    counted = officer.reads("programmes")
    listed = officer.reads("contributions")
    form = officer.sends(f"contributions/{the_contribution(store).id}/accept")

    assert "Đã gửi" in sent
    assert "chờ đài trả lời" in sent
    assert "Tin bài gửi đến (1)" in counted
    assert "Chương trình 1 đang chờ" in counted
    assert "Đinh Văn Ái" in listed
    assert "mong phát ở Làng Mới · 24/11/2026 – 26/11/2026" in listed
    assert "Đã nhận thành bản nháp" in text_of(form)
    assert "Tối nay họp thôn." in form.text
    assert "đài đã nhận" in head.reads("/contributions")
    assert store.kept.slots == {}


def test_a_recording_is_heard_by_its_sender_and_the_station_and_by_nobody_else(visit: Visit, store: FakeStore) -> None:
    head = visit(HEAD)
    head.sends("/contributions", title="Họp", zones=[LANG_MOI], sound=(BytesIO(b"recording"), "../../hop.m4a"))
    made = the_contribution(store)
    station = f"contributions/{made.id}/sound"

    assert (made.state, made.file_name) == (ContributionState.WAITING, "hop.m4a")
    assert f"/contributions/{made.id}/sound" in head.opens("/contributions").text
    assert visit(NEIGHBOUR).opens(station).status_code == 404
    assert visit(OFFICER).opens(f"/contributions/{made.id}/sound").status_code == 404
    assert head.opens(station).status_code == 404


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        ({"title": " "}, "Hãy nhập tên tin, bài"),
        ({"title": "đ" * 10_000}, "không quá 200 ký tự"),
        ({"text": " "}, "Hãy viết lời, hoặc chọn tệp âm thanh"),
        ({"zones": []}, "Hãy chọn nhóm cụm loa"),
        ({"last_day": "hôm nào đó"}, "Hãy nhập ngày"),
        ({"last_day": "01/01/2020"}, "Ngày cuối phải từ hôm nay"),
    ],
)
def test_a_bad_value_is_named_and_nothing_typed_is_lost(
    visit: Visit, store: FakeStore, bad: dict[str, object], words: str
) -> None:
    form = {**MEETING, "first_day": "24/11/2026", **bad}

    answer = visit(HEAD).sends("/contributions", **form)

    assert answer.status_code == 422
    assert words in text_of(answer)
    assert 'value="24/11/2026"' in answer.text
    if "text" not in bad:
        assert "Tối nay họp thôn." in answer.text
    assert store.kept.contributions.sent == {}


def test_markup_and_emoji_are_words(visit: Visit) -> None:
    head = visit(HEAD)

    head.sends("/contributions", **{**MEETING, "title": "<script>alert(1)</script> 📢"})

    assert "&lt;script&gt;alert(1)&lt;/script&gt; 📢" in visit(OFFICER).opens("contributions").text


def test_for_another_hamlet_nothing_is_handed_in(visit: Visit, store: FakeStore) -> None:
    answer = visit(HEAD).sends("/contributions", **{**MEETING, "zones": [GO_SIM]})

    assert answer.status_code == 403
    assert store.kept.contributions.sent == {}


def test_a_sound_that_is_too_large_is_refused(visit: Visit, store: FakeStore) -> None:
    sound = (BytesIO(bytes(LARGEST_SOUND + 1)), "dai.wav")

    answer = visit(HEAD).sends("/contributions", **MEETING, sound=sound)

    assert "không quá 20 MB" in text_of(answer)
    assert store.kept.contributions.sent == {}


def test_declining_needs_a_reason_which_its_sender_reads(visit: Visit, store: FakeStore) -> None:
    head, officer = visit(HEAD), visit(OFFICER)
    head.sends("/contributions", **MEETING)
    address = f"contributions/{the_contribution(store).id}/decline"

    without = officer.sends(address, reason=" ")
    declined = officer.sends(address, reason="Trùng tin của xã")
    again = officer.sends(address, reason="Nữa")

    assert without.status_code == 422
    assert "Hãy ghi vì sao không dùng" in text_of(without)
    assert "Đã trả lời" in text_of(declined)
    assert again.status_code == 422
    assert "Lý do: Trùng tin của xã" in head.reads("/contributions")


@pytest.mark.parametrize("account", [HEAD, APPROVER, INSPECTOR, TECHNICIAN, NEIGHBOUR], ids=str)
def test_only_who_writes_at_the_station_answers(visit: Visit, store: FakeStore, account: Account) -> None:
    visit(HEAD).sends("/contributions", **MEETING)
    made = the_contribution(store)

    for act in ("accept", "decline"):
        answer = visit(account).sends(f"contributions/{made.id}/{act}", reason="x")
        assert answer.status_code in (403, 404)

    assert the_contribution(store) == made


def test_who_contributes_nowhere_is_told_so(visit: Visit) -> None:
    page = visit(OFFICER).reads("/contributions")

    assert "chưa được giao gửi tin bài" in page


def test_a_stranger_hands_in_nothing(stranger: Visitor, store: FakeStore) -> None:
    assert stranger.opens("/contributions").status_code == 302
    assert store.kept.contributions.sent == {}


def test_an_administrator_gives_the_role_on_the_page_of_accounts(visit: Visit) -> None:
    page = visit(Account("quan-tri", "", frozenset(), UnitId("quang-ngai"))).opens("/units/son-ha/people/new").text

    assert re.search(r'name="roles" value="contributor"', page)


def test_who_only_contributes_makes_a_token_for_that_and_for_nothing_else(visit: Visit) -> None:
    head = visit(HEAD)

    page = head.reads("/tokens")
    made = head.sends("/tokens", name="Sổ tay thôn", unit=HEAD.unit, scopes=["contributions"], days="30")
    more = head.sends("/tokens", name="Đọc", unit=HEAD.unit, scopes=["read"], days="30")

    assert "Gửi tin bài cho đài" in page
    assert "Đặt lịch phát" not in page
    assert made.status_code == 200
    assert more.status_code == 422
