"""The parts of a programme: what a bulletin is made of, who wrote each and who reads it.

What an author is paid for one is counted by the part. It must not know a rate: each province sets its own.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any

from schedules.errors import InvalidValue
from schedules.ids import PartId

TITLE_LIMIT = 200
NAME_LIMIT = 120
AUTHORS_LIMIT = 8
PARTS_LIMIT = 40
"""Parts a programme may have: a bulletin of an hour has fewer."""
_LONGEST = timedelta(hours=3)


class Genre(StrEnum):
    """What sort of work a part is."""

    NEWS = "news"
    ARTICLE = "article"
    REPORTAGE = "reportage"
    INTERVIEW = "interview"
    COMMENTARY = "commentary"
    PERFORMANCE = "performance"
    NOTICE = "notice"
    REPLY = "reply"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One piece of a programme.

    Attributes:
        id: stays the same through every edit, so that it is counted once.
        authors: by name, since most who write for a station have no account.
        reader: who reads it aloud; empty where nobody wrote it down.
        source: where it was taken from; empty for the station's own.
        lasts: None where nobody wrote it down.
    """

    id: PartId
    genre: Genre
    title: str
    authors: tuple[str, ...] = ()
    reader: str = ""
    source: str = ""
    lasts: timedelta | None = None

    def __post_init__(self) -> None:
        if not self.title.strip() or len(self.title) > TITLE_LIMIT:
            raise InvalidValue("part.title", limit=TITLE_LIMIT)
        if len(self.authors) > AUTHORS_LIMIT or any(not 0 < len(each) <= NAME_LIMIT for each in self.authors):
            raise InvalidValue("part.authors", most=AUTHORS_LIMIT, limit=NAME_LIMIT)
        if len(self.reader) > NAME_LIMIT:
            raise InvalidValue("part.reader", limit=NAME_LIMIT)
        if len(self.source) > TITLE_LIMIT:
            raise InvalidValue("part.source", limit=TITLE_LIMIT)
        if self.lasts is not None and not timedelta(0) < self.lasts <= _LONGEST:
            raise InvalidValue("part.lasts", hours=_LONGEST // timedelta(hours=1))


def require_parts(parts: tuple[Part, ...]) -> None:
    """Refuse parts that cannot belong to one programme.

    Raises:
        InvalidValue: `part.too_many`, `part.twice`.
    """
    if len(parts) > PARTS_LIMIT:
        raise InvalidValue("part.too_many", most=PARTS_LIMIT)
    if len({part.id for part in parts}) != len(parts):
        raise InvalidValue("part.twice")


def part_facts(part: Part) -> dict[str, object]:
    """Give a part as it stands in an approval's record and on disk."""
    return {
        "id": part.id,
        "genre": part.genre.value,
        "title": part.title,
        "authors": list(part.authors),
        "reader": part.reader,
        "source": part.source,
        "lasts_s": None if part.lasts is None else int(part.lasts.total_seconds()),
    }


def part_of(facts: Mapping[str, Any]) -> Part:
    """Read a part from its facts."""
    seconds = facts["lasts_s"]
    return Part(
        id=PartId(facts["id"]),
        genre=Genre(facts["genre"]),
        title=facts["title"],
        authors=tuple(facts["authors"]),
        reader=facts["reader"],
        source=facts["source"],
        lasts=None if seconds is None else timedelta(seconds=seconds),
    )
