"""Places of session templates and what fills them, as they are sent and answered."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from schedules.fills import ByHand, Fill, Fixed, Newest, OfCampaign, Repeats, Rotation, Subscribed
from schedules.ids import CampaignId, PlaceId, ProgrammeId, UnitId
from schedules.programme import Kind
from schedules.session import Place
from server.api.shapes import Answer, Day, Line, Name, Names, Sent, ShortName, WallTime
from server.services.new_ids import new_id


class ByHandSent(Sent):
    """People book slots into it."""

    by: Literal["by_hand"] = "by_hand"


class FixedSent(Sent):
    """Always the same programme."""

    by: Literal["fixed"]
    programme: Name


class NewestSent(Sent):
    """The newest of a kind that some units made."""

    by: Literal["newest"]
    kind: Kind
    owners: Names
    topic: Line = ""
    max_age_days: int = 7


class RotationSent(Sent):
    """Programmes in turn, one a day."""

    by: Literal["rotation"]
    programmes: Names
    first_day: Day


class OfCampaignSent(Sent):
    """The programmes of a campaign in turn."""

    by: Literal["campaign"]
    campaign: Name


class OffersSent(Sent):
    """What units above offer; of these kinds and topics only, where any are named."""

    by: Literal["offers"]
    kinds: list[Kind] = Field(default_factory=list, max_length=50)
    topics: list[Line] = Field(default_factory=list, max_length=50)


class RepeatsSent(Sent):
    """What another place had that day, once more."""

    by: Literal["repeats"]
    place: Name


Filling = ByHandSent | FixedSent | NewestSent | RotationSent | OfCampaignSent | OffersSent | RepeatsSent


class PlaceSent(Sent):
    """A position in a session."""

    id: Name | None = Field(default=None, description="Of a place that is there already: what is booked stays in it.")
    name: ShortName
    minutes: int = Field(ge=1, le=1440)
    at: WallTime | None = Field(default=None, description="It starts to the second then, and cuts what runs over.")
    filler: bool = Field(default=False, description="It repeats itself until the next timed place.")
    fill: Annotated[Filling, Field(discriminator="by")] = ByHandSent()


class PlaceShown(Answer):
    """A position in a session as it is."""

    id: str
    name: str
    minutes: int
    at: WallTime | None
    filler: bool
    fill: Annotated[Filling, Field(discriminator="by")]


def place_of(sent: PlaceSent, now: datetime) -> Place:
    """Give a place as the rules know it; a new one gets an id."""
    return Place(
        id=PlaceId(sent.id or new_id(now)),
        name=" ".join(sent.name.split()),
        fill=_fill(sent.fill),
        minutes=sent.minutes,
        at=sent.at,
        filler=sent.filler,
    )


def place_shown(place: Place) -> PlaceShown:
    """Give a place as it is answered."""
    return PlaceShown(
        id=place.id,
        name=place.name,
        minutes=place.minutes,
        at=place.at,
        filler=place.filler,
        fill=_filling(place.fill),
    )


def _fill(sent: Filling) -> Fill:
    match sent:
        case FixedSent():
            return Fixed(ProgrammeId(sent.programme))
        case NewestSent():
            owners = frozenset(map(UnitId, sent.owners))
            return Newest(kind=sent.kind, owners=owners, topic=sent.topic, max_age_days=sent.max_age_days)
        case RotationSent():
            return Rotation(programmes=tuple(map(ProgrammeId, sent.programmes)), first_day=sent.first_day)
        case OfCampaignSent():
            return OfCampaign(CampaignId(sent.campaign))
        case OffersSent():
            return Subscribed(frozenset(sent.kinds), frozenset(sent.topics))
        case RepeatsSent():
            return Repeats(PlaceId(sent.place))
        case ByHandSent():
            return ByHand()


def _filling(fill: Fill) -> Filling:
    match fill:
        case Fixed():
            return FixedSent(by="fixed", programme=fill.programme)
        case Newest():
            return NewestSent(
                by="newest",
                kind=fill.kind,
                owners=sorted(fill.owners),
                topic=fill.topic,
                max_age_days=fill.max_age_days,
            )
        case Rotation():
            return RotationSent(by="rotation", programmes=list(fill.programmes), first_day=fill.first_day)
        case OfCampaign():
            return OfCampaignSent(by="campaign", campaign=fill.campaign)
        case Subscribed():
            return OffersSent(by="offers", kinds=sorted(fill.kinds), topics=sorted(fill.topics))
        case Repeats():
            return RepeatsSent(by="repeats", place=fill.place)
        case ByHand():
            return ByHandSent()
