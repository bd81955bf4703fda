"""What is wrong, and what was said of sessions to come."""

from collections.abc import Mapping
from datetime import datetime

from apiflask import APIBlueprint

from schedules.ids import UnitId
from server.api.centre import centre
from server.api.shapes import Answer
from server.api.views import Write, reads, writes
from server.readiness_records import Colour, Digest
from server.services import alarms as of_alarms
from server.services import digests as of_digests
from server.services.alarms import Shown
from server.token_records import Scope
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


class DigestLineShown(Answer):
    """What a digest says of one loudspeaker: codes."""

    loudspeaker: str
    name: str
    zone: str
    colour: Colour
    reasons: list[str]


class DigestCountShown(Answer):
    """What a digest of a unit above says of one station."""

    station: str
    name: str
    counts: dict[str, int]


class WholeDigest(DigestShown):
    """A digest with all it says."""

    lines: list[DigestLineShown]
    stations: list[DigestCountShown]


class Noted(Answer):
    """An alarm somebody takes care of."""

    id: str
    code: str
    seen_by: str
    seen_at: datetime | None


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


@reads(watch, "/units/<unit>/digests/<digest>", WholeDigest)
def digest(person: Person, unit: str, digest: str) -> WholeDigest:
    """Give one digest of a unit, loudspeaker by loudspeaker, or station by station."""
    found = of_digests.get(centre().store, person, UnitId(unit), digest)
    lines = [
        DigestLineShown(
            loudspeaker=each.loudspeaker,
            name=each.name,
            zone=each.zone,
            colour=each.colour,
            reasons=[reason.code for reason in each.reasons],
        )
        for each in found.lines
    ]
    stations = [
        DigestCountShown(station=each.station, name=each.name, counts=_counts(each.counts)) for each in found.stations
    ]
    return WholeDigest(**dict(_digest(found)), lines=lines, stations=stations)


@writes(watch, "POST", "/alarms/<alarm>/seen", Write(scope=Scope.OUTAGES), Noted)
def seen(person: Person, alarm: str) -> Noted:
    """Note that an alarm was seen and is taken care of; the first one counts."""
    noted = of_alarms.take_note(centre().store, centre().clock, person, alarm)
    return Noted(id=noted.id, code=noted.code, seen_by=noted.seen_by or "", seen_at=noted.seen_at)


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
        counts=_counts(digest.counts),
    )


def _counts(counts: Mapping[Colour, int]) -> dict[str, int]:
    return {colour.value: count for colour, count in counts.items()}
