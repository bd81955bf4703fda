"""How loud a station's loudspeakers may be at all, whatever their technician sets. The device keeps to it, not this."""

from dataclasses import dataclass

from schedules.ids import UnitId
from schedules.regulation import VolumeRule, in_force
from schedules.times import local_day
from schedules.wire.codec import decoded
from schedules.wire.messages import TrustList
from schedules.wire.seal import envelope_of
from server.ports import Clock, Store
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
        lists = [decoded(TrustList, envelope_of(data).payload) for _, data in uow.issue.trust_lists()[-1:]]
        regulation = in_force(uow.places.regulations(stations=[station]), local_day(clock.now(), CIVIL_TIME))
    always = lists[0].volume_ceiling if lists else 100
    return Ceilings(always, () if regulation is None else regulation.volume)
