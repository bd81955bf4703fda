"""All loudspeakers below a unit, as their technicians look for one: by name, colour, version; and where they stand.

Readiness judges them; this only chooses, counts and puts them on a map.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from schedules.ids import UnitId
from schedules.unit import Unit, Units
from server.ports import Clock, Store
from server.readiness_records import WORST_FIRST, Colour
from server.services.folded import folded
from server.services.readiness import Ready, readiness
from server.values import Person

SHOWN = 200
"""As many loudspeakers one page has; who looks for one of more narrows the choice."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is looked for; what is left empty means all.

    Attributes:
        text: in the name of the loudspeaker, its zone or its station, or its whole id.
        version, system: of the agent and of what it runs on; a dash for those that never told one.
    """

    unit: UnitId
    text: str = ""
    colours: frozenset[Colour] = frozenset()
    version: str = ""
    system: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """One loudspeaker with its station."""

    ready: Ready
    station: Unit

    @property
    def version(self) -> str:
        """Of its agent, by its own word; a dash where it never told one."""
        presence = self.ready.presence
        return (presence.version if presence is not None else "") or "-"

    @property
    def system(self) -> str:
        """What the agent runs on, by its own word; a dash where it never told."""
        presence = self.ready.presence
        return (presence.system if presence is not None else "") or "-"


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """Loudspeakers at one position, degrees north and east.

    Attributes:
        colour: the worst of theirs.
    """

    unit: Unit
    north: float
    east: float
    colour: Colour
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Fleet:
    """What was found.

    Attributes:
        found: how many, of which `shown` are the first, the worst before others.
        colours: how many there are of each, before choosing by colour.
        versions, systems: how many agents of each, of all below the unit.
        spots: of those found, where the position of their unit or station is known.
        nowhere: how many of those found have no known position.
    """

    now: datetime
    found: int
    shown: tuple[Standing, ...]
    colours: Mapping[Colour, int]
    versions: Mapping[str, int]
    systems: Mapping[str, int]
    spots: tuple[Spot, ...]
    nowhere: int


def fleet(store: Store, clock: Clock, person: Person, wanted: Wanted) -> Fleet:
    """Find loudspeakers below a unit.

    Raises:
        NotAllowed: `rights.missing` for somebody without a role there.
    """
    judged = readiness(store, clock, person, wanted.unit)
    with store.reading() as uow:
        units = uow.places.units()
    everywhere = [Standing(each, units.by_id[each.zone.station]) for each in judged.loudspeakers]
    named = [each for each in everywhere if _is_named(each, wanted)]
    found = [each for each in named if not wanted.colours or each.ready.colour in wanted.colours]
    spots = _spots(found, units)
    return Fleet(
        now=judged.now,
        found=len(found),
        shown=tuple(found[:SHOWN]),
        colours={colour: sum(each.ready.colour is colour for each in named) for colour in WORST_FIRST},
        versions=dict(Counter(each.version for each in everywhere).most_common()),
        systems=dict(Counter(each.system for each in everywhere).most_common()),
        spots=spots,
        nowhere=len(found) - sum(each.count for each in spots),
    )


def _is_named(each: Standing, wanted: Wanted) -> bool:
    if wanted.version not in ("", each.version) or wanted.system not in ("", each.system):
        return False
    sought, ready = folded(wanted.text), each.ready
    if not sought or ready.loudspeaker.id == wanted.text.strip():
        return True
    return any(sought in folded(name) for name in (ready.loudspeaker.name, ready.zone.name, each.station.name))


def _spots(found: Iterable[Standing], units: Units) -> tuple[Spot, ...]:
    """Put those that stand at one unit together: at the unit the zone serves, else at its station."""
    at: dict[UnitId, list[Colour]] = defaultdict(list)
    for each in found:
        zone = each.ready.zone
        place = next((unit for unit in (zone.unit, zone.station) if units.by_id[unit].position is not None), None)
        if place is not None:
            at[place].append(each.ready.colour)
    spots = []
    for place, colours in at.items():
        unit = units.by_id[place]
        north, east = unit.position or (0.0, 0.0)
        worst = min(colours, key=WORST_FIRST.index)
        spots.append(Spot(unit=unit, north=north, east=east, colour=worst, count=len(colours)))
    return tuple(sorted(spots, key=lambda spot: (spot.unit.name, spot.unit.id)))
