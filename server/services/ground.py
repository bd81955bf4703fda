"""Units, zones and loudspeakers in use, read once for several questions: whom does an area reach? It judges nothing."""

from collections.abc import Iterable
from dataclasses import dataclass

from schedules.ids import UnitId
from schedules.unit import Units, Zone
from server.ports import UnitOfWork
from server.values import Loudspeaker


@dataclass(frozen=True, slots=True)
class Ground:
    """What stands where; loudspeakers by name and id."""

    units: Units
    zones: tuple[Zone, ...]
    loudspeakers: tuple[Loudspeaker, ...]

    @classmethod
    def of(cls, uow: UnitOfWork) -> "Ground":
        """Read it."""
        used = (each for each in uow.places.loudspeakers() if each.retired_at is None)
        return cls(
            uow.places.units(), tuple(uow.places.zones()), tuple(sorted(used, key=lambda each: (each.name, each.id)))
        )

    def zones_in(self, areas: Iterable[UnitId]) -> tuple[Zone, ...]:
        """Give the zones that stand in some units, or whose station does."""
        wanted = frozenset(areas)
        above = self.units.above
        return tuple(
            zone
            for zone in self.zones
            if not (wanted.isdisjoint(above(zone.unit)) and wanted.isdisjoint(above(zone.station)))
        )

    def loudspeakers_in(self, zones: Iterable[Zone]) -> tuple[Loudspeaker, ...]:
        """Give the loudspeakers of some zones."""
        wanted = {zone.id for zone in zones}
        return tuple(each for each in self.loudspeakers if each.zone in wanted)
