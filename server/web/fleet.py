"""The technician's fleet: loudspeakers of all stations below a unit as a table, and on a map that the server draws.

What is chosen stands in the address. The map names no outside address; the table says the same in words.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, radians

from flask import Blueprint, render_template, request

from server.readiness_records import WORST_FIRST, Colour
from server.services import fleet as use
from server.services.fleet import Spot
from server.web.areas import chosen_unit, units_to_choose
from server.web.centre import centre
from server.web.visitor import person

fleet = Blueprint("fleet", __name__, url_prefix="/fleet")

WIDTH, TALLEST, MARGIN = 1000.0, 1400.0, 60.0
"""Of the map, in its own units."""


@dataclass(frozen=True, slots=True)
class Pin:
    """A spot on the map; `x` to the right, `y` downwards."""

    spot: Spot
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Map:
    """Pins on a sheet; what lies north is above."""

    pins: tuple[Pin, ...]
    width: float
    height: float


@fleet.get("")
def table() -> str:
    """List the loudspeakers that are looked for, the worst first."""
    return _page("fleet/table.html")


@fleet.get("/map")
def drawn() -> str:
    """Draw where they stand."""
    return _page("fleet/map.html")


def _page(template: str) -> str:
    unit = chosen_unit() or person().unit
    wanted = use.Wanted(
        unit=unit,
        text=request.args.get("text", "")[:100],
        colours=frozenset(Colour(each) for each in request.args.getlist("colour") if each in set(Colour)),
        version=request.args.get("version", "")[:60],
        system=request.args.get("system", "")[:120],
    )
    found = use.fleet(centre().store, centre().clock, person(), wanted)
    return render_template(
        template,
        found=found,
        wanted=wanted,
        units=units_to_choose(unit),
        colours=WORST_FIRST,
        map=laid_out(found.spots),
        query=request.query_string.decode("ascii", "ignore"),
    )


def laid_out(spots: Sequence[Spot]) -> Map:
    """Lay spots out on a sheet, as wide as it may be and true to scale around their middle."""
    if not spots:
        return Map((), WIDTH, WIDTH)
    west, east = min(spot.east for spot in spots), max(spot.east for spot in spots)
    south, north = min(spot.north for spot in spots), max(spot.north for spot in spots)
    shrink = cos(radians((south + north) / 2))
    across, down = max((east - west) * shrink, 0.01), max(north - south, 0.01)
    scale = min((WIDTH - 2 * MARGIN) / across, (TALLEST - 2 * MARGIN) / down)
    left = (WIDTH - (east - west) * shrink * scale) / 2
    pins = tuple(
        Pin(spot, round(left + (spot.east - west) * shrink * scale, 1), round(MARGIN + (north - spot.north) * scale, 1))
        for spot in spots
    )
    return Map(pins, WIDTH, round(2 * MARGIN + (north - south) * scale, 1))
