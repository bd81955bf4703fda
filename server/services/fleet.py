"""All loudspeakers below a unit, as their technicians look for one: by name, colour, version; and where they stand.

Readiness judges them; this only chooses, counts and puts them on a map.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import fmean

from schedules.ids import UnitId
from schedules.unit import Unit, Units
from server.ports import Clock, Store
from server.readiness_records import WORST_FIRST, Colour
from server.services.folded import folded
from server.services.readiness import Ready, readiness
from server.values import Loudspeaker, Person

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


MOST_ALONE = 200
"""As many loudspeakers have a mark of their own on the map; of more, nobody could tell one from the other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """One loudspeaker that is known to stand there, or all of a unit, degrees north and east.

    Attributes:
        alone: the loudspeaker; None for all of a unit.
        colour: the worst of theirs.
    """

    unit: Unit
    alone: Loudspeaker | None = None
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
        spots: of those found, where their position, or that of their unit or station, is known.
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


def _spots(found: Sequence[Standing], units: Units) -> tuple[Spot, ...]:
    """Give those whose own position is known a spot each, unless they are many; the others one of their unit."""
    placed = [each for each in found if each.ready.loudspeaker.position is not None]
    alone = placed if len(placed) <= MOST_ALONE else []
    own = {each.ready.loudspeaker.id for each in alone}
    together = [each for each in found if each.ready.loudspeaker.id not in own]
    spots = [*map(_alone, alone), *_together(together, units)]
    return tuple(sorted(spots, key=lambda spot: (spot.unit.name, spot.unit.id, spot.alone.name if spot.alone else "")))


def _alone(each: Standing) -> Spot:
    loudspeaker = each.ready.loudspeaker
    north, east = loudspeaker.position or (0.0, 0.0)
    return Spot(unit=each.station, alone=loudspeaker, north=north, east=east, colour=each.ready.colour, count=1)


def _together(found: Iterable[Standing], units: Units) -> Iterator[Spot]:
    """Put those of one unit together: at the unit the zone serves, else at its station, else amid the known ones."""
    at: dict[UnitId, list[Ready]] = defaultdict(list)
    for each in found:
        zone = each.ready.zone
        known = (unit for unit in (zone.unit, zone.station) if units.by_id[unit].position is not None)
        at[next(known, zone.unit)].append(each.ready)
    for place, those in at.items():
        unit, colour = units.by_id[place], min((each.colour for each in those), key=WORST_FIRST.index)
        position = unit.position or _middle([each.loudspeaker.position for each in those])
        if position is not None:
            yield Spot(unit=unit, north=position[0], east=position[1], colour=colour, count=len(those))


def _middle(positions: Iterable[tuple[float, float] | None]) -> tuple[float, float] | None:
    known = [each for each in positions if each is not None]
    if not known:
        return None
    return fmean(north for north, _ in known), fmean(east for _, east in known)
