"""Faults and repairs of loudspeakers: noted, ended with what was done, and read with what was heard after."""

from datetime import datetime

from apiflask import APIBlueprint
from pydantic import Field

from schedules.ids import LoudspeakerId, UnitId
from server.api.centre import centre
from server.api.pages import Page, page_of
from server.api.shapes import Answer, Name, Names, Sent, Text
from server.api.views import Write, reads, writes
from server.fault_records import Fault, FaultKind, FaultOutcome
from server.services import fault_board
from server.services import faults as services
from server.services.fault_board import Shown
from server.services.faults import Wish
from server.token_records import Scope
from server.values import Person

faults = APIBlueprint("faults", __name__, tag="Faults")


class FaultSent(Sent):
    """What somebody saw at some loudspeakers."""

    loudspeakers: Names
    kind: FaultKind
    note: Text = ""
    alarm: Name | None = Field(default=None, description="The one that told of it.")


class EndingSent(Sent):
    """What was done at some faults."""

    faults: Names
    outcome: FaultOutcome
    done: Text
    parts: Text = Field(default="", description="What was put in anew.")


class FaultShown(Answer):
    """One fault of one loudspeaker."""

    id: str
    loudspeaker: str
    kind: FaultKind
    note: str
    at: datetime
    alarm: str | None
    ended_at: datetime | None
    outcome: FaultOutcome | None
    done: str
    parts: str


class HeardAfter(FaultShown):
    """One fault, and when something sounded whole again."""

    heard_at: datetime | None


class Faults(Answer):
    """A page of faults."""

    faults: list[HeardAfter]
    next: str | None


class FaultsNoted(Answer):
    """The faults that were opened or ended."""

    faults: list[FaultShown]


class FaultsSought(Page):
    """Which faults are wanted."""

    ended: bool = Field(default=False, description="Those that ended in the last months, instead of the open ones.")


@reads(faults, "/units/<unit>/faults", Faults, asks=FaultsSought)
def listed(person: Person, unit: str, query: FaultsSought) -> Faults:
    """Give the open faults below a unit, or those that ended lately, the oldest first."""
    every = fault_board.below(centre().store, centre().clock, person, UnitId(unit), ended=query.ended)
    found, after = page_of(every, lambda each: (each.fault.id,), query)
    return Faults(faults=[_heard(each) for each in found], next=after)


@writes(faults, "POST", "/faults", Write(scope=Scope.LOUDSPEAKERS, status=201), FaultsNoted, takes=FaultSent)
def note(person: Person, sent: FaultSent) -> FaultsNoted:
    """Note a fault at each of some loudspeakers."""
    which = list(map(LoudspeakerId, sent.loudspeakers))
    wish = Wish(loudspeakers=which, kind=sent.kind, note=sent.note, alarm=sent.alarm)
    opened = services.open_faults(centre().store, centre().clock, person, wish)
    return FaultsNoted(faults=[_shown(each) for each in opened])


@writes(faults, "POST", "/faults/end", Write(scope=Scope.LOUDSPEAKERS), FaultsNoted, takes=EndingSent)
def end(person: Person, sent: EndingSent) -> FaultsNoted:
    """End faults with what was done."""
    ended = services.end(
        centre().store,
        centre().clock,
        person,
        sent.faults,
        outcome=sent.outcome,
        done=sent.done,
        parts=sent.parts,
    )
    return FaultsNoted(faults=[_shown(each) for each in ended])


def _heard(shown: Shown) -> HeardAfter:
    return HeardAfter(**dict(_shown(shown.fault)), heard_at=shown.heard.started_at if shown.heard else None)


def _shown(fault: Fault) -> FaultShown:
    ending = fault.ending
    return FaultShown(
        id=fault.id,
        loudspeaker=fault.loudspeaker,
        kind=fault.kind,
        note=fault.note,
        at=fault.at,
        alarm=fault.alarm,
        ended_at=ending.at if ending else None,
        outcome=ending.outcome if ending else None,
        done=ending.done if ending else "",
        parts=ending.parts if ending else "",
    )
