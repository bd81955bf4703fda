"""The sheet of a month's parts, by which a station's authors are paid. It counts nothing itself and knows no rate."""

from datetime import datetime

from apiflask import APIBlueprint
from pydantic import Field

from schedules.ids import UnitId
from schedules.part import Genre, part_facts
from server.api import asking
from server.api.centre import centre
from server.api.programmes import PartShown
from server.api.shapes import Answer, Day, Sent
from server.api.views import reads
from server.services import royalties as services
from server.services.audit import note_reading
from server.values import Person

royalties = APIBlueprint("royalties", __name__, tag="Royalties")


class MonthAsked(Sent):
    """A month."""

    day: Day = Field(description="Any day of it.")


class CountedPart(Answer):
    """A part that counts in the month, as it stood when it was first heard."""

    heard_at: datetime
    programme: str = Field(description="The title it was first heard under.")
    part: PartShown


class AuthorShown(Answer):
    """In how many parts of a genre somebody has a share."""

    author: str
    genre: Genre
    parts: int


class RoyaltySheet(Answer):
    """A month's parts of a station, in the order in which they were heard, and by author."""

    station: str
    month: Day = Field(description="Its first day.")
    parts: list[CountedPart]
    authors: list[AuthorShown]


@reads(royalties, "/units/<unit>/royalties", RoyaltySheet, asks=MonthAsked)
def sheet(person: Person, unit: str, query: MonthAsked) -> RoyaltySheet:
    """Give the parts of a month that were confirmed to have played whole for the first time; the reading is noted."""
    here = UnitId(unit)
    found = services.sheet(centre().store, centre().clock, person, here, month=query.day)
    what = f"royalties {found.month:%Y%m}"
    note_reading(centre().store, centre().clock, person, what=what, unit=here, token=asking.token().id)
    return RoyaltySheet(
        station=found.station.id,
        month=found.month,
        parts=[
            CountedPart(
                heard_at=each.heard_at, programme=each.programme, part=PartShown.model_validate(part_facts(each.part))
            )
            for each in found.counted
        ],
        authors=[
            AuthorShown(author=author, genre=genre, parts=count)
            for author, genres in found.by_author.items()
            for genre, count in genres.items()
        ],
    )
