"""Publishing emergencies: the lists first, then each announcement with its sound, taken back when it is over.

What the broker was told is a fact of its session, kept nowhere else: a new session is told everything that lives, which
is little. It must not decide what is live: the lists do.
"""

import logging
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from schedules.emergency_list import EmergencyList
from schedules.ids import EmergencyId, UnitId
from schedules.wire import topics
from schedules.wire.emergency import SOUND_LIMIT, EmergencyIssued, EmergencyListed
from schedules.wire.messages import Message
from server.emergency_records import StoredEmergency
from server.errors import ServerError
from server.ports import Clock, Publisher, Sealing, Speaking, Store
from server.services.emergency_issue import SPOKEN
from server.services.new_ids import unix_milliseconds

log = logging.getLogger(__name__)

LOOKED_BACK = timedelta(days=1)
"""How long after its end an announcement is still taken back at a broker that may hold it."""


@dataclass(slots=True)
class Announcing:
    """Publishes the lane; one thread publishes, another speaks.

    Args:
        voice: Speaks the words.
    """

    voice: Speaking
    _said: dict[str, tuple[int, int]] = field(default_factory=dict)
    _sounds: dict[EmergencyId, bytes | None] = field(default_factory=dict)

    def forget(self) -> None:
        """Forget what the broker was told: its session is new."""
        self._said.clear()

    def publish_due(self, store: Store, clock: Clock, sealing: Sealing, publisher: Publisher) -> None:
        """Hand the broker every list and announcement it has not been told in this session, the lists first."""
        now = clock.now()
        with store.reading() as uow:
            lists = uow.emergencies.lists()
            recent = uow.emergencies.issued(since=now - LOOKED_BACK) if lists else ()
        for known in lists:
            self._say(topics.emergencies(known.unit), _listed(known, sealing, now), sealing, publisher)
        live = {(known.unit, each.id) for known in lists for each in known.live if now < each.expires}
        for stored in recent:
            for unit in stored.emergency.units:
                topic, sound = topics.emergency(unit, stored.emergency.id), self._sounds.get(stored.emergency.id)
                if (unit, stored.emergency.id) not in live:
                    self._say(topic, None, sealing, publisher)
                elif sound is not None:
                    self._say(topic, _issued(stored, unit, sound, sealing), sealing, publisher)

    def speak_due(self, store: Store, clock: Clock) -> bool:
        """Speak what is live and was not spoken yet; tell whether there is something new to publish.

        What cannot be spoken is loud in the log, and the loudspeakers go on with the siren.
        """
        now = clock.now()
        with store.reading() as uow:
            names = {each.id for known in uow.emergencies.lists() for each in known.live if now < each.expires}
            found = [uow.emergencies.get(name) for name in sorted(names - self._sounds.keys())]
        for gone in self._sounds.keys() - names:
            del self._sounds[gone]
        waiting = [each for each in found if each is not None]
        for stored in waiting:
            self._sounds[stored.emergency.id] = self._spoken(stored)
        return bool(waiting)

    def _say(self, topic: str, message: Message | None, sealing: Sealing, publisher: Publisher) -> None:
        said = (0 if message is None else message.number, sealing.trust_number)
        if self._said.get(topic) == said:
            return
        publisher.publish(topic, b"" if message is None else sealing.seal(message), retain=True)
        self._said[topic] = said
        log.warning("emergency_published topic=%s number=%d", topic, said[0])

    def _spoken(self, stored: StoredEmergency) -> bytes | None:
        words = stored.emergency.words
        text = next((each.text for each in words if each.language == SPOKEN), "")
        try:
            return self.voice.announcement(text, limit=SOUND_LIMIT)
        except ServerError as error:
            log.critical("emergency_not_spoken id=%s code=%s", stored.emergency.id, error.code)
            return None


def _listed(known: EmergencyList, sealing: Sealing, now: datetime) -> EmergencyListed:
    audience = topics.audience_of_unit(known.unit)
    return EmergencyListed(audience=audience, epoch=sealing.epoch, number=known.number, issued=now, listed=known)


def _issued(stored: StoredEmergency, unit: UnitId, sound: bytes, sealing: Sealing) -> EmergencyIssued:
    emergency = stored.emergency
    return EmergencyIssued(
        audience=topics.audience_of_unit(unit),
        epoch=sealing.epoch,
        number=unix_milliseconds(emergency.sent),
        issued=emergency.sent,
        expires=emergency.expires,
        emergency=emergency.id,
        headline=emergency.headline,
        sha256=stored.sha256,
        sound=sound,
    )
