"""Ingest: what loudspeakers say, verified by their device keys, kept, and then answered.

What arrived together is kept in one transaction. No genuine as-run entry is ever refused: odd ones are kept and
flagged. It must not judge what was heard, and it answers only what the database has committed.
"""

import logging
from collections.abc import Mapping, Sequence
from datetime import datetime

from schedules.errors import WireError
from schedules.ledger import LeafKind
from schedules.wire import topics
from schedules.wire.command import CommandAnswered
from schedules.wire.messages import (
    AsRunAcknowledged,
    AsRunReport,
    Challenge,
    Current,
    LedgerState,
    Message,
    Presence,
    RundownReceipt,
)
from server.ports import Clock, Publisher, Sealing, Store, UnitOfWork
from server.services import twins
from server.services.catching_up import note_missed
from server.services.commanding import keep_answer
from server.services.new_ids import unix_milliseconds
from server.services.reports import AHEAD_OF_US, Answer, Reported, keep_reports
from server.services.said import Said, verified
from server.services.taking_back import take_back
from server.values import Loudspeaker

log = logging.getLogger(__name__)

Refusals = list[WireError | None]


def take_in(store: Store, clock: Clock, sealing: Sealing, publisher: Publisher, topic: str, data: bytes) -> None:
    """Verify, keep and answer one message from a loudspeaker.

    When this returns, what the message said is committed and the answer is on its way.

    Raises:
        WireError: the message is forged, relabelled, replayed or unreadable; nothing of it was kept.
    """
    (refusal,) = take_in_all(store, clock, sealing, publisher, [(topic, data)])
    if refusal is not None:
        raise refusal


def take_in_all(
    store: Store, clock: Clock, sealing: Sealing, publisher: Publisher, arrived: Sequence[tuple[str, bytes]]
) -> Refusals:
    """Verify, keep and answer messages, each with its topic, in the order they came.

    Returns:
        Of each, why nothing of it was kept; None where it was. One that is refused keeps no other from being kept.
    """
    found = list(verified(store, arrived))
    said = {place: each for place, each in enumerate(found) if isinstance(each, Said)}
    answers, older = _keep(store, said, clock.now())
    for answer in answers:
        _acknowledge(sealing, publisher, answer, clock.now())
    for place, each in said.items():
        match each.message:
            case Challenge() as challenge:
                _answer(sealing, publisher, each.speaker, _current(store, clock, sealing, each.speaker, challenge))
            case Presence(returned=returned) if returned and place not in older:
                take_back(store, clock, each.speaker.id, returned)
    note_missed(store, clock, [answer.told.said.speaker for answer in answers])
    return [each if isinstance(each, WireError) else older.get(place) for place, each in enumerate(found)]


def _keep(store: Store, said: Mapping[int, Said], now: datetime) -> tuple[list[Answer], Mapping[int, WireError]]:
    """Keep what was said in one transaction; give what to answer the reports, and what was older than what is held."""
    older: dict[int, WireError] = {}
    if all(isinstance(each.message, Challenge) for each in said.values()):
        return [], older
    changed, reports = False, []
    with store.writing() as uow:
        for place, each in said.items():
            try:
                match each.message:
                    case Presence() as presence:
                        changed |= _keep_presence(uow, each, presence, now)
                    case RundownReceipt() as receipt:
                        changed |= _keep_receipt(uow, each, receipt, now)
                    case AsRunReport() as report:
                        reports.append(Reported(each, report))
                    case CommandAnswered() as answer:
                        changed |= keep_answer(uow, each.speaker, answer, each.envelope, now)
            except WireError as error:
                older[place] = error
        answers = keep_reports(uow, reports, now)
        if changed or answers:
            uow.commit()
    return answers, older


def _keep_presence(uow: UnitOfWork, said: Said, presence: Presence, now: datetime) -> bool:
    """Keep a presence that is newer than the one held; tell whether it is another one.

    A will is made when its session begins and so may be numbered below what was said later; a device without a
    trusted clock may count from 1970. Both are taken as they come; a replay of either says that a pole is away or
    in doubt, and the next genuine message puts it right.
    """
    speaker = said.speaker.id
    held = uow.evidence.seen([speaker]).get(speaker)
    before = None if held is None else held.presence
    if before is not None:
        if presence == before:
            return False
        if presence.online and presence.clock_error_ms is not None:
            _require_newer(presence, before, now)
    if uow.evidence.put_presence(speaker, presence, now):
        uow.ledger.append(LeafKind.PRESENCE, speaker, said.envelope, at=now)
        twins.notice(uow, speaker, before, now)
    return True


def _require_newer(message: Message, held: Message, now: datetime) -> None:
    """Refuse what is numbered no higher than what is held, unless that is numbered as of a time to come.

    Numbers are milliseconds: a stolen key, or a clock gone wrong, must not lock out the device that comes after.
    """
    if message.number <= held.number <= unix_milliseconds(now + AHEAD_OF_US):
        raise WireError("wire.not_newer", number=message.number, held=held.number)


def _keep_receipt(uow: UnitOfWork, said: Said, receipt: RundownReceipt, now: datetime) -> bool:
    """Keep a receipt that is newer than the one held; tell whether it is another one."""
    speaker = said.speaker.id
    held = uow.evidence.seen([speaker]).get(speaker)
    before = None if held is None else held.receipt
    if before is not None:
        if receipt == before:
            return False
        _require_newer(receipt, before, now)
    uow.evidence.put_receipt(speaker, receipt, now)
    uow.ledger.append(LeafKind.RECEIPT, speaker, said.envelope, at=now)
    log.info(
        "receipt_kept loudspeaker=%s revision=%d state=%s missing=%d",
        speaker,
        receipt.revision,
        receipt.state,
        len(receipt.missing),
    )
    return True


def _acknowledge(sealing: Sealing, publisher: Publisher, answer: Answer, now: datetime) -> None:
    told, speaker = answer.told, answer.told.said.speaker
    if told.said.hashed:
        log.info(
            "report_kept loudspeaker=%s journal=%s entries=%d new=%d through=%d",
            speaker.id,
            told.report.journal,
            len(told.said.hashed),
            answer.new,
            answer.through,
        )
    acknowledged = AsRunAcknowledged(
        audience=topics.audience_of_loudspeaker(speaker.id),
        epoch=sealing.epoch,
        number=unix_milliseconds(now),
        issued=now,
        journal=told.report.journal,
        through=answer.through,
        head=answer.head,
    )
    _answer(sealing, publisher, speaker, acknowledged)


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
