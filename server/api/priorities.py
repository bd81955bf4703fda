"""Which of a station's contested priority items goes first: what is contested, and the officer's order."""

from datetime import datetime

from apiflask import APIBlueprint
from pydantic import Field

from schedules.ids import Key, SlotId, UnitId
from schedules.times import instant_text
from server.api import asking
from server.api.centre import centre
from server.api.shapes import Answer, Names, Sent
from server.api.views import Write, reads, writes
from server.errors import Stale
from server.services.ordering import Ordering, order_priorities, ordering_of
from server.token_records import Scope
from server.values import Person

priorities = APIBlueprint("priorities", __name__, tag="Priorities")

NONE_YET = "none"
"""The version while no order was given."""


class PrioritiesSent(Sent):
    """The order."""

    keys: Names = Field(description="The first goes first.")


class ContestedShown(Answer):
    """A priority item that wants the air another one wants."""

    key: str
    title: str
    starts: datetime
    against: list[str]
    ordered: bool


class Priorities(Answer):
    """A station's contested priority items, in their order."""

    version: str
    undecided: bool
    items: list[ContestedShown]


@reads(priorities, "/units/<unit>/priorities", Priorities)
def listed(person: Person, unit: str) -> Priorities:
    """Give what is contested at a station, and in which order it goes; its version is for `If-Match`."""
    return _now(person, UnitId(unit))


@writes(
    priorities,
    "PUT",
    "/units/<unit>/priorities",
    Write(scope=Scope.SCHEDULE, edits=True),
    Priorities,
    takes=PrioritiesSent,
)
def order(person: Person, unit: str, sent: PrioritiesSent) -> Priorities:
    """Say which of a station's priority items goes before which; for its officer."""
    here, seen = UnitId(unit), asking.seen()
    before = ordering_of(centre().store, centre().clock, person, here)
    if seen != _version(before):
        raise Stale("api.other_version")
    keys: list[Key] = [SlotId(each) for each in sent.keys]
    since = None if before.order is None else before.order.at
    order_priorities(centre().store, centre().clock, person, here, keys=keys, seen=since)
    return _now(person, here)


def _version(found: Ordering) -> str:
    return NONE_YET if found.order is None else instant_text(found.order.at)


def _now(person: Person, unit: UnitId) -> Priorities:
    found = ordering_of(centre().store, centre().clock, person, unit)
    return Priorities(
        version=_version(found),
        undecided=found.undecided,
        items=[
            ContestedShown(
                key=each.key,
                title=each.title,
                starts=each.starts,
                against=list(each.against),
                ordered=each.ordered,
            )
            for each in found.items
        ],
    )
