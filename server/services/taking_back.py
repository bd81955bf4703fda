"""Takes back what the centre once ordered and no longer knows, from loudspeakers that still obey it.

A centre that was set back to a backup has forgotten the newest orders of silence and lists of emergencies; the red
button must not be forgotten with them. What comes back is sealed as the centre sealed it: nobody can make it up. It
must not weigh what was ordered: the higher number counts, as it does at the loudspeaker.
"""

import logging
from base64 import b64decode
from collections.abc import Iterable
from datetime import datetime
from itertools import islice

from schedules.emergency import Certainty, Emergency, Urgency, Words
from schedules.emergency_list import Live
from schedules.errors import WireError
from schedules.ids import LoudspeakerId, PersonId
from schedules.wire.emergency import EmergencyListed
from schedules.wire.messages import Message, SilenceOrdered
from schedules.wire.seal import unsealed
from schedules.wire.trust import Trust, require_epoch
from server.emergency_records import StoredEmergency, Way
from server.issue_records import SilenceOrder
from server.ports import Clock, Store, UnitOfWork
from server.services.keys import newest
from server.services.trail import note_at

log = logging.getLogger(__name__)

MOST = 16
"""Far more than a loudspeaker has audiences: each costs the centre a verification."""
LOST_WORDS = "Bản tin khẩn cấp phát trước khi phục hồi dữ liệu (trung tâm không còn giữ lời văn)"
UNKNOWN = "und"
"""Language tag of what is in no language that is known."""
NOBODY = PersonId("")
"""Who gave an order that came back: it does not say, and the record of it is lost."""


def take_back(store: Store, clock: Clock, speaker: LoudspeakerId, returned: Iterable[str]) -> None:
    """Keep what a loudspeaker gives back and is newer than what is known, as if it had just been ordered."""
    now = clock.now()
    with store.reading() as uow:
        trust_list = newest(uow.issue.trust_lists())
    if trust_list is None:
        return
    some = islice(returned, MOST)
    genuine = [message for each in some if (message := _verified(each, Trust(trust_list))) is not None]
    with store.writing() as uow:
        for message in genuine:
            if _took(uow, message, now):
                values = {"type": type(message).__name__, "number": message.number}
                note_at(uow, now, None, "order.returned", speaker, audience=message.audience, **values)
                log.warning("order_returned loudspeaker=%s audience=%s %s", speaker, message.audience, values)
        uow.commit()


def _verified(returned: str, trust: Trust) -> Message | None:
    try:
        message, _ = unsealed(b64decode(returned, validate=True), trust)
        require_epoch(message, trust)
    except (WireError, ValueError) as error:
        log.warning("order_not_taken_back cause=%s", error)
        return None
    return message


def _took(uow: UnitOfWork, message: Message, now: datetime) -> bool:
    """Keep one message; tell whether it was news."""
    match message:
        case SilenceOrdered():
            known = {order.audience: order.number for order in uow.issue.silences()}
            if message.number <= known.get(message.audience, -1):
                return False
            uow.issue.put_silence(_order(message))
            return True
        case EmergencyListed():
            if message.number <= uow.emergencies.list_of(message.listed.unit).number:
                return False
            for live in message.listed.live:
                if uow.emergencies.get(live.id) is None:
                    uow.emergencies.add(_issued(live))
            uow.emergencies.put_list(message.listed, now)
            return True
    return False


def _order(message: SilenceOrdered) -> SilenceOrder:
    return SilenceOrder(
        audience=message.audience,
        number=message.number,
        ordered=message.ordered,
        until=message.until,
        spares_emergencies=message.spares_emergencies,
        by=NOBODY,
        at=message.issued,
    )


def _issued(live: Live) -> StoredEmergency:
    """Give what is still known of an emergency: enough to see it on the board and to cancel it, not its words."""
    emergency = Emergency(
        id=live.id,
        sender=live.sender,
        origin=live.origin,
        issued_by=NOBODY,
        sent=live.sent,
        expires=live.expires,
        units=live.units,
        event=live.event,
        severity=live.severity,
        urgency=Urgency.IMMEDIATE,
        certainty=Certainty.OBSERVED,
        headline=LOST_WORDS,
        words=(Words(UNKNOWN, LOST_WORDS),),  # in a language that no voice speaks: better the siren than these
        times=live.times,
        pause_s=live.pause_s,
        break_glass=live.break_glass,
    )
    way = Way.BREAK_GLASS if live.break_glass else Way.TWO_PEOPLE
    return StoredEmergency(emergency=emergency, way=way, sha256=live.sha256)
