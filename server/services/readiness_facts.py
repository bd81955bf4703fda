"""What is known of loudspeakers for their next session: everything is read at once, for a station as for a province.

It must not judge: `judging` does.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from schedules.ids import LoudspeakerId, UnitId, ZoneId
from schedules.rundown import RundownItem
from schedules.times import DAY, Span
from schedules.unit import Zone
from schedules.wire.rows import Tables
from server.device_records import Device
from server.evidence_records import Seen
from server.ports import UnitOfWork
from server.readiness_records import Colour, Outage, Reason
from server.services.absences import Absence, Standing, absences
from server.services.judging import SOON, Facts, Promised
from server.services.next_sessions import Coming
from server.services.presence import gone_by, gone_since, is_connected, loudspeakers_of, off_as_usual
from server.services.silence import audiences, holds
from server.values import Loudspeaker

LEVELS_OF = 3 * DAY
"""How far back the levels of plays are looked at."""


def facts_of(
    uow: UnitOfWork, zones: Mapping[ZoneId, Zone], sessions: Mapping[UnitId, Coming | None], now: datetime
) -> Iterator[Facts]:
    """Give all that is known of the loudspeakers in use of some zones, for a session of each station."""
    units = uow.places.units()
    silenced = {each.audience for each in uow.issue.silences() if holds(each, now)}
    silent = {key for key, zone in zones.items() if not silenced.isdisjoint(audiences(zone, units))}
    loudspeakers = loudspeakers_of(uow, zones)
    devices = devices_of(uow, loudspeakers)
    seen = words_of(uow, loudspeakers, devices)
    lost = _lost(zones, loudspeakers, seen, now)
    promised = _promised(uow, zones, sessions, now)
    outages = _outages(uow, zones, sessions, now)
    everywhere = {zone for each in loudspeakers for zone in each.zones}
    levels = uow.evidence.levels((each.id for each in loudspeakers), zones=everywhere, since=now - LEVELS_OF)
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


def devices_of(uow: UnitOfWork, loudspeakers: Iterable[Loudspeaker]) -> Mapping[str, Device]:
    """Give the devices that loudspeakers have had, by public key."""
    found = uow.devices.of_each(each.id for each in loudspeakers)
    return {each.public_key: each for had in found.values() for each in had}


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
        Standing(
            loudspeaker=each.id,
            zone=zones[each.zone],
            gone_since=gone_since(seen[each.id], now),
            gone_by=gone_by(seen[each.id]),
        )
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
