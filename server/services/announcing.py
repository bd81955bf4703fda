"""Publishing emergencies and exercises: the lists first, then each announcement, taken back when it is over.

What the broker was told is a fact of its session, kept nowhere else: a new session is told everything that lives, which
is little. It must not decide what is live: the lists do.
"""

import logging
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from schedules.emergency import Emergency, Exercise
from schedules.emergency_lane import GRAVITY
from schedules.emergency_list import EmergencyList
from schedules.ids import EmergencyId, ExerciseId, UnitId
from schedules.times import local_day
from schedules.wire import topics
from schedules.wire.emergency import SOUND_LIMIT, EmergencyIssued, EmergencyListed, ExerciseIssued
from schedules.wire.messages import Message
from server.emergency_records import StoredEmergency, StoredExercise
from server.errors import ServerError
from server.ports import Clock, Publisher, Sealing, Speaking, Store, UnitOfWork
from server.services.emergency_issue import SPOKEN
from server.services.new_ids import unix_milliseconds
from server.services.schedule import CIVIL_TIME

log = logging.getLogger(__name__)

LOOKED_BACK = timedelta(days=1)
"""How long after its end an announcement is still taken back at a broker that may hold it."""

_Stored = StoredEmergency | StoredExercise


@dataclass(slots=True)
class Announcing:
    """Publishes the lane; one thread publishes, another speaks.

    Args:
        voice: Speaks the words.
    """

    voice: Speaking
    _said: dict[str, tuple[int, int]] = field(default_factory=dict)
    _sounds: dict[str, bytes | None] = field(default_factory=dict)
    _ended: frozenset[UnitId] = frozenset()
    _ended_on: date | None = None

    def forget(self) -> None:
        """Forget what the broker was told: its session is new."""
        self._said.clear()
        self._ended_on = None

    def publish_due(self, store: Store, clock: Clock, sealing: Sealing, publisher: Publisher) -> None:
        """Hand the broker every list and announcement it has not been told in this session, the lists first."""
        now = clock.now()
        with store.reading() as uow:
            lists = uow.emergencies.lists()
            recent = _recent(uow, now) if lists else ()
            self._look_for_ended(uow, now)
        for known in lists:
            said = None if known.unit in self._ended and _is_over(known, now) else _listed(known, sealing, now)
            self._say(topics.emergencies(known.unit), said, sealing, publisher, now)
        live = set(_living(lists, now))
        for stored in recent:
            what, sound = _what(stored), self._sounds.get(_spoken_text(stored))
            for unit in what.units:
                if (unit, what.id) not in live:
                    self._say(topics.emergency(unit, what.id), None, sealing, publisher, now)
                elif sound is not None:
                    message = _announced(stored, unit, sound, sealing)
                    self._say(topics.emergency(unit, what.id), message, sealing, publisher, now)

    def speak_due(self, store: Store, clock: Clock) -> bool:
        """Speak the next text that lives and was not spoken yet, the gravest first; tell whether there was one.

        What cannot be spoken is loud in the log, and the loudspeakers go on with the siren.
        """
        now = clock.now()
        with store.reading() as uow:
            names = {name for _, name in _living(uow.emergencies.lists(), now)}
            living = [each for each in _recent(uow, now) if _what(each).id in names] if names else []
        texts = {_spoken_text(each) for each in living}
        for gone in self._sounds.keys() - texts:
            del self._sounds[gone]
        due = min((each for each in living if _spoken_text(each) not in self._sounds), key=_urgency, default=None)
        if due is None:
            return False
        self._sounds[_spoken_text(due)] = self._spoken(due)
        return True

    def _look_for_ended(self, uow: UnitOfWork, now: datetime) -> None:
        """Find, once a day and in every session, the units that ended a day ago or more: nobody is told their lists.

        Where a zone still stands in one, its loudspeakers are told of the list, and wait for it.
        """
        day = local_day(now, CIVIL_TIME) - LOOKED_BACK
        if self._ended_on != day:
            units = uow.places.units()
            standing = {place for zone in uow.places.zones() for place in (zone.unit, zone.station)}
            obeyed = {above for place in standing for above in units.above(place)}
            gone = (each for each in units.by_id.values() if each.valid_to is not None and each.valid_to <= day)
            self._ended = frozenset(each.id for each in gone) - obeyed
            self._ended_on = day

    def _say(self, topic: str, message: Message | None, sealing: Sealing, publisher: Publisher, now: datetime) -> None:
        said = (0 if message is None else message.number, sealing.trust_number)
        if self._said.get(topic) == said:
            return
        envelope = b"" if message is None else sealing.seal(message)
        lives = None if message is None or message.expires is None else message.expires - now
        publisher.publish(topic, envelope, retain=True, expiry=None if lives is None else -(-lives // _SECOND))
        self._said[topic] = said
        log.warning("emergency_published topic=%s number=%d", topic, said[0])

    def _spoken(self, stored: _Stored) -> bytes | None:
        text = _spoken_text(stored)
        if not text:  # what a loudspeaker gave back: its words may be there still, and are not replaced
            return None
        try:
            return self.voice.announcement(text, limit=SOUND_LIMIT)
        except ServerError as error:
            log.critical("emergency_not_spoken id=%s code=%s", _what(stored).id, error.code)
            return None


_SECOND = timedelta(seconds=1)


def _recent(uow: UnitOfWork, now: datetime) -> Sequence[_Stored]:
    since = now - LOOKED_BACK
    return (*uow.emergencies.issued(since=since), *uow.emergencies.exercises(since=since))


def _living(lists: Iterable[EmergencyList], now: datetime) -> Iterator[tuple[UnitId, EmergencyId | ExerciseId]]:
    for known in lists:
        yield from ((known.unit, each.id) for each in known.live if now < each.expires)
        yield from ((known.unit, each.id) for each in known.exercises if now < each.until)


def _is_over(known: EmergencyList, now: datetime) -> bool:
    ends = [each.expires for each in known.live]
    ends += [each.until for each in known.cancelled]
    ends += [each.until for each in known.exercises]
    return all(end <= now for end in ends)


def _what(stored: _Stored) -> Emergency | Exercise:
    return stored.emergency if isinstance(stored, StoredEmergency) else stored.exercise


def _spoken_text(stored: _Stored) -> str:
    return next((each.text for each in _what(stored).words if each.language == SPOKEN), "")


def _urgency(stored: _Stored) -> tuple[int, datetime, str]:
    what = _what(stored)
    gravity = GRAVITY[what.severity] if isinstance(what, Emergency) else -1
    return (-gravity, what.sent, what.id)


def _listed(known: EmergencyList, sealing: Sealing, now: datetime) -> EmergencyListed:
    audience = topics.audience_of_unit(known.unit)
    return EmergencyListed(audience=audience, epoch=sealing.epoch, number=known.number, issued=now, listed=known)


def _announced(stored: _Stored, unit: UnitId, sound: bytes, sealing: Sealing) -> EmergencyIssued | ExerciseIssued:
    what = _what(stored)
    audience, number = topics.audience_of_unit(unit), unix_milliseconds(what.sent)
    if isinstance(stored, StoredExercise):
        return ExerciseIssued(
            audience=audience,
            epoch=sealing.epoch,
            number=number,
            issued=what.sent,
            expires=what.expires,
            exercise=stored.exercise,
            sound=sound,
        )
    return EmergencyIssued(
        audience=audience,
        epoch=sealing.epoch,
        number=number,
        issued=what.sent,
        expires=what.expires,
        emergency=stored.emergency.id,
        headline=what.headline,
        sha256=stored.sha256,
        sound=sound,
    )
