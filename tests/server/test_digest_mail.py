"""A digest as a mail reads."""

from dataclasses import replace
from zoneinfo import ZoneInfo

from schedules.ids import LoudspeakerId
from server.digest_mail import words_of
from server.readiness_records import Colour, DigestLine, Reason
from tests.contracts.test_readiness import DIGEST, SUMMARY

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")


def test_a_stations_digest_names_who_is_not_ready_why_and_what_to_try() -> None:
    reason = Reason("clock.unknown", Colour.RED, "remedy.connect_clock")
    well = DigestLine(loudspeaker=LoudspeakerId("q"), name="Chợ", zone="Gò Sim", colour=Colour.GREEN)
    ill = replace(DIGEST.lines[0], reasons=(reason,))

    subject, text = words_of(replace(DIGEST, lines=(ill, well)), "Xã Sơn Hà", HANOI)

    assert subject == "Bản tin sẵn sàng – Xã Sơn Hà – Buổi sáng 18:02:03 23/11/2026"
    assert "1 không chắc phát được, 1 sẵn sàng phát." in text
    assert "3 cụm FM/có dây không tự báo về" in text
    assert "- Cổng thôn (Làng Mới): không chắc phát được\n    Cụm loa không biết chắc giờ.\n    → Cho cụm loa" in text
    assert "Chợ" not in text


def test_a_units_digest_counts_its_stations() -> None:
    _, text = words_of(SUMMARY, "Tỉnh Quảng Ngãi", HANOI)

    assert "- Xã Sơn Hà: 2 không chắc phát được, 5 sẵn sàng phát" in text


def test_what_waits_for_an_approvers_word_is_named_and_counted() -> None:
    _, own = words_of(replace(DIGEST, unconfirmed=("Cắt điện", "Họp thôn")), "Xã Sơn Hà", HANOI)
    stations = (replace(SUMMARY.stations[0], unconfirmed=2),)
    _, above = words_of(replace(SUMMARY, stations=stations), "Tỉnh Quảng Ngãi", HANOI)

    assert "Chờ lãnh đạo xác nhận đã duyệt: Cắt điện; Họp thôn." in own
    assert "5 sẵn sàng phát; 2 bài chờ lãnh đạo xác nhận" in above


def test_a_unit_without_loudspeakers_says_so() -> None:
    assert "chưa có cụm loa nào" in words_of(replace(DIGEST, lines=()), "Xã Sơn Hà", HANOI)[1]
