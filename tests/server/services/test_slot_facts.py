"""What the trail tells of a slot."""

from dataclasses import replace
from datetime import date

from schedules.ids import PlaceId
from schedules.slot import InPlace
from schedules.way import Way, WrittenOrder
from server.services.slot_facts import slot_facts
from tests.contracts.samples import SLOTTED


def test_the_document_that_orders_it_and_its_turn_in_the_place_are_both_told() -> None:
    timing = InPlace(places=(PlaceId("news"),), first_day=date(2026, 11, 23), last_day=date(2026, 11, 24), order=3)
    order = WrittenOrder("15/KH-UBND", date(2026, 11, 2), "UBND tỉnh Quảng Ngãi")

    facts = slot_facts(replace(SLOTTED.slot, timing=timing, lasts=None, way=Way.ORDERED, order=order))

    assert (facts["order"], facts["signed_on"], facts["turn"]) == ("15/KH-UBND", "2026-11-02", 3)
