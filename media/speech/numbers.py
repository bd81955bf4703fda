"""Reads numbers aloud in Vietnamese: digits in, words out; it looks at nothing around the number."""

DIGITS = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")
_GROUPS = ("", "nghìn", "triệu")
_MOST_DIGITS = 18


def cardinal(digits: str) -> str:
    """Return a whole number in words, "1205" as "một nghìn hai trăm linh năm"; past 18 digits, digit by digit."""
    digits = digits.lstrip("0") or "0"
    if len(digits) > _MOST_DIGITS:
        return one_by_one(digits)
    return _below_billions(digits) if len(digits) <= 9 else _with_billions(digits)


def _with_billions(digits: str) -> str:
    rest = digits[-9:]
    words = f"{_below_billions(digits[:-9])} tỷ"
    return words if not rest.strip("0") else f"{words} {_below_billions(rest, leading=True)}"


def _below_billions(digits: str, *, leading: bool = False) -> str:
    """Read up to nine digits; `leading` says that something was read before them, so that zeros are named."""
    groups = [digits[max(0, end - 3) : end] for end in range(len(digits), 0, -3)]
    words: list[str] = []
    for place, group in reversed(list(enumerate(groups))):
        if group.strip("0"):
            full = bool(words) or leading
            words.append(f"{_three(group.zfill(3), full=full)} {_GROUPS[place]}".strip())
    return " ".join(words) or DIGITS[0]


def _three(group: str, *, full: bool) -> str:
    hundreds, tens, ones = map(int, group)
    words = [f"{DIGITS[hundreds]} trăm"] if hundreds or full else []
    if tens == 0 and ones:
        words += ["linh", DIGITS[ones]] if words else [DIGITS[ones]]
    elif tens == 1:
        words += ["mười"] + ([_after_ten(ones, one="một", four="bốn")] if ones else [])
    elif tens:
        words += [DIGITS[tens], "mươi"] + ([_after_ten(ones, one="mốt", four="tư")] if ones else [])
    return " ".join(words)


def _after_ten(digit: int, *, one: str, four: str) -> str:
    return {1: one, 4: four, 5: "lăm"}.get(digit, DIGITS[digit])


def one_by_one(digits: str) -> str:
    """Return each digit as a word, as in telephone numbers; anything between the digits becomes a short pause."""
    return " ".join(DIGITS[int(sign)] if sign in "0123456789" else "," for sign in digits).replace(" ,", ",")


def decimal(whole: str, fraction: str) -> str:
    """Return a number with a decimal comma: two places are read as a number, more or with a leading zero by digits."""
    read = one_by_one(fraction) if fraction[0] == "0" or len(fraction) > 2 else cardinal(fraction)
    return f"{cardinal(whole)} phẩy {read}"


def roman(letters: str) -> int | None:
    """Return the value of a Roman numeral up to 39, None where it is none (ordinals of congresses and quarters)."""
    for value in range(1, 40):
        tens, ones = divmod(value, 10)
        if "X" * tens + ("", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX")[ones] == letters:
            return value
    return None
