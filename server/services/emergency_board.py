"""What the emergency page shows: what is live and for whom, what waits, and whom a proposal would reach. Read only."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from schedules.emergency import Emergency
from schedules.emergency_lane import live_at
from schedules.ids import EmergencyId, PersonId, UnitId
from schedules.unit import Units, Zone
from server.emergency_records import Act, EmergencyAct, EmergencyRequest, Proposal, RequestState, StoredEmergency
from server.ports import Clock, Store, UnitOfWork
from server.services.emergency_results import Heard, RecentResults, Result
from server.services.emergency_rights import commune_of, holds_right, may_confirm, names_of
from server.services.ground import Ground
from server.services.machine_voice import forbidden_at
from server.services.presence import can_sound
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
        unvoiced: names of the units where no administrator has allowed a machine to speak on air, as it will.
    """

    areas: tuple[str, ...]
    stations: int
    zones: int
    loudspeakers: int
    households: int
    residents: int
    unspoken: tuple[Zone, ...]
    unvoiced: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """An emergency on the page.

    Attributes:
        acts: what was done to it.
        is_live: it may still sound.
        merged: another one about the same event and area is heard instead.
        may_cancel: the person who looks may end it.
        results: of a live one, and of one that was cancelled before its end, what each loudspeaker has said of it.
    """

    stored: StoredEmergency
    reach: Reach
    acts: tuple[EmergencyAct, ...]
    is_live: bool = False
    merged: bool = False
    may_cancel: bool = False
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


def board(store: Store, clock: Clock, person: Person, station: UnitId, *, recent: RecentResults | None = None) -> Board:
    """Give what concerns a station: what was issued for it, above it or for a part of it.

    `recent` has what was found a moment ago, for somebody else who looks.

    Raises:
        NotAllowed: `rights.missing` for somebody without any role there.
    """
    now = clock.now()
    with store.reading() as uow:
        ground = Ground.of(uow)
        units = ground.units
        require(units, person, station, *ANY_ROLE)
        lists = uow.emergencies.lists()
        heard = {each.id for each in live_at(lists, now)}
        listed = {each.id for known in lists for each in known.live if now < each.expires}
        ever = [
            each
            for each in uow.emergencies.issued(since=now - _LOOKED_BACK)
            if _concerns(units, station, each.emergency.units)
        ]
        acts = uow.emergencies.acts(each.emergency.id for each in ever)
        cancelled = {act.emergency for act in acts if act.act is Act.CANCELLED}
        live = [each for each in ever if each.emergency.id in listed - cancelled]
        over = [each for each in ever if each not in live][:_SHOWN]
        of_each = {stored.emergency.id: _acts_of(stored, acts) for stored in ever}
        stopped = [each for each in over if each.emergency.id in cancelled and now < each.emergency.expires]
        told = (recent or RecentResults()).of(uow, ground, [each.emergency for each in (*live, *stopped)], now)
        found = [
            replace(_shown(uow, ground, each, of_each[each.emergency.id]), results=told.get(each.emergency.id, ()))
            for each in over
        ]
        living = [
            replace(
                _shown(uow, ground, each, of_each[each.emergency.id]),
                is_live=True,
                merged=each.emergency.id not in heard,
                results=told[each.emergency.id],
                may_cancel=_may_cancel(uow, person, each, now),
            )
            for each in live
        ]
        asked = [
            _asked(uow, ground, person, each, now)
            for each in uow.emergencies.requests()
            if _concerns(units, station, each.proposal.units) and now < each.proposal.ends_at
        ]
        near = [station, *(each for each in sorted(units.by_id) if units.by_id[each].parent == station)]
        above = [each for each in units.above(station) if each != station]
        return Board(
            live=tuple(living),
            asked=tuple(asked),
            over=tuple(found),
            areas=tuple(each for each in (*near, *above) if holds_right(uow, person, [each], now)),
            may_break_glass=commune_of(units, person.unit) == station and holds_right(uow, person, [station], now),
            names=_names(uow, [*living, *found], asked),
        )


def reach(store: Store, areas: Iterable[UnitId], languages: Iterable[str]) -> Reach:
    """Tell whom something for some units reaches, and who would not hear it in their first language."""
    with store.reading() as uow:
        return _reach(uow, Ground.of(uow), tuple(areas), languages)


def find(store: Store, person: Person, emergency: EmergencyId) -> StoredEmergency | None:
    """Give an emergency to whoever has a role where it was issued for."""
    with store.reading() as uow:
        stored = uow.emergencies.get(emergency)
        if stored is not None:
            require(uow.places.units(), person, stored.emergency.units[0], *ANY_ROLE)
        return stored


def _reach(uow: UnitOfWork, ground: Ground, areas: tuple[UnitId, ...], languages: Iterable[str]) -> Reach:
    spoken = set(languages)
    zones = ground.zones_in(areas)
    return Reach(
        areas=names_of(ground.units, areas),
        stations=len({zone.station for zone in zones}),
        zones=len(zones),
        loudspeakers=sum(can_sound(uow, each) for each in ground.loudspeakers_in(zones)),
        households=sum(zone.households for zone in zones),
        residents=sum(zone.residents for zone in zones),
        unspoken=tuple(zone for zone in zones if zone.languages[0] not in spoken),
        unvoiced=names_of(ground.units, forbidden_at(uow, areas)),
    )


def _concerns(units: Units, station: UnitId, areas: Iterable[UnitId]) -> bool:
    return any(units.within(station, area) or units.within(area, station) for area in areas)


def _shown(uow: UnitOfWork, ground: Ground, stored: StoredEmergency, acts: tuple[EmergencyAct, ...]) -> Shown:
    emergency = stored.emergency
    reached = _reach(uow, ground, emergency.units, (words.language for words in emergency.words))
    return Shown(stored=stored, reach=reached, acts=acts)


def _acts_of(stored: StoredEmergency, acts: Iterable[EmergencyAct]) -> tuple[EmergencyAct, ...]:
    return tuple(act for act in acts if act.emergency == stored.emergency.id)


def _may_cancel(uow: UnitOfWork, person: Person, stored: StoredEmergency, now: datetime) -> bool:
    near = {stored.emergency.issued_by, stored.confirmed_by, *stored.told}
    return person.id in near or holds_right(uow, person, stored.emergency.units, now)


def _asked(uow: UnitOfWork, ground: Ground, person: Person, request: EmergencyRequest, now: datetime) -> Asked:
    proposal: Proposal = request.proposal
    second = person.id != request.asked_by and may_confirm(uow, person, proposal.units, now)
    return Asked(
        request=request,
        reach=_reach(uow, ground, proposal.units, (words.language for words in proposal.words)),
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
