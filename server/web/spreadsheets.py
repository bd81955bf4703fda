"""Tables as files: CSV that a Vietnamese Excel opens rightly, and XLSX. It must not know what they are about.

What somebody typed is never a formula: in CSV an apostrophe stands before what would begin one, in XLSX it is text.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import AnyStr
from zoneinfo import ZoneInfo

from flask import Response, stream_with_context
from xlsxwriter import Workbook

Value = str | int | float | datetime | None
"""An instant is shown as the table's civil time."""

_FORMULA = re.compile('(^|[,;|\t\r\n"])([ \u00a0]*[=+@\uff1d\uff0b\uff20-]|\t|\r|\n)')
"""What would begin a formula: at the head of a text, or behind a sign at which another country's Excel parts a line."""
_MARK = "\N{ZERO WIDTH NO-BREAK SPACE}"
"""Tells Excel that the text is UTF-8."""
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_A_PIECE = 64 * 1024


def csv_of(name: str, heads: Sequence[str], rows: Iterable[Sequence[Value]], zone: ZoneInfo) -> Response:
    """Answer with a CSV, line by line as it is made; semicolons, since a comma is for decimals in Vietnam."""

    def lines() -> Iterator[str]:
        yield _MARK + _line(heads, zone)
        for row in rows:
            yield _line(row, zone)

    return _file(lines(), "text/csv; charset=utf-8", f"{name}.csv")


def xlsx_of(name: str, heads: Sequence[str], rows: Iterable[Sequence[Value]], zone: ZoneInfo) -> Response:
    """Answer with a workbook of one sheet; it is written to the disk row by row, then sent."""
    directory = TemporaryDirectory()
    path = Path(directory.name) / "table.xlsx"
    _write(path, heads, rows, zone)

    def pieces() -> Iterator[bytes]:
        with directory, path.open("rb") as opened:
            while piece := opened.read(_A_PIECE):
                yield piece

    return _file(pieces(), _XLSX, f"{name}.xlsx")


def _file(body: Iterator[AnyStr], kind: str, name: str) -> Response:
    return Response(
        stream_with_context(body), content_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )


def _line(row: Sequence[Value], zone: ZoneInfo) -> str:
    into = io.StringIO()
    csv.writer(into, delimiter=";", lineterminator="\r\n").writerow([_text(value, zone) for value in row])
    return into.getvalue()


def _text(value: Value, zone: ZoneInfo) -> str:
    if isinstance(value, datetime):
        return f"{value.astimezone(zone):%d/%m/%Y %H:%M:%S}"
    if isinstance(value, float):
        return f"{value:.1f}".replace(".", ",")
    if isinstance(value, str):
        return _FORMULA.sub(r"\1'\2", value)
    return "" if value is None else str(value)


def _write(path: Path, heads: Sequence[str], rows: Iterable[Sequence[Value]], zone: ZoneInfo) -> None:
    with Workbook(path, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        sheet = book.add_worksheet()
        bold, instant = book.add_format({"bold": True}), book.add_format({"num_format": "dd/mm/yyyy hh:mm:ss"})
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, len(heads) - 1, 18)
        for column, head in enumerate(heads):
            sheet.write_string(0, column, head, bold)
        for number, row in enumerate(rows, start=1):
            for column, value in enumerate(row):
                if isinstance(value, datetime):
                    sheet.write_datetime(number, column, value.astimezone(zone).replace(tzinfo=None), instant)
                elif isinstance(value, str):
                    sheet.write_string(number, column, value)
                elif value is not None:
                    sheet.write_number(number, column, value)
