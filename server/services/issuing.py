"""Issuing: every zone whose `wanted` was raised is planned anew, and gets a next rundown if anything ahead differs.

Planning runs outside any write transaction: an edit made meanwhile raises `wanted` again and is not lost. It must
not publish: what is stored here leaves by `publishing`, also after a crash in between.
"""

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from hashlib import blake2b
from zoneinfo import ZoneInfo

from schedules.errors import ScheduleError
from schedules.ids import ZoneId
from schedules.planning import Planner
from schedules.rundown import HORIZON, Rundown
from schedules.schedule import Schedule
from schedules.times import Span, local_day, local_instant, local_midnight
from schedules.unit import Zone
from schedules.wire.messages import RundownIssued
from schedules.wire.rows import Tables
from schedules.wire.topics import audience_of_zone
from server.issue_records import IssuedRundown, Settled, ZoneMark
from server.ports import Clock, Sealing, Store
from server.services.new_ids import unix_milliseconds
from server.services.schedule import regulation_on, schedule_around

log = logging.getLogger(__name__)

BATCH = 100
"""Zones planned and stored together: a tenth of a second that a person who presses a button may have to wait."""
NEW_DAY_FROM, NEW_DAY_SPREAD = time(0, 20), timedelta(hours=3)
"""The local hours in which rundowns of a new day are issued: at night, each zone at a minute of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Due:
    """A zone to plan for a civil day, with its mark as it was before the schedule was read."""

    zone: Zone
    mark: ZoneMark
    day: date
    time: ZoneInfo

    @property
    def span(self) -> Span:
        midnight = local_midnight(self.day, self.time)
        return Span(midnight, midnight + HORIZON)


def issue_wanted(store: Store, clock: Clock, sealing: Sealing) -> int:
    """Plan the zones whose `wanted` was raised; store, signed, what differs.

    Zones that only wait to be issued again, under a new trust list, are taken last and a batch at a time: an edit
    must not wait for thousands of them. A zone that cannot be planned keeps its rundown: the reason is logged, and
    the next change tries again.

    Returns:
        How many rundowns were issued.
    """
    now = clock.now()
    with store.reading() as uow:
        unplanned = uow.issue.marks(unplanned_only=True)
        again = [mark for mark in unplanned if _waits_for_a_list(mark)][:BATCH]
        edited = (mark for mark in unplanned if not _waits_for_a_list(mark))
        marks = {mark.zone: mark for mark in (*edited, *again)}
        zones = sorted(uow.places.zones(among=marks), key=lambda zone: (zone.station, zone.id))
    return sum(
        _issue(store, zones[first : first + BATCH], marks, now, sealing) for first in range(0, len(zones), BATCH)
    )


def _issue(
    store: Store, zones: Sequence[Zone], marks: Mapping[ZoneId, ZoneMark], now: datetime, sealing: Sealing
) -> int:
    """Plan some zones, stations together since these share most, and store what differs."""
    with store.reading() as uow:
        schedule = schedule_around(uow, (zone.id for zone in zones))
        before = uow.issue.in_force(zone.id for zone in zones)
    due = list(_due(schedule, zones, marks, now))
    planners = {span: Planner(schedule, span) for span in {each.span for each in due}}
    planned = [_planned(planners[each.span], each, before.get(each.zone.id), now, sealing) for each in due]
    count = _stored(store, planned)
    _settle_without_regulation(store, schedule, [marks[zone.id] for zone in zones], now)
    return count


def want_new_day(store: Store, clock: Clock) -> int:
    """Want the zones whose rundown was planned for an earlier day, each from its own minute of the night on.

    Returns:
        How many zones were wanted.
    """
    now = clock.now()
    with store.reading() as uow:
        schedule_zones = {zone.id: zone for zone in uow.places.zones()}
        times = {each.station: each.zone for each in uow.places.regulations()}
        settled = [mark for mark in uow.issue.marks() if mark.wanted == mark.planned_from]
    late = [
        mark.zone
        for mark in settled
        if (here := times.get(schedule_zones[mark.zone].station)) is not None and _is_late(mark, here, now)
    ]
    if late:
        with store.writing() as uow:
            uow.issue.want(late)
            uow.commit()
    return len(late)


def signed(rundown: Rundown, sealing: Sealing, now: datetime) -> IssuedRundown:
    """Make a rundown ready to be stored and published."""
    message = RundownIssued(
        audience=audience_of_zone(rundown.zone),
        epoch=rundown.epoch,
        number=rundown.revision,
        issued=now,
        expires=rundown.covers.end,
        rundown=rundown,
    )
    return IssuedRundown(rundown=rundown, envelope=sealing.seal(message), issued_at=now)


def _waits_for_a_list(mark: ZoneMark) -> bool:
    return mark.issued_revision > 0 and mark.planned_for is None


def _is_late(mark: ZoneMark, here: ZoneInfo, now: datetime) -> bool:
    today = local_day(now, here)
    if mark.planned_for is None or mark.planned_for >= today:
        return False
    share = int.from_bytes(blake2b(mark.zone.encode(), digest_size=4).digest(), "big") / 2**32
    return now >= local_instant(today, NEW_DAY_FROM, here) + share * NEW_DAY_SPREAD


def _due(schedule: Schedule, zones: Iterable[Zone], marks: Mapping[ZoneId, ZoneMark], now: datetime) -> Iterator[_Due]:
    for zone in zones:
        regulation = regulation_on(schedule, zone.station, now)
        if regulation is not None:
            here = regulation.zone
            yield _Due(zone=zone, mark=marks[zone.id], day=local_day(now, here), time=here)


def _settle_without_regulation(store: Store, schedule: Schedule, marks: Iterable[ZoneMark], now: datetime) -> None:
    """Where no regulation is in force nothing may sound; issuing it wants the zones again."""
    stations = {zone.id: zone.station for zone in schedule.zones}
    without = [mark for mark in marks if regulation_on(schedule, stations[mark.zone], now) is None]
    if not without:
        return
    with store.writing() as uow:
        uow.issue.settle(Settled(zone=mark.zone, planned_from=mark.wanted, planned_for=now.date()) for mark in without)
        uow.commit()
    for mark in without:
        log.warning("zone_not_planned zone=%s code=planning.no_regulation", mark.zone)


def _planned(planner: Planner, due: _Due, before: Tables | None, now: datetime, sealing: Sealing) -> Settled:
    return Settled(
        zone=due.zone.id,
        planned_from=due.mark.wanted,
        planned_for=due.day,
        issued=_next(planner, due, before, now, sealing),
        before=before,
    )


def _next(planner: Planner, due: _Due, before: Tables | None, now: datetime, sealing: Sealing) -> IssuedRundown | None:
    """Plan a zone; None when what lies ahead is the same, or when it cannot be planned."""
    try:
        begun = 0 if before is None else before.begun(now)
        history = () if before is None else tuple(before.item(index) for index in range(begun))
        promised = () if before is None else before.occurrences[begun:]
        items = planner.plan(due.zone, now=now, history=history, promised=promised).items
        if before is not None and due.mark.planned_for == due.day and before.same_ahead(items, now):
            return None
        rundown = Rundown(
            zone=due.zone.id,
            epoch=sealing.epoch,
            # Also after an old backup was restored it is higher than what the loudspeakers hold.
            revision=max(due.mark.issued_revision + 1, unix_milliseconds(now)),
            covers=Span(min([due.span.start, *(item.starts_at for item in items[:1])]), due.span.end),
            items=items,
        )
        return signed(rundown, sealing, now)
    except ScheduleError as error:
        log.exception("zone_not_planned zone=%s code=%s", due.zone.id, error.code)
        return None


def _stored(store: Store, settled: Sequence[Settled]) -> int:
    with store.writing() as uow:
        uow.issue.settle(settled)
        uow.commit()
    issues = [each.issued for each in settled if each.issued is not None]
    for issued in issues:
        log.info(
            "rundown_issued zone=%s revision=%d items=%d bytes=%d",
            issued.rundown.zone,
            issued.rundown.revision,
            len(issued.rundown.items),
            len(issued.envelope),
        )
    return len(issues)
