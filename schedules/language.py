"""Languages that programmes may be made in: BCP 47 tags, names, and the groups they are shown in; and what stands in.

It must not replace anything by itself: a programme that a zone has no language of is not heard there, until somebody
chooses a language for it in plain sight.
"""

import re
from dataclasses import dataclass
from datetime import datetime

from schedules.errors import InvalidValue
from schedules.ids import PersonId, ProgrammeId, ZoneId
from schedules.times import require_utc

_TAG = re.compile(r"[a-z]{2,3}(-[a-z0-9]{2,8})*(-x(-[a-z0-9]{1,8})+)?")
_LONGEST_TAG = 40
NAME_LIMIT = 60


def is_tag(text: str) -> bool:
    """Tell whether a text has the form of a language's tag."""
    return len(text) <= _LONGEST_TAG and _TAG.fullmatch(text) is not None


@dataclass(frozen=True, slots=True)
class Language:
    """One language.

    Attributes:
        tag: BCP 47, in small letters: the ISO 639 code, with a private part (`sed-x-…`) where that tells too little.
        name: in Vietnamese, as it follows "tiếng".
        group: the people it is counted to, by the state's list of peoples; languages of one group stand together.
        english: its name on English pages.
    """

    tag: str
    name: str
    group: str
    english: str

    def __post_init__(self) -> None:
        if not is_tag(self.tag):
            raise InvalidValue("language.tag", tag=self.tag[:40])
        for text in (self.name, self.group, self.english):
            if not text.strip() or len(text) > NAME_LIMIT:
                raise InvalidValue("language.name", limit=NAME_LIMIT)


LANGUAGES = (
    Language("vi", "Việt", "Kinh", "Vietnamese"),
    Language("hre", "Hrê", "Hrê", "Hrê"),
    Language("cua", "Co", "Co", "Co (Cua)"),
    Language("sed", "Xơ Đăng", "Xơ Đăng", "Xơ Đăng (Sedang)"),
    Language("kxy", "Ca Dong", "Xơ Đăng", "Ca Dong (Kayong)"),
    Language("bdq", "Ba Na", "Ba Na", "Ba Na (Bahnar)"),
    Language("jeh", "Giẻ", "Giẻ-Triêng", "Giẻ (Jeh)"),
    Language("stg", "Triêng", "Giẻ-Triêng", "Triêng (Trieng)"),
    Language("jra", "Gia Rai", "Gia Rai", "Gia Rai (Jarai)"),
    Language("brb", "Brâu", "Brâu", "Brâu (Brao)"),
    Language("rmx", "Rơ Măm", "Rơ Măm", "Rơ Măm (Romam)"),
)
"""What a new centre begins with, in the order it is shown: the peoples of the province. Tags are of ISO 639-3."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Substitution:
    """Somebody's choice that a zone hears a programme in a language it does not speak, rather than nothing.

    It counts only while the programme has no language of the zone. The latest choice counts.

    Attributes:
        language: one the programme has; None takes an earlier choice back.
    """

    zone: ZoneId
    programme: ProgrammeId
    language: str | None
    by: PersonId
    at: datetime

    def __post_init__(self) -> None:
        require_utc(self.at, "at")
