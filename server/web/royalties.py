"""A month's parts by which authors are paid: shown, printed, and taken as CSV or XLSX. It counts nothing itself."""

from collections.abc import Iterator
from datetime import date

from flask import render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from schedules.times import DAY, local_day
from server.services import royalties as use
from server.services.audit import note_reading
from server.services.schedule import CIVIL_TIME
from server.web import formats
from server.web.centre import centre
from server.web.spreadsheets import Value, csv_of, xlsx_of
from server.web.stations import pages_of_a_station, station
from server.web.visitor import language, person
from server.web.words import word

royalties = pages_of_a_station("royalties", __name__)

_YEARS = range(2000, 2200)


@royalties.get("/royalties")
def shown() -> str:
    """Show the sheet of a month, of this one unless asked otherwise."""
    found = use.sheet(centre().store, centre().clock, person(), station().id, month=_month())
    return render_template(
        "royalties/sheet.html",
        found=found,
        before=f"{found.month - DAY:%Y-%m}",
        after=f"{found.month + 31 * DAY:%Y-%m}",
    )


@royalties.get("/royalties.<any(csv, xlsx):kind>")
def file(kind: str) -> Response:
    """Give the sheet of a month as a file."""
    found = use.sheet(centre().store, centre().clock, person(), station().id, month=_month())
    name = f"tin-bai-{found.month:%Y%m}"
    note_reading(centre().store, centre().clock, person(), what=f"{name}.{kind}", unit=station().id)
    made = csv_of if kind == "csv" else xlsx_of
    return made(name, _heads(), _rows(found), station().time)


def _month() -> date:
    """Read the month that is asked for; what is none is this one."""
    today = local_day(centre().clock.now(), CIVIL_TIME)
    try:
        asked = date.fromisoformat(request.args.get("month", "") + "-01")
    except ValueError:
        return today
    return asked if asked.year in _YEARS else today


def _heads() -> list[str]:
    return [
        _("Phát lần đầu"),
        _("Tên tin, bài"),
        _("Thể loại"),
        _("Tác giả"),
        _("Người đọc"),
        _("Nguồn"),
        _("Thời lượng"),
        _("Chương trình"),
    ]


def _rows(found: use.Sheet) -> Iterator[list[Value]]:
    return (
        [
            each.heard_at,
            each.part.title,
            word("genre", each.part.genre.value, language()),
            ", ".join(each.part.authors),
            each.part.reader,
            each.part.source,
            "" if each.part.lasts is None else formats.minutes_text(each.part.lasts),
            each.programme,
        ]
        for each in found.counted
    )
