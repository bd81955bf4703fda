"""What the emergency page shows: what is live and for whom, what waits, and whom a proposal would reach. Read only."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from schedules.emergency import Emergency
from schedules.emergency_lane import live_at
from schedules.ids import EmergencyId, PersonId, UnitId
from schedules.unit import Zone
from server.emergency_records import Act, EmergencyAct, EmergencyRequest, Proposal, RequestState, StoredEmergency
from server.ports import Clock, Store, UnitOfWork
from server.services.emergency_results import Heard, Result, results
from server.services.emergency_rights import commune_of, holds_right, may_confirm, names_of
from server.services.presence import can_sound, loudspeakers_of
from server.services.rights import ANY_ROLE, require
from server.values import Person

_SHOWN = 20
_LOOKED_BACK = timedelta(days=90)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """Whom something reaches: before the click and after it.

    Attributes:
        areas: names of the units.
        unspoken: zones whose first language it has no words in.
    """

    areas: tuple[str, ...]
    stations: int
    zones: int
    loudspeakers: int
    households: int
    residents: int
    unspoken: tuple[Zone, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """An emergency on the page.

    Attributes:
        is_live: it may still sound.
        merged: another one about the same event and area is heard instead.
        acts: what was done to it.
        results: of a live one, what each loudspeaker has said of it.
        may_cancel: the person who looks may end it.
    """

    stored: StoredEmergency
    reach: Reach
    is_live: bool
    merged: bool
    acts: tuple[EmergencyAct, ...]
    may_cancel: bool
    results: tuple[Result, ...] = ()

    @property
    def told(self) -> int:
        """How many loudspeakers have told all of it at least once."""
        return sum(each.heard is Heard.TOLD for each in self.results)

    @property
    def emergency(self) -> Emergency:
        """The emergency itself."""
        return self.stored.emergency


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request on the page, with what the person who looks may do."""

    request: EmergencyRequest
    reach: Reach
    may_confirm: bool
    may_stop: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """Everything about emergencies at one station, for one person.

    Attributes:
        areas: units this person may issue for from here, widest last; none without the right.
        may_break_glass: it is the person's own commune, and the right holds.
    """

    live: tuple[Shown, ...]
    asked: tuple[Asked, ...]
    over: tuple[Shown, ...]
    areas: tuple[UnitId, ...]
    may_break_glass: bool
    names: Mapping[PersonId, str]


def board(store: Store, clock: Clock, person: Person, station: UnitId) -> Board:
    """Give what concerns a station: what was issued for it, above it or for a part of it.

    Raises:
        NotAllowed: `rights.missing` for somebody without any role there.
    """
    now = clock.now()
    with store.reading() as uow:
        units = uow.places.units()
        require(units, person, station, *ANY_ROLE)
        recent = uow.emergencies.issued(since=now - _LOOKED_BACK)
        acts = uow.emergencies.acts(each.emergency.id for each in recent)
        heard = {each.id for each in live_at(uow.emergencies.lists(), now)}
        listed = {each.id for known in uow.emergencies.lists() for each in known.live if now < each.expires}
        found = [
            _shown(uow, person, each, [act for act in acts if act.emergency == each.emergency.id], heard, listed, now)
            for each in recent
            if _concerns(uow, station, each.emergency.units)
        ]
        asked = [
            _asked(uow, person, each, now)
            for each in uow.emergencies.requests()
            if _concerns(uow, station, each.proposal.units) and now < each.proposal.ends_at
        ]
        near = [station, *(each for each in sorted(units.by_id) if units.by_id[each].parent == station)]
        above = [each for each in units.above(station) if each != station]
        return Board(
            live=tuple(each for each in found if each.is_live),
            asked=tuple(asked),
            over=tuple(each for each in found if not each.is_live)[:_SHOWN],
            areas=tuple(each for each in (*near, *above) if holds_right(uow, person, [each], now)),
            may_break_glass=commune_of(units, person.unit) == station and holds_right(uow, person, [station], now),
            names=_names(uow, found, asked),
        )


def reach(store: Store, areas: Iterable[UnitId], languages: Iterable[str]) -> Reach:
    """Tell whom something for some units reaches, and who would not hear it in their first language."""
    with store.reading() as uow:
        return _reach(uow, tuple(areas), languages)


def find(store: Store, person: Person, emergency: EmergencyId) -> StoredEmergency | None:
    """Give an emergency to whoever has a role where it was issued for."""
    with store.reading() as uow:
        stored = uow.emergencies.get(emergency)
        if stored is not None:
            require(uow.places.units(), person, stored.emergency.units[0], *ANY_ROLE)
        return stored


def _reach(uow: UnitOfWork, areas: tuple[UnitId, ...], languages: Iterable[str]) -> Reach:
    units = uow.places.units()
    spoken = set(languages)
    zones = [
        zone
        for zone in uow.places.zones()
        if any(units.within(zone.unit, area) or units.within(zone.station, area) for area in areas)
    ]
    return Reach(
        areas=names_of(units, areas),
        stations=len({zone.station for zone in zones}),
        zones=len(zones),
        loudspeakers=sum(can_sound(uow, each) for each in loudspeakers_of(uow, {zone.id: zone for zone in zones})),
        households=sum(zone.households for zone in zones),
        residents=sum(zone.residents for zone in zones),
        unspoken=tuple(zone for zone in zones if zone.languages[0] not in spoken),
    )


def _concerns(uow: UnitOfWork, station: UnitId, areas: Iterable[UnitId]) -> bool:
    units = uow.places.units()
    return any(units.within(station, area) or units.within(area, station) for area in areas)


def _shown(
    uow: UnitOfWork,
    person: Person,
    stored: StoredEmergency,
    acts: list[EmergencyAct],
    heard: set[EmergencyId],
    listed: set[EmergencyId],
    now: datetime,
) -> Shown:
    emergency = stored.emergency
    near = {emergency.issued_by, stored.confirmed_by, *stored.told}
    is_live = emergency.id in listed and not any(act.act is Act.CANCELLED for act in acts)
    return Shown(
        stored=stored,
        reach=_reach(uow, emergency.units, (words.language for words in emergency.words)),
        is_live=is_live,
        merged=is_live and emergency.id not in heard,
        acts=tuple(acts),
        results=results(uow, emergency, now) if is_live else (),
        may_cancel=is_live and (person.id in near or holds_right(uow, person, emergency.units, now)),
    )


def _asked(uow: UnitOfWork, person: Person, request: EmergencyRequest, now: datetime) -> Asked:
    proposal: Proposal = request.proposal
    second = person.id != request.asked_by and may_confirm(uow, person, proposal.units, now)
    return Asked(
        request=request,
        reach=_reach(uow, proposal.units, (words.language for words in proposal.words)),
        may_confirm=second and request.state is RequestState.WAITING,
        may_stop=second or person.id in (request.asked_by, *request.told),
    )


def _names(uow: UnitOfWork, found: list[Shown], asked: list[Asked]) -> dict[PersonId, str]:
    people: set[PersonId | None] = set()
    for each in found:
        people |= {
            each.emergency.issued_by,
            each.stored.confirmed_by,
            *each.stored.told,
            *(act.by for act in each.acts),
        }
    for waiting in asked:
        people |= {waiting.request.asked_by, *waiting.request.told}
    known = {each: uow.people.get(each) for each in people if each is not None}
    return {each: person.name for each, person in known.items() if person is not None}
