"""Units, zones, regulations, channels and loudspeakers in the database. It must not judge targets or hours."""

from collections.abc import Iterable, Mapping, Sequence
from secrets import token_hex
from typing import Any

from sqlalchemy import Row, delete, select
from sqlalchemy.orm import Session

from schedules.ids import ChannelId, GroupId, LoudspeakerId, PersonId, SuccessionId, UnitId, ZoneId
from schedules.regulation import Regulation
from schedules.unit import Group, Unit, Units, Zone
from schedules.wire.messages import Channel
from server.store.known import KnownTree
from server.store.regulations import regulation_of, regulation_row
from server.store.rows import (
    AnyRow,
    AssignmentMarkRow,
    ChannelRow,
    GroupRow,
    LoudspeakerRow,
    RegulationRow,
    SuccessionRow,
    TreeMarkRow,
    UnitRow,
    ZoneMarkRow,
    ZoneRow,
)
from server.store.trees import recording_of, recording_tree, standing_trees, standings_of, stood_of, stood_trees
from server.values import Loudspeaker, MaintenanceLock, StoredSuccession

_UNITS, _PLACES = 1, 2
"""Which mark is whose: units by themselves, for there are thousands; zones and loudspeakers together."""
_MARKS = select(TreeMarkRow.id, TreeMarkRow.mark)


class SqlPlaces:
    """See `repositories.Places`."""

    def __init__(self, session: Session, tree: KnownTree) -> None:
        self._session = session
        self._tree = tree
        self._marks: dict[int, str] = {}

    def units(self) -> Units:
        """Give the tree of all units."""
        return self._tree.units.of(self._mark(_UNITS), self._read_units)

    def put_units(self, units: Iterable[Unit]) -> None:
        """Insert or replace units; the parent of each must be there or come before it."""
        known = set(self._session.scalars(select(UnitRow.id)))
        for unit in units:
            row = _unit_row(unit)
            if unit.id in known:
                self._session.merge(row)
            else:
                self._session.add(row)
        self._is_another(_UNITS)

    def groups(self) -> Sequence[Group]:
        """Give all named groups, in order of id."""
        return [_group(row) for row in self._session.scalars(select(GroupRow).order_by(GroupRow.id))]

    def put_group(self, group: Group) -> None:
        """Insert or replace a named group."""
        self._merge(
            GroupRow(
                id=group.id, owner=group.owner, name=group.name, zones=sorted(group.zones), units=sorted(group.units)
            )
        )

    def remove_group(self, group: GroupId) -> None:
        """Forget a named group."""
        self._session.execute(delete(GroupRow).where(GroupRow.id == group))

    def zones(self, *, among: Iterable[ZoneId] | None = None) -> Sequence[Zone]:
        """Give zones, in order of id."""
        known = self._tree.zones.of(self._mark(_PLACES), self._read_zones)
        wanted = None if among is None else frozenset(among)
        return known if wanted is None else [each for each in known if each.id in wanted]

    def zone(self, zone: ZoneId) -> Zone | None:
        """Give one zone."""
        row = self._session.get(ZoneRow, zone)
        return None if row is None else _zone(row)

    def put_zone(self, zone: Zone) -> None:
        """Insert or replace a zone; a new one wants a rundown."""
        self._merge(
            ZoneRow(
                id=zone.id,
                station=zone.station,
                unit=zone.unit,
                name=zone.name,
                languages=list(zone.languages),
                households=zone.households,
                residents=zone.residents,
                tags=sorted(zone.tags),
                stood=standing_trees(zone.stood),
                moves=standing_trees(zone.moves),
            )
        )
        if self._session.get(ZoneMarkRow, zone.id) is None:
            self._merge(ZoneMarkRow(zone=zone.id))
        self._is_another(_PLACES)

    def successions(self) -> Sequence[StoredSuccession]:
        """Give every merge and split that was decided, by its day."""
        rows = self._session.scalars(select(SuccessionRow).order_by(SuccessionRow.on, SuccessionRow.id))
        return [
            StoredSuccession(
                id=SuccessionId(row.id),
                on=row.on,
                basis=row.basis,
                ends={UnitId(unit): tuple(map(UnitId, successors)) for unit, successors in row.ends.items()},
                decided_by=PersonId(row.decided_by),
                decided_at=row.decided_at,
                carried_out_at=row.carried_out_at,
            )
            for row in rows
        ]

    def put_succession(self, succession: StoredSuccession) -> None:
        """Insert or replace a decided merge or split."""
        self._merge(
            SuccessionRow(
                id=succession.id,
                on=succession.on,
                basis=succession.basis,
                ends={unit: list(successors) for unit, successors in succession.ends.items()},
                decided_by=succession.decided_by,
                decided_at=succession.decided_at,
                carried_out_at=succession.carried_out_at,
            )
        )
        self._is_another(_UNITS)

    def regulations(self, *, stations: Iterable[UnitId] | None = None) -> Sequence[Regulation]:
        """Give regulations, the earliest of each station first."""
        query = select(RegulationRow).order_by(RegulationRow.station, RegulationRow.valid_from, RegulationRow.number)
        if stations is not None:
            query = query.where(RegulationRow.station.in_(list(stations)))
        return [regulation_of(row) for row in self._session.scalars(query)]

    def put_regulation(self, regulation: Regulation) -> None:
        """Insert or replace a regulation by station and number."""
        self._merge(regulation_row(regulation))

    def channels(self) -> Sequence[Channel]:
        """Give the channels, in order of id."""
        return [
            Channel(id=ChannelId(row.id), name=row.name, address=row.address, fallback=recording_of(row.fallback))
            for row in self._session.scalars(select(ChannelRow).order_by(ChannelRow.id))
        ]

    def put_channel(self, channel: Channel) -> None:
        """Insert or replace a channel."""
        fallback = recording_tree(channel.fallback)
        self._merge(ChannelRow(id=channel.id, name=channel.name, address=channel.address, fallback=fallback))

    def loudspeakers(self, *, among: Iterable[LoudspeakerId] | None = None) -> Sequence[Loudspeaker]:
        """Give loudspeakers, retired ones included, in order of id; all unless some are named."""
        known = self._tree.loudspeakers.of(self._mark(_PLACES), self._read_loudspeakers)
        wanted = None if among is None else frozenset(among)
        return known if wanted is None else [each for each in known if each.id in wanted]

    def loudspeakers_at(self, zones: Iterable[ZoneId]) -> Sequence[Loudspeaker]:
        """Give the loudspeakers that stand in some zones or stood there, retired ones included, in order of id."""
        known = self._tree.by_zone.of(self._mark(_PLACES), self._read_by_zone)
        found = {each.id: each for zone in zones for each in known.get(zone, ())}
        return [found[each] for each in sorted(found)]

    def loudspeaker(self, loudspeaker: LoudspeakerId) -> Loudspeaker | None:
        """Give one loudspeaker."""
        row = self._session.get(LoudspeakerRow, loudspeaker)
        return None if row is None else _loudspeaker(row)

    def put_loudspeaker(self, loudspeaker: Loudspeaker) -> None:
        """Insert or replace a loudspeaker; a new one wants an assignment."""
        north, east = loudspeaker.position or (None, None)
        self._merge(
            LoudspeakerRow(
                id=loudspeaker.id,
                zone=loudspeaker.zone,
                name=loudspeaker.name,
                public_key=loudspeaker.public_key,
                kind=loudspeaker.kind,
                clusters=loudspeaker.clusters,
                horns=loudspeaker.horns,
                volume=loudspeaker.volume,
                daily_bytes=loudspeaker.daily_bytes,
                maintenance_until=loudspeaker.lock.until if loudspeaker.lock else None,
                maintenance_by=loudspeaker.lock.by if loudspeaker.lock else "",
                maintenance_reason=loudspeaker.lock.reason if loudspeaker.lock else "",
                north=north,
                east=east,
                since=loudspeaker.since,
                stood=stood_trees(loudspeaker.stood),
                retired_at=loudspeaker.retired_at,
            )
        )
        if self._session.get(AssignmentMarkRow, loudspeaker.id) is None:
            self._merge(AssignmentMarkRow(loudspeaker=loudspeaker.id))
        self._is_another(_PLACES)

    def machine_voice_units(self) -> frozenset[UnitId]:
        """Give the units whose own programmes may go on air in the embedded machine voice."""
        return frozenset(map(UnitId, self._session.scalars(select(UnitRow.id).where(UnitRow.machine_voice))))

    def allow_machine_voice(self, unit: UnitId, *, allowed: bool) -> None:
        """Let a unit's programmes go on air in the embedded machine voice, or no longer."""
        row = self._session.get(UnitRow, unit)
        if row is not None:
            row.machine_voice = allowed
            self._session.flush()

    def _read_units(self) -> Units:
        to_come = (unit for each in self.successions() if each.carried_out_at is None for unit in each.ends)
        return Units.of(map(_unit, self._session.execute(select(*_OF_A_UNIT))), to_come)

    def _read_zones(self) -> tuple[Zone, ...]:
        return tuple(_zone(row) for row in self._session.scalars(select(ZoneRow).order_by(ZoneRow.id)))

    def _read_loudspeakers(self) -> tuple[Loudspeaker, ...]:
        rows = self._session.scalars(select(LoudspeakerRow).order_by(LoudspeakerRow.id))
        return tuple(map(_loudspeaker, rows))

    def _read_by_zone(self) -> Mapping[ZoneId, tuple[Loudspeaker, ...]]:
        found: dict[ZoneId, tuple[Loudspeaker, ...]] = {}
        for loudspeaker in self.loudspeakers():
            for zone in loudspeaker.zones:
                found[zone] = (*found.get(zone, ()), loudspeaker)
        return found

    def _mark(self, of: int) -> str:
        """Give a mark as this transaction sees it: nobody else can change it meanwhile, and pages ask for it often."""
        if not self._marks:
            self._marks = {each.id: each.mark for each in self._session.execute(_MARKS)}
        return self._marks.get(of, "")

    def _is_another(self, of: int) -> None:
        """Have every process read units, or places, anew."""
        self._session.merge(TreeMarkRow(id=of, mark=token_hex(16)))
        self._session.flush()
        self._marks = {}

    def _merge(self, row: AnyRow) -> None:
        self._session.merge(row)
        self._session.flush()


_OF_A_UNIT = (
    UnitRow.id,
    UnitRow.code,
    UnitRow.name,
    UnitRow.level,
    UnitRow.parent,
    UnitRow.valid_from,
    UnitRow.valid_to,
    UnitRow.successors,
    UnitRow.north,
    UnitRow.east,
)
"""Columns, not whole rows: a tree has thousands of units."""


def _unit(row: Row[*tuple[Any, ...]]) -> Unit:
    identifier, code, name, level, parent, valid_from, valid_to, successors, north, east = row
    return Unit(
        id=UnitId(identifier),
        code=code,
        name=name,
        level=level,
        parent=None if parent is None else UnitId(parent),
        valid_from=valid_from,
        valid_to=valid_to,
        successors=tuple(map(UnitId, successors)),
        position=None if north is None else (north, east),
    )


def _unit_row(unit: Unit) -> UnitRow:
    north, east = unit.position or (None, None)
    return UnitRow(
        id=unit.id,
        code=unit.code,
        name=unit.name,
        level=unit.level,
        parent=unit.parent,
        valid_from=unit.valid_from,
        valid_to=unit.valid_to,
        successors=list(unit.successors),
        north=north,
        east=east,
    )


def _group(row: GroupRow) -> Group:
    return Group(
        id=GroupId(row.id),
        owner=UnitId(row.owner),
        name=row.name,
        zones=frozenset(map(ZoneId, row.zones)),
        units=frozenset(map(UnitId, row.units)),
    )


def _zone(row: ZoneRow) -> Zone:
    return Zone(
        id=ZoneId(row.id),
        station=UnitId(row.station),
        unit=UnitId(row.unit),
        name=row.name,
        languages=tuple(row.languages),
        households=row.households,
        residents=row.residents,
        tags=frozenset(row.tags),
        stood=standings_of(row.stood),
        moves=standings_of(row.moves),
    )


def _loudspeaker(row: LoudspeakerRow) -> Loudspeaker:
    return Loudspeaker(
        id=LoudspeakerId(row.id),
        zone=ZoneId(row.zone),
        name=row.name,
        public_key=row.public_key,
        kind=row.kind,
        clusters=row.clusters,
        horns=row.horns,
        volume=row.volume,
        daily_bytes=row.daily_bytes,
        lock=None
        if row.maintenance_until is None
        else MaintenanceLock(row.maintenance_until, PersonId(row.maintenance_by), row.maintenance_reason),
        position=None if row.north is None or row.east is None else (row.north, row.east),
        since=row.since,
        stood=stood_of(row.stood),
        retired_at=row.retired_at,
    )
