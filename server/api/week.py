"""A week of a station: what comes in it only, copied to another; and one coming of a slot, moved or left out."""

from datetime import date
from typing import Annotated

from apiflask import APIBlueprint
from pydantic import AfterValidator, Field

from schedules.ids import SlotId, UnitId
from server.api import asking
from server.api.centre import centre
from server.api.shapes import Answer, Day, Instant, Names, Sent, WallTime
from server.api.slot_shapes import SlotShown, shown
from server.api.views import Write, reads, writes
from server.errors import Unacceptable
from server.services import booking, copying
from server.services import week as services
from server.services.copying import Copied
from server.token_records import Scope
from server.values import Person

week = APIBlueprint("week", __name__, tag="Week")


def _monday(day: date) -> date:
    if day.weekday():
        raise ValueError("a Monday")
    return day


Monday = Annotated[Day, AfterValidator(_monday), Field(description="A Monday.")]


class Weeks(Sent):
    """From which week to which, by their Mondays."""

    monday: Monday
    to: Monday


class CopySent(Weeks):
    """What is copied."""

    slots: Names


class MoveSent(Sent):
    """Where one coming goes."""

    day: Day = Field(description="The one the rule gives.")
    to: Day
    at: WallTime | None = Field(default=None, description="null: its hour.")


class LeaveOutSent(Sent):
    """Which one coming is left out: by its original start, or in places by its day."""

    start: Instant | None = None
    day: Day | None = None


class CopiedShown(Answer):
    """A slot that comes in the week only, and whether it would fit in the other."""

    slot: str
    title: str
    first_day: date
    at: WallTime | None
    there: bool = Field(description="The other week already has it.")
    obstacles: list[str] = Field(description="Codes.")


class Copies(Answer):
    """What copying a week would make."""

    slots: list[CopiedShown]


class CopiedCount(Answer):
    """How many slots were booked."""

    booked: int


@reads(week, "/units/<unit>/week/copies", Copies, asks=Weeks, scope=Scope.SCHEDULE)
def foresee_copy(person: Person, unit: str, query: Weeks) -> Copies:
    """Give what copying a week to another would make, and what would not fit there."""
    found = copying.foresee_copy(centre().store, centre().clock, person, UnitId(unit), monday=query.monday, to=query.to)
    return Copies(slots=[_copied(each) for each in found])


@writes(week, "POST", "/units/<unit>/week/copies", Write(scope=Scope.SCHEDULE, status=201), CopiedCount, takes=CopySent)
def copy(person: Person, unit: str, sent: CopySent) -> CopiedCount:
    """Book what was chosen of a week in another one; it waits for an approver."""
    slots = frozenset(map(SlotId, sent.slots))
    return CopiedCount(
        booked=copying.copy(
            centre().store, centre().clock, person, UnitId(unit), monday=sent.monday, to=sent.to, slots=slots
        )
    )


@writes(week, "POST", "/slots/<slot>/move", Write(scope=Scope.SCHEDULE, edits=True), SlotShown, takes=MoveSent)
def move(person: Person, slot: str, sent: MoveSent) -> SlotShown:
    """Move one coming of a slot to another day or hour; it needs approval again."""
    return shown(
        services.move(
            centre().store,
            centre().clock,
            person,
            SlotId(slot),
            version=asking.seen_number(),
            day=sent.day,
            to=sent.to,
            at=sent.at,
        )
    )


@writes(week, "POST", "/slots/<slot>/leave-out", Write(scope=Scope.SCHEDULE, edits=True), SlotShown, takes=LeaveOutSent)
def leave_out(person: Person, slot: str, sent: LeaveOutSent) -> SlotShown:
    """Leave one coming of a slot out; what was approved stays approved."""
    whose, version = (centre().store, centre().clock, person, SlotId(slot)), asking.seen_number()
    if sent.day is not None and sent.start is None:
        return shown(booking.leave_out(*whose, version=version, day=sent.day))
    if sent.start is not None and sent.day is None:
        return shown(booking.cancel_occurrence(*whose, version=version, original_start=sent.start))
    raise Unacceptable("api.day_or_start", "start")


def _copied(copied: Copied) -> CopiedShown:
    return CopiedShown(
        slot=copied.slot.id,
        title=copied.title,
        first_day=copied.wish.first_day,
        at=copied.at,
        there=copied.there,
        obstacles=[each.code for each in copied.obstacles],
    )
