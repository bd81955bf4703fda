"""Ingest: what loudspeakers say, verified by their device keys, kept, and then answered.

No genuine as-run entry is ever refused: odd ones are kept and flagged. It must not judge what was heard, and it
answers only what the database has committed.
"""

import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from schedules.asrun import AsRunEntry
from schedules.chain import GENESIS
from schedules.emergency_lane import EXERCISE, OF_THE_LANE
from schedules.errors import WireError
from schedules.ids import EmergencyId, ExerciseId
from schedules.ledger import LeafKind
from schedules.mark import JournalEntry, Mark
from schedules.rundown import RundownItem
from schedules.wire import topics
from schedules.wire.kinds import SIGNED_BY
from schedules.wire.messages import (
    AsRunAcknowledged,
    AsRunReport,
    Challenge,
    Current,
    KeyRole,
    LedgerState,
    Message,
    Presence,
    RundownReceipt,
)
from schedules.wire.seal import fingerprint, unsealed
from schedules.wire.trust import require_audience
from server.device_records import Device
from server.evidence_records import Heard, JournalState, KeptMark
from server.ports import Clock, Publisher, Sealing, Store, UnitOfWork
from server.services import twins
from server.services.catching_up import note_missed
from server.services.new_ids import unix_milliseconds
from server.services.taking_back import take_back
from server.values import Loudspeaker

log = logging.getLogger(__name__)

WIDEST_CLOCK_ERROR_MS = 5 * 60 * 1000
"""Half of the widest clock interval in which a device still starts anything (10 minutes)."""
_AHEAD_OF_US = timedelta(minutes=5)

_LEAF: dict[type[Message], str] = {
    Presence: "presence",
    RundownReceipt: "receipt",
    AsRunReport: "as-run",
    Challenge: "challenge",
}


def take_in(store: Store, clock: Clock, sealing: Sealing, publisher: Publisher, topic: str, data: bytes) -> None:
    """Verify, keep and answer one message from a loudspeaker.

    When this returns, what the message said is committed and the answer is on its way.

    Raises:
        WireError: the message is forged, relabelled, replayed or unreadable; nothing of it was kept.
    """
    speaker, message, ended = _verified(store, topic, data)
    match message:
        case Presence():
            _keep_presence(store, clock, speaker, message, data)
            if message.returned:
                take_back(store, clock, speaker.id, message.returned)
        case RundownReceipt():
            _keep_receipt(store, clock, speaker, message, data)
        case AsRunReport():
            state = _keep_report(store, clock, speaker, message, data, ended)
            _answer(sealing, publisher, speaker, _acknowledgement(state, speaker, sealing, clock.now()))
            note_missed(store, clock, speaker)
        case Challenge():
            _answer(sealing, publisher, speaker, _current(store, clock, sealing, speaker, message))


class _DeviceKeys:
    """The keyring of one loudspeaker: the key of its device; for reports also those of the devices before it."""

    def __init__(self, speaker: Loudspeaker, devices: Sequence[Device]) -> None:
        own = [speaker.public_key] if speaker.public_key else []  # before a device is enrolled nobody speaks for it
        self._public = {fingerprint(public): public for public in (*own, *(each.public_key for each in devices))}
        self._ended = {key: speaker.retired_at for key in self._public if speaker.retired_at is not None}
        self._ended |= {each.id: each.retired_at for each in devices if each.retired_at is not None}

    def public_key(self, key: str, kind: type[Message]) -> str:
        """Give its public key; see `seal.Keyring`."""
        if SIGNED_BY[kind] is not KeyRole.DEVICE:
            raise WireError("wire.wrong_role", key=key, role=KeyRole.DEVICE, type=kind.__name__)
        if key not in self._public or (kind is not AsRunReport and key in self._ended):
            raise WireError("wire.unknown_key", key=key)
        return self._public[key]

    def ended(self, key: str) -> datetime | None:
        """Tell since when who has this key no longer speaks for the loudspeaker."""
        return self._ended.get(key)


def _verified(store: Store, topic: str, data: bytes) -> tuple[Loudspeaker, Message, datetime | None]:
    """Give who speaks, what is said, and since when the device that says it is out of use."""
    sender = topics.sender(topic)
    with store.reading() as uow:
        speaker = None if sender is None else uow.places.loudspeaker(sender)
        devices = [] if speaker is None else uow.devices.of(speaker.id)
    if speaker is None:
        raise WireError("wire.unknown_sender", sender=str(sender)[:80])
    keys = _DeviceKeys(speaker, devices)
    message, key = unsealed(data, keys)
    require_audience(message, topics.audience(topic))
    if topic != topics.of_loudspeaker(speaker.id, _LEAF.get(type(message), "")):
        raise WireError("wire.wrong_topic", type=type(message).__name__, topic=topic[:120])
    return speaker, message, keys.ended(key)


def _keep_presence(store: Store, clock: Clock, speaker: Loudspeaker, presence: Presence, envelope: bytes) -> None:
    """Keep a presence that is newer than the one held.

    A will is made when its session begins and so may be numbered below what was said later; a device without a
    trusted clock may count from 1970. Both are taken as they come; a replay of either says that a pole is away or
    in doubt, and the next genuine message puts it right.
    """
    now = clock.now()
    with store.writing() as uow:
        held = uow.evidence.seen([speaker.id]).get(speaker.id)
        before = None if held is None else held.presence
        if before is not None:
            if presence == before:
                return
            if presence.online and presence.clock_error_ms is not None:
                _require_newer(presence, before, now)
        if uow.evidence.put_presence(speaker.id, presence, now):
            uow.ledger.append(LeafKind.PRESENCE, speaker.id, envelope, at=now)
            twins.notice(uow, speaker.id, before, now)
        uow.commit()


def _require_newer(message: Message, held: Message, now: datetime) -> None:
    """Refuse what is numbered no higher than what is held, unless that is numbered as of a time to come.

    Numbers are milliseconds: a stolen key, or a clock gone wrong, must not lock out the device that comes after.
    """
    if message.number <= held.number <= unix_milliseconds(now + _AHEAD_OF_US):
        raise WireError("wire.not_newer", number=message.number, held=held.number)


def _keep_receipt(store: Store, clock: Clock, speaker: Loudspeaker, receipt: RundownReceipt, envelope: bytes) -> None:
    now = clock.now()
    with store.writing() as uow:
        held = uow.evidence.seen([speaker.id]).get(speaker.id)
        before = None if held is None else held.receipt
        if before is not None:
            if receipt == before:
                return
            _require_newer(receipt, before, now)
        uow.evidence.put_receipt(speaker.id, receipt, now)
        uow.ledger.append(LeafKind.RECEIPT, speaker.id, envelope, at=now)
        uow.commit()
    log.info(
        "receipt_kept loudspeaker=%s revision=%d state=%s missing=%d",
        speaker.id,
        receipt.revision,
        receipt.state,
        len(receipt.missing),
    )


def _keep_report(
    store: Store, clock: Clock, speaker: Loudspeaker, report: AsRunReport, envelope: bytes, ended: datetime | None
) -> JournalState:
    reported = report.in_order
    for entry in reported:
        if entry.loudspeaker != speaker.id or entry.journal != report.journal:
            raise WireError("wire.wrong_sender", sender=speaker.id, claimed=entry.loudspeaker)
    now = clock.now()
    hashed = [(entry, entry.hash) for entry in reported]
    with store.writing() as uow:
        kept = _flagged(uow, ended, hashed, now)
        new = uow.evidence.insert_heard(each for each in kept if isinstance(each, Heard))
        new += uow.evidence.insert_marks(each for each in kept if isinstance(each, KeptMark))
        if new:
            uow.ledger.append(LeafKind.REPORT, speaker.id, envelope, at=now)
        state = uow.evidence.journal(speaker.id, report.journal)
        uow.evidence.note_through(state)
        if _holds_all(uow, report, state):
            covers_until = report.covers_until if ended is None else min(report.covers_until, ended)
            uow.evidence.put_covers(speaker.id, report.journal, covers_until)
        uow.commit()
    if reported:
        log.info(
            "report_kept loudspeaker=%s journal=%s entries=%d new=%d through=%d",
            speaker.id,
            report.journal,
            len(reported),
            new,
            state.through,
        )
    return _known_to_the_device(state, hashed, is_told_again=not new)


def _known_to_the_device(
    state: JournalState, hashed: Sequence[tuple[JournalEntry, str]], *, is_told_again: bool
) -> JournalState:
    """Give what to answer: no more than the device has just told, and by the hash it knows.

    Of a fork both branches are kept. A device that lost the end of a journal the centre holds whole could prove no
    answer beyond what it still has, and would tell it for ever. One that tells again what is kept, behind a gap, could
    not take the answer to fill it: before the gap is another branch than its own. It is asked for everything.
    """
    told = [(entry.sequence, digest) for entry, digest in hashed if entry.sequence <= state.through]
    if not told:
        return replace(state, through=0, head=GENESIS) if hashed and is_told_again else state
    through, head = max(told)
    return replace(state, through=through, head=head)


def _flagged(
    uow: UnitOfWork, ended: datetime | None, hashed: Sequence[tuple[JournalEntry, str]], now: datetime
) -> list[Heard | KeptMark]:
    if not hashed:
        return []
    sequences = [entry.sequence for entry, _ in hashed]
    journal = hashed[0][0].journal
    known = uow.evidence.hashes(hashed[0][0].loudspeaker, journal, first=min(sequences) - 1, last=max(sequences))
    known[0] = frozenset({GENESIS})
    kept: list[Heard | KeptMark] = []
    for entry, digest in hashed:
        here, before = known.get(entry.sequence, frozenset()), known.get(entry.sequence - 1, frozenset())
        planned = None if isinstance(entry, Mark) else uow.issue.planned_item(entry.zone, entry.occurrence)
        odd = {
            "fork": bool(here - {digest}),
            "chain_broken": bool(before) and entry.previous not in before,
            "unknown_occurrence": not isinstance(entry, Mark) and planned is None and not _is_of_the_lane(uow, entry),
            "other_than_planned": not isinstance(entry, Mark) and planned is not None and not _is_of(entry, planned),
            "after_retirement": ended is not None and entry.recorded_at >= ended,
            "clock_doubtful": _is_clock_doubtful(entry, now),
        }
        flags = frozenset(flag for flag, holds in odd.items() if holds)
        known[entry.sequence] = here | {digest}
        if isinstance(entry, Mark):
            kept.append(KeptMark(mark=entry, hash=digest, received_at=now, flags=flags))
        else:
            kept.append(Heard(entry=entry, hash=digest, received_at=now, flags=flags))
    return kept


def _is_of(entry: AsRunEntry, planned: RundownItem) -> bool:
    """Tell whether an entry speaks of what was approved for its occurrence, as it was last planned."""
    told = (entry.approval, entry.title, entry.programme) == (planned.approval, planned.title, planned.programme)
    return told and {each.sha256 for each in planned.recordings}.issuperset(entry.sha256)


def _is_of_the_lane(uow: UnitOfWork, entry: AsRunEntry) -> bool:
    """Tell whether an entry speaks of an emergency that was issued, or of an exercise that was ordered."""
    if entry.programme == EXERCISE:
        return uow.emergencies.exercise(ExerciseId(entry.occurrence)) is not None
    return entry.programme in OF_THE_LANE and uow.emergencies.get(EmergencyId(entry.occurrence)) is not None


def _is_clock_doubtful(entry: JournalEntry, now: datetime) -> bool:
    error = entry.clock_error_ms
    return error is None or error > WIDEST_CLOCK_ERROR_MS or entry.recorded_at > now + _AHEAD_OF_US


def _holds_all(uow: UnitOfWork, report: AsRunReport, state: JournalState) -> bool:
    """Tell whether nothing that the report's journal holds up to its head is missing here."""
    if report.entries or report.marks:
        return state.through >= report.in_order[-1].sequence
    at_head = uow.evidence.hashes(state.loudspeaker, state.journal, first=state.through, last=state.through)
    return report.head in at_head.get(state.through, frozenset({GENESIS}))


def _acknowledgement(state: JournalState, speaker: Loudspeaker, sealing: Sealing, now: datetime) -> AsRunAcknowledged:
    return AsRunAcknowledged(
        audience=topics.audience_of_loudspeaker(speaker.id),
        epoch=sealing.epoch,
        number=unix_milliseconds(now),
        issued=now,
        journal=state.journal,
        through=state.through,
        head=state.head,
    )


def _current(store: Store, clock: Clock, sealing: Sealing, speaker: Loudspeaker, challenge: Challenge) -> Current:
    with store.reading() as uow:
        zone, units = uow.places.zone(speaker.zone), uow.places.units()
        mark = uow.issue.mark(speaker.zone)
        assignment = uow.issue.assignment_number(speaker.id)
        orders = uow.issue.silences()
        head = uow.ledger.head()
        lists = uow.emergencies.lists()
    above = () if zone is None else (*units.above(zone.unit), *units.above(zone.station))
    own = {topics.audience_of_zone(speaker.zone), *map(topics.audience_of_unit, above)}
    now = clock.now()
    return Current(
        audience=topics.audience_of_loudspeaker(speaker.id),
        epoch=sealing.epoch,
        number=unix_milliseconds(now),
        issued=now,
        nonce=challenge.nonce,
        time=now,
        trust=sealing.trust_number,
        rundown=mark.issued_revision if mark is not None and mark.issued_revision else None,
        assignment=assignment,
        silences=tuple((order.audience, order.number) for order in orders if order.audience in own),
        emergencies=tuple(
            (audience, known.number) for known in lists if (audience := topics.audience_of_unit(known.unit)) in own
        ),
        ledger=None if head is None else LedgerState(head.frontier.size, head.frontier.root.hex()),
    )


def _answer(sealing: Sealing, publisher: Publisher, speaker: Loudspeaker, answer: AsRunAcknowledged | Current) -> None:
    leaf = "current" if isinstance(answer, Current) else "acknowledged"
    publisher.publish(topics.of_loudspeaker(speaker.id, leaf), sealing.seal(answer), retain=False)
