"""The maintenance lock: silence at one loudspeaker, emergencies included, while somebody works at its horns.

It ends by itself, on the device too. It must not judge what sounds: the device's guard does.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from schedules.ids import LoudspeakerId, UnitId
from schedules.times import Span
from schedules.unit import Zone
from server.errors import Unacceptable
from server.ports import Clock, Store, UnitOfWork
from server.services.loudspeakers import KEEPERS, find, put, reason_of
from server.services.presence import loudspeakers_of
from server.services.rights import ANY_ROLE, require
from server.services.trail import note
from server.values import Loudspeaker, MaintenanceLock, Person, Role

SHORTEST_MINUTES = 5
LONGEST_MINUTES = 480
LOCKERS = (*KEEPERS, Role.OFFICER)
"""Those who look after loudspeakers, and who runs the station."""

SOON = timedelta(minutes=30)
"""Something planned within this time that a lock would silence is worth a warning."""
_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Locked:
    """A loudspeaker under a lock.

    Attributes:
        by_name: of the person who locked it.
        silences: the title and start of what is planned soon and will not be heard there; None where nothing is.
    """

    loudspeaker: Loudspeaker
    zone: Zone
    lock: MaintenanceLock
    by_name: str
    silences: tuple[str, datetime] | None


def lock(
    store: Store, clock: Clock, person: Person, loudspeaker: LoudspeakerId, *, minutes: int, reason: str
) -> Loudspeaker:
    """Silence one loudspeaker for some minutes from now, to the next whole one; a further lock replaces the one before.

    Asked for twice within a minute it is one lock.

    Raises:
        NotFound: `loudspeaker.unknown`.
        NotAllowed: `rights.missing` for somebody who neither looks after the loudspeaker nor runs its station.
        Unacceptable: `maintenance.minutes`; `loudspeaker.no_reason`, `loudspeaker.reason_too_long`;
            `loudspeaker.retired`.
    """
    now = clock.now()
    with store.writing() as uow:
        known, zone = find(uow, person, loudspeaker, *LOCKERS)
        if not SHORTEST_MINUTES <= minutes <= LONGEST_MINUTES:
            raise Unacceptable("maintenance.minutes", "minutes", least=SHORTEST_MINUTES, most=LONGEST_MINUTES)
        if known.retired_at is not None:
            raise Unacceptable("loudspeaker.retired")
        wanted = MaintenanceLock(_whole(now + minutes * _MINUTE), person.id, reason_of(reason))
        if known.locked(now) == wanted:
            return known
        locked = replace(known, lock=wanted)
        put(uow, locked)
        details = {"until": wanted.until.isoformat(), "minutes": minutes, "reason": wanted.reason}
        note(uow, now, person, "loudspeaker.locked", subject=known.id, unit=zone.station, **details)
        uow.commit()
    return locked


def unlock(store: Store, clock: Clock, person: Person, loudspeaker: LoudspeakerId) -> Loudspeaker:
    """Let a loudspeaker sound again before its lock ends; one that is not locked stays as it is.

    Raises:
        NotFound: `loudspeaker.unknown`.
        NotAllowed: `rights.missing`.
    """
    now = clock.now()
    with store.writing() as uow:
        known, zone = find(uow, person, loudspeaker, *LOCKERS)
        if known.locked(now) is None:
            return known
        unlocked = replace(known, lock=None)
        put(uow, unlocked)
        note(uow, now, person, "loudspeaker.unlocked", subject=known.id, unit=zone.station)
        uow.commit()
    return unlocked


def locked_at(store: Store, clock: Clock, person: Person, station: UnitId) -> tuple[Locked, ...]:
    """Give the loudspeakers of a station (or of all below a unit) that are locked now, the first to end first.

    Raises:
        NotAllowed: `rights.missing` for somebody without a role there.
    """
    now = clock.now()
    with store.reading() as uow:
        require(uow.places.units(), person, station, *ANY_ROLE)
        zones = {zone.id: zone for zone in uow.places.zones() if zone.station == station}
        held = [(each.locked(now), each) for each in loudspeakers_of(uow, zones)]
        found = [_locked(uow, each, zones[each.zone], here, now) for here, each in held if here is not None]
    return tuple(sorted(found, key=lambda each: (each.lock.until, each.loudspeaker.name)))


def _locked(uow: UnitOfWork, loudspeaker: Loudspeaker, zone: Zone, held: MaintenanceLock, now: datetime) -> Locked:
    coming = uow.issue.planned(Span(now, min(now + SOON, held.until)), [zone.id])
    by = uow.people.get(held.by)
    return Locked(
        loudspeaker=loudspeaker,
        zone=zone,
        lock=held,
        by_name=by.name if by else "",
        silences=next(((item.title, item.starts_at) for _, item in coming), None),
    )


def _whole(instant: datetime) -> datetime:
    """Give the next instant without seconds, as people read it from a clock."""
    begun = instant.replace(second=0, microsecond=0)
    return begun if begun == instant else begun + _MINUTE
