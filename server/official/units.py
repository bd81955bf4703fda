"""Reads a list of units, a row a unit: code, name, level, parent, lat, lon, valid_from, valid_to, successors.

Parents and successors stand there as codes, and codes are re-used: a parent is the unit that had the code on the
child's days, a successor the one that has it on the day the unit ends.
"""

import csv
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

from schedules.errors import InvalidValue
from schedules.ids import UnitId
from schedules.unit import Unit, UnitLevel

OFFICIAL = Path(__file__).with_name("units.csv")

_Row = Mapping[str, str]
_ORDER = tuple(UnitLevel)


def read_units(file: Path = OFFICIAL) -> tuple[Unit, ...]:
    """Give the units of a list, those above first.

    An id is the code and the first day: it stays the same however often the list is read, and differs for a code that
    was given out again.

    Raises:
        InvalidValue: `units.unreadable` with the line; `units.code_twice`; `units.code_unknown` when no unit has the
            code of a parent or successor on the day.
    """
    with file.open(encoding="utf-8-sig", newline="") as lines:
        rows = [_Line(number, row) for number, row in enumerate(csv.DictReader(lines), start=2)]
    by_code: dict[str, list[_Line]] = defaultdict(list)
    for line in rows:
        if any(line.id == other.id for other in by_code[line.code]):
            raise InvalidValue("units.code_twice", line=line.number, text=line.code)
        by_code[line.code].append(line)
    units = (_unit(line, by_code) for line in rows)
    return tuple(sorted(units, key=lambda unit: (_ORDER.index(unit.level), unit.id)))


class _Line:
    """One line, read."""

    def __init__(self, number: int, row: _Row) -> None:
        self.number = number
        try:
            self.code, self.name = row["code"], row["name"]
            self.level = UnitLevel(row["level"])
            self.parent, self.successors = row["parent"], row["successors"].split()
            self.valid_from, self.valid_to = _day(row["valid_from"]), _day(row["valid_to"])
            self.position = (float(row["lat"]), float(row["lon"])) if row["lat"] else None
        except (KeyError, ValueError, AttributeError, TypeError) as error:
            raise InvalidValue("units.unreadable", line=number) from error
        if not self.code or not self.name:
            raise InvalidValue("units.unreadable", line=number)
        self.id = UnitId(f"{self.code}@{self.valid_from}" if self.valid_from else self.code)

    def exists_on(self, day: date) -> bool:
        """Tell whether the unit is there on a day; what has no beginning was always there."""
        return (self.valid_from or date.min) <= day and (self.valid_to is None or day < self.valid_to)


def _unit(line: _Line, by_code: Mapping[str, Sequence[_Line]]) -> Unit:
    def having(code: str, day: date) -> UnitId:
        for other in by_code.get(code, ()):
            if other.exists_on(day):
                return other.id
        raise InvalidValue("units.code_unknown", line=line.number, unit=line.name, text=code, day=day)

    ends = line.valid_to
    return Unit(
        id=line.id,
        code=line.code,
        name=line.name,
        level=line.level,
        parent=having(line.parent, line.valid_from or date.min) if line.parent else None,
        valid_from=line.valid_from,
        valid_to=ends,
        successors=() if ends is None else tuple(having(code, ends) for code in line.successors),
        position=line.position,
    )


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
