"""The dated tree of administrative units, the zones of loudspeakers in it, and what a target means.

It must not know where units are stored. A unit is a dated fact with successors: a merged commune
stays what it was for the days on which it existed.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum

from schedules.errors import InvalidValue
from schedules.ids import GroupId, UnitId, ZoneId


class UnitLevel(StrEnum):
    """Levels of units; districts existed until 2025-06-30 (Law 72/2025/QH15 on local government)."""

    PROVINCE = "province"
    DISTRICT = "district"
    COMMUNE = "commune"
    HAMLET = "hamlet"


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """One administrative unit for the days on which it exists, `[valid_from, valid_to)`.

    Attributes:
        code: the official one; re-used by later units, so no identity.
        successors: the units it became on `valid_to`, merged or split; none while it exists.
        position: of its seat, degrees north and east; None when not known.
    """

    id: UnitId
    code: str
    name: str
    level: UnitLevel
    parent: UnitId | None
    valid_from: date | None = None
    valid_to: date | None = None
    successors: tuple[UnitId, ...] = ()
    position: tuple[float, float] | None = None

    def __post_init__(self) -> None:
        if self.valid_from is not None and self.valid_to is not None and self.valid_to <= self.valid_from:
            raise InvalidValue("unit.ends_before_start", unit=self.name, first=self.valid_from, until=self.valid_to)
        if self.successors and self.valid_to is None:
            raise InvalidValue("unit.successor_without_end", unit=self.name)

    def exists_on(self, day: date) -> bool:
        """Tell whether the unit exists on a civil date."""
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day < self.valid_to)

    def outlasts(self, other: "Unit") -> bool:
        """Tell whether the unit exists on every day on which another does."""
        begun = self.valid_from is None or (other.valid_from is not None and self.valid_from <= other.valid_from)
        return begun and (self.valid_to is None or (other.valid_to is not None and other.valid_to <= self.valid_to))


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a zone stands: its station, and the unit it serves. `day` is the one it left it, or comes there."""

    day: date
    station: UnitId
    unit: UnitId


@dataclass(frozen=True, slots=True, kw_only=True)
class Zone:
    """Loudspeakers of one station that always play the same.

    Attributes:
        station: the commune whose regulation the zone sounds under.
        unit: the unit the zone serves, by default a hamlet; `station` itself when it serves all.
        languages: languages of its people, best first, as BCP 47 tags (`vi`, `hre`).
        tags: what else a target may ask for ("ven biển", "vùng lũ").
        stood: where it stood before, each until its day, the earliest first.
        moves: where it will stand, each from its day on, the earliest first.
        households, residents: how many live within reach; 0 when not known.
    """

    id: ZoneId
    station: UnitId
    unit: UnitId
    name: str
    languages: tuple[str, ...] = ("vi",)
    households: int = 0
    residents: int = 0
    tags: frozenset[str] = frozenset()
    stood: tuple[Standing, ...] = ()
    moves: tuple[Standing, ...] = ()

    def __post_init__(self) -> None:
        if not self.languages:
            raise InvalidValue("zone.no_language", zone=self.name)
        days = [each.day for each in (*self.stood, *self.moves)]
        if days != sorted(set(days)):
            raise InvalidValue("zone.moves_out_of_order", zone=self.name)

    @property
    def stations(self) -> frozenset[UnitId]:
        """The station it stands at now, and those it will stand at."""
        return frozenset({self.station, *(each.station for each in self.moves)})

    def everywhere(self) -> frozenset[UnitId]:
        """Give the units it ever stood in, stands in or will stand in."""
        return frozenset(
            {self.station, self.unit}.union(*({each.station, each.unit} for each in (*self.stood, *self.moves)))
        )

    def obeys(self, units: "Units") -> tuple[UnitId, ...]:
        """Give the units whose word counts here: those above it, and those above where it stood before."""
        standing = (self.unit, self.station, *(unit for each in self.stood for unit in (each.unit, each.station)))
        return tuple(dict.fromkeys(above for each in standing for above in units.above(each)))

    def moved(self, day: date) -> "Zone":
        """Give the zone once every move up to a day, included, is made."""
        here = self
        for move in self.moves:
            if move.day <= day:
                left = Standing(move.day, here.station, here.unit)
                here = replace(
                    here, station=move.station, unit=move.unit, stood=(*here.stood, left), moves=here.moves[1:]
                )
        return here

    def on(self, day: date) -> "Zone":
        """Give the zone as it stands on a day, past or to come."""
        for left in self.stood:
            if day < left.day:
                return replace(self, station=left.station, unit=left.unit)
        return self.moved(day)


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Zones and units that are often meant together, under a name of their own ("các xã ven biển")."""

    id: GroupId
    owner: UnitId
    name: str
    zones: frozenset[ZoneId] = frozenset()
    units: frozenset[UnitId] = frozenset()

    def __post_init__(self) -> None:
        if not self.name.strip():
            raise InvalidValue("group.no_name")
        if not self.zones and not self.units:
            raise InvalidValue("group.names_nothing", group=self.name)


@dataclass(frozen=True, slots=True)
class Target:
    """Whom something is for.

    Zones, units (with all zones below them) and groups say where: what any of them names. Languages and tags
    narrow it to the zones that speak one of the languages and carry one of the tags; alone they mean every zone
    that does. A unit that was merged or split goes on meaning the zones that stood below it when it ended, wherever
    they stand since, and no others.
    """

    zones: frozenset[ZoneId] = frozenset()
    units: frozenset[UnitId] = frozenset()
    groups: frozenset[GroupId] = frozenset()
    languages: frozenset[str] = frozenset()
    tags: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        if not (self.zones or self.units or self.groups or self.languages or self.tags):
            raise InvalidValue("target.names_nothing")

    @property
    def is_everywhere(self) -> bool:
        """Whether it says no place, only whom."""
        return not (self.zones or self.units or self.groups)

    def suits(self, zone: Zone) -> bool:
        """Tell whether a zone has a language and a tag that are asked for."""
        speaks = not self.languages or not self.languages.isdisjoint(zone.languages)
        return speaks and (not self.tags or not self.tags.isdisjoint(zone.tags))


@dataclass(frozen=True, slots=True)
class Units:
    """The tree of units by id.

    Attributes:
        to_come: those whose merge or split is decided, and whose day has not come yet.
    """

    by_id: Mapping[UnitId, Unit]
    to_come: frozenset[UnitId] = frozenset()
    _above: dict[UnitId, tuple[UnitId, ...]] = field(default_factory=dict, compare=False, repr=False)
    _before: dict[UnitId, list[UnitId]] = field(default_factory=dict, compare=False, repr=False)
    _below: dict[UnitId, frozenset[UnitId]] = field(default_factory=dict, compare=False, repr=False)

    @classmethod
    def of(cls, units: Iterable[Unit], to_come: Iterable[UnitId] = ()) -> "Units":
        """Build the tree; `to_come` as the attribute.

        Raises:
            InvalidValue: `unit.unknown_parent`; `unit.circle` when a unit is above itself; `unit.parent_ended`
                when a unit exists on a day on which its parent does not; `unit.unknown_successor`;
                `unit.successor_circle`; `unit.successor_absent` when a successor does not exist on the day.
        """
        tree = cls({unit.id: unit for unit in units}, frozenset(to_come))
        for unit in tree.by_id.values():
            tree.above(unit.id)
            if unit.parent is not None and not tree.by_id[unit.parent].outlasts(unit):
                raise InvalidValue("unit.parent_ended", unit=unit.name, parent=tree.by_id[unit.parent].name)
            for each in unit.successors:
                if each not in tree.by_id:
                    raise InvalidValue("unit.unknown_successor", unit=unit.name, successor=each)
                tree._before.setdefault(each, []).append(unit.id)
        tree._check_no_circle()
        tree._check_all_there()
        return tree

    def above(self, unit: UnitId) -> tuple[UnitId, ...]:
        """Give the unit and every unit above it, nearest first."""
        known = self._above.get(unit)
        if known is not None:
            return known
        chain: list[UnitId] = []
        here: UnitId | None = unit
        while here is not None:
            if here in chain:
                raise InvalidValue("unit.circle", unit=here)
            if here not in self.by_id:
                raise InvalidValue("unit.unknown_parent", unit=here)
            chain.append(here)
            here = self.by_id[here].parent
        self._above[unit] = tuple(chain)
        return tuple(chain)

    def within(self, unit: UnitId, area: UnitId) -> bool:
        """Tell whether a unit is the area or lies below it."""
        return area in self.above(unit)

    def below(self, area: UnitId) -> frozenset[UnitId]:
        """Give the area and every unit that lies below it."""
        if area not in self._below:
            self._below[area] = frozenset(each for each in self.by_id if self.within(each, area))
        return self._below[area]

    def on(self, day: date) -> Iterator[Unit]:
        """Give the units that exist on a civil date."""
        return (unit for unit in self.by_id.values() if unit.exists_on(day))

    def followers(self, unit: UnitId, day: date) -> frozenset[UnitId]:
        """Give what a unit is on a date: itself while it exists, then its successors and theirs."""
        known = self.by_id[unit]
        if known.exists_on(day):
            return frozenset({unit})
        return frozenset().union(*(self.followers(each, day) for each in known.successors))

    def became(self, unit: UnitId) -> frozenset[UnitId]:
        """Give everything a unit became, whenever, itself included."""
        return frozenset({unit}).union(*map(self.became, self.by_id[unit].successors))

    def has_become(self, unit: UnitId) -> frozenset[UnitId]:
        """Give everything a unit became so far, itself included: not what it will be on a day still to come."""
        if not self.to_come.isdisjoint(self.above(unit)):
            return frozenset({unit})
        return frozenset({unit}).union(*map(self.has_become, self.by_id[unit].successors))

    def predecessors(self, unit: UnitId, day: date) -> frozenset[UnitId]:
        """Give the units of a date that this one was or has taken over since."""
        own = {unit} if self.by_id[unit].exists_on(day) else set()
        return frozenset(own).union(*(self.predecessors(each, day) for each in self._before.get(unit, ())))

    def _check_no_circle(self) -> None:
        """Take away, again and again, what nothing is left to follow; a circle is what stays."""
        following = {unit.id: len(unit.successors) for unit in self.by_id.values() if unit.successors}
        ends = [unit for unit in self._before if unit not in following]
        while ends:
            for before in self._before.get(ends.pop(), ()):
                following[before] -= 1
                if not following[before]:
                    del following[before]
                    ends.append(before)
        if following:
            raise InvalidValue("unit.successor_circle", unit=self.by_id[min(following)].name)

    def _check_all_there(self) -> None:
        for unit in self.by_id.values():
            for each in unit.successors:
                if unit.valid_to is not None and not self.by_id[each].exists_on(unit.valid_to):
                    name = self.by_id[each].name
                    raise InvalidValue("unit.successor_absent", unit=unit.name, successor=name, day=unit.valid_to)


class ZoneIndex:
    """Zones by their own id and by every unit above them, for a schedule that asks about many targets."""

    def __init__(self, zones: Iterable[Zone], units: Units, groups: Iterable[Group]) -> None:
        self._units = units
        self._by_id: dict[ZoneId, Zone] = {}
        self._below: dict[UnitId, list[Zone]] = {}
        self._groups = {group.id: group for group in groups}
        for zone in zones:
            self._by_id[zone.id] = zone
            for unit in {above for each in zone.everywhere() for above in units.above(each)}:
                self._below.setdefault(unit, []).append(zone)

    def meant(self, target: Target) -> tuple[Zone, ...]:
        """Give the zones a target means, those on their way to one of its units included, in order of id."""
        where = self._by_id if target.is_everywhere else self._where(target)
        return tuple(where[zone] for zone in sorted(where) if target.suits(where[zone]))

    def meant_on(self, target: Target, zone: Zone, day: date) -> bool:
        """Tell whether a target means a zone on a day, before which it may stand elsewhere."""
        arrived = replace(zone.moved(day), moves=())
        return arrived == zone or bool(ZoneIndex([arrived], self._units, self._groups.values()).meant(target))

    def _where(self, target: Target) -> dict[ZoneId, Zone]:
        groups = [self._groups[group] for group in target.groups if group in self._groups]
        zones = target.zones.union(*(group.zones for group in groups))
        units = target.units.union(*(group.units for group in groups))
        found = {zone: self._by_id[zone] for zone in zones if zone in self._by_id}
        for unit in units:
            found |= {zone.id: zone for zone in self._below.get(unit, ())}
        return found


def zones_meant(target: Target, zones: Iterable[Zone], units: Units, groups: Iterable[Group]) -> tuple[Zone, ...]:
    """Give the zones a target means, in order of id."""
    return ZoneIndex(zones, units, groups).meant(target)
