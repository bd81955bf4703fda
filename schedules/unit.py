"""The dated tree of administrative units, the zones of loudspeakers in it, and what a target means.

It must not know where units are stored. A unit is a dated fact with successors: a merged commune
stays what it was for the days on which it existed.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from schedules.errors import InvalidValue
from schedules.ids import UnitId, ZoneId


class UnitLevel(StrEnum):
    """Levels of units; districts existed until 2025-06-30 (Law 72/2025/QH15 on local government)."""

    PROVINCE = "province"
    DISTRICT = "district"
    COMMUNE = "commune"
    HAMLET = "hamlet"


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """One administrative unit for the days on which it exists, `[valid_from, valid_to)`."""

    id: UnitId
    code: str
    name: str
    level: UnitLevel
    parent: UnitId | None
    valid_from: date | None = None
    valid_to: date | None = None
    successors: tuple[UnitId, ...] = ()

    def exists_on(self, day: date) -> bool:
        """Tell whether the unit exists on a civil date."""
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day < self.valid_to)


@dataclass(frozen=True, slots=True, kw_only=True)
class Zone:
    """Loudspeakers of one station that always play the same.

    Attributes:
        station: the commune whose regulation the zone sounds under.
        unit: the unit the zone serves, by default a hamlet; `station` itself when it serves all.
        languages: languages of its people, best first, as BCP 47 tags (`vi`, `hre`).
        households, residents: how many live within reach; 0 when not known.
    """

    id: ZoneId
    station: UnitId
    unit: UnitId
    name: str
    languages: tuple[str, ...] = ("vi",)
    households: int = 0
    residents: int = 0

    def __post_init__(self) -> None:
        if not self.languages:
            raise InvalidValue("zone.no_language", zone=self.name)


@dataclass(frozen=True, slots=True)
class Target:
    """Whom something is for: zones by name, and units with all zones below them."""

    zones: frozenset[ZoneId] = frozenset()
    units: frozenset[UnitId] = frozenset()

    def __post_init__(self) -> None:
        if not self.zones and not self.units:
            raise InvalidValue("target.names_nothing")


@dataclass(frozen=True, slots=True)
class Units:
    """The tree of units by id."""

    by_id: Mapping[UnitId, Unit]
    _above: dict[UnitId, tuple[UnitId, ...]] = field(default_factory=dict, compare=False, repr=False)

    @classmethod
    def of(cls, units: Iterable[Unit]) -> "Units":
        """Build the tree.

        Raises:
            InvalidValue: `unit.unknown_parent`, or `unit.circle` when a unit is above itself.
        """
        tree = cls({unit.id: unit for unit in units})
        for unit in tree.by_id:
            tree.above(unit)
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


class ZoneIndex:
    """Zones by their own id and by every unit above them, for a schedule that asks about many targets."""

    def __init__(self, zones: Iterable[Zone], units: Units) -> None:
        self._by_id: dict[ZoneId, Zone] = {}
        self._below: dict[UnitId, list[Zone]] = {}
        for zone in zones:
            self._by_id[zone.id] = zone
            for unit in {*units.above(zone.unit), *units.above(zone.station)}:
                self._below.setdefault(unit, []).append(zone)

    def meant(self, target: Target) -> tuple[Zone, ...]:
        """Give the zones a target means, in order of id."""
        meant = {zone: self._by_id[zone] for zone in target.zones if zone in self._by_id}
        for unit in target.units:
            meant |= {zone.id: zone for zone in self._below.get(unit, ())}
        return tuple(meant[zone] for zone in sorted(meant))


def zones_meant(target: Target, zones: Iterable[Zone], units: Units) -> tuple[Zone, ...]:
    """Give the zones a target means, in order of id."""
    return ZoneIndex(zones, units).meant(target)
