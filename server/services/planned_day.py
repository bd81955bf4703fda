"""What is planned at one zone on one local day, as its rundown in force has it. It must not plan."""

from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from schedules.ids import ZoneId
from schedules.rundown import RundownItem
from schedules.times import DAY, Span, local_midnight
from schedules.unit import Zone
from server.errors import NotFound
from server.ports import Clock, Store
from server.services.rights import ANY_ROLE, require
from server.services.schedule import CIVIL_TIME, regulation_on, schedule_of
from server.values import Person


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedDay:
    """The items of a day, in order.

    Attributes:
        revision: of the rundown in force; None before the first.
    """

    zone: Zone
    time: ZoneInfo
    revision: int | None
    items: tuple[RundownItem, ...]


def planned_day(store: Store, clock: Clock, person: Person, zone: ZoneId, *, day: date) -> PlannedDay:
    """Give what is planned to start at a zone on a day.

    Raises:
        NotFound: `zone.unknown`.
        NotAllowed: `rights.missing` for somebody without a role there.
    """
    with store.reading() as uow:
        here = uow.places.zone(zone)
        if here is None:
            raise NotFound("zone.unknown")
        require(uow.places.units(), person, here.station, *ANY_ROLE)
        regulation = regulation_on(schedule_of(uow), here.station, clock.now())
        time = CIVIL_TIME if regulation is None else regulation.zone
        issued = uow.issue.issued(zone)
        span = Span(local_midnight(day, time), local_midnight(day + DAY, time))
        return PlannedDay(
            zone=here,
            time=time,
            revision=None if issued is None else issued.rundown.revision,
            items=tuple(item for _, item in uow.issue.planned(span, [zone])),
        )
