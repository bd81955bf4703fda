"""A client at a real broker for the conductor's tests: it hears everything and can speak as any loudspeaker."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Lock

from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.subscribeoptions import SubscribeOptions

WITHIN_S = 10.0


def eventually(holds: Callable[[], bool], *, within_s: float = WITHIN_S) -> bool:
    """Wait until something holds; False when it did not in time."""
    ends = time.monotonic() + within_s
    while time.monotonic() < ends:
        if holds():
            return True
        time.sleep(0.005)
    return holds()


class Line:
    """One client.

    Attributes:
        heard: topic, payload and whether the broker had retained it, in order.
    """

    def __init__(self, port: int, *, name: str = "listener") -> None:
        self.heard: list[tuple[str, bytes, bool]] = []
        self._lock = Lock()
        self._granted = Event()
        self._client = Client(CallbackAPIVersion.VERSION2, client_id=name, protocol=MQTTProtocolVersion.MQTTv5)
        self._client.on_connect = lambda client, *_: client.subscribe(
            "radio/v1/#", options=SubscribeOptions(qos=1, noLocal=True)
        )
        self._client.on_subscribe = lambda *_: self._granted.set()
        self._client.on_message = self._on_message
        self._client.connect("127.0.0.1", port)
        self._client.loop_start()
        assert self._granted.wait(WITHIN_S)

    def say(self, topic: str, payload: bytes, *, retain: bool = False) -> None:
        """Publish and wait for the broker's confirmation."""
        self._client.publish(topic, payload, qos=1, retain=retain).wait_for_publish(WITHIN_S)

    def of(self, topic: str) -> list[bytes]:
        """Give what was heard on a topic, in order."""
        with self._lock:
            return [payload for heard, payload, _ in self.heard if heard == topic]

    def topics(self) -> list[str]:
        """Give where something was heard, in order."""
        with self._lock:
            return [topic for topic, _, _ in self.heard]

    def forget(self) -> None:
        """Forget what was heard."""
        with self._lock:
            self.heard.clear()

    def hears(self, topic: str, *, count: int = 1, within_s: float = WITHIN_S) -> bool:
        """Wait until a topic was heard so many times."""
        return eventually(lambda: len(self.of(topic)) >= count, within_s=within_s)

    def close(self) -> None:
        """Hang up."""
        self._client.disconnect()
        self._client.loop_stop()

    def _on_message(self, _: Client, __: object, message: MQTTMessage) -> None:
        with self._lock:
            self.heard.append((message.topic, bytes(message.payload), message.retain))


@contextmanager
def line_to(port: int, *, name: str = "listener") -> Iterator[Line]:
    """Give a client that hangs up at the end."""
    line = Line(port, name=name)
    try:
        yield line
    finally:
        line.close()
