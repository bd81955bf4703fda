"""What loudspeakers would have said by now, put straight into the database: entries, presences, receipts."""

from dataclasses import replace
from datetime import datetime, timedelta

from schedules.asrun import AsRunEntry, Outcome
from schedules.chain import GENESIS
from schedules.ids import JournalId, LoudspeakerId
from schedules.mark import Mark, MarkKind
from schedules.rundown import Played, Rundown
from schedules.times import milliseconds
from schedules.wire.messages import NowPlaying, Presence, ReceiptState, RundownReceipt, SilenceObeyed
from server.evidence_records import Heard, KeptMark
from server.ports import Store
from server.services.silence import audiences
from server.values import Loudspeaker

_AWAY_FOR = timedelta(minutes=100)


def speak_up(
    store: Store, now: datetime, *, away: frozenset[LoudspeakerId] = frozenset(), ill: dict[str, str] | None = None
) -> None:
    """Let every loudspeaker tell what it played until now, and how it is.

    Args:
        store: written to.
        now: entries end before it, what holds it is being played.
        away: loudspeakers without power for an hour and a half.
        ill: fault codes by loudspeaker.
    """
    with store.writing() as uow:
        units = uow.places.units()
        zones = {zone.id: zone for zone in uow.places.zones()}
        orders = [each for each in uow.issue.silences() if each.ordered]
        for loudspeaker in uow.places.loudspeakers():
            issued = uow.issue.issued(loudspeaker.zone)
            if issued is None:
                continue
            gone = loudspeaker.id in away
            last = now - _AWAY_FOR if gone else now - timedelta(seconds=1)
            journal = JournalId(f"journal-{loudspeaker.id}")
            marks = _marks(loudspeaker, issued.rundown, journal)
            uow.evidence.insert_marks(KeptMark(mark=each, hash=each.hash, received_at=last) for each in marks)
            entries = _entries(loudspeaker, issued.rundown, last, marks[-1], (ill or {}).get(loudspeaker.id))
            uow.evidence.insert_heard(Heard(entry=each, hash=each.hash, received_at=last) for each in entries)
            uow.evidence.put_covers({(loudspeaker.id, journal): last})
            for online, at in ((True, last), (False, last)) if gone else ((True, last),):
                heard = [each for each in orders if each.audience in audiences(zones[loudspeaker.zone], units)]
                presence = _presence(issued.rundown, at, online=online, ill=(ill or {}).get(loudspeaker.id))
                obeyed = tuple(SilenceObeyed(audience=each.audience, number=each.number) for each in heard if not gone)
                uow.evidence.put_presence(loudspeaker.id, _with(presence, obeyed), at)
            receipt = RundownReceipt(
                audience="server",
                number=1,
                issued=last,
                zone=loudspeaker.zone,
                state=ReceiptState.READY,
                revision=issued.rundown.revision,
                held=issued.rundown.revision,
            )
            uow.evidence.put_receipt(loudspeaker.id, receipt, last)
        uow.commit()


def _marks(loudspeaker: Loudspeaker, rundown: Rundown, journal: JournalId) -> tuple[Mark, Mark]:
    """Give the beginning of a journal, at the first instant the rundown covers."""
    begun = Mark(
        loudspeaker=loudspeaker.id,
        journal=journal,
        sequence=1,
        previous=GENESIS,
        kind=MarkKind.BEGUN,
        recorded_at=rundown.covers.start,
        clock_error_ms=18,
    )
    boot = replace(begun, sequence=2, previous=begun.hash, kind=MarkKind.BOOT, covers_until=rundown.covers.start)
    return begun, boot


def _entries(
    loudspeaker: Loudspeaker, rundown: Rundown, last: datetime, before: Mark, fault: str | None
) -> list[AsRunEntry]:
    found: list[AsRunEntry] = []
    head = before.hash
    for item in (each for each in rundown.items if each.ends_at <= last):
        cut = fault is not None and not found
        length = item.span.duration * (0.6 if cut else 1)
        started = item.starts_at + timedelta(milliseconds=3)
        entry = AsRunEntry(
            loudspeaker=loudspeaker.id,
            zone=loudspeaker.zone,
            journal=before.journal,
            sequence=before.sequence + len(found) + 1,
            previous=head,
            occurrence=item.occurrence,
            programme=item.programme,
            title=item.title,
            sha256=tuple(recording.sha256 for recording in item.recordings),
            approval=item.approval,
            revision=rundown.revision,
            planned_start=item.starts_at,
            planned_end=item.ends_at,
            outcome=Outcome.CUT_SHORT if cut else Outcome.FINISHED,
            reason="device.rebooted" if cut else "",
            started_at=started,
            ended_at=started + length,
            played_ms=milliseconds(length),
            received_ms=None if isinstance(item.sound, Played) else milliseconds(length) - 120,
            level_dbfs=-19.4,
            clock_error_ms=18,
            recorded_at=started + length,
        )
        found.append(entry)
        head = entry.hash
    return found


def _presence(rundown: Rundown, at: datetime, *, online: bool, ill: str | None) -> Presence:
    item = next((each for each in rundown.items if each.span.holds(at)), None)
    playing = None
    if item is not None and online:
        playing = NowPlaying(
            occurrence=item.occurrence, title=item.title, position_ms=milliseconds(at - item.starts_at)
        )
    return Presence(
        audience="server",
        number=milliseconds(at - rundown.covers.start) + online,
        issued=at,
        online=online,
        version="0.1.0",
        expected_by=at + timedelta(hours=1),
        revision=rundown.revision,
        covers_until=rundown.covers.end,
        clock_error_ms=18,
        disk_free=9_400_000_000,
        temperature=41.5,
        volume=80,
        playing=playing,
        faults=() if ill is None else (ill,),
    )


def _with(presence: Presence, obeyed: tuple[SilenceObeyed, ...]) -> Presence:
    return replace(presence, silences=obeyed)
