"""Reads a list of loudspeakers, a line each with its zone, as a spreadsheet saves it. It stores nothing.

What is wrong is told line by line, with the column, so that a list is mended in one go.
"""

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from server.errors import Unacceptable
from server.services.inputs import one_line

MOST_LINES = 500
LARGEST = 1_000_000
"""Bytes of a list."""


class Column(StrEnum):
    """The columns of a list, by the words at their head."""

    ZONE = "Nhóm cụm loa"
    UNIT = "Thôn"
    LANGUAGES = "Thứ tiếng"
    HOUSEHOLDS = "Số hộ"
    RESIDENTS = "Số khẩu"
    LOUDSPEAKER = "Cụm loa"
    HORNS = "Số loa"
    NORTH = "Vĩ độ"
    EAST = "Kinh độ"


NEEDED = (Column.ZONE, Column.LOUDSPEAKER)
"""A list may leave the others out."""


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong in a line, where one of its columns is to blame, in which."""

    line: int
    code: str
    column: Column | None = None
    values: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the list; what it leaves out is empty."""

    number: int
    fields: Mapping[Column, str]

    def get(self, column: Column) -> str:
        """Give the text in a column."""
        return self.fields.get(column, "")


def read(content: bytes) -> tuple[tuple[Line, ...], tuple[Problem, ...]]:
    """Give the lines of a list, and what cannot be read in it; empty lines are passed over.

    Raises:
        Unacceptable: `fleet_list.too_large`, `fleet_list.encoding`, `fleet_list.columns` with those that are missing,
            `fleet_list.column_twice`, `fleet_list.empty`, `fleet_list.too_many` (field `list`).
    """
    if len(content) > LARGEST:
        raise Unacceptable("fleet_list.too_large", "list", most=LARGEST // 1000)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Unacceptable("fleet_list.encoding", "list") from None
    head, _, _ = text.partition("\n")
    try:
        rows = list(csv.reader(io.StringIO(text), delimiter=";" if ";" in head else ","))
    except csv.Error:
        raise Unacceptable("fleet_list.encoding", "list") from None
    columns = _columns(rows[0] if rows else [])
    filled = [(number, row) for number, row in enumerate(rows[1:], start=2) if any(map(str.strip, row))]
    if not filled:
        raise Unacceptable("fleet_list.empty", "list")
    if len(filled) > MOST_LINES:
        raise Unacceptable("fleet_list.too_many", "list", most=MOST_LINES)
    lines, problems = [], []
    for number, row in filled:
        if len(row) > len(columns) and any(map(str.strip, row[len(columns) :])):
            problems.append(Problem(number, "fleet_list.too_many_fields", values={"most": len(columns)}))
            continue
        named = zip(columns, row, strict=False)
        lines.append(Line(number, {column: one_line(text) for column, text in named if column is not None}))
    return tuple(lines), tuple(problems)


def _columns(head: list[str]) -> list[Column | None]:
    """Give the column each field of a line belongs to; None for one nobody asks for."""
    known = {column.value.casefold(): column for column in Column}
    columns = [known.get(" ".join(each.split()).casefold()) for each in head]
    missing = [column.value for column in NEEDED if column not in columns]
    if missing:
        raise Unacceptable("fleet_list.columns", "list", missing=", ".join(missing))
    named = [column for column in columns if column is not None]
    if len(set(named)) != len(named):
        raise Unacceptable("fleet_list.column_twice", "list")
    return columns
