"""Will the next session be played? Per loudspeaker: what it says of itself, a colour, the reasons, the cheapest remedy.

Everything is read at once, for a station as for a province, and judged by `judging`. It must not guess what a silent
loudspeaker is doing.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from schedules.ids import LoudspeakerId, OccurrenceId, UnitId, ZoneId
from schedules.rundown import RundownItem
from schedules.times import DAY, Span
from schedules.unit import Zone
from schedules.wire.messages import Presence
from schedules.wire.rows import Tables
from server.device_records import Device
from server.evidence_records import Seen
from server.ports import Clock, Store, UnitOfWork
from server.readiness_records import WORST_FIRST, Colour, Outage, Reason
from server.services.absences import Absence, Standing, absences
from server.services.judging import SOON, Facts, Promised, judge
from server.services.keys import Expiry, expiry
from server.services.next_sessions import Coming, timetables
from server.services.presence import gone_since, is_connected, loudspeakers_of, off_as_usual
from server.services.rights import ANY_ROLE, require
from server.services.schedule import lies_in
from server.services.silence import audiences, holds
from server.values import Loudspeaker, LoudspeakerKind, Person

LEVELS_OF = 3 * DAY
"""How far back the levels of plays are looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Playing:
    """What a loudspeaker says it plays, its position carried on from its own word to now."""

    occurrence: OccurrenceId
    title: str
    position: timedelta
    said_at: datetime


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
        zones = [each for each in uow.places.zones() if lies_in(units, each, station)]
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


def judged(
    uow: UnitOfWork, zones: Sequence[Zone], sessions: Mapping[UnitId, Coming | None], now: datetime
) -> list[Ready]:
    """Judge the loudspeakers of zones for a session of each station, the worst first; all is read once."""
    facts = [*_facts(uow, {zone.id: zone for zone in zones}, sessions, now)]
    found = [_ready(each, now) for each in facts]
    found.sort(key=lambda each: (WORST_FIRST.index(each.colour), each.zone.name, each.loudspeaker.name))
    return found


def _facts(
    uow: UnitOfWork, zones: Mapping[ZoneId, Zone], sessions: Mapping[UnitId, Coming | None], now: datetime
) -> Iterator[Facts]:
    units = uow.places.units()
    silenced = {each.audience for each in uow.issue.silences() if holds(each, now)}
    silent = {key for key, zone in zones.items() if not silenced.isdisjoint(audiences(zone, units))}
    loudspeakers = loudspeakers_of(uow, zones)
    devices = {each.public_key: each for each in uow.devices.all()}
    seen = words_of(uow, loudspeakers, devices)
    lost = _lost(zones, loudspeakers, seen, now)
    promised = _promised(uow, zones, sessions, now)
    outages = _outages(uow, zones, sessions, now)
    levels = uow.evidence.levels((each.id for each in loudspeakers), since=now - LEVELS_OF)
    for each in loudspeakers:
        zone, device = zones[each.zone], devices.get(each.public_key)
        session = sessions.get(zone.station)
        word = seen[each.id]
        facts = Facts(
            loudspeaker=each,
            zone=zone,
            session=session,
            seen=word,
            promised=promised.get(zone.id),
            silent=zone.id in silent,
            lock=_lock(uow, each, now),
            outage=_concerning(outages.get(zone.id, ()), session, now, connected=is_connected(word, now)),
            absence=lost.get(each.id),
            as_usual=each.id in lost and session is not None and off_as_usual(uow, each.id, session.span.start, now),
            certificate_expires=device.certificate_expires if device else None,
            levels=tuple(levels.get(each.id, ())),
        )
        yield _with_issue(uow, facts)


def words_of(
    uow: UnitOfWork, loudspeakers: Sequence[Loudspeaker], devices: Mapping[str, Device]
) -> Mapping[LoudspeakerId, Seen]:
    """Give what the device in use of each loudspeaker has said; what came before it was another one's word."""
    seen = uow.evidence.seen(each.id for each in loudspeakers)
    return {each.id: _said_by(devices.get(each.public_key), each, seen.get(each.id, Seen())) for each in loudspeakers}


def _said_by(device: Device | None, loudspeaker: Loudspeaker, seen: Seen) -> Seen:
    if not loudspeaker.public_key:
        return Seen()
    if device is not None and seen.presence_at is not None and seen.presence_at < device.enrolled_at:
        seen = replace(seen, presence=None, presence_at=None)
    if device is not None and seen.receipt_at is not None and seen.receipt_at < device.enrolled_at:
        seen = replace(seen, receipt=None, receipt_at=None)
    if device is not None and seen.twins_at is not None and seen.twins_at < device.enrolled_at:
        seen = replace(seen, twins_at=None)
    return seen


def _lost(
    zones: Mapping[ZoneId, Zone], loudspeakers: Sequence[Loudspeaker], seen: Mapping[LoudspeakerId, Seen], now: datetime
) -> Mapping[LoudspeakerId, Absence]:
    known = [
        Standing(loudspeaker=each.id, zone=zones[each.zone], gone_since=gone_since(seen[each.id], now))
        for each in loudspeakers
        if seen[each.id].presence_at is not None
    ]
    return {lost.loudspeaker: absence for absence in absences(known) for lost in absence.lost}


def _promised(
    uow: UnitOfWork, zones: Mapping[ZoneId, Zone], sessions: Mapping[UnitId, Coming | None], now: datetime
) -> Mapping[ZoneId, Promised]:
    tables = uow.issue.in_force(zones)
    return {zone: _needed(own, sessions.get(zones[zone].station), now) for zone, own in tables.items()}


def _needed(tables: Tables, session: Coming | None, now: datetime) -> Promised:
    ahead = Span(now, now + SOON) if session is None else session.span
    planned = [*_within(tables, ahead)]
    items = [*planned, *_within(tables, Span(now, now + SOON))]
    return Promised(
        revision=tables.revision,
        needed=frozenset(each.sha256 for item in items if item.ends_at > now for each in item.recordings),
        plays=bool(planned),
    )


def _within(tables: Tables, span: Span) -> Iterator[RundownItem]:
    """Give the items that sound within a span; no others are made, since a rundown has many."""
    for index in range(max(0, tables.begun(span.start) - 1), len(tables.occurrences)):
        own = tables.span(index)
        if own.start >= span.end:
            return
        if own.overlaps(span):
            yield tables.item(index)


def _with_issue(uow: UnitOfWork, facts: Facts) -> Facts:
    """Look up when the rundown in force was issued, where it has not reached a loudspeaker."""
    promised = facts.promised
    if promised is None or facts.held == promised.revision:
        return facts
    revision = uow.issue.revision(facts.zone.id, promised.revision)
    return replace(facts, promised=replace(promised, issued_at=None if revision is None else revision.issued_at))


def _outages(
    uow: UnitOfWork, zones: Mapping[ZoneId, Zone], sessions: Mapping[UnitId, Coming | None], now: datetime
) -> Mapping[ZoneId, Sequence[Outage]]:
    last = max((each.span.end for each in sessions.values() if each is not None), default=now)
    found: dict[ZoneId, list[Outage]] = {}
    for outage in uow.outages.inside(Span(now, max(last, now + DAY)), zones):
        for zone in outage.zones:
            found.setdefault(zone, []).append(outage)
    return found


def _concerning(outages: Iterable[Outage], session: Coming | None, now: datetime, *, connected: bool) -> Outage | None:
    """Give the outage that keeps the session from being heard, or explains why nothing comes from there now."""
    for outage in outages:
        if session is not None and outage.span.overlaps(session.span):
            return outage
        if outage.span.holds(now) and not connected:
            return outage
    return None


def _lock(uow: UnitOfWork, loudspeaker: Loudspeaker, now: datetime) -> Reason | None:
    lock = loudspeaker.locked(now)
    if lock is None:
        return None
    by = uow.people.get(lock.by)
    values = (("until", lock.until), ("why", lock.reason), ("by", by.name if by else ""))
    return Reason("loudspeaker.locked", Colour.LOCKED, "remedy.unlock", values)


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
