"""What is wrong, what was said of sessions to come, and emergencies as they were issued. To read only.

Nothing here issues, confirms or cancels an emergency: that takes a person at a screen.
"""

from datetime import datetime

from apiflask import APIBlueprint

from schedules.ids import UnitId
from server.api.centre import centre
from server.api.shapes import Answer
from server.api.views import reads
from server.readiness_records import Digest
from server.services import alarms as of_alarms
from server.services import digests as of_digests
from server.services.alarms import Shown
from server.services.emergency_board import Shown as ShownEmergency
from server.services.emergency_board import board
from server.values import Person

watch = APIBlueprint("watch", __name__, tag="Watch")


class AlarmShown(Answer):
    """One cause of trouble."""

    id: str
    code: str
    unit: str | None
    loudspeakers: list[str]
    remedy: str
    began: datetime
    ended: datetime | None
    seen_by: str


class Alarms(Answer):
    """The alarms of a unit and what lies below it, the newest first."""

    open: list[AlarmShown]
    ended: list[AlarmShown]


class DigestShown(Answer):
    """What was said once about a session to come."""

    key: str
    kind: str
    session: str
    starts: datetime
    made_at: datetime
    counts: dict[str, int]


class Digests(Answer):
    """The newest digests of a unit."""

    digests: list[DigestShown]


class EmergencyShown(Answer):
    """An emergency as it was issued, and how many loudspeakers have told it."""

    id: str
    headline: str
    sender: str
    units: list[str]
    sent: datetime
    expires: datetime
    is_live: bool
    told: int
    loudspeakers: int


class Emergencies(Answer):
    """The emergencies that concern a unit: those in force, and the last that are over."""

    live: list[EmergencyShown]
    over: list[EmergencyShown]


@reads(watch, "/units/<unit>/alarms", Alarms)
def alarms(person: Person, unit: str) -> Alarms:
    """Give the open alarms of a unit, and those that ended in the last days."""
    here, store, clock = UnitId(unit), centre().store, centre().clock
    return Alarms(
        open=[_alarm(each) for each in of_alarms.open_at(store, clock, person, here)],
        ended=[_alarm(each) for each in of_alarms.ended_at(store, clock, person, here)],
    )


@reads(watch, "/units/<unit>/digests", Digests)
def digests(person: Person, unit: str) -> Digests:
    """Give what was said of a unit's sessions to come."""
    return Digests(digests=[_digest(each) for each in of_digests.listed(centre().store, person, UnitId(unit))])


@reads(watch, "/units/<unit>/emergencies", Emergencies)
def emergencies(person: Person, unit: str) -> Emergencies:
    """Give the emergencies that concern a unit."""
    found = board(centre().store, centre().clock, person, UnitId(unit))
    return Emergencies(live=[_emergency(each) for each in found.live], over=[_emergency(each) for each in found.over])


def _alarm(shown: Shown) -> AlarmShown:
    own = shown.alarm
    return AlarmShown(
        id=own.id,
        code=own.code,
        unit=own.unit,
        loudspeakers=list(shown.names),
        remedy=own.remedy,
        began=own.began,
        ended=own.ended,
        seen_by=shown.seen_by,
    )


def _digest(digest: Digest) -> DigestShown:
    return DigestShown(
        key=digest.key,
        kind=digest.kind.value,
        session=digest.session,
        starts=digest.starts,
        made_at=digest.made_at,
        counts={colour.value: count for colour, count in digest.counts.items()},
    )


def _emergency(shown: ShownEmergency) -> EmergencyShown:
    own = shown.emergency
    return EmergencyShown(
        id=own.id,
        headline=own.headline,
        sender=own.sender,
        units=list(own.units),
        sent=own.sent,
        expires=own.expires,
        is_live=shown.is_live,
        told=shown.told,
        loudspeakers=len(shown.results),
    )
