"""Im lặng ngay: any one person of a station orders silence, who answers for it lifts it, the board tells who obeyed.

No approval and no limit stands before an order. The conductor signs and publishes the order; nothing is planned here.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from schedules.ids import UnitId, ZoneId
from schedules.silence import Silence
from schedules.unit import Units, Zone
from schedules.wire.topics import audience_of_unit, audience_of_zone
from server.errors import NotFound, Unacceptable
from server.issue_records import SilenceOrder
from server.ports import Clock, Store, UnitOfWork
from server.services.inputs import LONGEST_REASON
from server.services.new_ids import unix_milliseconds
from server.services.presence import can_sound, is_connected, loudspeakers_of
from server.services.rights import ANY_ROLE, may, require
from server.services.schedule import standing_below
from server.services.trail import note
from server.values import Loudspeaker, Person, Role

LIFTERS = (Role.OFFICER, Role.APPROVER, Role.ADMINISTRATOR)
"""Those who let a zone or unit sound again, or make a silence shorter or weaker than it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Obeyed:
    """One loudspeaker and an order.

    Attributes:
        obeyed: it holds this order, by its own word.
        connected: whether it can hear an order at all now.
        last_contact: when it last spoke; None when it never did.
    """

    loudspeaker: Loudspeaker
    zone: Zone
    obeyed: bool
    connected: bool
    last_contact: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """One order and who follows it.

    Attributes:
        holds: silence is in force now; False once lifted or run out.
        may_lift: what the person's roles allow.
        audience_name: of the zone or unit.
        by_name: of the person who ordered or lifted.
    """

    order: SilenceOrder
    holds: bool
    may_lift: bool
    audience_name: str
    by_name: str
    loudspeakers: tuple[Obeyed, ...]

    @property
    def missing(self) -> tuple[Obeyed, ...]:
        """Those who have not confirmed the order."""
        return tuple(each for each in self.loudspeakers if not each.obeyed)


def order(
    store: Store,
    clock: Clock,
    person: Person,
    *,
    unit: UnitId | None = None,
    zone: ZoneId | None = None,
    until: datetime | None = None,
    reason: str = "",
    spares_emergencies: bool = True,
) -> SilenceOrder:
    """Silence a zone, or a unit with everything below it, at once; until an instant or until lifted.

    Where silence is in force already, an order of somebody who may not lift it makes it no shorter and no weaker.

    Raises:
        NotAllowed: `rights.missing` for somebody without any role there.
        NotFound: `silence.no_audience`.
        Unacceptable: `silence.until_past` (field `until`).
    """
    now = clock.now()
    if until is not None and until <= now:
        raise Unacceptable("silence.until_past", "until", until=until)
    reason = reason.strip()[:LONGEST_REASON]  # the red button is never refused for a word too many
    with store.writing() as uow:
        audience, place = _audience(uow, person, unit, zone)
        newest = _newest(uow, audience)
        if newest is not None and holds(newest, now) and not may(uow.places.units(), person, place, *LIFTERS):
            until = None if until is None or newest.until is None else max(until, newest.until)
            spares_emergencies = spares_emergencies and newest.spares_emergencies
        ordered = _put(uow, audience, person, now, ordered=True, until=until, spares=spares_emergencies)
        _note(uow, now, person, "silence.ordered", audience, reason=reason, until=until and until.isoformat())
        uow.commit()
    return ordered


def lift(
    store: Store, clock: Clock, person: Person, *, unit: UnitId | None = None, zone: ZoneId | None = None
) -> SilenceOrder:
    """Let a zone or unit sound again.

    Raises:
        NotAllowed: `rights.missing` for anybody but an officer, approver or administrator there.
        NotFound: `silence.no_audience`; `silence.not_ordered` when no silence is in force for exactly it.
    """
    now = clock.now()
    with store.writing() as uow:
        audience, _ = _audience(uow, person, unit, zone, LIFTERS)
        newest = _newest(uow, audience)
        if newest is None or not holds(newest, now):
            raise NotFound("silence.not_ordered", audience=audience)
        lifted = _put(uow, audience, person, now, ordered=False, until=None, spares=newest.spares_emergencies)
        _note(uow, now, person, "silence.lifted", audience)
        uow.commit()
    return lifted


def board(store: Store, clock: Clock, person: Person, station: UnitId) -> tuple[Board, ...]:
    """Tell, for every audience of a station that was ever silenced, its newest order and who follows it.

    Orders in force come first; then those lifted or run out, newest first.
    """
    now = clock.now()
    with store.reading() as uow:
        units = uow.places.units()
        require(units, person, station, *ANY_ROLE)
        zones = standing_below(units, uow.places.zones(), station)
        places = {audience_of_zone(zone.id): (zone.name, zone.unit) for zone in zones}
        above = {*units.above(station), *(each for zone in zones for each in units.above(zone.unit))}
        places |= {audience_of_unit(each): (units.by_id[each].name, each) for each in above}
        found = [each for each in uow.issue.silences() if each.audience in places]
        boards = [_board(uow, person, each, *places[each.audience], zones, now) for each in found]
    return tuple(sorted(boards, key=lambda each: (not each.holds, -each.order.number)))


def holds(order: SilenceOrder, now: datetime) -> bool:
    """Tell whether an order keeps its audience silent at an instant."""
    return silence_of(order).holds(now)


def silence_of(order: SilenceOrder) -> Silence:
    """Give what an order says to those who obey it."""
    return Silence(audience=order.audience, number=order.number, ordered=order.ordered, until=order.until)


def audiences(zone: Zone, units: Units) -> tuple[str, ...]:
    """Give every audience whose orders a zone's loudspeakers obey."""
    return (audience_of_zone(zone.id), *map(audience_of_unit, zone.obeys(units)))


def _board(
    uow: UnitOfWork,
    person: Person,
    order: SilenceOrder,
    name: str,
    place: UnitId,
    zones: tuple[Zone, ...],
    now: datetime,
) -> Board:
    units = uow.places.units()
    concerned = {zone.id: zone for zone in zones if order.audience in audiences(zone, units)}
    loudspeakers = [each for each in loudspeakers_of(uow, concerned) if can_sound(uow, each)]
    seen = uow.evidence.seen(each.id for each in loudspeakers)
    rows: list[Obeyed] = []
    for each in loudspeakers:
        word = seen.get(each.id)
        presence = word.presence if word else None
        held = presence.silences if presence else ()
        rows.append(
            Obeyed(
                loudspeaker=each,
                zone=concerned[each.zone],
                obeyed=any(one.audience == order.audience and one.number >= order.number for one in held),
                connected=is_connected(word, now),
                last_contact=word.presence_at if word else None,
            )
        )
    by = uow.people.get(order.by)
    return Board(
        order=order,
        holds=holds(order, now),
        may_lift=may(units, person, place, *LIFTERS),
        audience_name=name,
        by_name=by.name if by else "",
        loudspeakers=tuple(rows),
    )


def _audience(
    uow: UnitOfWork, person: Person, unit: UnitId | None, zone: ZoneId | None, roles: Collection[Role] = ANY_ROLE
) -> tuple[str, UnitId]:
    """Give an audience, and the unit it is of, to somebody who holds one of the roles there."""
    units = uow.places.units()
    if zone is not None:
        known = next((each for each in uow.places.zones() if each.id == zone), None)
        if known is not None:
            require(units, person, known.unit, *roles)
            return audience_of_zone(zone), known.unit
    elif unit is not None and unit in units.by_id:
        require(units, person, unit, *roles)
        return audience_of_unit(unit), unit
    raise NotFound("silence.no_audience")


def _put(
    uow: UnitOfWork,
    audience: str,
    person: Person,
    now: datetime,
    *,
    ordered: bool,
    until: datetime | None,
    spares: bool,
) -> SilenceOrder:
    newest = _newest(uow, audience)
    order = SilenceOrder(
        audience=audience,
        # Above every number an agent can hold, also after the database was restored from an old backup.
        number=max(newest.number + 1 if newest else 0, unix_milliseconds(now)),
        ordered=ordered,
        until=until,
        spares_emergencies=spares,
        by=person.id,
        at=now,
    )
    uow.issue.put_silence(order)
    return order


def _newest(uow: UnitOfWork, audience: str) -> SilenceOrder | None:
    return next((each for each in uow.issue.silences() if each.audience == audience), None)


def _note(uow: UnitOfWork, now: datetime, person: Person, action: str, audience: str, **details: object) -> None:
    kind, _, name = audience.partition(":")
    unit = UnitId(name) if kind == "unit" else None
    if kind == "zone":
        unit = next((zone.station for zone in uow.places.zones() if zone.id == name), None)
    note(uow, now, person, action, subject=audience, unit=unit, **details)
