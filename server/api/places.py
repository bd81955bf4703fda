"""Units, zones and loudspeakers with their readiness, to read."""

from datetime import datetime

from apiflask import APIBlueprint

from schedules.ids import LoudspeakerId, UnitId
from schedules.unit import Unit, Zone
from server.api.centre import centre
from server.api.pages import Page, page_of
from server.api.shapes import Answer
from server.api.views import reads
from server.readiness_records import Colour
from server.services import ground_seen
from server.services.loudspeakers import seen_as
from server.services.readiness import Ready, readiness
from server.values import LoudspeakerKind, Person

places = APIBlueprint("places", __name__, tag="Places")


class UnitShown(Answer):
    """An administrative unit."""

    id: str
    code: str
    name: str
    level: str
    parent: str | None


class Units(Answer):
    """A page of units."""

    units: list[UnitShown]
    next: str | None


class ZoneShown(Answer):
    """Loudspeakers of one station that always play the same."""

    id: str
    station: str
    unit: str
    name: str
    languages: list[str]
    households: int
    residents: int


class Zones(Answer):
    """A page of zones."""

    zones: list[ZoneShown]
    next: str | None


class ReasonShown(Answer):
    """Why a loudspeaker is not green, and the cheapest thing to try: codes."""

    code: str
    remedy: str


class LoudspeakerShown(Answer):
    """A loudspeaker, and whether it will play the next session."""

    id: str
    zone: str
    name: str
    kind: LoudspeakerKind
    clusters: int
    horns: int
    volume: int
    colour: Colour
    reasons: list[ReasonShown]
    connected: bool
    last_contact: datetime | None
    revision_held: int | None
    revision_issued: int | None
    covers_until: datetime | None
    missing: int
    playing: str | None
    locked_until: datetime | None
    version: str


class Loudspeakers(Answer):
    """A page of loudspeakers, all judged at one instant."""

    at: datetime
    loudspeakers: list[LoudspeakerShown]
    next: str | None


@reads(places, "/units", Units, asks=Page)
def units(person: Person, query: Page) -> Units:
    """Give the unit of the token and all below it, in order of id."""
    found, after = page_of(ground_seen.units(centre().store, person), lambda unit: (unit.id,), query)
    return Units(units=[_unit(each) for each in found], next=after)


@reads(places, "/units/<unit>/zones", Zones, asks=Page)
def zones(person: Person, unit: str, query: Page) -> Zones:
    """Give the zones that stand in a unit or whose station it is, in order of id."""
    found, after = page_of(ground_seen.zones(centre().store, person, UnitId(unit)), lambda zone: (zone.id,), query)
    return Zones(zones=[_zone(each) for each in found], next=after)


@reads(places, "/units/<unit>/loudspeakers", Loudspeakers, asks=Page)
def loudspeakers(person: Person, unit: str, query: Page) -> Loudspeakers:
    """Give the loudspeakers in use in a unit with their readiness, in order of id."""
    state = readiness(centre().store, centre().clock, person, UnitId(unit))
    found, after = page_of(state.loudspeakers, lambda each: (each.loudspeaker.id,), query)
    return Loudspeakers(at=state.now, loudspeakers=[shown(each, state.now) for each in found], next=after)


@reads(places, "/loudspeakers/<loudspeaker>", LoudspeakerShown)
def loudspeaker(person: Person, loudspeaker: str) -> LoudspeakerShown:
    """Give one loudspeaker in use with its readiness; its version is for `If-Match`."""
    return shown_now(person, loudspeaker)


def shown_now(person: Person, loudspeaker: str) -> LoudspeakerShown:
    """Give one loudspeaker as it is now, to somebody with a role at its station."""
    found = ground_seen.ready(centre().store, centre().clock, person, LoudspeakerId(loudspeaker))
    return shown(found, centre().clock.now())


def shown(ready: Ready, now: datetime) -> LoudspeakerShown:
    """Give a loudspeaker as it is answered."""
    own = ready.loudspeaker
    lock = own.locked(now)
    return LoudspeakerShown(
        id=own.id,
        zone=own.zone,
        name=own.name,
        kind=own.kind,
        clusters=own.clusters,
        horns=own.horns,
        volume=own.volume,
        colour=ready.colour,
        reasons=[ReasonShown(code=each.code, remedy=each.remedy) for each in ready.reasons],
        connected=ready.connected,
        last_contact=ready.last_contact,
        revision_held=ready.held,
        revision_issued=ready.issued,
        covers_until=ready.covers_until,
        missing=ready.missing,
        playing=ready.playing.title if ready.playing else None,
        locked_until=lock.until if lock else None,
        version=seen_as(own),
    )


def _unit(unit: Unit) -> UnitShown:
    return UnitShown(id=unit.id, code=unit.code, name=unit.name, level=unit.level.value, parent=unit.parent)


def _zone(zone: Zone) -> ZoneShown:
    return ZoneShown(
        id=zone.id,
        station=zone.station,
        unit=zone.unit,
        name=zone.name,
        languages=list(zone.languages),
        households=zone.households,
        residents=zone.residents,
    )
