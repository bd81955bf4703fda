"""What became of plays: what was planned against what was heard, per occurrence and loudspeaker.

Verdicts are computed when asked, by the rules of reconciliation; nothing is stored and nothing is invented.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime

from schedules.ids import LoudspeakerId, OccurrenceId, ProgrammeId, ZoneId
from schedules.reconciliation import Finding, Verdict, reconcile
from schedules.rundown import RundownItem
from schedules.times import Span, local_day
from schedules.unit import Zone
from server.evidence_records import Heard
from server.ports import UnitOfWork
from server.services.lane_log import OrderedLane, ordered
from server.services.lost import lost
from server.services.presence import those_that_can_sound
from server.services.schedule import CIVIL_TIME
from server.values import Loudspeaker


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


def counted(findings: Iterable[Finding]) -> dict[Verdict, int]:
    """Count verdicts; each one is there, also at zero."""
    counts = _NONE.copy()  # a verdict's hash is slow, and a copy needs none
    for finding in findings:
        counts[finding.verdict] += 1
    return counts


_NONE = dict.fromkeys(Verdict, 0)


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
    (rows,) = judged_each(uow, zones, [span], now, programmes=programmes)
    return rows


def judged_each(
    uow: UnitOfWork,
    zones: Sequence[Zone],
    spans: Sequence[Span],
    now: datetime,
    *,
    programmes: frozenset[ProgrammeId] | None = None,
) -> list[list[Row]]:
    """Judge several spans that follow each other, each as `judged` judges one, and read once."""
    by_id, whole = {zone.id: zone for zone in zones}, Span(spans[0].start, spans[-1].end)
    items = uow.issue.planned(whole, by_id, programmes=programmes)
    told = uow.evidence.heard(whole, zones=by_id, programmes=programmes)
    loudspeakers, concerned = _concerned(uow, by_id, told)
    lane = ordered(uow, (each for each in told if each.entry.loudspeaker in loudspeakers))
    covers, gone = uow.evidence.covers_until(loudspeakers), lost(uow, loudspeakers)

    def within(span: Span) -> list[Row]:
        planned: dict[ZoneId, list[RundownItem]] = defaultdict(list)
        for where, item in items:
            if span.holds(item.starts_at):
                planned[where].append(item)
        heard = _by_occurrence(each for each in told if span.holds(each.entry.planned_start))
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

    return [within(span) for span in spans]


def _by_occurrence(
    told: Iterable[Heard],
) -> Mapping[tuple[ZoneId, LoudspeakerId], dict[OccurrenceId, list[Heard]]]:
    heard: dict[tuple[ZoneId, LoudspeakerId], dict[OccurrenceId, list[Heard]]] = defaultdict(lambda: defaultdict(list))
    for each in told:
        heard[each.entry.zone, each.entry.loudspeaker][each.entry.occurrence].append(each)
    return heard


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
    can = {each.id: each for each in those_that_can_sound(uow, named)}
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
