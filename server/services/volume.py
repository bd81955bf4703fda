"""How loud a station's loudspeakers may be at all, whatever their technician sets. The device keeps to it, not this."""

from dataclasses import dataclass

from schedules.ids import UnitId
from schedules.regulation import VolumeRule, in_force
from schedules.times import local_day
from server.ports import Clock, Store
from server.services.keys import newest
from server.services.rights import ANY_ROLE, require
from server.services.schedule import CIVIL_TIME
from server.values import Person


@dataclass(frozen=True, slots=True)
class Ceilings:
    """The highest volumes in percent: at any time, by the newest trust list; and by hours, by the regulation."""

    always: int
    by_hours: tuple[VolumeRule, ...]


def ceilings(store: Store, clock: Clock, person: Person, station: UnitId) -> Ceilings:
    """Give the ceilings at a station today.

    Raises:
        NotAllowed: `rights.missing` for somebody without a role there.
    """
    with store.reading() as uow:
        require(uow.places.units(), person, station, *ANY_ROLE)
        trust_list = newest(uow.issue.trust_lists())
        regulation = in_force(uow.places.regulations(stations=[station]), local_day(clock.now(), CIVIL_TIME))
    always = 100 if trust_list is None else trust_list.volume_ceiling
    return Ceilings(always, () if regulation is None else regulation.volume)
