"""The end of a loudspeaker, or of the device in it: what it had told until then is written down, its rights end.

What a device still tells later is kept all the same, as told after its retirement. It must not speak to the broker:
whoever keeps the broker's accounts reads here which devices are no longer in use.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from schedules.ids import JournalId, LoudspeakerId, UnitId
from schedules.unit import Zone
from server.device_records import Device
from server.errors import NotFound
from server.ports import Clock, Store, UnitOfWork
from server.services.devices import end_use
from server.services.loudspeakers import KEEPERS, find, kept, reason_of, seen_as
from server.services.rights import ANY_ROLE, require
from server.services.trail import note, require_newest
from server.values import Loudspeaker, Person

_LOOKED_BACK = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Retired:
    """A loudspeaker that is no longer in use.

    Attributes:
        zone: the one it belonged to last.
        reason, by_name: why, and who took it out of use.
        heads: per journal, the newest sequence and hash that were held then.
        devices: those it had, the earliest first.
    """

    loudspeaker: Loudspeaker
    zone: Zone
    reason: str
    by_name: str
    heads: Mapping[JournalId, tuple[int, str]]
    devices: tuple[Device, ...]


def retire(
    store: Store, clock: Clock, person: Person, loudspeaker: LoudspeakerId, *, reason: str, seen: str
) -> Loudspeaker:
    """Take a loudspeaker out of use for good, and its device with it. Twice is once.

    Raises:
        NotFound: `loudspeaker.unknown`.
        NotAllowed: `rights.missing` for somebody who does not look after it.
        Stale: `edit.stale` unless `seen` is what `seen_as` gave for the loudspeaker.
        Unacceptable: `loudspeaker.no_reason`, `loudspeaker.reason_too_long` with the field `reason`.
    """
    now = clock.now()
    with store.writing() as uow:
        known, zone = find(uow, person, loudspeaker, *KEEPERS)
        if known.retired_at is not None:
            return known
        text = reason_of(reason)
        require_newest(uow, seen=seen, stored=seen_as(known), subject=known.id, unit=zone.station)
        details = {"reason": text, "zone": zone.id, **_end_device(uow, known, now)}
        retired = replace(known, retired_at=now, lock=None)
        uow.places.put_loudspeaker(retired)
        note(uow, now, person, "loudspeaker.retired", subject=known.id, unit=zone.station, **details)
        uow.commit()
    return retired


def replace_device(
    store: Store, clock: Clock, person: Person, loudspeaker: LoudspeakerId, *, reason: str, seen: str
) -> Loudspeaker:
    """Take the device of a loudspeaker out of use, so that another can be enrolled in its place.

    The loudspeaker keeps its id, its place and its history. One that has no device stays as it is.

    Raises:
        NotFound: `loudspeaker.unknown`, also for one that is retired.
        NotAllowed: `rights.missing` for somebody who does not look after it.
        Stale: `edit.stale` unless `seen` is what `seen_as` gave for the loudspeaker.
        Unacceptable: `loudspeaker.no_reason`, `loudspeaker.reason_too_long` with the field `reason`.
    """
    now = clock.now()
    with store.writing() as uow:
        known, zone = kept(uow, person, loudspeaker)
        if not known.public_key:
            return known
        text = reason_of(reason)
        require_newest(uow, seen=seen, stored=seen_as(known), subject=known.id, unit=zone.station)
        details = {"reason": text, **_end_device(uow, known, now)}
        emptied = replace(known, public_key="")
        uow.places.put_loudspeaker(emptied)
        note(uow, now, person, "loudspeaker.device_replaced", subject=known.id, unit=zone.station, **details)
        uow.commit()
    return emptied


def retired_of(store: Store, person: Person, station: UnitId) -> tuple[tuple[Loudspeaker, Zone], ...]:
    """Give the loudspeakers of a station that are no longer in use, the last one first.

    Raises:
        NotAllowed: `rights.missing` for somebody without a role there.
    """
    with store.reading() as uow:
        require(uow.places.units(), person, station, *ANY_ROLE)
        zones = {zone.id: zone for zone in uow.places.zones() if zone.station == station}
        gone = [(each.retired_at, each) for each in uow.places.loudspeakers() if each.zone in zones]
    dated = sorted(((at, each) for at, each in gone if at is not None), key=lambda pair: pair[0], reverse=True)
    return tuple((each, zones[each.zone]) for _, each in dated)


def retired(store: Store, person: Person, station: UnitId, loudspeaker: LoudspeakerId) -> Retired:
    """Tell of a loudspeaker of a station that is no longer in use.

    Raises:
        NotFound: `loudspeaker.unknown`, also for one in use.
        NotAllowed: `rights.missing` for somebody without a role there.
    """
    gone = {each.id: (each, zone) for each, zone in retired_of(store, person, station)}
    if loudspeaker not in gone:
        raise NotFound("loudspeaker.unknown")
    known, zone = gone[loudspeaker]
    with store.reading() as uow:
        lines = uow.audit.latest(unit=None, subject=loudspeaker, limit=_LOOKED_BACK)
        line = next((each for each in lines if each.action == "loudspeaker.retired"), None)
        by = uow.people.get(line.by) if line is not None and line.by is not None else None
        devices = tuple(uow.devices.of(loudspeaker))
    return Retired(
        loudspeaker=known,
        zone=zone,
        reason="" if line is None else str(line.details.get("reason", "")),
        by_name=by.name if by else "",
        heads={journal: head for device in devices for journal, head in device.last_heads.items()},
        devices=devices,
    )


def _end_device(uow: UnitOfWork, loudspeaker: Loudspeaker, now: datetime) -> dict[str, object]:
    """Retire the device in use; give it and the heads of what was told until now for the audit line."""
    ended = end_use(uow, loudspeaker.id, now)
    heads = {each.journal: (each.through, each.head) for each in uow.evidence.journals(loudspeaker.id)}
    return {"devices": list(ended), "heads": heads}
