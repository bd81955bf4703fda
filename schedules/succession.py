"""Merging and splitting units: the facts as they are to be from a day on, and what of the schedule that changes.

It must not store anything, nor know people. A unit that is merged or split ends, also where one part keeps its name:
what was planned, approved and heard until then stays under the old unit; its hamlets and zones go on under the new.
"""

from collections.abc import Collection, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TypeVar

from schedules.errors import Refused
from schedules.ids import TemplateId, UnitId, ZoneId
from schedules.regulation import Regulation, in_force
from schedules.schedule import Schedule
from schedules.session import SessionTemplate
from schedules.unit import Standing, Unit, UnitLevel, Units, Zone

_Id = TypeVar("_Id", UnitId, ZoneId)
_LEVELS = (UnitLevel.COMMUNE, UnitLevel.HAMLET)
"""Provinces and districts change by law and by the official list, not one by one."""


@dataclass(frozen=True, slots=True)
class Part:
    """One unit that comes out of a split, with the hamlets and the zones of the old unit it takes over.

    A zone goes with the hamlet it serves; only one that serves the whole unit is named.
    """

    unit: Unit
    hamlets: frozenset[UnitId] = frozenset()
    zones: frozenset[ZoneId] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Succession:
    """What a merge or a split changes, whole: every fact that is new or different afterwards.

    Attributes:
        on: the first day of the new units.
        ends: the units that end, each with its successors; the first takes over its people.
        units: those that end, begin or are renewed under another parent; parents first.
        zones: those that will stand elsewhere.
        regulations, templates: of the old station, going on at the new one until it has others; a template is a new
            one for the new station and waits for its approver.
    """

    on: date
    ends: Mapping[UnitId, tuple[UnitId, ...]]
    units: tuple[Unit, ...]
    zones: tuple[Zone, ...]
    regulations: tuple[Regulation, ...]
    templates: tuple[SessionTemplate, ...]


def merge(schedule: Schedule, *, into: Unit, of: Sequence[UnitId], on: date) -> Succession:
    """Make one unit of several: a new one, or one of those there are that takes in others.

    Args:
        schedule: as it is.
        into: the unit afterwards; one that is not there yet begins on the day.
        of: the units that end; the first one's regulation and session templates go on in a new unit.
        on: the first day of the new state.

    Raises:
        Refused: `succession.*`.
    """
    units = schedule.units
    known = units.by_id.get(into.id)
    if len(set(of)) < (2 if known is None else 1) or into.id in of:
        raise Refused("succession.too_few")
    old = [_ending(units, unit, on) for unit in of]
    after = replace(into, valid_from=on, valid_to=None, successors=()) if known is None else known
    if not after.exists_on(on) or after.valid_to is not None:
        raise Refused("succession.ended", unit=after.name, day=on)
    for each in old:
        _require_alike(each, after)
    homes = {each.id: after.id for each in old}
    return _succession(
        schedule,
        on,
        ends={each.id: (after.id,) for each in old},
        begins={} if known is not None else {after.id: (after, old[0].id)},
        hamlets={hamlet.id: after.id for each in old for hamlet in _children(schedule.units, each.id, on)},
        loose={zone.id: after.id for zone in _loose(schedule, homes, on)},
    )


def split(schedule: Schedule, *, unit: UnitId, parts: Sequence[Part], on: date) -> Succession:
    """Make several units of one.

    Args:
        schedule: as it is.
        unit: the one that ends; its regulation and session templates go on in each part.
        parts: the new units; the first takes over the people.
        on: the first day of the new state.

    Raises:
        Refused: `succession.*`: among others when a hamlet or zone is in no part, or in two.
    """
    old = _ending(schedule.units, unit, on)
    if len({part.unit.id for part in parts}) < 2:
        raise Refused("succession.too_few")
    begins = [replace(part.unit, valid_from=on, valid_to=None, successors=()) for part in parts]
    for each in begins:
        if each.id in schedule.units.by_id:
            raise Refused("succession.unit_known", unit=each.name)
        _require_alike(old, each)
    children = {each.id: each.name for each in _children(schedule.units, unit, on)}
    loose = {zone.id: zone.name for zone in _loose(schedule, {unit}, on)}
    return _succession(
        schedule,
        on,
        ends={unit: tuple(each.id for each in begins)},
        begins={each.id: (each, unit) for each in begins},
        hamlets=_given(children, [(part.unit.id, part.hamlets) for part in parts]),
        loose=_given(loose, [(part.unit.id, part.zones) for part in parts]),
    )


def after(schedule: Schedule, succession: Succession) -> Schedule:
    """Give the schedule with the facts of a succession in it."""
    zones = {zone.id: zone for zone in (*schedule.zones, *succession.zones)}
    units = {**schedule.units.by_id, **{unit.id: unit for unit in succession.units}}
    return replace(
        schedule,
        units=Units.of(units.values()),
        zones=tuple(zones[zone.id] for zone in schedule.zones),
        regulations=(*schedule.regulations, *succession.regulations),
        templates=(*schedule.templates, *succession.templates),
    )


def _succession(
    schedule: Schedule,
    on: date,
    *,
    ends: Mapping[UnitId, tuple[UnitId, ...]],
    begins: Mapping[UnitId, tuple[Unit, UnitId]],
    hamlets: Mapping[UnitId, UnitId],
    loose: Mapping[ZoneId, UnitId],
) -> Succession:
    """Put the facts together.

    Args:
        schedule: as it is.
        on: the day.
        ends: each unit that ends, with its successors.
        begins: each new unit, with the old one whose regulation and session templates go on there.
        hamlets: each hamlet of a unit that ends, with the unit it belongs to afterwards.
        loose: each zone that serves a whole unit that ends, with the unit it serves afterwards.
    """
    by_id = schedule.units.by_id
    renewed = {
        hamlet: replace(by_id[hamlet], id=UnitId(f"{hamlet}@{on}"), parent=parent, valid_from=on)
        for hamlet, parent in hamlets.items()
    }

    def moved(zone: Zone) -> Zone:
        last = zone.moves[-1] if zone.moves else Standing(on, zone.station, zone.unit)
        home = loose.get(zone.id) or hamlets.get(last.unit)
        if home is None:
            return zone
        unit = renewed[last.unit].id if last.unit in renewed else home if last.unit in ends else last.unit
        if zone.moves and on <= last.day:
            raise Refused("succession.zone_moves", zone=zone.name, day=last.day)
        return replace(zone, moves=(*zone.moves, Standing(on, home if last.station in ends else last.station, unit)))

    zones = [moved(zone) for zone in schedule.zones]
    made = Succession(
        on=on,
        ends=ends,
        units=(
            *(unit for unit, _ in begins.values()),
            *renewed.values(),
            *(replace(by_id[hamlet], valid_to=on, successors=(renewed[hamlet].id,)) for hamlet in hamlets),
            *(replace(by_id[unit], valid_to=on, successors=successors) for unit, successors in ends.items()),
        ),
        zones=tuple(new for old, new in zip(schedule.zones, zones, strict=True) if new != old),
        regulations=tuple(each for unit, like in begins.values() for each in _regulations(schedule, unit, like, on)),
        templates=tuple(each for unit, like in begins.values() for each in _templates(schedule, unit, like, on)),
    )
    after(schedule, made)  # the tree must hold together
    return made


def _regulations(schedule: Schedule, unit: Unit, like: UnitId, on: date) -> Iterator[Regulation]:
    own = [each for each in schedule.regulations if each.station == like]
    first = in_force(own, on)
    for each in own:
        if each is first or each.valid_from > on:
            yield replace(each, station=unit.id, valid_from=max(on, each.valid_from))


def _templates(schedule: Schedule, unit: Unit, like: UnitId, on: date) -> Iterator[SessionTemplate]:
    own = [
        each for each in schedule.templates if each.station == like and (each.valid_to is None or on < each.valid_to)
    ]
    renewed = {each.id: TemplateId(f"{each.id}@{unit.id}") for each in own}
    for each in own:
        yield replace(
            each,
            id=renewed[each.id],
            station=unit.id,
            valid_from=max(on, each.valid_from),
            version=1,
            replaces=renewed.get(each.replaces) if each.replaces is not None else None,
        )


def _ending(units: Units, unit: UnitId, on: date) -> Unit:
    known = units.by_id.get(unit)
    if known is None or not known.exists_on(on - timedelta(days=1)) or known.valid_to is not None:
        raise Refused("succession.ended", unit=known.name if known else unit, day=on)
    if known.level not in _LEVELS:
        raise Refused("succession.level", unit=known.name)
    return known


def _require_alike(old: Unit, new: Unit) -> None:
    if (old.level, old.parent) != (new.level, new.parent):
        raise Refused("succession.unlike", unit=old.name, other=new.name)


def _children(units: Units, unit: UnitId, on: date) -> list[Unit]:
    return [each for each in units.by_id.values() if each.parent == unit and each.exists_on(on)]


def _loose(schedule: Schedule, ending: Container[UnitId], on: date) -> list[Zone]:
    """Give the zones of units that end which serve none of their hamlets."""
    found: list[Zone] = []
    for zone in schedule.zones:
        last = zone.moves[-1] if zone.moves else Standing(on, zone.station, zone.unit)
        below = schedule.units.by_id[last.unit].parent
        if last.unit in ending or (last.station in ending and below not in ending):
            found.append(zone)
    return found


def _given(names: Mapping[_Id, str], parts: Iterable[tuple[UnitId, Collection[_Id]]]) -> dict[_Id, UnitId]:
    """Give what goes to which part, when each thing goes to exactly one."""
    found: dict[_Id, UnitId] = {}
    for part, things in parts:
        for thing in sorted(things):
            if thing not in names or thing in found:
                raise Refused("succession.given_twice", name=names.get(thing, thing))
            found[thing] = part
    for thing, name in names.items():
        if thing not in found:
            raise Refused("succession.not_given", name=name)
    return found
