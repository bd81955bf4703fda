"""Publishing: whatever is stored and the broker has not confirmed leaves now; silence, assignments, then rundowns.

It must not decide what a rundown holds. What is stored leaves sooner or later, whatever crashes in between: at worst
a message is sent twice.
"""

import logging
from datetime import datetime
from functools import partial
from hashlib import sha256

from schedules.errors import ScheduleError
from schedules.ids import LoudspeakerId, UnitId, ZoneId
from schedules.ledger import LeafKind, row_bytes
from schedules.wire import topics
from schedules.wire.codec import written
from schedules.wire.messages import SilenceOrdered
from server.ports import Clock, Publisher, Sealing, Store
from server.services.assignments import assignments
from server.services.new_ids import unix_milliseconds
from server.services.on_the_way import AGAIN_A_SECOND, Kind, OnTheWay, Sent

log = logging.getLogger(__name__)

ASSIGNMENTS_AT_ONCE = 100
"""Numbered in one transaction: with ten thousand in one, whoever issues an emergency would wait for all of them."""


def publish_due(store: Store, clock: Clock, sealing: Sealing, publisher: Publisher, on_the_way: OnTheWay) -> None:
    """Hand the broker everything it has not confirmed and that is not on its way already."""
    now = clock.now()
    keep_confirmed(store, sealing, on_the_way)
    _publish_silences(store, sealing, publisher, on_the_way, now)
    _publish_assignments(store, sealing, publisher, on_the_way, now)
    _publish_rundowns(store, publisher, on_the_way, now)


def keep_confirmed(store: Store, sealing: Sealing, on_the_way: OnTheWay) -> None:
    """Write down what the broker confirmed, in one transaction.

    What went by an older trust list has to leave again, and its confirmation says nothing about that.
    """
    confirmed = [sent for sent in on_the_way.take_confirmed() if sent.under in (0, sealing.trust_number)]
    if not confirmed:
        return
    with store.writing() as uow:
        for sent in confirmed:
            match sent.kind:
                case Kind.SILENCE:
                    uow.issue.silence_published(sent.name, sent.number)
                case Kind.ASSIGNMENT:
                    uow.issue.assignment_published(LoudspeakerId(sent.name), sent.number)
                case Kind.RUNDOWN:
                    uow.issue.published(ZoneId(sent.name), sent.number)
        uow.commit()


def publish_trust_lists(store: Store, publisher: Publisher) -> None:
    """Hand the broker every trust list: they are few and small, so all at the beginning of each session."""
    with store.reading() as uow:
        lists = uow.issue.trust_lists()
    for number, envelope in lists:
        publisher.publish(topics.trust(number), envelope, retain=True)


def newest_published(store: Store) -> int:
    """Give the highest number the broker ever confirmed."""
    with store.reading() as uow:
        return uow.issue.newest_published()


def find_lost(store: Store, *, marker: int | None, confirmed: int) -> bool:
    """Compare the broker's retained marker with what it confirmed before this session.

    Everything up to the marker's number was there when it was left; None means that there is no marker. What was
    lost is to be published again; tell whether there is any.
    """
    if confirmed <= (marker or 0):
        return False
    log.warning("broker_lost_messages marker=%s confirmed=%d", marker, confirmed)
    with store.writing() as uow:
        uow.issue.unpublish_after(marker or 0)
        uow.commit()
    return True


def publish_marker(store: Store, publisher: Publisher, last: int) -> int:
    """Leave the retained marker at the broker, when everything is confirmed; give the number it now has.

    Nothing is sent while `last`, the number left there before, still says it all.
    """
    newest = newest_published(store)
    if newest > last:
        publisher.publish(topics.MARKER, str(newest).encode(), retain=True)
    return max(newest, last)


def _publish_silences(
    store: Store, sealing: Sealing, publisher: Publisher, on_the_way: OnTheWay, now: datetime
) -> None:
    with store.reading() as uow:
        orders = [order for order in uow.issue.silences() if not order.published]
    for order in orders:
        sent = Sent(Kind.SILENCE, order.audience, order.number, sealing.trust_number)
        if on_the_way.holds(sent, now):
            continue
        message = SilenceOrdered(
            audience=order.audience,
            epoch=sealing.epoch,
            number=order.number,
            issued=order.at,
            ordered=order.ordered,
            until=order.until,
            spares_emergencies=order.spares_emergencies,
        )
        kind, _, name = order.audience.partition(":")
        topic = topics.zone_silence(ZoneId(name)) if kind == "zone" else topics.unit_silence(UnitId(name))
        on_the_way.give(sent, now)
        publisher.publish(topic, sealing.seal(message), retain=True, confirmed=partial(on_the_way.confirm, sent))
        log.info("silence_published audience=%s number=%d ordered=%s", order.audience, order.number, order.ordered)


def _publish_assignments(
    store: Store, sealing: Sealing, publisher: Publisher, on_the_way: OnTheWay, now: datetime
) -> None:
    under = sealing.trust_number
    with store.reading() as uow:
        due = [
            loudspeaker
            for loudspeaker, wanted, _ in uow.issue.assignment_numbers(unsettled_only=True)
            if not on_the_way.holds(Sent(Kind.ASSIGNMENT, loudspeaker, wanted, under), now)
        ][:ASSIGNMENTS_AT_ONCE]
    if not due:
        return
    with store.writing() as uow:
        for loudspeaker in due:
            # At least the present instant: after an old backup was restored it is still above what is held.
            uow.issue.number_assignment(loudspeaker, unix_milliseconds(now))
        wanted = {loudspeaker: number for loudspeaker, number, _ in uow.issue.assignment_numbers(unsettled_only=True)}
        messages = assignments(uow, {each: wanted[each] for each in due}, epoch=sealing.epoch, now=now)
        for loudspeaker, message in messages.items():
            said = {"number": wanted[loudspeaker], "sha256": sha256(written(message)).hexdigest()}
            uow.ledger.append(LeafKind.ASSIGNMENT, loudspeaker, row_bytes(said), at=now)
        uow.commit()
    for loudspeaker, message in messages.items():
        sent = Sent(Kind.ASSIGNMENT, loudspeaker, wanted[loudspeaker], under)
        topic = topics.of_loudspeaker(loudspeaker, "assignment")
        try:
            envelope = sealing.seal(message)
        except ScheduleError as error:  # one station's must not keep the rundowns of all others from leaving
            on_the_way.give(sent, now)  # so that it is not tried again at once
            log.exception("assignment_not_sealed loudspeaker=%s code=%s", loudspeaker, error.code)
            continue
        on_the_way.give(sent, now)
        publisher.publish(topic, envelope, retain=True, confirmed=partial(on_the_way.confirm, sent))
        log.info("assignment_published loudspeaker=%s number=%d", loudspeaker, sent.number)


def _publish_rundowns(store: Store, publisher: Publisher, on_the_way: OnTheWay, now: datetime) -> None:
    with store.reading() as uow:
        due = [
            mark
            for mark in uow.issue.marks(unsettled_only=True)
            if mark.issued_revision != mark.published_revision
            and not on_the_way.holds(Sent(Kind.RUNDOWN, mark.zone, mark.issued_revision), now)
        ]
        lost = [mark for mark in due if mark.published_revision == 0]
        if len(lost) > AGAIN_A_SECOND:
            lost = lost[: on_the_way.paced_room(now)]
            on_the_way.spend(len(lost))
            due = [mark for mark in due if mark.published_revision] + lost
        envelopes = [(mark, uow.issue.envelope(mark.zone)) for mark in due[: max(0, on_the_way.room())]]
    for mark, envelope in envelopes:
        sent = Sent(Kind.RUNDOWN, mark.zone, mark.issued_revision)
        on_the_way.give(sent, now)
        publisher.publish(topics.rundown(mark.zone), envelope, retain=True, confirmed=partial(on_the_way.confirm, sent))
        log.info("rundown_published zone=%s revision=%d", mark.zone, mark.issued_revision)
