"""Digests: whether a session to come will be played, said once the evening before and once shortly before it.

Made by the conductor for each station, with a summary for every unit above; frozen from then on. A restart makes none
twice and none too few.
"""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from schedules.ids import UnitId
from schedules.times import DAY, Span, local_day, local_instant
from schedules.unit import Zone
from server.errors import NotFound
from server.ports import Clock, Post, Store, UnitOfWork
from server.readiness_records import WORST_FIRST, Digest, DigestCount, DigestKind, DigestLine
from server.services.next_sessions import Coming, Timetable, timetables
from server.services.readiness import Ready, judged
from server.services.rights import ANY_ROLE, require
from server.services.unconfirmed import unconfirmed_records
from server.values import Person

log = logging.getLogger(__name__)

EVENING = time(20)
"""Local time at which the next morning's first session is looked at."""
LEAD = timedelta(minutes=30)
"""So long before a session it is looked at again; the evening's digest is not made any more then."""
KEPT_FOR = 400 * DAY
"""A year's report closes in the middle of December and is written in the weeks after: its whole year is still there. No
rule asks for more, for a digest is a forecast; what was heard is kept as evidence, for good."""
LISTED = 60
MAILED_WITHIN = timedelta(hours=2)
"""What could not be mailed for so long is no news any more."""


@dataclass(frozen=True, slots=True)
class Due:
    """A digest that is to be made for a session of a station."""

    station: UnitId
    kind: DigestKind
    session: Coming

    @property
    def key(self) -> str:
        """Tells it apart from a unit's others; an evening's is one for all stations, whenever each of them begins."""
        if self.kind is DigestKind.EVENING:
            return f"evening-{local_day(self.session.span.start, self.session.time)}"
        return f"before-{self.session.span.start:%Y%m%dT%H%MZ}"


def due(known: Mapping[UnitId, Timetable], now: datetime) -> tuple[Due, ...]:
    """Give what is due now, made already or not, in order of station."""
    return tuple(each for station in sorted(known) for each in _due_at(station, known[station], now))


def _due_at(station: UnitId, timetable: Timetable, now: datetime) -> Iterator[Due]:
    seen: set[object] = set()
    for session in timetable.sessions(Span(now - DAY, now + 2 * DAY)):
        day = local_day(session.span.start, session.time)
        is_first = day not in seen
        seen.add(day)
        near = session.span.start - LEAD
        if near <= now < session.span.start:
            yield Due(station, DigestKind.BEFORE, session)
        elif is_first and local_instant(day - DAY, EVENING, session.time) <= now < near:
            yield Due(station, DigestKind.EVENING, session)


def make_due(store: Store, clock: Clock) -> int:
    """Make every digest that is due and not there yet; tell how many were made."""
    now = clock.now()
    with store.reading() as uow:
        stations = frozenset(zone.station for zone in uow.places.zones())
        there = uow.digests.keys(since=now)
        wanted = [each for each in due(timetables(uow, stations), now) if (each.station, each.key) not in there]
        made = [
            digest for kind in DigestKind for digest in _made(uow, [each for each in wanted if each.kind is kind], now)
        ]
    if not made:
        return 0
    with store.writing() as uow:
        count = sum(uow.digests.add(each) for each in made)
        uow.digests.forget(before=now - KEPT_FOR)
        uow.commit()
    log.info("digests_made count=%d", count)
    return count


def _made(uow: UnitOfWork, wanted: Sequence[Due], now: datetime) -> Iterator[Digest]:
    """Make the digests of stations, all read at once, and with them those of the units above."""
    if not wanted:
        return
    sessions: dict[UnitId, Coming | None] = {each.station: each.session for each in wanted}
    zones = [zone for zone in uow.places.zones() if zone.station in sessions]
    by_station: dict[UnitId, list[Ready]] = {station: [] for station in sessions}
    for ready in judged(uow, zones, sessions, now):
        by_station[ready.zone.station].append(ready)
    units = uow.places.units()
    above: dict[tuple[UnitId, str], list[Digest]] = {}
    for each in wanted:
        digest = Digest(
            unit=each.station,
            kind=each.kind,
            key=each.key,
            session=each.session.name,
            starts=each.session.span.start,
            made_at=now,
            lines=tuple(map(_line, by_station[each.station])),
            unconfirmed=_unconfirmed(uow, each, zones),
        )
        yield digest
        for unit in units.above(each.station)[1:]:
            above.setdefault((unit, each.key), []).append(digest)
    for (unit, key), own in above.items():
        counts = (
            DigestCount(
                station=each.unit,
                name=units.by_id[each.unit].name,
                counts=each.counts,
                clusters=each.clusters,
                unconfirmed=len(each.unconfirmed),
            )
            for each in own
        )
        yield Digest(
            unit=unit,
            kind=own[0].kind,
            key=key,
            session="",
            starts=min(each.starts for each in own),
            made_at=now,
            stations=tuple(sorted(counts, key=_worst_first)),
        )


def _unconfirmed(uow: UnitOfWork, due: Due, zones: Sequence[Zone]) -> tuple[str, ...]:
    """Give the titles of what the session plays on somebody's word about an approver, in the order they sound."""
    records = unconfirmed_records(uow)
    if not records:
        return ()
    own = [zone.id for zone in zones if zone.station == due.station]
    planned = uow.issue.planned(due.session.span, own)
    return tuple(dict.fromkeys(item.title for _, item in planned if item.approval in records))


def _worst_first(count: DigestCount) -> tuple[object, ...]:
    return (*(-count.counts.get(colour, 0) for colour in WORST_FIRST[1:3]), count.name, count.station)


def _line(ready: Ready) -> DigestLine:
    return DigestLine(
        loudspeaker=ready.loudspeaker.id,
        name=ready.loudspeaker.name,
        zone=ready.zone.name,
        colour=ready.colour,
        reasons=ready.reasons,
        clusters=ready.clusters,
    )


def listed(store: Store, person: Person, unit: UnitId) -> tuple[Digest, ...]:
    """Give the newest digests of a unit.

    Raises:
        NotAllowed: `rights.missing` for somebody without a role there.
    """
    with store.reading() as uow:
        require(uow.places.units(), person, unit, *ANY_ROLE)
        return tuple(uow.digests.of_unit(unit, limit=LISTED))


def get(store: Store, person: Person, unit: UnitId, key: str) -> Digest:
    """Give one digest of a unit.

    Raises:
        NotFound: `digest.unknown`.
        NotAllowed: `rights.missing`.
    """
    with store.reading() as uow:
        require(uow.places.units(), person, unit, *ANY_ROLE)
        found = uow.digests.get(unit, key)
    if found is None:
        raise NotFound("digest.unknown")
    return found


def mail(
    store: Store,
    clock: Clock,
    post: Post,
    addresses: Mapping[UnitId, Sequence[str]],
    words: Callable[[Digest, str], tuple[str, str]],
) -> None:
    """Mail what was not mailed yet to who gets it; what a mail server does not take waits for the next time.

    Args:
        store: read and written.
        clock: tells what is too old.
        post: the way to the mail server.
        addresses: of each unit whose digests somebody gets.
        words: give a digest of a unit of this name as subject and text.
    """
    now = clock.now()
    with store.reading() as uow:
        waiting = uow.digests.unmailed(addresses, since=now - MAILED_WITHIN)
        names = {unit: known.name for unit in addresses if (known := uow.places.units().by_id.get(unit)) is not None}
    for each in waiting:
        subject, text = words(each, names.get(each.unit, each.unit))
        try:
            post.write(subject, text, to=addresses[each.unit])
        except OSError as error:
            log.warning("digest_not_mailed unit=%s key=%s error=%s", each.unit, each.key, error)
            return
        with store.writing() as uow:
            uow.digests.mailed(each.unit, each.key, now)
            uow.commit()
