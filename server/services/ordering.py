"""The officer's order of a station's priority items: who goes first where two of them want the same air.

Until it is given the result is undecided, with a documented default (docs/precedence.md). It plans nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from schedules.candidate import Candidate
from schedules.candidates import Candidates
from schedules.conflicts import undecided
from schedules.ids import Key, UnitId
from schedules.programme import State
from schedules.times import Span
from server.errors import Stale, Unacceptable
from server.ports import Clock, Store, UnitOfWork
from server.services.rights import ANY_ROLE, require
from server.services.schedule import assumed, regulation_on, schedule_around
from server.services.trail import note
from server.values import OrderOfPriorities, Person, Role

LOOKED_AHEAD = timedelta(days=31)


@dataclass(frozen=True, slots=True, kw_only=True)
class Contested:
    """A priority item that some day ahead wants the air another priority item wants.

    Attributes:
        starts: when first.
        against: titles of the others.
        ordered: it is in the officer's order.
    """

    key: Key
    title: str
    starts: datetime
    against: tuple[str, ...]
    ordered: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Ordering:
    """A station's contested priority items, the one that goes first at the head.

    Attributes:
        order: that counts now; None while the officer has given none.
        by_name: who gave it.
    """

    items: tuple[Contested, ...]
    order: OrderOfPriorities | None
    by_name: str

    @property
    def undecided(self) -> bool:
        """Whether something waits for the officer."""
        return not all(item.ordered for item in self.items)


def ordering_of(store: Store, clock: Clock, person: Person, station: UnitId) -> Ordering:
    """Show what is contested among the priority items that are submitted or approved, and in which order they go.

    Raises:
        NotAllowed: `rights.missing` for somebody without a role there.
    """
    with store.reading() as uow:
        require(uow.places.units(), person, station, *ANY_ROLE)
        order = _newest(uow, station)
        return Ordering(
            items=_contested(uow, station, order, clock.now()), order=order, by_name=_name(uow, order) if order else ""
        )


def order_priorities(
    store: Store, clock: Clock, person: Person, station: UnitId, *, keys: Sequence[Key], seen: datetime | None
) -> OrderOfPriorities:
    """Say which of a station's priority items goes before which; what was ordered before and is not named follows.

    Args:
        store: keeps it.
        clock: says when.
        person: the station's officer.
        station: whose air it is.
        keys: the first goes first.
        seen: when the order was given that the officer saw; None for none.

    Raises:
        NotAllowed: `rights.missing` for anybody but an officer.
        Stale: `edit.stale` where another order was given meanwhile.
        Unacceptable: `ordering.twice`; `ordering.unknown` for what is not contested.
    """
    now = clock.now()
    with store.writing() as uow:
        require(uow.places.units(), person, station, Role.OFFICER)
        before = _newest(uow, station)
        if before is not None and before.at != seen:
            raise Stale("edit.stale", by=_name(uow, before), at=before.at)
        if len(set(keys)) != len(keys):
            raise Unacceptable("ordering.twice")
        known = {item.key for item in _contested(uow, station, before, now)}
        if not set(keys) <= known:
            raise Unacceptable("ordering.unknown")
        kept = () if before is None else tuple(key for key in before.keys if key not in keys)
        order = OrderOfPriorities(station=station, keys=(*keys, *kept), by=person.id, at=now)
        uow.orders.add(order)
        uow.issue.want(zone.id for zone in uow.places.zones() if zone.station == station)
        note(uow, now, person, "priorities.ordered", subject=station, unit=station, keys=list(order.keys))
        uow.commit()
    return order


def _contested(
    uow: UnitOfWork, station: UnitId, order: OrderOfPriorities | None, now: datetime
) -> tuple[Contested, ...]:
    zones = [zone for zone in uow.places.zones() if zone.station == station]
    schedule = replace(schedule_around(uow, (zone.id for zone in zones)), orders={})
    regulation = regulation_on(schedule, station, now)
    if regulation is None:
        return ()
    supposed = assumed(schedule, now, lambda each: each.state in (State.SUBMITTED, State.APPROVED))
    candidates = Candidates(supposed, Span(now, now + LOOKED_AHEAD))
    first: dict[Key, Candidate] = {}
    against: dict[Key, set[str]] = {}
    for zone in zones:
        here = {each.claim.occurrence: each for each in candidates.of(zone, regulation)[0]}
        for clash in undecided(each.claim for each in here.values()):
            pair = here[clash.first.occurrence], here[clash.second.occurrence]
            for one, other in (pair, pair[::-1]):
                if one.key != other.key:
                    first[one.key] = min(first.get(one.key, one), one, key=lambda each: each.claim.strength)
                    against.setdefault(one.key, set()).add(other.programme.title)
    keys = () if order is None else order.keys
    ranks = {key: rank for rank, key in enumerate(keys)}
    ordered = sorted(first, key=lambda key: (ranks.get(key, len(ranks)), first[key].claim.strength))
    return tuple(
        Contested(
            key=key,
            title=first[key].programme.title,
            starts=first[key].claim.start,
            against=tuple(sorted(against[key])),
            ordered=key in ranks,
        )
        for key in ordered
    )


def _newest(uow: UnitOfWork, station: UnitId) -> OrderOfPriorities | None:
    return next(iter(uow.orders.newest(stations=[station])), None)


def _name(uow: UnitOfWork, order: OrderOfPriorities) -> str:
    by = uow.people.get(order.by)
    return by.name if by is not None else ""
