"""The zones of stations: read, made, named, and who lives there."""

from apiflask import APIBlueprint
from pydantic import Field

from schedules.ids import UnitId, ZoneId
from schedules.unit import Zone
from server.api import asking
from server.api.centre import centre
from server.api.pages import Page, page_of
from server.api.shapes import Answer, Line, Name, Sent
from server.api.views import Write, reads, writes
from server.services import ground_seen
from server.services import zones as services
from server.services.zones import Inhabited
from server.token_records import Scope
from server.values import Person

zones = APIBlueprint("zones", __name__, tag="Zones")


class InhabitedSent(Sent):
    """What is said of a zone, whatever its place."""

    name: Line
    languages: list[Name] = Field(max_length=60, description="BCP 47, best first.")
    households: int = Field(default=0, description="0 where nobody knows.")
    residents: int = 0

    def inhabited(self) -> Inhabited:
        """Give it as the services take it."""
        return Inhabited(
            name=self.name, languages=tuple(self.languages), households=self.households, residents=self.residents
        )


class ZoneSent(InhabitedSent):
    """A zone that is to be."""

    stands_in: Name = Field(description="The commune itself, or a unit below it.")


class ZoneShown(Answer):
    """Loudspeakers of one station that always play the same."""

    id: str
    station: str
    unit: str
    name: str
    languages: list[str]
    households: int
    residents: int
    version: str


class Zones(Answer):
    """A page of zones."""

    zones: list[ZoneShown]
    next: str | None


@reads(zones, "/units/<unit>/zones", Zones, asks=Page)
def listed(person: Person, unit: str, query: Page) -> Zones:
    """Give the zones that stand in a unit or whose station it is, in order of id."""
    found, after = page_of(ground_seen.zones(centre().store, person, UnitId(unit)), lambda zone: (zone.id,), query)
    return Zones(zones=[shown(each) for each in found], next=after)


@reads(zones, "/zones/<zone>", ZoneShown)
def one(person: Person, zone: str) -> ZoneShown:
    """Give a zone; its version is for `If-Match`."""
    return shown(ground_seen.zone(centre().store, person, ZoneId(zone)))


@writes(zones, "POST", "/units/<unit>/zones", Write(scope=Scope.LOUDSPEAKERS, status=201), ZoneShown, takes=ZoneSent)
def make(person: Person, unit: str, sent: ZoneSent) -> ZoneShown:
    """Make a zone of a station; what was approved for the whole unit waits there for a supplementary approval."""
    here, place = UnitId(unit), UnitId(sent.stands_in)
    return shown(services.make(centre().store, centre().clock, person, here, unit=place, inhabited=sent.inhabited()))


@writes(zones, "PUT", "/zones/<zone>", Write(scope=Scope.LOUDSPEAKERS, edits=True), ZoneShown, takes=InhabitedSent)
def change(person: Person, zone: str, sent: InhabitedSent) -> ZoneShown:
    """Say anew what a zone is called and who lives there; its programme is planned anew."""
    seen = asking.seen()
    return shown(
        services.change(centre().store, centre().clock, person, ZoneId(zone), inhabited=sent.inhabited(), seen=seen)
    )


def shown(zone: Zone) -> ZoneShown:
    """Give a zone as it is answered."""
    return ZoneShown(
        id=zone.id,
        station=zone.station,
        unit=zone.unit,
        name=zone.name,
        languages=list(zone.languages),
        households=zone.households,
        residents=zone.residents,
        version=services.seen_as(zone),
    )
