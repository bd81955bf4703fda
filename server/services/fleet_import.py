"""Sets up the loudspeakers of a list at a station, and the zones it names that are not there yet: all of it or nothing.

The rules of one zone and one loudspeaker hold for each line. Devices are enrolled afterwards, as always.
"""

from dataclasses import dataclass
from datetime import datetime

from schedules.ids import UnitId, ZoneId
from schedules.times import local_day
from server.errors import Unacceptable
from server.ports import Clock, Store, UnitOfWork
from server.services import loudspeakers, positions, zones
from server.services.fleet_list import Column, Line, Problem, read
from server.services.folded import folded
from server.services.rights import require
from server.services.schedule import CIVIL_TIME
from server.values import Person

_COLUMNS = {
    "zone": Column.ZONE,
    "unit": Column.UNIT,
    "languages": Column.LANGUAGES,
    "households": Column.HOUSEHOLDS,
    "residents": Column.RESIDENTS,
    "horns": Column.HORNS,
    "north": Column.NORTH,
    "east": Column.EAST,
}
"""Columns by the names of the fields that the rules of one zone and one loudspeaker blame."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What came of a list: how many were set up, or what is wrong in it and nothing was."""

    zones: int
    loudspeakers: int
    problems: tuple[Problem, ...]


def take_in(store: Store, clock: Clock, person: Person, station: UnitId, *, content: bytes) -> Imported:
    """Set up everything a list names; with anything wrong in it, nothing at all.

    Raises:
        NotAllowed: `rights.missing` for somebody who does not look after the station's loudspeakers.
        Unacceptable: as `fleet_list.read`.
    """
    now = clock.now()
    with store.writing() as uow:
        require(uow.places.units(), person, station, *loudspeakers.KEEPERS)
        lines, unreadable = read(content)
        problems = list(unreadable)
        known = {folded(zone.name): zone.id for zone in uow.places.zones() if zone.station == station}
        before = len(known)
        for line in lines:
            _line(uow, now, person, station, line, known, problems)
        if problems:
            return Imported(zones=0, loudspeakers=0, problems=tuple(sorted(problems, key=lambda each: each.line)))
        uow.commit()
    return Imported(zones=len(known) - before, loudspeakers=len(lines), problems=())


def _line(
    uow: UnitOfWork,
    now: datetime,
    person: Person,
    station: UnitId,
    line: Line,
    known: dict[str, ZoneId],
    problems: list[Problem],
) -> None:
    """Set up one line within the transaction, or say what is wrong with it."""
    name = folded(line.get(Column.ZONE))
    column = Column.ZONE
    try:
        if name not in known:
            made = zones.made(
                uow, now, person, station, unit=_unit(uow, station, line, now), inhabited=_inhabited(line)
            )
            known[name] = made.id
        column = Column.LOUDSPEAKER
        described = loudspeakers.Description(name=line.get(Column.LOUDSPEAKER), horns=_number(line, Column.HORNS, 2))
        position = positions.read(line.get(Column.NORTH), line.get(Column.EAST))
        loudspeakers.created(uow, now, person, station, zone=known[name], described=described, position=position)
    except Unacceptable as error:
        blamed = _COLUMNS.get(error.field, column)
        problems.append(Problem(line.number, error.code, blamed, error.values))


def _unit(uow: UnitOfWork, station: UnitId, line: Line, now: datetime) -> UnitId:
    """Give the hamlet a line names, the commune itself where it names none."""
    named = folded(line.get(Column.UNIT))
    if not named:
        return station
    units, today = uow.places.units(), local_day(now, CIVIL_TIME)
    below = [units.by_id[each] for each in units.below(station) if units.by_id[each].exists_on(today)]
    found = [each.id for each in below if folded(each.name) == named or folded(each.name).endswith(f" {named}")]
    if len(found) != 1:
        raise Unacceptable("fleet_list.unit", "unit", text=line.get(Column.UNIT))
    return found[0]


def _inhabited(line: Line) -> zones.Inhabited:
    tags = line.get(Column.LANGUAGES).replace(",", " ").split() or ["vi"]
    return zones.Inhabited(
        name=line.get(Column.ZONE),
        languages=tuple(tags),
        households=_number(line, Column.HOUSEHOLDS, 0),
        residents=_number(line, Column.RESIDENTS, 0),
    )


def _number(line: Line, column: Column, usual: int) -> int:
    text = line.get(column)
    if not text:
        return usual
    if not (text.isascii() and text.isdigit() and len(text) <= 9):
        field = next(field for field, each in _COLUMNS.items() if each is column)
        raise Unacceptable("form.number", field, text=text)
    return int(text)
