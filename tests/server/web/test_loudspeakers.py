"""The board of loudspeakers, one of them, and the log: all by their own word, with reasons and what to try."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from schedules.chain import GENESIS
from schedules.ids import JournalId, LoudspeakerId
from schedules.mark import Mark, MarkKind
from server.evidence_records import KeptMark
from server.services import issuing
from tests.browser.evidence import speak_up
from tests.fakes.clock import FakeClock
from tests.fakes.sealing import FakeSealing
from tests.fakes.store import FakeStore
from tests.server.web.commune import INSPECTOR, NEIGHBOUR, OFFICER, Account
from tests.server.web.conftest import Visitor

Visit = Callable[[Account], Visitor]
SIX = timedelta(hours=2, seconds=10)


@pytest.fixture
def after_the_morning(store: FakeStore, clock: FakeClock) -> None:
    """Ten seconds past six: one loudspeaker without power, one that restarted in its first item."""
    issuing.issue_wanted(store, clock, FakeSealing())
    clock.advance(SIX)
    speak_up(
        store,
        clock.now(),
        away=frozenset({LoudspeakerId("loa-3")}),
        ill={LoudspeakerId("loa-2"): "sim.data_exhausted"},
    )


@pytest.mark.usefixtures("after_the_morning")
def test_the_board_says_ready_or_why_not_and_what_to_try(visit: Visit) -> None:
    page = visit(OFFICER).reads("loudspeakers")

    assert page.index("Trường học Gò Sim") < page.index("Ngã ba chợ") < page.index("Bộ phát FM")
    assert "Mất kết nối từ 04:20:10 ngày 23/11/2026, các cụm loa khác vẫn còn: có thể SIM hết dung lượng" in page
    assert "Gọi trưởng thôn xem hộ ổ cắm và đèn nguồn" in page
    assert "Đang trong buổi phát: Buổi sáng, đến" in page
    assert "SIM của cụm loa hết dung lượng. Nạp thêm dung lượng cho SIM" in page
    assert "2 sẵn sàng phát 1 cần để ý 1 không chắc phát được" in page


@pytest.mark.usefixtures("after_the_morning")
def test_clusters_behind_a_gateway_are_counted_apart(visit: Visit) -> None:
    page = visit(OFFICER).reads("loudspeakers/live")

    assert "6 cụm FM/có dây không tự báo về" in page
    assert "Bộ tích hợp FM/có dây: 6 cụm phía sau không tự báo về" in page


def test_loudspeakers_that_never_spoke_are_shown_as_such(visit: Visit) -> None:
    page = visit(OFFICER).reads("loudspeakers")

    assert page.count("Chưa báo về lần nào") == 4


@pytest.mark.usefixtures("after_the_morning")
def test_one_loudspeaker_tells_its_state_its_history_and_what_it_played(visit: Visit) -> None:
    page = visit(OFFICER).reads("loudspeakers/loa-2")

    assert "± 18 ms" in page
    assert "Đủ lịch đến 00:00 02/12/2026" in page
    assert "Nhạc hiệu, lời xướng 05:30 23/11/2026 05:30:00 – 05:30:36 Phát không trọn" in page
    assert "Cụm loa khởi động lại giữa chừng (mất điện)" in page


@pytest.mark.usefixtures("after_the_morning")
def test_the_device_s_journal_is_shown_with_what_was_lost_of_it(
    visit: Visit, store: FakeStore, clock: FakeClock
) -> None:
    now = clock.now()
    begun = Mark(
        loudspeaker=LoudspeakerId("loa-2"),
        journal=JournalId("second"),
        sequence=1,
        previous=GENESIS,
        kind=MarkKind.BEGUN,
        recorded_at=now,
        clock_error_ms=20,
        after_journal=JournalId("first"),
    )
    lost = replace(begun, sequence=2, previous=begun.hash, kind=MarkKind.LOST, lost_from=20, lost_to=31)
    boot = replace(begun, sequence=3, previous=lost.hash, kind=MarkKind.BOOT, after_journal=None, covers_until=now)
    with store.writing() as uow:
        uow.evidence.insert_marks(
            KeptMark(mark=mark, hash=mark.hash, received_at=now, flags=frozenset({"clock_doubtful"}))
            for mark in (begun, lost, boot)
        )
        uow.commit()

    page = visit(OFFICER).reads("loudspeakers/loa-2")

    assert "Mốc gần nhất khởi động, 06:00:10 23/11/2026" in page
    assert "Khởi động (7 ngày) 2 lần, gần nhất 06:00:10 23/11/2026" in page
    assert "mất một phần 3 dòng · mất các dòng 20–31 của sổ trước" in page
    assert "Đồng hồ của cụm loa không chắc đúng: 3 dòng trong bảy ngày" in page


def test_a_loudspeaker_that_never_reported_has_no_journal_to_show(visit: Visit) -> None:
    assert "Cụm loa này chưa gửi dòng nào của sổ về." in visit(OFFICER).reads("loudspeakers/loa-3")


def test_a_loudspeaker_of_another_station_is_not_found(visit: Visit) -> None:
    answer = visit(OFFICER).opens("loudspeakers/loa-5")

    assert answer.status_code == 404
    assert "Không có cụm loa này ở đài" in answer.text


@pytest.mark.usefixtures("after_the_morning")
def test_the_log_gives_each_verdict_with_its_true_times_or_its_reason(visit: Visit) -> None:
    page = visit(OFFICER).reads("log")

    assert "Đã phát (thiết bị xác nhận): 5" in page
    assert "Phát không trọn: 1" in page
    assert "Chờ báo về:" in page
    assert "Không trọn 1/4 Chờ báo về 1/4 05:30:00 – 05:31:00" in page
    assert "Nhà văn hoá Làng Mới Làng Mới 05:30:00 – 05:31:00 Đã phát (thiết bị xác nhận)" in page
    assert "Còn cụm loa chưa báo về đủ" in page


@pytest.mark.usefixtures("after_the_morning")
@pytest.mark.parametrize(
    ("filtered", "there", "gone"),
    [
        ("zone=go-sim", "Trường học Gò Sim", "Ngã ba chợ"),
        ("verdict=partial", "Ngã ba chợ", "Nhà văn hoá Làng Mới"),
        ("text=nhạc không", "Nhạc không lời", "lời xướng Làng Mới"),
        ("day=22/11/2026", "Ngày này chưa có lượt phát nào", "Ngã ba chợ"),
        ("zone=go-sim&verdict=failed", "Không có lượt phát nào khớp", "Ngã ba chợ"),
    ],
)
def test_the_log_is_filtered_by_day_zone_verdict_and_title(visit: Visit, filtered: str, there: str, gone: str) -> None:
    page = visit(OFFICER).reads(f"log/live?{filtered}")

    assert there in page
    assert gone not in page


@pytest.mark.usefixtures("after_the_morning")
def test_one_play_is_told_from_plan_to_evidence(visit: Visit, store: FakeStore) -> None:
    officer = visit(OFFICER)
    link = next(each for each in officer.opens("log?verdict=partial").text.split('"') if "/log/lang-moi/" in each)

    page = officer.reads(link)

    assert "Kết thúc ra sao Bị cắt: Cụm loa khởi động lại giữa chừng" in page
    assert "Mức ra loa -19,4 dBFS" in page
    assert "Đo được -19,4 dBFS ở đầu ra." in page
    assert "Sai số đồng hồ ± 18 ms" in page


@pytest.mark.usefixtures("after_the_morning")
def test_whoever_opens_the_story_of_a_play_is_written_down(visit: Visit, store: FakeStore) -> None:
    inspector = visit(INSPECTOR)
    link = next(each for each in inspector.opens("log?verdict=partial").text.split('"') if "/log/lang-moi/" in each)

    inspector.reads(link)

    assert (store.kept.audit[-1].action, store.kept.audit[-1].by) == ("evidence.read", INSPECTOR.login)


@pytest.mark.usefixtures("after_the_morning")
def test_the_diary_of_the_week_can_be_printed_and_signed(visit: Visit) -> None:
    page = visit(OFFICER).reads("diary")

    assert "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM Độc lập - Tự do - Hạnh phúc" in page
    assert "Sơn Hà, ngày 23 tháng 11 năm 2026" in page
    assert "Tuần từ ngày 23/11/2026 đến ngày 29/11/2026" in page
    assert "05:30:00 – 05:31:00 Nhạc hiệu, lời xướng 05:30:00 – 05:31:00 Toàn xã" in page
    assert "Đã phát: 2/4" in page
    assert "Ngã ba chợ: Cụm loa khởi động lại giữa chừng" in page
    assert page.count("(Ký, ghi rõ họ tên") == 2
    assert "Thứ Ba, 24/11/2026 – chưa đến ngày phát" in page


def test_a_neighbour_reads_no_log_of_the_station(visit: Visit) -> None:
    assert visit(NEIGHBOUR).opens("/stations/son-ha/log").status_code == 404
