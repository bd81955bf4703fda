"""The page "Thêm": the way to what a station needs now and then, so that the bar keeps what it needs every day."""

from flask import render_template

from server.web.stations import pages_of_a_station

further = pages_of_a_station("further", __name__)


@further.get("/more")
def pages() -> str:
    """List the pages that have no place of their own on the bar."""
    return render_template("further.html")
