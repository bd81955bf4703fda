"""Tables as files that a spreadsheet opens rightly and that run nothing."""

import io
import zipfile
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from flask import Flask

from server.web.spreadsheets import csv_of, xlsx_of

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
AT = datetime(2026, 11, 22, 22, 30, tzinfo=UTC)


def a_csv(app: Flask, *row: object) -> str:
    with app.test_request_context():
        return csv_of("bang", ["Tên"], [row], HANOI).get_data().decode()  # type: ignore[list-item]  # any value


def test_a_csv_has_a_mark_semicolons_and_vietnamese_times_and_decimals(app: Flask) -> None:
    text = a_csv(app, "Làng Mới; Gò Sim", AT, 12.34, None, 3)

    assert text == '\ufeffTên\r\n"Làng Mới; Gò Sim";23/11/2026 05:30:00;12,3;;3\r\n'


@pytest.mark.parametrize("typed", ["=1+1", "+84", "-2", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "\uff1d1"])
def test_what_somebody_typed_is_no_formula_in_a_csv(app: Flask, typed: str) -> None:
    assert f"'{typed}" in a_csv(app, typed)


@pytest.mark.parametrize("parts", [",", ";", "\t", "|", '"'])
def test_nor_where_another_country_s_excel_parts_the_line(app: Flask, parts: str) -> None:
    assert "Bản tin,'=HYPERLINK" in a_csv(app, "Bản tin,=HYPERLINK(1)")
    assert f"{parts}'=1" in a_csv(app, f"Bản tin{parts}=1").replace('""', '"')


def test_a_negative_number_stays_a_number(app: Flask) -> None:
    assert a_csv(app, -2.5, -3).endswith("-2,5;-3\r\n")


def test_a_workbook_has_text_as_text_and_times_as_times(app: Flask) -> None:
    with app.test_request_context():
        answer = xlsx_of("bang", ["Tên", "Lúc"], [["=1+1", AT, 3, None]], HANOI)
        book = zipfile.ZipFile(io.BytesIO(answer.get_data()))

    sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert "=1+1" in sheet
    assert "<f>" not in sheet
    assert "46349.229" in sheet
    assert answer.headers["Content-Disposition"] == 'attachment; filename="bang.xlsx"'
