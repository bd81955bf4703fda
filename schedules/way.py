"""How a higher unit's programme reaches a station, and what the station answers to an offer.

It must not know who may offer, order or answer (that is `server`), nor what an answer lets sound (`candidates`).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from schedules.errors import InvalidValue
from schedules.ids import PersonId, PlaceId, SlotId, UnitId
from schedules.times import require_utc

REASON_LIMIT = 500
"""Characters of a reason: it must fit a card."""

ORDER_LIMIT = 100
"""Characters of a written order's number, and of its issuer."""


class Way(StrEnum):
    """How an item came into a station's day.

    OWN is the station's; OFFERED sounds only where the station accepted it; SUBSCRIBED fills a place that the station
    opened; ORDERED needs no answer, since a written order stands behind it; EMERGENCY has a lane of its own.
    A slot is one of OWN, OFFERED and ORDERED: the others come of where it sounds.
    """

    OWN = "own"
    OFFERED = "offered"
    SUBSCRIBED = "subscribed"
    ORDERED = "ordered"
    EMERGENCY = "emergency"


OF_SLOTS = frozenset({Way.OWN, Way.OFFERED, Way.ORDERED})


@dataclass(frozen=True, slots=True)
class WrittenOrder:
    """The document that orders a station to play something, such as a relay timetable of the province."""

    number: str
    signed_on: date
    issuer: str

    def __post_init__(self) -> None:
        if not self.number.strip() or not self.issuer.strip():
            raise InvalidValue("order.incomplete")
        if max(len(self.number), len(self.issuer)) > ORDER_LIMIT:
            raise InvalidValue("order.too_long", limit=ORDER_LIMIT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a station said to an offer.

    Attributes:
        record: the hash of what it answered: an offer that was changed is open again.
        reason: why it was refused.
        places: of its own templates, where the offer left them to the station.
    """

    slot: SlotId
    station: UnitId
    record: str
    accepted: bool
    reason: str = ""
    places: tuple[PlaceId, ...] = ()
    by: PersonId
    at: datetime

    def __post_init__(self) -> None:
        require_utc(self.at, "at")
        if not self.accepted and not self.reason.strip():
            raise InvalidValue("offer.no_reason")
        if len(self.reason) > REASON_LIMIT:
            raise InvalidValue("offer.reason_too_long", limit=REASON_LIMIT)


Answers = Mapping[SlotId, Mapping[UnitId, Answer]]
"""What each station said last to each offer."""


def newest(answers: Iterable[Answer]) -> Answers:
    """Give the last answer of each station to each offer, of answers given in order."""
    found: dict[SlotId, dict[UnitId, Answer]] = {}
    for each in answers:
        found.setdefault(each.slot, {})[each.station] = each
    return found
