"""Catching up: a report may settle that no loudspeaker of a zone played something that is to come again.

It decides only that, by the rules of reconciliation; where it comes again is `schedules.catching_up`'s.
"""

import logging
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from schedules.catching_up import Missed
from schedules.ids import LoudspeakerId, OccurrenceId, SlotId, ZoneId
from schedules.occurrence import in_place
from schedules.reconciliation import Verdict, reconcile
from schedules.rundown import RundownItem
from schedules.slot import CatchUp, Slot
from schedules.times import DAY, Span, local_day
from schedules.unit import Zone
from server.ports import Clock, Store, UnitOfWork
from server.services.judged_plays import judged
from server.services.lost import lost
from server.services.schedule import CIVIL_TIME
from server.values import Loudspeaker

log = logging.getLogger(__name__)

_NOT_PLAYED = frozenset({Verdict.MISSED, Verdict.FAILED})


def note_missed(store: Store, clock: Clock, speakers: Iterable[Loudspeaker]) -> None:
    """Keep what no loudspeaker of a zone played, now that some of them reported; their rundowns are then wanted anew.

    Nothing is kept while any loudspeaker is awaited, and what was kept stays.
    """
    of_zone: dict[ZoneId, set[LoudspeakerId]] = defaultdict(set)
    for speaker in speakers:
        of_zone[speaker.zone].add(speaker.id)
    if not of_zone:
        return
    now = clock.now()
    with store.reading() as uow:
        slots = [each.slot for each in uow.programmes.slots(catch_up=CatchUp.NEXT_SLOT)]
        zones = uow.places.zones(among=of_zone) if slots else ()
        missed = [each for zone in zones for each in _missed(uow, zone, of_zone[zone.id], slots, now)]
    if not missed:
        return
    with store.writing() as uow:
        uow.issue.miss(missed)
        uow.issue.want({each.zone for each in missed})
        uow.commit()
    log.info("missed_kept zones=%s occurrences=%d", ",".join(sorted({each.zone for each in missed})), len(missed))


def _missed(
    uow: UnitOfWork, zone: Zone, speakers: Collection[LoudspeakerId], slots: list[Slot], now: datetime
) -> list[Missed]:
    recent, programmes = Span(now - DAY, now), frozenset(slot.programme for slot in slots)
    noted = {each.occurrence for each in uow.issue.missed(zones=[zone.id])}
    over = {
        item.occurrence: item
        for _, item in uow.issue.planned(recent, [zone.id], programmes=programmes)
        if item.over_at <= now and item.occurrence not in noted
    }
    if not over or not any(_any_lost_by(uow, zone, each, over, recent, now) for each in speakers):
        return []
    verdicts: dict[OccurrenceId, set[Verdict]] = defaultdict(set)
    for row in judged(uow, [zone], recent, now, programmes=programmes):
        verdicts[row.occurrence].add(row.finding.verdict)
    origins = _origins(uow, zone, slots, over)
    return [
        Missed(
            zone=zone.id,
            occurrence=occurrence,
            slot=origins[occurrence],
            starts_at=item.starts_at,
            ends_at=item.ends_at,
            known=now,
        )
        for occurrence, item in over.items()
        if occurrence in origins and verdicts[occurrence] and verdicts[occurrence] <= _NOT_PLAYED
    ]


def _any_lost_by(
    uow: UnitOfWork,
    zone: Zone,
    speaker: LoudspeakerId,
    over: Mapping[OccurrenceId, RundownItem],
    recent: Span,
    now: datetime,
) -> bool:
    """Tell whether a loudspeaker itself did not play something; most reports end here."""
    covers = uow.evidence.covers_until([speaker]).get(speaker)
    gone = lost(uow, [speaker]).get(speaker, ())
    heard = uow.evidence.heard(recent, [speaker], zones=[zone.id])
    entries = defaultdict(list)
    for each in heard:
        entries[each.entry.occurrence].append(each.entry)
    found = (reconcile(item, entries[key], covers_until=covers, lost=gone, now=now) for key, item in over.items())
    return any(each.verdict in _NOT_PLAYED for each in found)


def _origins(
    uow: UnitOfWork, zone: Zone, slots: list[Slot], over: Mapping[OccurrenceId, RundownItem]
) -> Mapping[OccurrenceId, SlotId]:
    """Give the slots that occurrences come from; what came again, or is a repeat, comes from none."""
    days = {local_day(item.starts_at, CIVIL_TIME) for item in over.values()}
    templates = uow.programmes.templates(stations=zone.everywhere())
    places = {place.id for each in templates for place in each.template.places if place.by_hand}
    return {in_place(place, day, slot.id): slot.id for slot in slots for place in places for day in days}
