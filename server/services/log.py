"""The log: what was planned against what was heard, per occurrence and loudspeaker, and the story of one play.

Verdicts are computed when asked, by the rules of reconciliation; nothing is stored and nothing is invented.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime, timedelta

from schedules.ids import LoudspeakerId, OccurrenceId, ProgrammeId, UnitId, ZoneId
from schedules.ladder import Step
from schedules.reconciliation import Finding, Verdict, reconcile
from schedules.rundown import RundownItem
from schedules.times import Span, local_day
from schedules.unit import Zone
from schedules.wire.messages import Presence
from server.errors import NotFound
from server.evidence_records import Heard, Seen
from server.issue_records import Revision
from server.ports import Clock, Store, UnitOfWork
from server.readiness_records import Outage
from server.services.folded import folded
from server.services.ladder import ladder_of
from server.services.lane_log import OrderedLane, ordered
from server.services.lost import lost
from server.services.presence import can_sound
from server.services.rights import ANY_ROLE, require
from server.services.schedule import CIVIL_TIME, ever_below, lies_in
from server.values import Loudspeaker, Person


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One occurrence at one loudspeaker.

    Attributes:
        zone: as it stood on the day.
        item: as it was last planned; None for what played without a plan.
        entries: everything this loudspeaker reported about it, in order.
    """

    zone: Zone
    loudspeaker: Loudspeaker
    occurrence: OccurrenceId
    title: str
    planned: Span
    item: RundownItem | None
    finding: Finding
    entries: tuple[Heard, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """How much of a stretch of time the reports cover.

    Attributes:
        reported_until: per loudspeaker, up to when it has told everything; None where it never did.
        complete: all of them have told everything up to the end of the last item that is over.
    """

    reported_until: Mapping[LoudspeakerId, datetime | None]
    complete: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Log:
    """What the log's page shows: rows by time, counts over all of them before filtering by verdict, coverage."""

    rows: tuple[Row, ...]
    counts: Mapping[Verdict, int]
    coverage: Coverage


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """One occurrence at one loudspeaker, from plan to evidence.

    Attributes:
        outage: the planned one during which it was to be heard, which explains a silence and changes no verdict.
        revisions: what is left of the rundowns its entries were played from, by number.
        seen: the loudspeaker's newest presence and receipt.
        presences: its presence while the item was planned to sound, with some time around it.
        ladder: how far the play came, rung by rung, and what says so.
    """

    row: Row
    outage: Outage | None
    revisions: Mapping[int, Revision]
    seen: Seen
    presences: tuple[tuple[datetime, Presence], ...]
    ladder: tuple[Step, ...]


AROUND = timedelta(minutes=30)
"""How much of a loudspeaker's presence before and after an item belongs to its story."""


def verdicts(
    store: Store,
    clock: Clock,
    person: Person,
    station: UnitId,
    *,
    span: Span,
    only: Iterable[Verdict] = (),
    zones: Iterable[ZoneId] = (),
    text: str = "",
) -> Log:
    """Judge everything planned in a span at a station (or at every station below a unit), and list the unplanned.

    No verdict or zone named means all. The text is looked for in titles, tone marks or not.

    Raises:
        NotAllowed: `rights.missing` for somebody without a role there.
    """
    now = clock.now()
    wanted_zones, wanted, sought = frozenset(zones), frozenset(only), folded(text)
    with store.reading() as uow:
        units = uow.places.units()
        require(units, person, station, *ANY_ROLE)
        below = ever_below(units, uow.places.zones(), station)
        chosen = [zone for zone in below if not wanted_zones or zone.id in wanted_zones]
        rows = [row for row in judged(uow, chosen, span, now) if lies_in(units, row.zone, station)]
        covers = uow.evidence.covers_until(row.loudspeaker.id for row in rows)
    rows = [row for row in rows if sought in folded(row.title)]
    loudspeakers = {row.loudspeaker.id for row in rows}
    told: dict[LoudspeakerId, datetime | None] = {each: covers.get(each) for each in sorted(loudspeakers)}
    end = max((row.planned.end for row in rows if row.planned.end <= now), default=span.start)
    return Log(
        rows=tuple(row for row in rows if not wanted or row.finding.verdict in wanted),
        counts=counted(row.finding for row in rows),
        coverage=Coverage(
            reported_until=told, complete=all(until is not None and until >= end for until in told.values())
        ),
    )


def story(
    store: Store, clock: Clock, person: Person, *, zone: ZoneId, occurrence: OccurrenceId, loudspeaker: LoudspeakerId
) -> Story:
    """Tell one occurrence at one loudspeaker, from plan to evidence.

    Raises:
        NotFound: `log.unknown_occurrence`.
        NotAllowed: `rights.missing`.
    """
    now = clock.now()
    with store.reading() as uow:
        here = next((each for each in uow.places.zones() if each.id == zone), None)
        item = uow.issue.planned_item(zone, occurrence)
        if here is None or item is None:
            raise NotFound("log.unknown_occurrence")
        require(uow.places.units(), person, here.station, *ANY_ROLE)
        second = Span(item.starts_at, item.starts_at + timedelta(seconds=1))
        row = next(
            (
                each
                for each in judged(uow, [here], second, now)
                if each.occurrence == occurrence and each.loudspeaker.id == loudspeaker
            ),
            None,
        )
        if row is None:
            raise NotFound("log.unknown_occurrence")
        around = Span(item.starts_at - AROUND, item.ends_at + AROUND)
        revisions = (uow.issue.revision(zone, number) for number in {each.entry.revision for each in row.entries})
        seen = uow.evidence.seen([loudspeaker]).get(loudspeaker, Seen())
        return Story(
            row=row,
            outage=next(iter(uow.outages.inside(row.planned, [zone])), None),
            revisions={each.number: each for each in revisions if each is not None},
            seen=seen,
            presences=tuple(uow.evidence.presence_history(loudspeaker, around)),
            ladder=ladder_of(uow, zone, item, row.entries, row.finding, seen),
        )


def counted(findings: Iterable[Finding]) -> dict[Verdict, int]:
    """Count verdicts; each one is there, also at zero."""
    counts = Counter(finding.verdict for finding in findings)
    return {verdict: counts[verdict] for verdict in Verdict}


def judged(
    uow: UnitOfWork,
    zones: Sequence[Zone],
    span: Span,
    now: datetime,
    *,
    programmes: frozenset[ProgrammeId] | None = None,
) -> list[Row]:
    """Judge what was planned to start in a span at some zones, at every loudspeaker that stood there then.

    With programmes named, only what is theirs.

    What such a loudspeaker played without a plan is there as EMERGENCY or EXERCISE where the centre ordered it, else
    as UNPLANNED. Rows come by planned start, zone and
    loudspeaker.
    """
    by_id = {zone.id: zone for zone in zones}
    planned: dict[ZoneId, list[RundownItem]] = defaultdict(list)
    for where, item in uow.issue.planned(span, by_id, programmes=programmes):
        planned[where].append(item)
    told = uow.evidence.heard(span, zones=by_id, programmes=programmes)
    loudspeakers, concerned = _concerned(uow, by_id, told)
    heard: dict[tuple[ZoneId, LoudspeakerId], dict[OccurrenceId, list[Heard]]] = defaultdict(lambda: defaultdict(list))
    for each in told:
        heard[each.entry.zone, each.entry.loudspeaker][each.entry.occurrence].append(each)
    lane = ordered(uow, (each for each in told if each.entry.loudspeaker in loudspeakers))
    covers, gone = uow.evidence.covers_until(loudspeakers), lost(uow, loudspeakers)
    rows: list[Row] = []
    for zone_id, zone in by_id.items():
        for loudspeaker in (loudspeakers[each] for each in sorted(concerned[zone_id])):
            reported = heard[zone_id, loudspeaker.id]
            for item in planned[zone_id]:
                entries = reported.pop(item.occurrence, [])
                if entries or _stood(loudspeaker, zone_id, item):
                    finding = reconcile(
                        item,
                        [each.entry for each in entries],
                        covers_until=covers.get(loudspeaker.id),
                        lost=gone.get(loudspeaker.id, ()),
                        now=now,
                    )
                    rows.append(_row(_then(zone, item.starts_at), loudspeaker, item, finding, entries))
            # What was withdrawn before it could sound was neither planned nor heard.
            rows += (_unplanned(zone, loudspeaker, each, lane) for each in reported.values() if _sounded(each))
    return sorted(rows, key=lambda row: (row.planned.start, row.zone.name, row.loudspeaker.name, row.occurrence))


def _concerned(
    uow: UnitOfWork, zones: Collection[ZoneId], told: Iterable[Heard]
) -> tuple[Mapping[LoudspeakerId, Loudspeaker], Mapping[ZoneId, AbstractSet[LoudspeakerId]]]:
    """Give the loudspeakers that can sound, by id and by zone: who stands or stood there, and who reported there."""
    found: dict[ZoneId, set[LoudspeakerId]] = defaultdict(set)
    for loudspeaker in uow.places.loudspeakers_at(zones):
        for where in loudspeaker.zones:
            found[where].add(loudspeaker.id)
    # A loudspeaker that was moved reported where it stood then.
    for each in told:
        found[each.entry.zone].add(each.entry.loudspeaker)
    named = uow.places.loudspeakers(among=frozenset[LoudspeakerId]().union(*found.values()))
    can = {each.id: each for each in named if can_sound(uow, each)}
    return can, defaultdict(set, {zone: who & can.keys() for zone, who in found.items()})


def _stood(loudspeaker: Loudspeaker, zone: ZoneId, item: RundownItem) -> bool:
    """Whether the loudspeaker was one of the zone's and in use when the item began."""
    if loudspeaker.zone_at(item.starts_at) != zone or loudspeaker.since > item.starts_at:
        return False
    return loudspeaker.retired_at is None or loudspeaker.retired_at > item.starts_at


def _then(zone: Zone, start: datetime) -> Zone:
    return zone.on(local_day(start, CIVIL_TIME)) if zone.stood or zone.moves else zone


def _row(zone: Zone, loudspeaker: Loudspeaker, item: RundownItem, finding: Finding, entries: list[Heard]) -> Row:
    return Row(
        zone=zone,
        loudspeaker=loudspeaker,
        occurrence=item.occurrence,
        title=item.title,
        planned=item.span,
        item=item,
        finding=finding,
        entries=_in_order(entries),
    )


def _sounded(entries: Iterable[Heard]) -> bool:
    return any(each.entry.started_at is not None for each in entries)


def _unplanned(zone: Zone, loudspeaker: Loudspeaker, entries: list[Heard], lane: OrderedLane) -> Row:
    in_order = _in_order(entries)
    first = in_order[0].entry
    known = lane.at(zone, first.occurrence)
    sounding = [each.entry for each in in_order if each.entry.started_at is not None]
    finding = Finding(
        Verdict.UNPLANNED if known is None else known.verdict,
        next((each.entry.reason for each in in_order if each.entry.reason), ""),
        min((each.started_at for each in sounding if each.started_at), default=None),
        max((each.ended_at for each in sounding if each.ended_at), default=None),
        sum(each.entry.played_ms for each in in_order),
    )
    return Row(
        zone=_then(zone, first.planned_start),
        loudspeaker=loudspeaker,
        occurrence=first.occurrence,
        title=first.title if known is None else known.what.headline,
        planned=Span(first.planned_start, max(first.planned_start, first.planned_end)),
        item=None,
        finding=finding,
        entries=in_order,
    )


def _in_order(entries: Iterable[Heard]) -> tuple[Heard, ...]:
    return tuple(sorted(entries, key=lambda each: (each.entry.journal, each.entry.sequence)))
