"""The tree of units as a whole: taking in a list of them, and finding one by its name."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from schedules.unit import Unit, Units
from server.errors import Unacceptable
from server.ports import Clock, Store
from server.services.folded import folded
from server.services.inputs import as_input
from server.services.trail import note

_MOST_FOUND = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenIn:
    """What taking in a list changed."""

    added: int
    changed: int
    unchanged: int


def take_in(store: Store, clock: Clock, units: Iterable[Unit]) -> TakenIn:
    """Add the units of a list, and bring those already there up to date; doing it twice changes nothing.

    Args:
        store: written to, all or nothing, with one audit line.
        clock: dates it.
        units: those above come first.

    Raises:
        Unacceptable: `unit.*` when the tree would not hold together; `unit.in_use` when a unit would end in which
            zones stand: such a unit is merged or split, so that its zones are given another place.
    """
    listed = tuple(units)
    with store.writing() as uow:
        before = uow.places.units().by_id
        added = [unit for unit in listed if unit.id not in before]
        changed = [unit for unit in listed if unit.id in before and before[unit.id] != unit]
        if added or changed:
            with as_input({}):
                Units.of({**before, **{unit.id: unit for unit in listed}}.values())
            stood_in = {unit for zone in uow.places.zones() for unit in zone.everywhere()}
            for unit in changed:
                if unit.id in stood_in and unit.valid_to != before[unit.id].valid_to:
                    raise Unacceptable("unit.in_use", unit=unit.name)
            uow.places.put_units([*added, *changed])
            counts = {"added": len(added), "changed": len(changed)}
            note(uow, clock.now(), None, "units.taken_in", subject="units", unit=None, **counts)
            uow.commit()
    return TakenIn(added=len(added), changed=len(changed), unchanged=len(listed) - len(added) - len(changed))


def find(store: Store, text: str, *, day: date | None = None) -> tuple[Unit, ...]:
    """Give the units whose name or code holds a text, with or without its diacritics; at most 50.

    Args:
        store: read from.
        text: what somebody typed.
        day: only units that exist on it; None: of all times.
    """
    sought = folded(text)
    with store.reading() as uow:
        tree = uow.places.units().by_id.values()
    there = (unit for unit in tree if day is None or unit.exists_on(day))
    found = (unit for unit in there if sought in folded(f"{unit.name} {unit.code}"))
    return tuple(sorted(found, key=lambda unit: (len(unit.name), unit.name, unit.id))[:_MOST_FOUND])
