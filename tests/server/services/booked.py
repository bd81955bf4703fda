"""What is booked at Sơn Hà, as tests of it look at it."""

from datetime import time

from schedules.ids import SlotId
from schedules.recurrence import DAILY as DAILY_RULE
from schedules.times import DAY
from server.services.booking import WishAtTime
from server.values import StoredSlot
from tests.server.services.radio import (
    MONDAY,
    SON_HA,
    Radio,
)

DAILY = WishAtTime(units=frozenset({SON_HA}), first_day=MONDAY, at=time(6, 30), rule=DAILY_RULE, until=MONDAY + 6 * DAY)


def kept(radio: Radio, slot: SlotId) -> StoredSlot:
    return radio.store.kept.slots[slot]


def starts(radio: Radio, title: str) -> set[object]:
    radio.issue()
    return {
        item.starts_at
        for key, item in radio.store.kept.planned.items()
        if item.title == title and key not in radio.store.kept.withdrawn
    }
