"""Where a machine may speak on air: where an administrator has allowed it, and below."""

from collections.abc import Iterable

from schedules.ids import UnitId
from server.ports import UnitOfWork


def forbidden_at(uow: UnitOfWork, places: Iterable[UnitId]) -> tuple[UnitId, ...]:
    """Give those of some units where no administrator has allowed it."""
    units, allowed = uow.places.units(), uow.places.machine_voice_units()
    return tuple(each for each in places if allowed.isdisjoint(units.above(each)))
