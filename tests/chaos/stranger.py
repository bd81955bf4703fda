"""Somebody at the broker who has heard everything: says it again, alters it, and signs lies by a key of his own."""

from collections import defaultdict, deque
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from random import Random
from threading import Lock
from typing import TypeVar

from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from schedules.emergency_list import EmergencyList, Live
from schedules.ids import Sha256, UnitId
from schedules.wire import topics
from schedules.wire.codec import decoded
from schedules.wire.emergency import EmergencyListed
from schedules.wire.messages import AsRunAcknowledged, KeyRole, Message, RundownIssued, TrustList
from schedules.wire.seal import Seal, assembled, envelope_of, sealed, type_of
from server.clock import WallClock
from tests.hostile.attempt import drawn_key
from tests.schedules.given_emergencies import an_emergency

M = TypeVar("M", bound=Message)

REMEMBERED = 40
"""Messages of each leaf of the tree of topics."""


class Stranger:
    """One client that the broker lets do everything."""

    def __init__(self, port: int) -> None:
        self._heard: dict[str, deque[tuple[str, bytes]]] = defaultdict(lambda: deque(maxlen=REMEMBERED))
        self._lock = Lock()
        self._client = Client(CallbackAPIVersion.VERSION2, protocol=MQTTProtocolVersion.MQTTv5)
        self._client.on_message = self._hear
        self._client.on_connect = lambda client, *_: client.subscribe(f"{topics.ROOT}/#", qos=1)
        self._client.reconnect_delay_set(1, 1)
        self._client.connect_async("127.0.0.1", port)
        self._client.loop_start()

    def repeat(self, rng: Random) -> None:
        """Say some of what was heard again, in another order, and one of it to somebody else."""
        with self._lock:
            known = [each for leaf in sorted(self._heard) for each in self._heard[leaf]]
        for topic, payload in rng.sample(known, min(len(known), 12)):
            self._client.publish(topic, payload, qos=1)
        addressed = [each for each in known if "/loudspeakers/" in each[0]]
        if addressed:
            (topic, _), (_, payload) = rng.choice(addressed), rng.choice(addressed)
            self._client.publish(topic, payload, qos=1)

    def forge_acknowledgement(self, rng: Random) -> None:
        """Tell a loudspeaker that all it has reported, and more, is kept."""
        for topic, said in self._said("acknowledged", AsRunAcknowledged, rng):
            self._lie(topic, replace(said, through=said.through + rng.choice([0, 1, 5, 1000])), KeyRole.STATE, rng)

    def forge_rundown(self, rng: Random) -> None:
        """Tell a zone that everything is played some seconds later, from now on."""
        for topic, said in self._said("rundown", RundownIssued, rng):
            number, later = said.number + 1, timedelta(seconds=rng.uniform(0.5, 5))
            items = tuple(
                replace(item, starts_at=item.starts_at + later, ends_at=item.ends_at + later)
                for item in said.rundown.items
            )
            rundown = replace(said.rundown, revision=number, items=items)
            self._lie(topic, replace(said, number=number, rundown=rundown), KeyRole.ISSUE, rng)

    def forge_emergency(self, rng: Random, unit: UnitId) -> None:
        """Tell a unit that an emergency is live, which begins with the siren."""
        now = WallClock().now()
        number = int(now.timestamp() * 1000)
        live = Live.of(an_emergency(f"false {number}", sent=now, units=(unit,)), Sha256("a" * 64))
        listed = EmergencyList(unit=unit, number=number, live=(live,))
        message = EmergencyListed(audience=topics.audience_of_unit(unit), number=number, issued=now, listed=listed)
        self._lie(topics.emergencies(unit), message, KeyRole.EMERGENCY, rng)

    def close(self) -> None:
        """Hang up."""
        self._client.disconnect()
        self._client.loop_stop()

    def _hear(self, _: Client, __: object, message: MQTTMessage) -> None:
        leaf = "trust" if "/trust/" in message.topic else message.topic.rpartition("/")[2]
        with self._lock:
            self._heard[leaf].append((message.topic, bytes(message.payload)))

    def _said(self, leaf: str, kind: type[M], rng: Random) -> Iterator[tuple[str, M]]:
        """Give one message of a sort, if any was heard."""
        with self._lock:
            known = list(self._heard[leaf])
        if known:
            topic, payload = rng.choice(known)
            message = _read(payload)
            if isinstance(message, kind):
                yield topic, message

    def _lie(self, topic: str, message: Message, role: KeyRole, rng: Random) -> None:
        """Publish what is sealed by a key of our own, under the name of the right one where it was heard."""
        envelope = envelope_of(sealed(message, drawn_key(rng)))
        for _, trusted in self._said("trust", TrustList, rng):
            right = next(key.key for key in trusted.keys if key.role is role)
            envelope = replace(envelope, seals=(Seal(right, envelope.seals[0].signature),))
        self._client.publish(topic, assembled(envelope), qos=1)


def _read(payload: bytes) -> Message:
    envelope = envelope_of(payload)
    return decoded(type_of(envelope), envelope.payload)
