"""Writes a Vietnamese text out as it is spoken: numbers, dates, times, money, short forms; it makes no sound.

What it cannot know it leaves to a person: the editor hears the result before it is submitted. Reading twice changes
nothing, since no digit and no known short form is left after the first time.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable

from media.speech.abbreviations import BODIES, DOCUMENT_KINDS, LETTERS, ROADS, SIGNS, TITLES, UNITS, WORDS
from media.speech.numbers import cardinal, decimal, one_by_one, roman

_Match = re.Match[str]
_Rule = tuple[re.Pattern[str], Callable[[_Match], str]]

_START = r"(?<![\w.,/:])"
_END = r"(?![\w/:%]|[.,]\d)"
_DAY, _MONTH, _YEAR = r"(?:0?[1-9]|[12]\d|3[01])", r"(?:0?[1-9]|1[0-2])", r"(?:1[89]|20|21)\d\d"
_HOUR = r"(?:[01]?\d|2[0-4])"
_DAY_SAID = re.compile(r"(?:ngày|mùng|mồng)\s+$", re.IGNORECASE)
_HOUSE_BEFORE = re.compile(r"(?:số|số nhà|ngõ|hẻm|kiệt|thửa|tờ|lô)\s+$", re.IGNORECASE)
_SHARE_BEFORE = re.compile(r"(?:tỷ lệ|tỉ lệ|chiếm|khoảng|hơn|gần|quá|đạt|được|phần)\s+$", re.IGNORECASE)
_SHARE_AFTER = re.compile(r"\s+(?:số|diện tích|dân số|tổng|chiều|suất|viên|thìa|quãng)\b", re.IGNORECASE)
_BEFORE_ROMAN = "quý|khóa|khoá|thứ|kỳ|kỳ họp|hội|chương|phần|mục|thế kỷ|cấp|loại|hạng|vùng|nhóm|đợt|bảng|tập"
_COUNTED = "đồng|tấn|tạ|lần|người|hộ|lượt|viên|giờ|con|cây|bao|lít|gam|mét|vuông|khối"
_MOST_SPELT = 6
_VOWELS = frozenset("AEIOUYĂÂÊÔƠƯ")
_ADDRESS_SIGNS = {".": " chấm ", "/": " gạch chéo ", "@": " a còng ", "-": " gạch ngang ", "_": " gạch dưới "}


def normalise(text: str) -> str:
    """Return a text as it is spoken, with no digit and no known short form left; lines stay apart.

    Examples:
        >>> normalise("Từ 07:30 ngày 25/12, tại UBND xã.")
        'Từ bảy giờ ba mươi phút ngày hai mươi lăm tháng mười hai, tại Ủy ban nhân dân xã.'
    """
    # NFKC also turns m² into m2 and full-width digits into plain ones.
    text = unicodedata.normalize("NFKC", text)
    text = "".join(str(unicodedata.decimal(sign)) if sign.isdecimal() else sign for sign in text)
    for pattern, reading in _RULES:
        text = pattern.sub(reading, text)
    return "\n".join(line.strip() for line in text.strip().splitlines())


def _document(match: _Match) -> str:
    """Read the number of an official document: after "Thông tư số", "39/2020/TT-BTTTT" is "39 năm 2020 của Bộ …"."""
    kind, body = DOCUMENT_KINDS[match["kind"]], BODIES[match["body"]]
    before, after = match.string[: match.start()], match.string[match.end() :]
    words = cardinal(match["number"]) + (f" năm {cardinal(match['year'])}" if match["year"] else "")
    if not re.search(rf"{kind}(?:\s+số)?\s*$", before, re.IGNORECASE):
        words = f"{words}, {kind}" if re.search(r"\bsố\s*$", before, re.IGNORECASE) else f"{kind} số {words}"
    said_later = re.match(rf"[^.;\n]{{0,60}}?của\s+(?:{re.escape(body)}|{re.escape(match['body'])})\b", after)
    return words if said_later else f"{words} của {body}"


def _address(match: _Match) -> str:
    """Read a web or mail address with its signs named."""
    address = re.sub(r"^https?://", "", match[0])
    return "".join(_ADDRESS_SIGNS.get(sign, sign) for sign in address)


def _time(match: _Match) -> str:
    parts = match.groupdict()
    words = [f"{cardinal(parts['hour'])} giờ"]
    for name, word in (("minute", "phút"), ("second", "giây")):
        value = parts.get(name)
        if value and int(value):
            words.append(f"{cardinal(value)} {word}")
    return " ".join(words)


def _date(match: _Match) -> str:
    """Read a day and month, with its year where that is written; two numbers alone may be a share or a house."""
    day, month, year = match["day"], match["month"], match["year"]
    before, after = match.string[: match.start()], match.string[match.end() :]
    if year is None and _HOUSE_BEFORE.search(before):
        return f"{cardinal(day)} trên {cardinal(month)}"
    if year is None and (_SHARE_BEFORE.search(before) or _SHARE_AFTER.match(after)):
        return f"{cardinal(day)} phần {cardinal(month)}"
    word = "" if _DAY_SAID.search(before) else "ngày "
    return f"{word}{cardinal(day)} {_month(month)}" + (f" năm {cardinal(year)}" if year else "")


def _month(month: str) -> str:
    return "tháng tư" if int(month) == 4 else f"tháng {cardinal(month)}"


def _share(match: _Match) -> str:
    part, whole = int(match[1]), int(match[2])
    return f"{cardinal(match[1])} {'phần' if part < whole <= 10 else 'trên'} {cardinal(match[2])}"


def _unit(match: _Match) -> str:
    """Name a unit behind a number, and what it is counted by: "đ/kg" is "đồng một ki lô gam"."""
    per = match["per"]
    return f" {UNITS[match['unit']]}" + (f" một {UNITS.get(per, per)}" if per else "")


def _ordinal(match: _Match) -> str:
    return f"{match[1]}{'nhất' if match[2] == '1' else 'tư'}"


def _roman(match: _Match) -> str:
    value = roman(match[2])
    return match[0] if value is None else f"{match[1]}{value}"


def _title(match: _Match) -> str:
    follows = match["follows"]
    return f"{TITLES[match[1]]} " if follows.isdigit() or follows.isupper() else match[0]


def _number(match: _Match) -> str:
    """Read a number written the Vietnamese way: dots between thousands, a comma before the decimals."""
    whole, _, fraction = match[0].replace(".", "").partition(",")
    return f" {decimal(whole, fraction) if fraction else cardinal(whole)} "


def _spelt(match: _Match) -> str:
    """Spell capitals that cannot be read as a word; a heading in capitals has vowels and is left alone."""
    word = match[0]
    return word if len(word) > _MOST_SPELT or set(word) & _VOWELS else " ".join(LETTERS[letter] for letter in word)


def _any_of(words: Iterable[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


def _rule(pattern: str, reading: Callable[[_Match], str] | str) -> _Rule:
    if isinstance(reading, str):
        return re.compile(pattern), lambda match: match.expand(reading)
    return re.compile(pattern), reading


# The order matters: what is longer or more certain is read first.
_RULES: tuple[_Rule, ...] = (
    _rule(r"(?m)^[ \t]*[-*•–+]\s+", ""),
    _rule(r"(\d+)\u2044(\d+)", lambda m: f"{cardinal(m[1])} phần {cardinal(m[2])}"),
    _rule(r"(?:https?://|www\.)\S*[\w/]|\b[\w.]+@[\w-]+(?:\.\w+)+|\b[a-z][\w-]*(?:\.[\w-]+)*\.vn\b", _address),
    # Official documents: 39/2020/TT-BTTTT, 15/KH-UBND, TT-BTTTT.
    _rule(
        rf"\b(?P<number>\d+)(?:/(?P<year>{_YEAR}))?/"
        rf"(?P<kind>{_any_of(DOCUMENT_KINDS)})-(?P<body>{_any_of(BODIES)})(?!\w)",
        _document,
    ),
    _rule(
        rf"(?<![\w/])({_any_of(DOCUMENT_KINDS)})-({_any_of(BODIES)})(?!\w)",
        lambda m: f"{DOCUMENT_KINDS[m[1]]} {BODIES[m[2]]}",
    ),
    # Telephone numbers, and other numbers said digit by digit.
    _rule(r"(?<![\w.,/])\+84[ .]?(?=[1-9])", "0"),
    _rule(rf"{_START}(0\d{{2,3}})[ .-](\d{{3,4}})[ .-]?(\d{{3,4}})(?!\d)", lambda m: one_by_one(",".join(m.groups()))),
    _rule(rf"{_START}(0\d{{3}})(\d{{3}})(\d{{3}})(?!\d)", lambda m: one_by_one(",".join(m.groups()))),
    _rule(rf"{_START}(1[89]00)[ .-]?(\d{{6}}|\d{{4}})(?!\d)", lambda m: one_by_one(",".join(m.groups()))),
    _rule(
        r"(?i)\b((?:điện thoại|đường dây nóng|gọi|tổng đài|hotline|số)\s*:?\s+)(11[1-5])(?!\d|[.,]\d)",
        lambda m: f"{m[1]}{one_by_one(m[2])}",
    ),
    _rule(rf"{_START}0\d{{2,}}(?![\d:/]|[.,]\d)", lambda m: one_by_one(m[0])),
    # Ranges: 7h-11h30, 8-9, 25/12 – 28/12; a date written with hyphens or dots is not one.
    _rule(rf"{_START}({_DAY})([-.])({_MONTH})\2({_YEAR}){_END}", r"\1/\3/\4"),
    _rule(r"(\d\s?(?:giờ|phút|h|%|°C|[a-zđ]{1,2}\d?)?)\s*[-–—]\s*(?=\d)", r"\1 đến "),
    _rule(r"(?<![\w)])[-−](?=\d)", "âm "),
    # Times: 07:30, 05:30:15, 7h30, 7 giờ 30, 7 giờ 5 phút, 7h.
    _rule(rf"{_START}(?P<hour>{_HOUR}):(?P<minute>[0-5]\d)(?::(?P<second>[0-5]\d))?(?: giờ\b)?{_END}", _time),
    _rule(rf"{_START}(?P<hour>{_HOUR})\s*(?:h|g|giờ)\s*(?P<minute>[0-5]?\d)\s*(?:phút|ph|p|')(?!\w)", _time),
    _rule(rf"{_START}(?P<hour>{_HOUR})\s*(?:h|g|giờ)\s*(?P<minute>[0-5]\d){_END}", _time),
    _rule(rf"{_START}(?P<hour>{_HOUR})\s*h(?!\w)", _time),
    # Dates: 25/12/2026, 25/12, tháng 12/2026, quý 3/2026.
    _rule(rf"{_START}(?P<day>{_DAY})/(?P<month>{_MONTH})(?:/(?P<year>{_YEAR}))?{_END}", _date),
    _rule(rf"{_START}(?:[Tt]háng )?({_MONTH})/({_YEAR}){_END}", lambda m: f"{_month(m[1])} năm {cardinal(m[2])}"),
    _rule(rf"(?i)\b(quý )([1-4]|I{{1,3}}|IV)/({_YEAR}){_END}", r"\1\2 năm \3"),
    _rule(rf"\b([Tt]háng )0?4{_END}", r"\1tư"),
    _rule(rf"{_START}(\d+)/(\d+)(?![\w/]|[.,]\d)", _share),
    # Units behind a number, ordinals, Roman numerals.
    _rule(rf"(?<=\d)\s*(?P<unit>{_any_of(UNITS)})(?:/(?P<per>[^\W\d_]+))?(?!\w)", _unit),
    _rule(rf"\b({_COUNTED})/([^\W\d_]+)", lambda m: f"{m[1]} một {UNITS.get(m[2], m[2])}"),
    _rule(r"\b([Tt]hứ )([14])(?!\d|[.,]\d)", _ordinal),
    _rule(rf"\b((?i:{_BEFORE_ROMAN})\s+)([IVX]+)\b", _roman),
    _rule(r"(?m)^()([IVX]+)(?=\.\s)", _roman),
    _rule(r"\b([Tt]hứ )([14])(?!\d|[.,]\d)", _ordinal),
    # Letters: VOV1 and Covid-19 come apart, short forms are said in full, what is left in capitals is spelt.
    _rule(rf"(?<!\w)({_any_of(ROADS)})[. ]?(?=\d)", lambda m: f"{ROADS[m[1]]} "),
    _rule(r"(?<=[^\W\d_])-?(?=\d)", " "),
    _rule(rf"(?<!\w)({_any_of(TITLES)})\.\s*(?=(?P<follows>\w))", _title),
    _rule(r"(?<!\w)(TP|TX)\s+(?=(?P<follows>\w))", _title),
    _rule(rf"(?<!\w)({_any_of(WORDS)})(?!\w)", lambda m: WORDS[m[1]]),
    # Numbers: 1.250.000, 12,5, 1,250,000, 3.5, 42.
    _rule(r"\d{1,3}(?:\.\d{3})+(?:,\d+)?(?![\d.]*\d)|\d+,\d+(?![\d,]*\d)", _number),
    _rule(r"\d{1,3}(?:,\d{3}){2,}", lambda m: f" {cardinal(m[0].replace(',', ''))} "),
    _rule(r"(?<=\d)\.(?=\d)", " chấm "),
    _rule(r"\d+", lambda m: f" {cardinal(m[0])} "),
    _rule(r"\b[A-ZĂÂĐÊÔƠƯ]{2,}\b", _spelt),
    _rule(rf"[{re.escape(''.join(SIGNS))}]", lambda m: SIGNS[m[0]]),
    _rule(r"(?<=\w)/(?=\w)", ", "),
    _rule(r"\s+[-–—]\s+", ", "),
    # What the readings left of spaces and commas.
    _rule(r"[^\S\n]+", " "),
    _rule(r" +(?=[,.;:!?)])|(?<=\() +", ""),
)
