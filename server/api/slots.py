"""Slots: a programme's times, given, changed and taken away. What is new waits for an approver."""

from apiflask import APIBlueprint
from pydantic import Field

from schedules.ids import ProgrammeId, SlotId
from schedules.series import Scope as PartScope
from server.api import asking
from server.api.centre import centre
from server.api.shapes import Answer, Day, Removed, Sent
from server.api.slot_shapes import SlotSent, SlotShown, shown
from server.api.views import Write, reads, writes
from server.services import booking, programmes
from server.services.edits import Part
from server.token_records import Scope
from server.values import Person

slots = APIBlueprint("slots", __name__, tag="Slots")

EDITS = Write(scope=Scope.SCHEDULE, edits=True)


class Slots(Answer):
    """The slots of a programme."""

    slots: list[SlotShown]


class PartAsked(Sent):
    """How much of a series an edit is about."""

    part: PartScope = Field(
        default=PartScope.ALL, description="From a day on another slot goes on in this one's place."
    )
    day: Day | None = Field(default=None, description="Of the occurrence, where the part is not all.")
    to: Day | None = Field(default=None, description="Where that occurrence goes.")


@reads(slots, "/programmes/<programme>/slots", Slots)
def listed(person: Person, programme: str) -> Slots:
    """Give the slots of a programme."""
    whole = programmes.get(centre().store, person, ProgrammeId(programme))
    return Slots(slots=[shown(each) for each in sorted(whole.slots, key=lambda each: each.slot.id)])


@reads(slots, "/slots/<slot>", SlotShown)
def one(person: Person, slot: str) -> SlotShown:
    """Give a slot; its version is for `If-Match`."""
    return shown(programmes.slot(centre().store, person, SlotId(slot)))


@writes(
    slots, "POST", "/programmes/<programme>/slots", Write(scope=Scope.SCHEDULE, status=201), SlotShown, takes=SlotSent
)
def book(person: Person, programme: str, sent: SlotSent) -> SlotShown:
    """Give a programme a slot; an approved one goes to the approvers again."""
    return shown(booking.book(centre().store, centre().clock, person, ProgrammeId(programme), wish=sent.wish()))


@writes(slots, "PUT", "/slots/<slot>", EDITS, SlotShown, takes=SlotSent, asks=PartAsked)
def change(person: Person, slot: str, sent: SlotSent, query: PartAsked) -> SlotShown:
    """Give a slot other times or another target; exceptions stay with their days."""
    which, version, part = SlotId(slot), asking.seen_number(), Part(query.part, query.day, query.to)
    wish = sent.wish()
    return shown(booking.change(centre().store, centre().clock, person, which, wish=wish, version=version, part=part))


@writes(slots, "DELETE", "/slots/<slot>", EDITS, Removed)
def remove(person: Person, slot: str) -> Removed:
    """Take a slot away; where it sounds it stops."""
    booking.remove(centre().store, centre().clock, person, SlotId(slot), version=asking.seen_number())
    return Removed(id=slot)
