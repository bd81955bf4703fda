"""The operator's card of a station: one sheet of paper, for the day when no page can be opened any more."""

from datetime import date

from flask import render_template, request

from schedules.regulation import Opening, Regulation
from server.services import card as use
from server.web.centre import centre
from server.web.stations import pages_of_a_station, station
from server.web.visitor import person

card = pages_of_a_station("card", __name__)


@card.get("/card")
def shown() -> str:
    """Show the card as it will be printed."""
    found = use.card(centre().store, centre().clock, person(), station().id)
    openings = () if found.regulation is None else _still_open(found.regulation, found.day)
    address = centre().server or request.host_url
    return render_template("card.html", card=found, openings=openings, address=address.rstrip("/"))


def _still_open(regulation: Regulation, day: date) -> tuple[Opening, ...]:
    """Give the decisions that open a session to all, until their last day."""
    return tuple(each for each in regulation.openings if each.last_day >= day and not each.approval)
