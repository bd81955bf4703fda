"""The orders of priority items in the database. It must not say who may give one."""

from collections.abc import Iterable, Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from schedules.ids import PersonId, SlotId, UnitId
from server.store.rows import OrderRow
from server.values import OrderOfPriorities


class SqlOrders:
    """See `repositories.Orders`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def newest(self, *, stations: Iterable[UnitId] | None = None) -> Sequence[OrderOfPriorities]:
        """Give the order that counts of each station, in order of station."""
        last = select(func.max(OrderRow.id)).group_by(OrderRow.station)
        query = select(OrderRow).where(OrderRow.id.in_(last)).order_by(OrderRow.station)
        if stations is not None:
            query = query.where(OrderRow.station.in_(list(stations)))
        return [
            OrderOfPriorities(
                station=UnitId(row.station), keys=tuple(map(SlotId, row.keys)), by=PersonId(row.by), at=row.at
            )
            for row in self._session.scalars(query)
        ]

    def add(self, order: OrderOfPriorities) -> None:
        """Keep an order."""
        self._session.add(OrderRow(station=order.station, keys=list(order.keys), by=order.by, at=order.at))
        self._session.flush()
