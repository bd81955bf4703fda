"""The administrative units a token sees."""

from apiflask import APIBlueprint

from schedules.unit import Unit
from server.api.centre import centre
from server.api.pages import Page, page_of
from server.api.shapes import Answer
from server.api.views import reads
from server.services import ground_seen
from server.values import Person

units = APIBlueprint("units", __name__, tag="Units")


class UnitShown(Answer):
    """An administrative unit."""

    id: str
    code: str
    name: str
    level: str
    parent: str | None


class Units(Answer):
    """A page of units."""

    units: list[UnitShown]
    next: str | None


@reads(units, "/units", Units, asks=Page)
def listed(person: Person, query: Page) -> Units:
    """Give the unit of the token and all below it, in order of id."""
    found, after = page_of(ground_seen.units(centre().store, person), lambda unit: (unit.id,), query)
    return Units(units=[_shown(each) for each in found], next=after)


def _shown(unit: Unit) -> UnitShown:
    return UnitShown(id=unit.id, code=unit.code, name=unit.name, level=unit.level.value, parent=unit.parent)
