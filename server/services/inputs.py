"""What every form is held to: a refusal of the rules names the field, no text is without end. It knows no form."""

import unicodedata
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from schedules.errors import ScheduleError
from schedules.language import is_tag
from server.errors import Unacceptable

LONGEST_LINE = 300
"""Letters of one line: a name, a number of a paper."""
LONGEST_REASON = 1000
"""Letters of a few sentences: why, what was found."""
LONGEST_TEXT = 40_000
"""Letters of a script: an hour of reading."""


_DIRECTIONS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Signs nobody sees, after which words are shown in another order than they are kept and read out in."""


def visible(text: str) -> str:
    """Give a text as it is kept: composed, without controls and without what turns words around."""
    composed = unicodedata.normalize("NFC", text)
    return "".join(
        each
        for each in composed
        if each in "\n\t" or (each not in _DIRECTIONS and unicodedata.category(each) not in ("Cc", "Cs"))
    )


def one_line(text: str) -> str:
    """Give a line as it is kept: `visible`, with single spaces."""
    return " ".join(visible(" ".join(text.split())).split())


def require_short(text: str, field: str, most: int = LONGEST_LINE) -> None:
    """Refuse a text that is too long, rather than cut it.

    Raises:
        Unacceptable: `form.too_long` with the field.
    """
    if len(text) > most:
        raise Unacceptable("form.too_long", field, most=most, length=len(text))


def require_tag(language: str, field: str) -> None:
    """Refuse what names no language.

    Raises:
        Unacceptable: `language.tag` with the field.
    """
    if not is_tag(language):
        raise Unacceptable("language.tag", field, tag=language[:40])


@contextmanager
def as_input(fields: Mapping[str, str]) -> Iterator[None]:
    """Raise what the rules refuse inside as `Unacceptable`, with the field its code belongs to.

    Args:
        fields: code to form field; a code that is not there belongs to the whole form.

    Raises:
        Unacceptable: with the code and values of the rule.
    """
    try:
        yield
    except ScheduleError as error:
        raise Unacceptable(error.code, fields.get(error.code, ""), **error.values) from error
