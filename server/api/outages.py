"""Planned outages: zones that will have no power, so that their silence is explained beforehand."""

from datetime import datetime

from apiflask import APIBlueprint

from schedules.ids import ProgrammeId, UnitId, ZoneId
from server.api.centre import centre
from server.api.shapes import Answer, Instant, Line, Name, Names, Sent
from server.api.views import Write, reads, writes
from server.readiness_records import Outage
from server.services import outages as services
from server.services.outages import Wish
from server.token_records import Scope
from server.values import Person

outages = APIBlueprint("outages", __name__, tag="Outages")


class OutageSent(Sent):
    """Zones without power for some time."""

    zones: Names
    since: Instant
    until: Instant
    programme: Name | None = None
    reason: Line = ""


class OutageShown(Answer):
    """A planned outage."""

    id: str
    station: str
    zones: list[str]
    since: datetime
    until: datetime
    reason: str
    programme: str | None
    ended_at: datetime | None


class Outages(Answer):
    """The newest outages of a station, the last to begin first."""

    outages: list[OutageShown]


@reads(outages, "/units/<unit>/outages", Outages)
def listed(person: Person, unit: str) -> Outages:
    """Give the newest outages of a station."""
    return Outages(outages=[shown(each) for each in services.listed(centre().store, person, UnitId(unit))])


@writes(outages, "POST", "/units/<unit>/outages", Write(scope=Scope.OUTAGES, status=201), OutageShown, takes=OutageSent)
def plan(person: Person, unit: str, sent: OutageSent) -> OutageShown:
    """Note that zones of a station will have no power."""
    wish = Wish(
        zones=frozenset(map(ZoneId, sent.zones)),
        since=sent.since,
        until=sent.until,
        programme=None if sent.programme is None else ProgrammeId(sent.programme),
        reason=sent.reason,
    )
    return shown(services.plan(centre().store, centre().clock, person, UnitId(unit), wish=wish))


@writes(outages, "POST", "/units/<unit>/outages/<outage>/end", Write(scope=Scope.OUTAGES), OutageShown)
def end(person: Person, unit: str, outage: str) -> OutageShown:
    """Note that the power is back, or will not go."""
    return shown(services.end(centre().store, centre().clock, person, UnitId(unit), outage))


def shown(outage: Outage) -> OutageShown:
    """Give an outage as it is answered."""
    return OutageShown(
        id=outage.id,
        station=outage.station,
        zones=list(outage.zones),
        since=outage.since,
        until=outage.until,
        reason=outage.reason,
        programme=outage.programme,
        ended_at=outage.ended_at,
    )
