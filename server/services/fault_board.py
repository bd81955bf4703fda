"""Faults as pages show them: of a loudspeaker, of a station, of all units of a person; and what was heard after.

What was heard after a repair is looked up in the evidence, not told by who repaired. It changes nothing.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from schedules.asrun import Outcome
from schedules.ids import LoudspeakerId, UnitId
from schedules.reconciliation import CONFIRMED_SHARE
from schedules.times import DAY, Span, milliseconds
from schedules.unit import Unit, Units, Zone
from server.errors import NotFound
from server.evidence_records import Play
from server.fault_records import Fault
from server.ports import Clock, Store, UnitOfWork
from server.readiness_records import Alarm
from server.services.loudspeakers import find
from server.services.rights import ANY_ROLE, may, require
from server.services.schedule import lies_in
from server.services.unready import SILENT_DBFS
from server.values import Loudspeaker, Person

SHOWN_FOR = 90 * DAY
"""So long after its end a fault stands in the list of those that ended; at its loudspeaker it stands for ever."""
MOST = 2000
_FIRST_LOOK = 10
LISTENED_FOR = 7 * DAY
"""So long after a repair the first whole play is looked for; what stays silent longer was not repaired."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A fault as a page shows it.

    Attributes:
        by_name, ended_by_name: of who opened and ended it; empty where nobody did, or is not known any more.
        alarm: the one that told of it.
        heard: the first play after its end that sounded whole, as far as its level was measured; None where there is
            none (yet), or it is open.
    """

    fault: Fault
    loudspeaker: Loudspeaker
    zone: Zone
    station: Unit
    by_name: str
    ended_by_name: str
    alarm: Alarm | None
    heard: Play | None


def one(store: Store, person: Person, station: UnitId, fault: str) -> tuple[Shown, tuple[Shown, ...]]:
    """Give a fault of a station, and the open ones that came with it from one alarm.

    Raises:
        NotFound: `fault.unknown`.
        NotAllowed: `rights.missing` for somebody without a role there.
    """
    with store.reading() as uow:
        units = uow.places.units()
        require(units, person, station, *ANY_ROLE)
        known = uow.faults.get(fault)
        if known is None or uow.places.loudspeaker(known.loudspeaker) is None:
            raise NotFound("fault.unknown")
        beside = [each for each in uow.faults.open() if known.alarm and each.alarm == known.alarm and each != known]
        found = [each for each in _shown(uow, units, [known, *beside]) if each.station.id == station]
    if not found or found[0].fault != known:
        raise NotFound("fault.unknown")
    return found[0], tuple(found[1:])


def of_loudspeaker(store: Store, person: Person, loudspeaker: LoudspeakerId) -> tuple[Shown, ...]:
    """Give the faults of a loudspeaker, the open ones first, then the newest first.

    Raises:
        NotFound: `loudspeaker.unknown`.
        NotAllowed: `rights.missing` for somebody without a role there.
    """
    with store.reading() as uow:
        find(uow, person, loudspeaker, *ANY_ROLE)
        known = sorted(uow.faults.of([loudspeaker]), key=lambda each: each.ending is not None)
        return tuple(_shown(uow, uow.places.units(), known))


def below(
    store: Store, clock: Clock, person: Person, unit: UnitId | None, *, ended: bool, most: int = MOST
) -> tuple[Shown, ...]:
    """Give the open faults below a unit, the oldest first; or those that ended in the last months, the last first.

    Args:
        store: read from.
        clock: tells what is long ago.
        person: sees those of the units they have any role in.
        unit: whose; None: of all of the person's units.
        ended: instead of the open ones.
        most: how many at most.

    Raises:
        NotAllowed: `rights.missing` for somebody without a role in the unit.
    """
    with store.reading() as uow:
        units = uow.places.units()
        if unit is not None:
            require(units, person, unit, *ANY_ROLE)
        zones = {
            zone.id
            for zone in uow.places.zones()
            if may(units, person, zone.station, *ANY_ROLE) and (unit is None or lies_in(units, zone, unit))
        }
        own = {each.id for each in uow.places.loudspeakers() if each.zone in zones}
        known = uow.faults.ended(since=clock.now() - SHOWN_FOR) if ended else uow.faults.open()
        return tuple(_shown(uow, units, [each for each in known if each.loudspeaker in own][:most]))


def _shown(uow: UnitOfWork, units: Units, faults: Iterable[Fault]) -> Iterator[Shown]:
    known = tuple(faults)
    loudspeakers = {each.id: each for each in uow.places.loudspeakers(among={each.loudspeaker for each in known})}
    zones = {each.id: each for each in uow.places.zones(among={each.zone for each in loudspeakers.values()})}
    people = {each.by for each in known} | {each.ending.by for each in known if each.ending}
    names = {each: person.name for each in people if (person := uow.people.get(each)) is not None}
    for fault in known:
        loudspeaker, ending = loudspeakers[fault.loudspeaker], fault.ending
        zone = zones[loudspeaker.zone]
        yield Shown(
            fault=fault,
            loudspeaker=loudspeaker,
            zone=zone,
            station=units.by_id[zone.station],
            by_name=names.get(fault.by, ""),
            ended_by_name="" if ending is None else names.get(ending.by, ""),
            alarm=None if fault.alarm is None else uow.alarms.get(fault.alarm),
            heard=None if ending is None else _heard_after(uow, fault.loudspeaker, ending.at),
        )


def _heard_after(uow: UnitOfWork, loudspeaker: LoudspeakerId, at: datetime) -> Play | None:
    """Give the first play from an instant on that sounded whole."""
    for limit in (_FIRST_LOOK, None):  # where a repair helped, the first plays tell, and a list of repairs is long
        plays = uow.evidence.plays(loudspeaker, Span(at, at + LISTENED_FOR), limit=limit)
        found = next((each for each in plays if _sounded_whole(each)), None)
        if found is not None or len(plays) < _FIRST_LOOK:
            return found
    return None


def _sounded_whole(play: Play) -> bool:
    """Tell whether a play was confirmed, and not measured to be silent: a cut wire plays to the end too."""
    whole = play.played_ms >= CONFIRMED_SHARE * milliseconds(play.planned.duration)
    silent = play.level_dbfs is not None and play.level_dbfs <= SILENT_DBFS
    return play.outcome is Outcome.FINISHED and whole and not silent
