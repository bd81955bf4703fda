"""Stands in for conductor and loudspeakers of a training: plans, and says that every loudspeaker is there and plays.

It signs nothing, since it has no key, and sends nothing, since it has no line. It never writes evidence: what was only
pretended must not be taken for something that was heard, so the log of a training stays empty.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from schedules.emergency_list import Live
from schedules.ids import OccurrenceId
from schedules.playhead import item_at
from schedules.rundown import Rundown
from schedules.times import milliseconds
from schedules.wire.messages import Message, NowPlaying, Presence, ReceiptState, RundownReceipt, SilenceObeyed
from schedules.wire.seal import sealed
from server.issue_records import SilenceOrder
from server.ports import Clock, Store
from server.services import issuing, silence
from server.services.new_ids import unix_milliseconds
from server.values import Loudspeaker

_EXPECTED_WITHIN = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class NoSealing:
    """See `ports.Sealing`: there is no key, so nothing is signed."""

    epoch: int = 1
    trust_number: int = 1

    def follow(self) -> bool:
        """Follow no list."""
        return False

    def seal(self, message: Message) -> bytes:
        """Give an envelope without any seal, for the pages to read: every loudspeaker refuses it."""
        return sealed(message)


def pretend(store: Store, clock: Clock) -> None:
    """Plan what is wanted, and let every loudspeaker say that it has it and what it would be playing."""
    issuing.want_new_day(store, clock)
    issuing.issue_wanted(store, clock, NoSealing())
    now = clock.now()
    with store.writing() as uow:
        units = uow.places.units()
        zones = {zone.id: zone for zone in uow.places.zones()}
        silences = [each for each in uow.issue.silences() if each.ordered and (each.until is None or now < each.until)]
        live = [each for known in uow.emergencies.lists() for each in known.live if now < each.expires]
        for mark in uow.issue.marks(unsettled_only=True):
            uow.issue.published(mark.zone, mark.issued_revision)
        for loudspeaker in uow.places.loudspeakers():
            issued = uow.issue.issued(loudspeaker.zone)
            if issued is None or loudspeaker.retired_at is not None:
                continue
            zone = zones[loudspeaker.zone]
            heeded = [each for each in silences if each.audience in silence.audiences(zone, units)]
            alarms = [each for each in live if not set(each.units).isdisjoint(zone.obeys(units))]
            locked = loudspeaker.locked(now) is not None
            playing = None if locked else _alarm(alarms, heeded, now) or _item(issued.rundown, heeded, now)
            presence = _presence(loudspeaker, issued.rundown, playing, heeded, now)
            uow.evidence.put_presence(loudspeaker.id, presence, now)
            uow.evidence.put_receipt(loudspeaker.id, _receipt(issued.rundown, now), now)
        uow.commit()


def _alarm(live: Sequence[Live], silences: Sequence[SilenceOrder], now: datetime) -> NowPlaying | None:
    """Give the emergency that would be told now: each for as long as all of its hearings take."""
    if not all(each.spares_emergencies for each in silences):
        return None
    told = (each for each in live if now < each.sent + timedelta(seconds=each.times * (each.lasts_s + each.pause_s)))
    first = min(told, key=lambda each: each.sent, default=None)
    return None if first is None else NowPlaying(occurrence=OccurrenceId(first.id), title="", position_ms=0)


def _item(rundown: Rundown, silences: Sequence[SilenceOrder], now: datetime) -> NowPlaying | None:
    item = None if silences else item_at(rundown, now)
    if item is None:
        return None
    position = milliseconds(now - item.starts_at)
    return NowPlaying(occurrence=item.occurrence, title=item.title, position_ms=position)


def _presence(
    loudspeaker: Loudspeaker,
    rundown: Rundown,
    playing: NowPlaying | None,
    silences: Sequence[SilenceOrder],
    now: datetime,
) -> Presence:
    return Presence(
        audience="server",
        number=unix_milliseconds(now),
        issued=now,
        online=True,
        version="training",
        expected_by=now + _EXPECTED_WITHIN,
        revision=rundown.revision,
        covers_until=rundown.covers.end,
        silences=tuple(SilenceObeyed(audience=each.audience, number=each.number) for each in silences),
        clock_error_ms=20,
        disk_free=9_000_000_000,
        volume=loudspeaker.volume,
        playing=playing,
    )


def _receipt(rundown: Rundown, now: datetime) -> RundownReceipt:
    return RundownReceipt(
        audience="server",
        number=rundown.revision,
        issued=now,
        zone=rundown.zone,
        state=ReceiptState.READY,
        revision=rundown.revision,
        held=rundown.revision,
    )
