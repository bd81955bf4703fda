"""One occurrence of a series moved, as its form does it."""

from datetime import datetime
from zoneinfo import ZoneInfo

from schedules.ids import SlotId
from schedules.series import Scope
from schedules.times import local_day
from server.ports import Clock, Store
from server.services import booking
from server.services.booking import WishAtTime
from server.services.edits import Part
from server.values import Person, StoredSlot

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")


def move_occurrence(
    store: Store, clock: Clock, person: Person, slot: SlotId, *, version: int, original_start: datetime, to: datetime
) -> StoredSlot:
    """Give one occurrence another start; of the wish only its hour counts."""
    day = local_day(to, ZONE)
    wish = WishAtTime(zones=frozenset(), units=frozenset(), first_day=day, at=to.astimezone(ZONE).time())
    part = Part(Scope.THIS, local_day(original_start, ZONE), day)
    return booking.change(store, clock, person, slot, wish=wish, version=version, part=part)
