"""A written notice becomes what an announcer would say; each line is a form that commune news really uses."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media.speech import normalise
from media.speech.abbreviations import WORDS
from tests.media.sounds import NOTICE

SPOKEN = {
    # times
    "07:30": "bảy giờ ba mươi phút",
    "7 giờ 30": "bảy giờ ba mươi phút",
    "7 giờ 5 phút": "bảy giờ năm phút",
    "7h30": "bảy giờ ba mươi phút",
    "05:00": "năm giờ",
    "lúc 7h": "lúc bảy giờ",
    "05:30:15": "năm giờ ba mươi phút mười lăm giây",
    "7h-11h30": "bảy giờ đến mười một giờ ba mươi phút",
    "từ 7 giờ đến 11 giờ 30 phút": "từ bảy giờ đến mười một giờ ba mươi phút",
    # dates
    "ngày 25/12": "ngày hai mươi lăm tháng mười hai",
    "25/12/2026": "ngày hai mươi lăm tháng mười hai năm hai nghìn không trăm hai mươi sáu",
    "25-12-2026": "ngày hai mươi lăm tháng mười hai năm hai nghìn không trăm hai mươi sáu",
    "ngày 26 tháng 11": "ngày hai mươi sáu tháng mười một",
    "từ 25/12-28/12": "từ ngày hai mươi lăm tháng mười hai đến ngày hai mươi tám tháng mười hai",
    "tháng 4": "tháng tư",
    "tháng 04/2026": "tháng tư năm hai nghìn không trăm hai mươi sáu",
    "quý III/2026": "quý ba năm hai nghìn không trăm hai mươi sáu",
    "thuốc uống ngày 2 lần": "thuốc uống ngày hai lần",
    # shares are no dates
    "2/3 số hộ": "hai phần ba số hộ",
    "chiếm 3/4": "chiếm ba phần bốn",
    "12/13 thôn": "mười hai trên mười ba thôn",
    "số nhà 12/5": "số nhà mười hai trên năm",
    # percentages, ranges, ordinals
    "tăng 12,5%": "tăng mười hai phẩy năm phần trăm",
    "10-15%": "mười đến mười lăm phần trăm",
    "gió cấp 8-9, giật cấp 11": "gió cấp tám đến chín, giật cấp mười một",
    "thứ 4, lần thứ 1": "thứ tư, lần thứ nhất",
    "thứ 2 và thứ 7": "thứ hai và thứ bảy",
    "Đại hội XIV, khóa XV, kỳ họp thứ IV": "Đại hội mười bốn, khóa mười lăm, kỳ họp thứ tư",
    # money and numbers
    "500.000đ": "năm trăm nghìn đồng",
    "1,5 triệu đồng/ha": "một phẩy năm triệu đồng một héc ta",
    "12.000 đ/kg": "mười hai nghìn đồng một ki lô gam",
    "1.250.000 VNĐ": "một triệu hai trăm năm mươi nghìn đồng",
    "Mục 3.5": "Mục ba chấm năm",
    # telephone numbers
    "0255.3822.123": "không hai năm năm, ba tám hai hai, một hai ba",
    "0905123456": "không chín không năm, một hai ba, bốn năm sáu",
    "+84 905 123 456": "không chín không năm, một hai ba, bốn năm sáu",
    "1900 1234": "một chín không không, một hai ba bốn",
    "gọi 114": "gọi một một bốn",
    "có 114 hộ": "có một trăm mười bốn hộ",
    # units
    "-5°C": "âm năm độ xê",
    "100 m³/giây": "một trăm mét khối một giây",
    "60 km/h": "sáu mươi ki lô mét một giờ",
    "30 m2, 5kg, 22 kV": "ba mươi mét vuông, năm ki lô gam, hai mươi hai ki lô vôn",
    "FM 102,5 MHz": "ép em một trăm linh hai phẩy năm mê ga héc",
    # short forms
    "UBND và HĐND xã": "Ủy ban nhân dân và Hội đồng nhân dân xã",
    "KT-XH": "kinh tế xã hội",
    "TP. Quảng Ngãi, P.5": "thành phố Quảng Ngãi, phường năm",
    "QL24": "quốc lộ hai mươi tư",
    "VOV1": "vê ô vê một",
    "VNPT": "vê nờ pê tê",
    "Covid-19": "Covid mười chín",
    "KÍNH MỜI BÀ CON": "KÍNH MỜI BÀ CON",
    "sonha.gov.vn": "sonha chấm gov chấm vn",
    # documents
    "Thông tư số 39/2020/TT-BTTTT": (
        "Thông tư số ba mươi chín năm hai nghìn không trăm hai mươi của Bộ Thông tin và Truyền thông"
    ),
    "Thông tư 39/2020/TT-BTTTT của Bộ Thông tin và Truyền thông": (
        "Thông tư ba mươi chín năm hai nghìn không trăm hai mươi của Bộ Thông tin và Truyền thông"
    ),
    "theo 12/2023/NĐ-CP": "theo Nghị định số mười hai năm hai nghìn không trăm hai mươi ba của Chính phủ",
    "Kế hoạch số 15/KH-UBND": "Kế hoạch số mười lăm của Ủy ban nhân dân",
    "TT-BTTTT": "Thông tư Bộ Thông tin và Truyền thông",
    # layout
    "- Một\n- Hai": "Một\nHai",
    "bà con – cô bác": "bà con, cô bác",
}


@pytest.mark.parametrize("written", SPOKEN)
def test_it_is_written_so_and_said_so(written: str) -> None:
    assert normalise(written) == SPOKEN[written]


def test_a_whole_notice_is_said_word_by_word() -> None:
    assert normalise(NOTICE) == (
        "Kính thưa bà con thôn Làng Mới và thôn Gò Sim. Để bảo trì đường dây, Điện lực sẽ tạm ngừng cấp điện từ bảy "
        "giờ đến mười một giờ ba mươi phút, thứ Năm, ngày hai mươi sáu tháng mười một. Xin cảm ơn bà con."
    )


@pytest.mark.parametrize("written", [*SPOKEN, NOTICE, *WORDS])
def test_reading_twice_changes_nothing(written: str) -> None:
    once = normalise(written)

    assert normalise(once) == once


@given(st.text(max_size=80) | st.text("0123456789/-:.,hgiờ%đ kXIV\n", max_size=40))
def test_no_digit_is_left_of_any_text(written: str) -> None:
    assert not any(sign.isdecimal() for sign in normalise(written))


def test_a_decomposed_text_reads_like_a_composed_one() -> None:
    assert normalise(unicodedata.normalize("NFD", "số hộ ở Gò Sim")) == "số hộ ở Gò Sim"
