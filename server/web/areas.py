"""Which unit a page about more than one station is about, as its address says, and which may be chosen instead."""

from flask import request

from schedules.ids import UnitId
from schedules.unit import Unit
from server.errors import NotFound
from server.services.rights import ANY_ROLE, may
from server.web.centre import centre
from server.web.visitor import person


def chosen_unit() -> UnitId | None:
    """Give the unit that the address names; None where it names none.

    Raises:
        NotFound: `unit.unknown` for what is no unit, or none of this person's.
    """
    unit = UnitId(request.args.get("unit", ""))
    if not unit:
        return None
    with centre().store.reading() as uow:
        units = uow.places.units()
    if unit not in units.by_id or not may(units, person(), unit, *ANY_ROLE):
        raise NotFound("unit.unknown")
    return unit


def units_to_choose(unit: UnitId | None) -> tuple[Unit, ...]:
    """Give the person's own units, the stations they have a role for by name, and the chosen one."""
    with centre().store.reading() as uow:
        units, zones = uow.places.units(), uow.places.zones()
    who, stations = person(), {each.station for each in zones}
    seen = [each for each in stations if may(units, who, each, *ANY_ROLE)]
    own = [each for each in who.units if may(units, who, each, *ANY_ROLE)]
    chosen = () if unit is None else (unit,)
    named = dict.fromkeys([*own, *sorted(seen, key=lambda each: units.by_id[each].name), *chosen])
    return tuple(map(units.by_id.__getitem__, named))
