"""Will the next session be played? Per loudspeaker: what it says of itself, a colour, the reasons, the cheapest remedy.

What is known is read by `readiness_facts`, judged by `judging`. It must not guess what a silent loudspeaker is doing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from schedules.ids import OccurrenceId, UnitId
from schedules.unit import Zone
from schedules.wire.messages import Presence
from server.evidence_records import Seen
from server.ports import Clock, Store, UnitOfWork
from server.readiness_records import WORST_FIRST, Colour, Outage, Reason
from server.services.judging import Facts, judge
from server.services.keys import Expiry, expiry
from server.services.next_sessions import Coming, timetables
from server.services.presence import is_connected, loudspeakers_of
from server.services.readiness_facts import devices_of, facts_of, words_of
from server.services.rights import ANY_ROLE, require
from server.services.schedule import standing_below
from server.values import Loudspeaker, LoudspeakerKind, Person


@dataclass(frozen=True, slots=True, kw_only=True)
class Playing:
    """What a loudspeaker says it plays, its position carried on from its own word to now."""

    occurrence: OccurrenceId
    title: str
    position: timedelta
    said_at: datetime


@dataclass(frozen=True, slots=True)
class Sounding:
    """A loudspeaker, and what it says it plays."""

    loudspeaker: Loudspeaker
    playing: Playing


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """One loudspeaker's state.

    Attributes:
        last_contact: when it last spoke; None when it never did.
        held, issued: revision it holds, and the one in force; None where there is none.
        covers_until: up to when it has its programme in hand.
        missing: recordings it still lacks.
        session: the one it is judged for; None where none comes.
        outage: the planned one that concerns now or the session.
        clusters: FM or wired clusters behind a gateway, which cannot answer for themselves.
        silent: an order of silence in force concerns it.
        certificate_expires: of the device in use; None where it has none.
    """

    loudspeaker: Loudspeaker
    zone: Zone
    connected: bool
    last_contact: datetime | None
    held: int | None
    issued: int | None
    covers_until: datetime | None
    missing: int
    presence: Presence | None
    playing: Playing | None
    silent: bool
    certificate_expires: datetime | None
    session: Coming | None
    outage: Outage | None
    colour: Colour
    reasons: tuple[Reason, ...]

    @property
    def clusters(self) -> int:
        """Clusters behind it that nobody hears from."""
        return self.loudspeaker.clusters if self.loudspeaker.kind is LoudspeakerKind.GATEWAY else 0

    def age(self, now: datetime) -> timedelta | None:
        """How long ago it last spoke."""
        return None if self.last_contact is None else now - self.last_contact


@dataclass(frozen=True, slots=True, kw_only=True)
class Readiness:
    """All loudspeakers of a station, the worst first; gateways' clusters are counted apart.

    Attributes:
        session: the one all of them are judged for; None where none comes, or not the same for all.
        ending: that the centre's keys run out, which stops no loudspeaker and yet is red.
    """

    now: datetime
    loudspeakers: tuple[Ready, ...]
    counts: dict[Colour, int]
    clusters_unheard: int
    session: Coming | None
    ending: Expiry | None


def readiness(store: Store, clock: Clock, person: Person, station: UnitId) -> Readiness:
    """Say of every loudspeaker of a station (or of all below a unit) whether it is ready for its next session.

    Raises:
        NotAllowed: `rights.missing` for somebody without a role there.
    """
    now = clock.now()
    with store.reading() as uow:
        units = uow.places.units()
        require(units, person, station, *ANY_ROLE)
        zones = standing_below(units, uow.places.zones(), station)
        known = timetables(uow, {zone.station for zone in zones})
        sessions = {each: timetable.next_session(now) for each, timetable in known.items()}
        found, ending = judged(uow, zones, sessions, now), expiry(uow, now)
    return Readiness(
        now=now,
        loudspeakers=tuple(found),
        counts={colour: sum(each.colour is colour for each in found) for colour in Colour},
        clusters_unheard=sum(each.clusters for each in found),
        session=next(iter(sessions.values())) if len(set(sessions.values())) == 1 else None,
        ending=ending,
    )


def sounding(store: Store, clock: Clock, person: Person, station: UnitId) -> tuple[Sounding, ...]:
    """Say what the loudspeakers of a station say they play, by name of the loudspeaker; nothing else of them is read.

    Raises:
        NotAllowed: as for `readiness`.
    """
    now = clock.now()
    with store.reading() as uow:
        units = uow.places.units()
        require(units, person, station, *ANY_ROLE)
        here = loudspeakers_of(uow, {each.id for each in standing_below(units, uow.places.zones(), station)})
        words = words_of(uow, here, devices_of(uow, here))
    said = ((each, _playing(words[each.id], now)) for each in here)
    return tuple(Sounding(each, playing) for each, playing in said if playing is not None)


def judged(
    uow: UnitOfWork, zones: Sequence[Zone], sessions: Mapping[UnitId, Coming | None], now: datetime
) -> list[Ready]:
    """Judge the loudspeakers of zones for a session of each station, the worst first; all is read once."""
    found = [_ready(each, now) for each in facts_of(uow, {zone.id: zone for zone in zones}, sessions, now)]
    found.sort(key=lambda each: (WORST_FIRST.index(each.colour), each.zone.name, each.loudspeaker.name))
    return found


def _ready(facts: Facts, now: datetime) -> Ready:
    colour, reasons = judge(facts, now)
    presence = facts.seen.presence
    return Ready(
        loudspeaker=facts.loudspeaker,
        zone=facts.zone,
        connected=is_connected(facts.seen, now),
        last_contact=facts.last_contact,
        held=facts.held,
        issued=facts.promised.revision if facts.promised else None,
        covers_until=presence.covers_until if presence else None,
        missing=len(facts.missing),
        presence=presence,
        playing=_playing(facts.seen, now),
        silent=facts.silent,
        certificate_expires=facts.certificate_expires,
        session=facts.session,
        outage=facts.outage,
        colour=colour,
        reasons=reasons,
    )


def _playing(seen: Seen, now: datetime) -> Playing | None:
    presence, at = seen.presence, seen.presence_at
    if presence is None or at is None or presence.playing is None or not is_connected(seen, now):
        return None
    said = timedelta(milliseconds=presence.playing.position_ms)
    return Playing(
        occurrence=presence.playing.occurrence,
        title=presence.playing.title,
        position=said + max(timedelta(0), now - at),
        said_at=at,
    )
