"""The log: what became of what was planned at a station, as `judged_plays` finds it, and the story of one play."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from schedules.ids import LoudspeakerId, OccurrenceId, UnitId, ZoneId
from schedules.ladder import Step
from schedules.reconciliation import Verdict
from schedules.times import Span
from schedules.wire.messages import Presence
from server.errors import NotFound
from server.evidence_records import Seen
from server.issue_records import Revision
from server.ports import Clock, Store
from server.readiness_records import Outage
from server.services.folded import folded
from server.services.judged_plays import Row, counted, judged
from server.services.ladder import ladder_of
from server.services.rights import ANY_ROLE, require
from server.services.schedule import ever_below, lies_in
from server.values import Person


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
