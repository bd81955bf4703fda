"""The loudspeakers of a station, as its technicians set them up, describe and move them.

What was heard stays with the zone it was heard in; what a device must know leaves with its next assignment. It must
not touch keys: a device brings its own when it is enrolled.
"""

from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields, replace
from datetime import datetime
from hashlib import sha256

from schedules.ids import LoudspeakerId, UnitId, ZoneId
from schedules.unit import Unit, Zone
from server.errors import NotFound, Unacceptable
from server.ports import Clock, Store, UnitOfWork
from server.services.inputs import one_line
from server.services.new_ids import new_id
from server.services.rights import may, require
from server.services.trail import note, require_newest
from server.values import Loudspeaker, LoudspeakerKind, Person, Role, Stood

KEEPERS = (Role.TECHNICIAN, Role.ADMINISTRATOR)
"""Those who look after loudspeakers."""

LONGEST_NAME = 80
MOST_HORNS = 40
MOST_CLUSTERS = 200
LONGEST_REASON = 300
LEAST_DAILY_BYTES, MOST_DAILY_BYTES = 1_000_000, 100_000_000_000
"""Less would not carry one notice; more is no limit at all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Description:
    """What a technician says of a loudspeaker.

    Attributes:
        clusters: behind a gateway; nobody asks a loudspeaker for them.
        volume: percent; the device never exceeds what its regulation and the trust list allow.
        daily_bytes: what the device may download of recordings in a day; None: no limit.
    """

    name: str
    kind: LoudspeakerKind = LoudspeakerKind.LOUDSPEAKER
    clusters: int = 0
    horns: int = 2
    volume: int = 100
    daily_bytes: int | None = None


def create(
    store: Store, clock: Clock, person: Person, station: UnitId, *, zone: ZoneId, described: Description
) -> Loudspeaker:
    """Set up a place for a loudspeaker; it plays once a device is enrolled there.

    Raises:
        NotAllowed: `rights.missing` for somebody who does not look after the station's loudspeakers.
        Unacceptable: `loudspeaker.*`, `zone.not_here` with the field.
    """
    with store.writing() as uow:
        made = created(uow, clock.now(), person, station, zone=zone, described=described)
        uow.commit()
    return made


def created(
    uow: UnitOfWork,
    now: datetime,
    person: Person,
    station: UnitId,
    *,
    zone: ZoneId,
    described: Description,
    position: tuple[float, float] | None = None,
) -> Loudspeaker:
    """Do what `create` does within a transaction; a position was judged before.

    Raises:
        NotAllowed, Unacceptable: as `create`.
    """
    require(uow.places.units(), person, station, *KEEPERS)
    here = uow.places.zone(zone)
    if here is None or here.station != station:
        raise Unacceptable("zone.not_here", "zone")
    empty = Loudspeaker(id=LoudspeakerId(new_id(now)), zone=zone, name="", public_key="", position=position, since=now)
    made = _as_described(uow, empty, described)
    uow.places.put_loudspeaker(made)
    note(uow, now, person, "loudspeaker.created", subject=made.id, unit=station, **_shown(made))
    return made


def change(
    store: Store, clock: Clock, person: Person, loudspeaker: LoudspeakerId, *, described: Description, seen: str
) -> Loudspeaker:
    """Describe a loudspeaker anew; its device is told.

    Args:
        store: written to, with one audit line; not at all where nothing would be different.
        clock: dates it.
        person: who looks after the loudspeaker.
        loudspeaker: which.
        described: instead of what was said before.
        seen: what `seen_as` gave for the loudspeaker as the person saw it.

    Raises:
        NotFound: `loudspeaker.unknown`, also for one that is retired.
        NotAllowed: `rights.missing`.
        Stale: `edit.stale`.
        Unacceptable: `loudspeaker.*` with the field.
    """
    with store.writing() as uow:
        known, zone = kept(uow, person, loudspeaker)
        after = _as_described(uow, known, described)
        if after != known:
            require_newest(uow, seen=seen, stored=seen_as(known), subject=known.id, unit=zone.station)
            put(uow, after)
            before = _shown(known)
            details = {"before": before, "after": _shown(after)}
            note(uow, clock.now(), person, "loudspeaker.changed", subject=known.id, unit=zone.station, **details)
            uow.commit()
    return after


def set_volume(
    store: Store, clock: Clock, person: Person, loudspeaker: LoudspeakerId, *, volume: int, seen: str
) -> Loudspeaker:
    """Set a loudspeaker's volume and leave the rest of its description as it is.

    Raises:
        NotFound, NotAllowed, Stale, Unacceptable: as `change`.
    """
    with store.reading() as uow:
        known, _ = kept(uow, person, loudspeaker)
    as_it_is = {each.name: getattr(known, each.name) for each in fields(Description)}
    return change(store, clock, person, loudspeaker, described=Description(**as_it_is | {"volume": volume}), seen=seen)


def move(
    store: Store, clock: Clock, person: Person, loudspeaker: LoudspeakerId, *, zone: ZoneId, seen: str
) -> Loudspeaker:
    """Let a loudspeaker belong to another zone from now on; what it was heard to play stays with the old one.

    Its device loses the right to the old zone's programme and gets the new one's. Twice is once.

    Raises:
        NotFound: `loudspeaker.unknown`, also for one that is retired.
        NotAllowed: `rights.missing` unless the person looks after the loudspeakers of both stations.
        Stale: `edit.stale`.
        Unacceptable: `zone.not_here`; `loudspeaker.name_taken` in the new zone.
    """
    now = clock.now()
    with store.writing() as uow:
        known, here = kept(uow, person, loudspeaker)
        there = uow.places.zone(zone)
        if there is None:
            raise Unacceptable("zone.not_here", "zone")
        require(uow.places.units(), person, there.station, *KEEPERS)
        if zone == known.zone:
            return known
        require_newest(uow, seen=seen, stored=seen_as(known), subject=known.id, unit=here.station)
        moved = replace(known, zone=zone, stood=(*known.stood, Stood(known.zone, now)))
        _require_own_name(uow, moved, field="zone")
        put(uow, moved)
        details = {"before": here.id, "after": zone}
        for station in sorted({here.station, there.station}):
            note(uow, now, person, "loudspeaker.moved", subject=known.id, unit=station, **details)
        uow.commit()
    return moved


def places_for(store: Store, person: Person) -> Iterator[tuple[Unit, tuple[Zone, ...]]]:
    """Give the zones a person may move a loudspeaker to, by station, both by name."""
    with store.reading() as uow:
        units, zones = uow.places.units(), uow.places.zones()
    stations = {zone.station for zone in zones if may(units, person, zone.station, *KEEPERS)}
    for station in sorted(stations, key=lambda each: (units.by_id[each].name, each)):
        own = (zone for zone in zones if zone.station == station)
        yield units.by_id[station], tuple(sorted(own, key=lambda zone: (zone.name, zone.id)))


def find(uow: UnitOfWork, person: Person, loudspeaker: LoudspeakerId, *roles: Role) -> tuple[Loudspeaker, Zone]:
    """Give a loudspeaker and its zone to somebody who holds one of the roles for its station.

    Raises:
        NotFound: `loudspeaker.unknown`.
        NotAllowed: `rights.missing`.
    """
    known = uow.places.loudspeaker(loudspeaker)
    zone = None if known is None else uow.places.zone(known.zone)
    if known is None or zone is None:
        raise NotFound("loudspeaker.unknown")
    require(uow.places.units(), person, zone.station, *roles)
    return known, zone


def kept(uow: UnitOfWork, person: Person, loudspeaker: LoudspeakerId) -> tuple[Loudspeaker, Zone]:
    """Give a loudspeaker in use and its zone to somebody who looks after it.

    Raises:
        NotFound: `loudspeaker.unknown`.
        NotAllowed: `rights.missing`.
    """
    known, zone = find(uow, person, loudspeaker, *KEEPERS)
    if known.retired_at is not None:
        raise NotFound("loudspeaker.unknown")
    return known, zone


def seen_as(loudspeaker: Loudspeaker) -> str:
    """Give what stands for a loudspeaker as it is; a maintenance lock comes and goes without changing it."""
    return sha256(repr(replace(loudspeaker, lock=None)).encode()).hexdigest()


def reason_of(text: str) -> str:
    """Give a reason as it is kept.

    Raises:
        Unacceptable: `loudspeaker.no_reason`, `loudspeaker.reason_too_long` with the field `reason`.
    """
    reason = one_line(text)
    if not reason:
        raise Unacceptable("loudspeaker.no_reason", "reason")
    if len(reason) > LONGEST_REASON:
        raise Unacceptable("loudspeaker.reason_too_long", "reason", most=LONGEST_REASON)
    return reason


def _as_described(uow: UnitOfWork, loudspeaker: Loudspeaker, described: Description) -> Loudspeaker:
    name, is_gateway = one_line(described.name), described.kind is LoudspeakerKind.GATEWAY
    if not name:
        raise Unacceptable("loudspeaker.no_name", "name")
    if len(name) > LONGEST_NAME:
        raise Unacceptable("loudspeaker.name_too_long", "name", most=LONGEST_NAME)
    if is_gateway and not 1 <= described.clusters <= MOST_CLUSTERS:
        raise Unacceptable("loudspeaker.clusters", "clusters", most=MOST_CLUSTERS)
    if not is_gateway and not 1 <= described.horns <= MOST_HORNS:
        raise Unacceptable("loudspeaker.horns", "horns", most=MOST_HORNS)
    if not 1 <= described.volume <= 100:
        raise Unacceptable("loudspeaker.volume", "volume")
    if described.daily_bytes is not None and not LEAST_DAILY_BYTES <= described.daily_bytes <= MOST_DAILY_BYTES:
        raise Unacceptable("loudspeaker.daily_bytes", "daily_mb")
    made = replace(
        loudspeaker,
        name=name,
        kind=described.kind,
        clusters=described.clusters if is_gateway else 0,
        horns=0 if is_gateway else described.horns,
        volume=described.volume,
        daily_bytes=described.daily_bytes,
    )
    _require_own_name(uow, made, field="name")
    return made


def _require_own_name(uow: UnitOfWork, loudspeaker: Loudspeaker, *, field: str) -> None:
    """Refuse a name that another loudspeaker in use has in the same zone: nobody could tell the two apart."""
    others = (each for each in uow.places.loudspeakers() if each.zone == loudspeaker.zone and each.retired_at is None)
    name = loudspeaker.name.casefold()
    if any(each.id != loudspeaker.id and each.name.casefold() == name for each in others):
        raise Unacceptable("loudspeaker.name_taken", field, name=loudspeaker.name)


def put(uow: UnitOfWork, loudspeaker: Loudspeaker) -> None:
    """Keep a loudspeaker that was changed, and have its device told."""
    uow.places.put_loudspeaker(loudspeaker)
    uow.issue.want_assignment([loudspeaker.id])


def _shown(loudspeaker: Loudspeaker) -> dict[str, object]:
    facts = asdict(loudspeaker)
    names = ("name", "zone", "kind", "clusters", "horns", "volume", "daily_bytes", "position")
    return {name: facts[name] for name in names}
