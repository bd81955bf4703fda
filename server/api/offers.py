"""Offers of units above: a station's inbox with its answers, and what the stations answered to what was sent out.

Saying yes approves nothing: what is offered was approved by its maker's leaders, exactly as the record says.
"""

from datetime import date, datetime

from apiflask import APIBlueprint
from pydantic import Field

from schedules.ids import PlaceId, ProgrammeId, SlotId, UnitId
from schedules.programme import Kind
from schedules.way import Answer as Said
from server.api.centre import centre
from server.api.pages import Page, page_of
from server.api.shapes import Answer, Line, Name, Names, Sent
from server.api.views import Write, reads, writes
from server.services import offer_results
from server.services import offers as services
from server.services.offers import Offer, Standing
from server.token_records import Scope
from server.values import Person

offers = APIBlueprint("offers", __name__, tag="Offers")

STANDINGS = ", ".join(Standing)


class OfferShown(Answer):
    """Something that is offered to a station."""

    slot: str
    record: str = Field(description="An answer names it: it is to exactly this.")
    programme: str
    title: str
    kind: Kind
    owner: str
    zones: list[str]
    ends_on: date
    standing: str = Field(description=STANDINGS)
    place_is_open: bool = Field(description="The station says in which of its places.")
    opened: list[str] = Field(description="Places it fills by itself, unless it is answered.")
    reason: str = Field(description="Of the last answer, where that was no.")


class Offers(Answer):
    """A page of offers."""

    offers: list[OfferShown]
    next: str | None


class Acceptance(Sent):
    """A yes to what was read."""

    record: Name
    places: Names = Field(default_factory=list, description="Of the station's own, where the offer leaves them open.")


class Refusal(Sent):
    """A no to what was read."""

    record: Name
    reason: Line


class AnswerShown(Answer):
    """What a station said."""

    slot: str
    station: str
    accepted: bool
    reason: str
    places: list[str]
    at: datetime


class ResultShown(Answer):
    """Where an offer stands at a station, with its last answer, where it gave one."""

    slot: str
    station: str
    standing: str = Field(description=STANDINGS)
    accepted: bool | None
    reason: str
    at: datetime | None


class Results(Answer):
    """What the stations said to the offers of a programme."""

    results: list[ResultShown]


@reads(offers, "/units/<unit>/offers", Offers, asks=Page)
def listed(person: Person, unit: str, query: Page) -> Offers:
    """Give what is offered to a station and has not ended; what ends first comes first."""
    every = services.inbox(centre().store, centre().clock, person, UnitId(unit)).offers
    found, after = page_of(every, lambda each: (each.slot.timing.ends_on.isoformat(), each.slot.id), query)
    return Offers(offers=[_shown(each) for each in found], next=after)


@reads(offers, "/programmes/<programme>/offers", Results)
def results(person: Person, programme: str) -> Results:
    """Give what the stations said to the offers of a programme, as far as they were released."""
    found = offer_results.results(centre().store, person, ProgrammeId(programme)).by_slot
    return Results(results=[_result(slot, each) for slot in sorted(found) for each in found[slot]])


@writes(
    offers,
    "POST",
    "/units/<unit>/offers/<slot>/accept",
    Write(scope=Scope.SCHEDULE),
    AnswerShown,
    takes=Acceptance,
)
def accept(person: Person, unit: str, slot: str, sent: Acceptance) -> AnswerShown:
    """Let what is offered sound at a station, exactly as it was read; for its officer."""
    places = map(PlaceId, sent.places)
    return _said(
        services.accept(
            centre().store, centre().clock, person, UnitId(unit), SlotId(slot), record=sent.record, places=places
        )
    )


@writes(offers, "POST", "/units/<unit>/offers/<slot>/refuse", Write(scope=Scope.SCHEDULE), AnswerShown, takes=Refusal)
def refuse(person: Person, unit: str, slot: str, sent: Refusal) -> AnswerShown:
    """Say that a station does not play what is offered, and why; the sender reads it."""
    return _said(
        services.refuse(
            centre().store, centre().clock, person, UnitId(unit), SlotId(slot), record=sent.record, reason=sent.reason
        )
    )


def _shown(offer: Offer) -> OfferShown:
    programme = offer.stored.programme
    return OfferShown(
        slot=offer.slot.id,
        record=offer.record,
        programme=programme.id,
        title=programme.title,
        kind=programme.kind,
        owner=programme.owner,
        zones=[zone.id for zone in offer.zones],
        ends_on=offer.slot.timing.ends_on,
        standing=offer.standing.value,
        place_is_open=offer.slot.place_is_open,
        opened=[place.id for place in offer.opened],
        reason=offer.answer.reason if offer.answer else "",
    )


def _said(said: Said) -> AnswerShown:
    return AnswerShown(
        slot=said.slot,
        station=said.station,
        accepted=said.accepted,
        reason=said.reason,
        places=list(said.places),
        at=said.at,
    )


def _result(slot: SlotId, said: offer_results.Said) -> ResultShown:
    answer = said.answer
    return ResultShown(
        slot=slot,
        station=said.station.id,
        standing=said.standing.value,
        accepted=answer.accepted if answer else None,
        reason=answer.reason if answer else "",
        at=answer.at if answer else None,
    )
