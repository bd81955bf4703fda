"""Numbers are read as a Vietnamese announcer reads them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media.speech.numbers import DIGITS, cardinal, decimal, one_by_one, roman


@pytest.mark.parametrize(
    ("digits", "words"),
    [
        ("0", "không"),
        ("000", "không"),
        ("5", "năm"),
        ("10", "mười"),
        ("11", "mười một"),
        ("14", "mười bốn"),
        ("15", "mười lăm"),
        ("20", "hai mươi"),
        ("21", "hai mươi mốt"),
        ("24", "hai mươi tư"),
        ("55", "năm mươi lăm"),
        ("101", "một trăm linh một"),
        ("104", "một trăm linh bốn"),
        ("110", "một trăm mười"),
        ("115", "một trăm mười lăm"),
        ("1000", "một nghìn"),
        ("1005", "một nghìn không trăm linh năm"),
        ("2026", "hai nghìn không trăm hai mươi sáu"),
        ("10100", "mười nghìn một trăm"),
        ("1000000", "một triệu"),
        ("1000001", "một triệu không trăm linh một"),
        ("250500000", "hai trăm năm mươi triệu năm trăm nghìn"),
        ("1000000000", "một tỷ"),
        ("3050000000", "ba tỷ không trăm năm mươi triệu"),
        ("12000000000000", "mười hai nghìn tỷ"),
    ],
)
def test_a_whole_number_in_words(digits: str, words: str) -> None:
    assert cardinal(digits) == words


@given(st.text("0123456789", min_size=1, max_size=30))
def test_every_number_has_words_and_no_digit(digits: str) -> None:
    words = cardinal(digits)

    assert words == words.strip()
    assert "  " not in words
    assert not any(sign.isdigit() for sign in words)


@given(st.integers(0, 10**12), st.integers(0, 10**12))
def test_two_numbers_never_sound_the_same(one: int, other: int) -> None:
    assert (cardinal(str(one)) == cardinal(str(other))) == (one == other)


@pytest.mark.parametrize(
    ("whole", "fraction", "words"),
    [("12", "5", "mười hai phẩy năm"), ("0", "25", "không phẩy hai mươi lăm"), ("3", "05", "ba phẩy không năm")],
)
def test_a_decimal_number_in_words(whole: str, fraction: str, words: str) -> None:
    assert decimal(whole, fraction) == words


def test_digits_one_by_one_pause_where_the_number_does() -> None:
    assert one_by_one("0255,114") == "không hai năm năm, một một bốn"
    assert one_by_one("0123456789") == " ".join(DIGITS)


@pytest.mark.parametrize(("letters", "value"), [("I", 1), ("IV", 4), ("IX", 9), ("XIV", 14), ("XXXIX", 39)])
def test_a_roman_numeral_has_its_value(letters: str, value: int) -> None:
    assert roman(letters) == value


@pytest.mark.parametrize("letters", ["IIII", "VX", "", "XL", "IXI"])
def test_letters_that_are_no_roman_numeral_have_none(letters: str) -> None:
    assert roman(letters) is None
