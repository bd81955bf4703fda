"""A station's regulation: what is in force, what comes, what was asked for; and asking for changes.

What widens nothing holds at once, as on the page. What widens waits for a second person, who is never a program.
"""

from datetime import date

from apiflask import APIBlueprint

from schedules.ids import SlotId, UnitId
from server.api.centre import centre
from server.api.regulation_shapes import (
    OpeningSent,
    OverrideSent,
    ProposalShown,
    RegulationSent,
    RegulationShown,
    SuspensionSent,
    proposal_shown,
    shown,
)
from server.api.shapes import Answer
from server.api.views import Write, reads, writes
from server.services import overrides, regulations
from server.services.regulations import Change
from server.services.station_rules import rules
from server.token_records import Scope
from server.values import Person

regulation = APIBlueprint("regulation", __name__, tag="Regulation")

ASKS = Write(scope=Scope.REGULATION, status=201)


class Rules(Answer):
    """Everything a station keeps to, and what was asked for."""

    today: date
    in_force: RegulationShown | None
    coming: list[RegulationShown]
    proposals: list[ProposalShown]


@reads(regulation, "/units/<unit>/regulation", Rules)
def of_station(person: Person, unit: str) -> Rules:
    """Give a station's regulation, and what was proposed lately."""
    found = rules(centre().store, centre().clock, person, UnitId(unit))
    return Rules(
        today=found.today,
        in_force=None if found.regulation is None else shown(found.regulation),
        coming=[shown(each) for each in found.coming],
        proposals=[proposal_shown(each.proposal) for each in (*found.waiting, *found.settled)],
    )


@writes(regulation, "POST", "/units/<unit>/regulation", ASKS, ProposalShown, takes=RegulationSent)
def propose(person: Person, unit: str, sent: RegulationSent) -> ProposalShown:
    """Put a new regulation in force, or ask for it where it widens something."""
    return _proposed(person, unit, sent.regulation(UnitId(unit)))


@writes(regulation, "POST", "/units/<unit>/regulation/openings", ASKS, ProposalShown, takes=OpeningSent)
def open_session(person: Person, unit: str, sent: OpeningSent) -> ProposalShown:
    """Ask for one more session on some days."""
    return _proposed(person, unit, sent.opening())


@writes(regulation, "POST", "/units/<unit>/regulation/suspensions", ASKS, ProposalShown, takes=SuspensionSent)
def suspend(person: Person, unit: str, sent: SuspensionSent) -> ProposalShown:
    """Keep some kinds off the air on some days."""
    return _proposed(person, unit, sent.suspension())


@writes(
    regulation,
    "POST",
    "/units/<unit>/regulation/overrides",
    Write(scope=Scope.SCHEDULE, status=201),
    ProposalShown,
    takes=OverrideSent,
)
def ask(person: Person, unit: str, sent: OverrideSent) -> ProposalShown:
    """Ask that one occurrence may sound outside the hours; an approver decides."""
    here, slot = UnitId(unit), SlotId(sent.slot)
    asked = overrides.ask(centre().store, centre().clock, person, here, slot=slot, start=sent.start, reason=sent.reason)
    return proposal_shown(asked)


@writes(regulation, "POST", "/proposals/<proposal>/withdraw", Write(scope=Scope.REGULATION), ProposalShown)
def withdraw(person: Person, proposal: str) -> ProposalShown:
    """Take back what one asked for oneself."""
    return proposal_shown(regulations.refuse(centre().store, centre().clock, person, proposal))


def _proposed(person: Person, unit: str, change: Change) -> ProposalShown:
    return proposal_shown(regulations.propose(centre().store, centre().clock, person, UnitId(unit), change))
