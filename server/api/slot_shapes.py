"""What slots look like when they are sent and answered."""

from datetime import date, timedelta
from typing import Annotated, Literal, TypedDict

from pydantic import Field

from schedules.ids import GroupId, PlaceId, UnitId, ZoneId
from schedules.recurrence import Holidays, Recurrence
from schedules.slot import AtTime, CatchUp, Interrupted
from schedules.way import WrittenOrder
from server.api.shapes import Answer, Day, Line, Name, Names, Sent, WallTime
from server.services.inputs import as_input
from server.services.wishes import Wish, WishAtTime, WishInPlaces
from server.values import StoredSlot

_OF_RULES = (
    "recurrence.unreadable",
    "recurrence.finer_than_day",
    "recurrence.part_unknown",
    "recurrence.part",
)


class _Common(TypedDict):
    zones: frozenset[ZoneId]
    units: frozenset[UnitId]
    groups: frozenset[GroupId]
    languages: frozenset[str]
    tags: frozenset[str]
    catch_up: CatchUp
    late: timedelta
    interrupted: Interrupted
    order: WrittenOrder | None


class TargetSent(Sent):
    """Whom a slot is for: zones, units and groups say where, languages and tags narrow it."""

    zones: Names = Field(default_factory=list)
    units: Names = Field(default_factory=list)
    groups: Names = Field(default_factory=list)
    languages: Names = Field(default_factory=list)
    tags: Names = Field(default_factory=list)


class AtTimeSent(Sent):
    """An exact local second: once, or by a rule until a day."""

    kind: Literal["at_time"]
    first_day: Day
    at: WallTime
    rule: Line | None = Field(default=None, description="RFC 5545, by whole days: FREQ=WEEKLY;BYDAY=MO,TH")
    until: Day | None = None
    holidays: Holidays = Holidays.ANY
    lasts_minutes: int | None = Field(default=None, ge=1, le=1440, description="Of a relay.")
    wait_minutes: int = Field(default=0, ge=0, le=60)


class InPlacesSent(Sent):
    """Places of session templates, on the days from the first to the last."""

    kind: Literal["in_places"]
    places: Names
    first_day: Day
    last_day: Day
    again: bool = Field(default=False, description="Also in places of the same names later in the day.")
    rule: Line | None = None
    holidays: Holidays = Holidays.ANY


class WrittenOrderSent(Sent):
    """The document that orders stations to play something."""

    number: Name
    signed_on: Day
    issuer: Name

    def order(self) -> WrittenOrder:
        """Give it as the rules know it."""
        return WrittenOrder(self.number, self.signed_on, self.issuer)


class SlotSent(Sent):
    """A place in time for a programme."""

    target: TargetSent
    timing: Annotated[AtTimeSent | InPlacesSent, Field(discriminator="kind")]
    catch_up: CatchUp = CatchUp.JOIN
    late_minutes: int = Field(default=0, ge=0, le=180)
    interrupted: Interrupted = Interrupted.DROP
    order: WrittenOrderSent | None = Field(default=None, description="null: what comes from above is offered.")

    def wish(self) -> Wish:
        """Give it as the services take it.

        Raises:
            Unacceptable: `recurrence.*` (field `rule`) for a rule nobody can read.
        """
        timing = self.timing
        with as_input(dict.fromkeys(_OF_RULES, "rule")):
            rule = None if timing.rule is None else Recurrence.of(timing.rule)
        if isinstance(timing, AtTimeSent):
            return WishAtTime(
                **self._common(),
                first_day=timing.first_day,
                at=timing.at,
                rule=rule,
                until=timing.until,
                holidays=timing.holidays,
                lasts=None if timing.lasts_minutes is None else timedelta(minutes=timing.lasts_minutes),
                wait=timedelta(minutes=timing.wait_minutes),
            )
        return WishInPlaces(
            **self._common(),
            places=tuple(map(PlaceId, timing.places)),
            first_day=timing.first_day,
            last_day=timing.last_day,
            again=timing.again,
            rule=rule,
            holidays=timing.holidays,
        )

    def _common(self) -> "_Common":
        target = self.target
        return _Common(
            zones=frozenset(map(ZoneId, target.zones)),
            units=frozenset(map(UnitId, target.units)),
            groups=frozenset(map(GroupId, target.groups)),
            languages=frozenset(target.languages),
            tags=frozenset(target.tags),
            catch_up=self.catch_up,
            late=timedelta(minutes=self.late_minutes),
            interrupted=self.interrupted,
            order=None if self.order is None else self.order.order(),
        )


class SlotShown(Answer):
    """A slot as it is."""

    id: str
    version: int
    programme: str
    zones: list[str]
    units: list[str]
    groups: list[str]
    languages: list[str]
    tags: list[str]
    places: list[str]
    first_day: date
    last_day: date
    at: WallTime | None
    rule: str | None
    way: str = Field(description="own, offered, ordered.")
    order: WrittenOrderSent | None
    catch_up: CatchUp
    interrupted: Interrupted


def shown(stored: StoredSlot) -> SlotShown:
    """Give a slot as it is answered."""
    own, timing = stored.slot, stored.slot.timing
    exact = timing if isinstance(timing, AtTime) else None
    return SlotShown(
        id=own.id,
        version=own.version,
        programme=own.programme,
        zones=sorted(own.target.zones),
        units=sorted(own.target.units),
        groups=sorted(own.target.groups),
        languages=sorted(own.target.languages),
        tags=sorted(own.target.tags),
        places=[] if isinstance(timing, AtTime) else list(timing.places),
        first_day=timing.first_day,
        last_day=timing.ends_on,
        at=exact.at if exact else None,
        rule=timing.rule.rule if isinstance(timing.rule, Recurrence) else None,
        way=own.way.value,
        order=None if own.order is None else _order(own.order),
        catch_up=own.catch_up,
        interrupted=own.interrupted,
    )


def _order(order: WrittenOrder) -> WrittenOrderSent:
    return WrittenOrderSent(number=order.number, signed_on=order.signed_on, issuer=order.issuer)
