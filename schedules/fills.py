"""What fills a place of a session: slots by hand, a programme for good, another place's items, offers, or a rule.

A rule names no sound: which programme it takes on a day is worked out by `filling`, and what it takes needs a
release of its own (`approval.record_of_programme`).
"""

from collections.abc import Container, Sequence
from dataclasses import dataclass
from datetime import date

from schedules.errors import InvalidValue
from schedules.ids import CampaignId, PlaceId, ProgrammeId, UnitId
from schedules.programme import Kind, Programme

LONGEST_AGE = 366
"""Days a rule may look back for something new."""


@dataclass(frozen=True, slots=True)
class ByHand:
    """Slots that people book into the place."""


@dataclass(frozen=True, slots=True)
class Fixed:
    """The same programme every time, a relay for example; released with the template."""

    programme: ProgrammeId


@dataclass(frozen=True, slots=True)
class Repeats:
    """What another place holds on the same day, once more."""

    place: PlaceId


@dataclass(frozen=True, slots=True, kw_only=True)
class Newest:
    """The programme of one kind that was released last before the session begins.

    Attributes:
        owners: whose programmes are let in: the station itself, units above it.
        topic: only programmes with this topic; empty for any.
        max_age_days: how many days after its release it is still new.
    """

    kind: Kind
    owners: frozenset[UnitId]
    topic: str = ""
    max_age_days: int = 7

    def __post_init__(self) -> None:
        if not self.owners:
            raise InvalidValue("fill.no_owner")
        if not 0 <= self.max_age_days <= LONGEST_AGE:
            raise InvalidValue("fill.max_age", days=self.max_age_days, limit=LONGEST_AGE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rotation:
    """A list of programmes in turn, one a day, from a first day on."""

    programmes: tuple[ProgrammeId, ...]
    first_day: date

    def __post_init__(self) -> None:
        if not self.programmes:
            raise InvalidValue("fill.nothing_in_turn")


@dataclass(frozen=True, slots=True)
class OfCampaign:
    """The programmes of a campaign in turn, one a day, while it runs."""

    campaign: CampaignId


@dataclass(frozen=True, slots=True)
class Subscribed:
    """Every offer of units above that leaves its place to the station and that the station has not answered.

    Attributes:
        kinds: only of these; none for any.
        topics: only with one of these; none for any.
    """

    kinds: frozenset[Kind] = frozenset()
    topics: frozenset[str] = frozenset()

    def takes(self, programme: Programme) -> bool:
        """Tell whether it takes a programme that is offered."""
        return (not self.kinds or programme.kind in self.kinds) and (not self.topics or programme.topic in self.topics)


RULES = (Newest, Rotation, OfCampaign)
Rule = Newest | Rotation | OfCampaign
Fill = ByHand | Fixed | Repeats | Subscribed | Rule


def turn(programmes: Sequence[ProgrammeId], first_day: date, day: date) -> ProgrammeId | None:
    """Give the programme whose turn it is on a local date, one a day; None before the first day."""
    passed = (day - first_day).days
    return programmes[passed % len(programmes)] if programmes and passed >= 0 else None


def may_take(fill: Fill, programme: Programme, campaigns: Container[CampaignId]) -> bool:
    """Tell whether a rule may ever take a programme, whatever an edit makes of its kind and topic.

    Args:
        fill: of a place.
        programme: one released for places, or not yet.
        campaigns: those the programme belongs to.
    """
    if isinstance(fill, Newest):
        return programme.owner in fill.owners
    if isinstance(fill, Rotation):
        return programme.id in fill.programmes
    return isinstance(fill, OfCampaign) and fill.campaign in campaigns
