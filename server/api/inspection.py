"""What an inspector looks for: places by days, and plays of many stations, with their verdicts. To read only."""

from datetime import date, datetime

from apiflask import APIBlueprint
from pydantic import Field

from schedules.ids import LoudspeakerId, UnitId, ZoneId
from schedules.programme import Kind
from schedules.reconciliation import Verdict
from schedules.way import Way
from server.api import asking
from server.api.centre import centre
from server.api.log import RowShown, row_shown
from server.api.pages import Cursor, read, written
from server.api.shapes import Answer, Day, Line, Name, Sent
from server.api.views import reads
from server.errors import Unacceptable
from server.services import inspecting as services
from server.services import inspecting_days
from server.services.audit import note_reading
from server.services.inspecting import Place, Wanted
from server.values import Person

inspection = APIBlueprint("inspection", __name__, tag="Inspection")


class Days(Sent):
    """Which local days are wanted, both included."""

    first: Day
    last: Day


class CellShown(Answer):
    """A place's day."""

    day: date
    verdicts: dict[str, int] = Field(description="None where it was not counted yet.")
    share: float | None = Field(description="Of those planned that were told of, how many played whole.")


class MatrixRowShown(Answer):
    """A station or a zone with its days."""

    id: str
    name: str
    cells: list[CellShown]


class Matrix(Answer):
    """Places by days."""

    by_zone: bool
    counted_at: datetime | None
    rows: list[MatrixRowShown]


class PlaysSought(Days):
    """Which plays are looked for."""

    cursor: Cursor = ""
    zone: Name | None = None
    loudspeaker: Name | None = None
    verdict: Verdict | None = None
    kind: Kind | None = None
    way: Way | None = None
    text: Line = Field(default="", description="In titles, with or without marks.")

    def wanted(self, unit: UnitId) -> Wanted:
        """Give it as the services take it."""
        return Wanted(
            unit=unit,
            first=self.first,
            last=self.last,
            zone=None if self.zone is None else ZoneId(self.zone),
            loudspeaker=None if self.loudspeaker is None else LoudspeakerId(self.loudspeaker),
            verdicts=frozenset() if self.verdict is None else frozenset({self.verdict}),
            text=self.text,
            kinds=frozenset() if self.kind is None else frozenset({self.kind}),
            ways=frozenset() if self.way is None else frozenset({self.way}),
        )


class PlayShown(RowShown):
    """One play at one loudspeaker, its station as it stood that day, and how it came there."""

    day: date
    station: str
    way: Way


class Plays(Answer):
    """Some plays, later days first; a page ends with a station's day."""

    plays: list[PlayShown]
    next: str | None


@reads(inspection, "/units/<unit>/matrix", Matrix, asks=Days)
def matrix(person: Person, unit: str, query: Days) -> Matrix:
    """Give the stations below a unit, or the zones of one station, by days: at most a month."""
    found = inspecting_days.matrix(
        centre().store, centre().clock, person, UnitId(unit), first=query.first, last=query.last
    )
    return Matrix(by_zone=found.by_zone, counted_at=found.counted_at, rows=[_row(each) for each in found.rows])


@reads(inspection, "/units/<unit>/plays", Plays, asks=PlaysSought)
def plays(person: Person, unit: str, query: PlaysSought) -> Plays:
    """Give the plays of all stations below a unit: at most a quarter of a year; the reading is noted."""
    found = services.page(
        centre().store, centre().clock, person, query.wanted(UnitId(unit)), after=_place(query.cursor)
    )
    what, here = f"plays {query.first:%Y%m%d}-{query.last:%Y%m%d}", UnitId(unit)
    note_reading(centre().store, centre().clock, person, what=what, unit=here, token=asking.token().id)
    rest = found.rest
    return Plays(
        plays=[
            PlayShown(**dict(row_shown(each.row)), day=each.day, station=each.station.id, way=each.way)
            for each in found.lines
        ],
        next=None if rest is None else written((rest.day.isoformat(), rest.station)),
    )


def _place(cursor: str) -> Place | None:
    known = read(cursor)
    if known is None:
        return None
    try:
        day, station = known
        return Place(date.fromisoformat(day), UnitId(station))
    except ValueError:
        raise Unacceptable("api.cursor", "cursor") from None


def _row(row: inspecting_days.MatrixRow) -> MatrixRowShown:
    return MatrixRowShown(
        id=row.id,
        name=row.name,
        cells=[
            CellShown(
                day=each.day,
                verdicts={verdict.value: count for verdict, count in each.counts.items() if count},
                share=each.share,
            )
            for each in row.cells
        ],
    )
