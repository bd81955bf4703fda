"""The order of what stands in a place of a session, and giving it another one."""

from datetime import date

from apiflask import APIBlueprint
from pydantic import Field

from schedules.ids import PlaceId, SlotId, UnitId
from server.api import asking
from server.api.centre import centre
from server.api.shapes import Answer, Names, Sent
from server.api.views import Write, reads, writes
from server.errors import Stale
from server.services.place_order import order_of, put_in_order
from server.token_records import Scope
from server.values import Person

place_order = APIBlueprint("place_order", __name__, tag="Session templates")


class PlaceOrderSent(Sent):
    """The order."""

    slots: Names = Field(description="All that are movable; the first comes first. What is not keeps its turn.")


class PlaceItemShown(Answer):
    """What was booked into the place and may still come."""

    slot: str
    programme: str
    title: str
    first_day: date
    last_day: date
    movable: bool


class PlaceOrderShown(Answer):
    """What stands in a place, the earliest first."""

    version: str
    session: str
    place: str
    items: list[PlaceItemShown]


@reads(place_order, "/units/<unit>/places/<place>/order", PlaceOrderShown)
def shown(person: Person, unit: str, place: str) -> PlaceOrderShown:
    """Give what stands in a place of a station from today on, in its order; its version is for `If-Match`."""
    return _now(person, UnitId(unit), PlaceId(place))


@writes(
    place_order,
    "PUT",
    "/units/<unit>/places/<place>/order",
    Write(scope=Scope.SCHEDULE, edits=True),
    PlaceOrderShown,
    takes=PlaceOrderSent,
)
def order(person: Person, unit: str, place: str, sent: PlaceOrderSent) -> PlaceOrderShown:
    """Give what stands in a place another order; nothing needs approval again."""
    here, at, seen = UnitId(unit), PlaceId(place), asking.seen()
    if seen != order_of(centre().store, centre().clock, person, here, at).mark:
        raise Stale("api.other_version")
    slots = [SlotId(each) for each in sent.slots]
    put_in_order(centre().store, centre().clock, person, here, at, slots=slots, seen=seen)
    return _now(person, here, at)


def _now(person: Person, unit: UnitId, place: PlaceId) -> PlaceOrderShown:
    found = order_of(centre().store, centre().clock, person, unit, place)
    return PlaceOrderShown(
        version=found.mark,
        session=found.session,
        place=found.place.name,
        items=[
            PlaceItemShown(
                slot=each.slot,
                programme=each.programme,
                title=each.title,
                first_day=each.first_day,
                last_day=each.last_day,
                movable=each.movable,
            )
            for each in found.items
        ],
    )
