"""A list of loudspeakers taken in from a spreadsheet: all of it, or nothing with each line that is wrong.

It must not read or judge a list itself.
"""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from server.errors import Unacceptable
from server.services import fleet_import as use
from server.services.fleet_list import LARGEST, MOST_LINES, NEEDED, Column, Problem
from server.services.loudspeakers import KEEPERS
from server.services.rights import require
from server.web.centre import centre
from server.web.spreadsheets import csv_of
from server.web.stations import pages_of_a_station, station
from server.web.telling import told
from server.web.visitor import person

fleet_import = pages_of_a_station("fleet_import", __name__)

_EXAMPLE = ("Thôn Trung", "", "vi hre", "214", "862", "Nhà văn hoá Thôn Trung", "2", "14.9873", "108.4712")


@fleet_import.route("/loudspeakers/import", methods=["GET", "POST"])
def take_in() -> str | Response | tuple[str, int]:
    """Show how a list is made; set up what one names."""
    _require_keeper()
    if request.method == "GET":
        return _page((), {})
    file = request.files.get("list")
    try:
        if file is None or not file.filename:
            raise Unacceptable("fleet_list.no_file", "list")
        content = file.stream.read(LARGEST + 1)
        found = use.take_in(centre().store, centre().clock, person(), station().id, content=content)
    except Unacceptable as error:
        return _page((), {error.field: told(error)}), 422
    if found.problems:
        return _page(found.problems, {}), 422
    flash(
        _(
            "Đã lập %(zones)s nhóm, %(count)s cụm loa. Khai báo thiết bị ở trang của từng cụm loa.",
            zones=found.zones,
            count=found.loudspeakers,
        ),
        "good",
    )
    return redirect(url_for("loudspeakers.board"))


@fleet_import.get("/loudspeakers/import.csv")
def example() -> Response:
    """Give a list with its columns and one line, to be filled in."""
    _require_keeper()
    return csv_of("cum-loa", [column.value for column in Column], [_EXAMPLE], station().time)


def _require_keeper() -> None:
    with centre().store.reading() as uow:
        require(uow.places.units(), person(), station().id, *KEEPERS)


def _page(problems: tuple[Problem, ...], faults: dict[str, str]) -> str:
    return render_template(
        "loudspeakers/import.html",
        problems=problems,
        faults=faults,
        columns=tuple(Column),
        needed=NEEDED,
        most=MOST_LINES,
    )
