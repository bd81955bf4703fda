"""What every store promises about the orders that officers give to priority items."""

from datetime import timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from schedules.ids import SlotId, UnitId
from server.ports import Store
from server.values import OrderOfPriorities
from tests.contracts.samples import COMMUNE, NOW, OFFICER, PROVINCE
from tests.fakes.kept import Dangling

FIRST = OrderOfPriorities(station=COMMUNE, keys=(SlotId("a"), SlotId("b")), by=OFFICER, at=NOW)
LATER = OrderOfPriorities(station=COMMUNE, keys=(SlotId("b"),), by=OFFICER, at=NOW + timedelta(minutes=1))
ELSEWHERE = OrderOfPriorities(station=PROVINCE, keys=(), by=OFFICER, at=NOW)


def test_the_newest_order_of_a_station_counts(store: Store) -> None:
    with store.writing() as uow:
        for order in (FIRST, ELSEWHERE, LATER):
            uow.orders.add(order)
        uow.commit()

    with store.reading() as uow:
        assert list(uow.orders.newest()) == sorted([LATER, ELSEWHERE], key=lambda order: order.station)
        assert list(uow.orders.newest(stations=[COMMUNE])) == [LATER]
        assert list(uow.orders.newest(stations=[])) == []


def test_a_station_that_does_not_exist_has_no_order(store: Store) -> None:
    with store.writing() as uow, pytest.raises((IntegrityError, Dangling)):
        uow.orders.add(OrderOfPriorities(station=UnitId("nowhere"), keys=(), by=OFFICER, at=NOW))
