"""What somebody would ask for to have a slot once more, or instead, on other days. It stores nothing."""

from datetime import date, time

from schedules.slot import AtTime, Slot
from server.services.wishes import Wish, WishAtTime, WishInPlaces


def wish_again(slot: Slot, *, first_day: date, at: time | None = None) -> Wish:
    """Give the wish of a slot that comes by no rule, as long as it is, from another day on.

    Args:
        slot: what it is like; days left out of it one by one are not.
        first_day: of its first coming.
        at: another hour; only an exact second has one.
    """
    timing, target = slot.timing, slot.target
    if isinstance(timing, AtTime):
        return WishAtTime(
            zones=target.zones,
            units=target.units,
            groups=target.groups,
            languages=target.languages,
            tags=target.tags,
            catch_up=slot.catch_up,
            late=slot.late,
            interrupted=slot.interrupted,
            order=slot.order,
            first_day=first_day,
            at=at or timing.at,
            lasts=slot.lasts,
            start=slot.start,
            wait=slot.wait,
        )
    return WishInPlaces(
        zones=target.zones,
        units=target.units,
        groups=target.groups,
        languages=target.languages,
        tags=target.tags,
        catch_up=slot.catch_up,
        late=slot.late,
        interrupted=slot.interrupted,
        order=slot.order,
        places=timing.places,
        first_day=first_day,
        last_day=first_day + (timing.ends_on - timing.first_day),
    )
