"""The broker in memory behaves as mosquitto does, in everything the journeys lean on."""

import queue
import socket
from collections.abc import Callable, Iterable, Iterator
from typing import Protocol

import pytest
from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.subscribeoptions import SubscribeOptions

from tests.fakes.mqtt import Broker, Line, Message
from tests.services.mosquitto import OPEN_TO_ALL, Mosquitto

WITHIN_S = 5.0
LAST: Message = ("last", b"word")
WILL: Message = ("poles/1/presence", b"gone")


class Anybody(Protocol):
    """Somebody with a line to a broker; see `Line`."""

    def connects(self, will: Message | None = None) -> bool: ...
    def breaks(self) -> None: ...
    def hangs_up(self) -> None: ...
    def follow(self, topics: Iterable[str]) -> None: ...
    def publish(self, topic: str, payload: bytes, *, retain: bool) -> bool: ...
    def take(self) -> list[Message]: ...


class PahoLine:
    """The verbs of `Line` with a real client; each returns when the broker has answered."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._topics: tuple[str, ...] = ()
        self._inbox: queue.SimpleQueue[Message] = queue.SimpleQueue()
        self._answers: queue.SimpleQueue[None] = queue.SimpleQueue()

    def connects(self, will: Message | None = None) -> bool:
        self._client = client = Client(
            CallbackAPIVersion.VERSION2, protocol=MQTTProtocolVersion.MQTTv5, reconnect_on_failure=False
        )
        if will is not None:
            client.will_set(*will, qos=1, retain=True)
        client.on_message = self._on_message
        client.on_connect = client.on_subscribe = client.on_unsubscribe = lambda *_: self._answers.put(None)
        client.on_disconnect = lambda *_: self._answers.put(None)
        client.connect("127.0.0.1", self._port, clean_start=True)
        client.loop_start()
        self._answers.get(timeout=WITHIN_S)
        self._subscribe(self._topics)
        return True

    def breaks(self) -> None:
        line = self._client.socket()
        assert isinstance(line, socket.socket)
        line.shutdown(socket.SHUT_RDWR)
        self._is_gone()

    def hangs_up(self) -> None:
        self._client.disconnect()
        self._is_gone()

    def leaves(self) -> None:
        """Hang up if the line still stands."""
        if self._client.is_connected():
            self.hangs_up()

    def follow(self, topics: Iterable[str]) -> None:
        before, self._topics = self._topics, tuple(topics)
        if gone := [topic for topic in before if topic not in self._topics]:
            self._client.unsubscribe(gone)
            self._answers.get(timeout=WITHIN_S)
        self._subscribe([topic for topic in self._topics if topic not in before])

    def publish(self, topic: str, payload: bytes, *, retain: bool) -> bool:
        self._client.publish(topic, payload, qos=1, retain=retain).wait_for_publish(WITHIN_S)
        return True

    def take(self) -> list[Message]:
        """Empty the inbox, once everything published so far is in it: messages of one broker overtake nobody."""
        self.follow((*self._topics, LAST[0]))
        self.publish(*LAST, retain=False)
        taken = []
        while (message := self._inbox.get(timeout=WITHIN_S)) != LAST:
            taken.append(message)
        self.follow(topic for topic in self._topics if topic != LAST[0])
        return taken

    def _subscribe(self, topics: Iterable[str]) -> None:
        if wanted := [(topic, SubscribeOptions(qos=1)) for topic in topics]:
            self._client.subscribe(wanted)
            self._answers.get(timeout=WITHIN_S)

    def _is_gone(self) -> None:
        self._answers.get(timeout=WITHIN_S)
        self._client.loop_stop()

    def _on_message(self, _: Client, __: object, message: MQTTMessage) -> None:
        self._inbox.put((message.topic, bytes(message.payload)))


@pytest.fixture(params=["memory", pytest.param("mosquitto", marks=[pytest.mark.mosquitto, pytest.mark.slow])])
def anybody(request: pytest.FixtureRequest) -> Iterator[Callable[[], Anybody]]:
    """Give somebody with a line to one broker; each call another one."""
    if request.param == "memory":
        broker = Broker()
        yield lambda: Line(broker)
        return
    mosquitto: Mosquitto = request.getfixturevalue("start_mosquitto")(OPEN_TO_ALL)
    lines: list[PahoLine] = []

    def arrives() -> PahoLine:
        lines.append(PahoLine(mosquitto.port))
        return lines[-1]

    yield arrives
    for line in lines:
        line.leaves()


@pytest.fixture
def centre(anybody: Callable[[], Anybody]) -> Anybody:
    """Somebody who publishes."""
    centre = anybody()
    centre.connects()
    return centre


@pytest.fixture
def pole(anybody: Callable[[], Anybody]) -> Anybody:
    """Somebody who listens, and may lose the line."""
    pole = anybody()
    pole.connects(WILL)
    return pole


def test_what_is_retained_greets_whoever_comes_later(centre: Anybody, pole: Anybody) -> None:
    centre.publish("zones/1/rundown", b"old", retain=True)
    centre.publish("zones/1/rundown", b"new", retain=True)
    centre.publish("zones/1/rundown", b"passing", retain=False)

    pole.follow(["zones/1/rundown"])

    assert pole.take() == [("zones/1/rundown", b"new")]


def test_an_empty_message_ends_what_was_retained(centre: Anybody, pole: Anybody) -> None:
    centre.publish("zones/1/rundown", b"old", retain=True)
    centre.publish("zones/1/rundown", b"", retain=True)

    pole.follow(["zones/1/rundown"])

    assert pole.take() == []


def test_a_plus_stands_for_one_level(centre: Anybody, pole: Anybody) -> None:
    pole.follow(["poles/+/receipt"])

    for topic in ("poles/1/receipt", "poles/2/receipt", "poles/1/presence", "poles/1/2/receipt"):
        centre.publish(topic, b"", retain=False)

    assert [topic for topic, _ in pole.take()] == ["poles/1/receipt", "poles/2/receipt"]


def test_a_topic_no_longer_followed_is_not_heard(centre: Anybody, pole: Anybody) -> None:
    pole.follow(["zones/1/rundown", "zones/2/rundown"])
    pole.follow(["zones/2/rundown"])

    centre.publish("zones/1/rundown", b"one", retain=True)
    centre.publish("zones/2/rundown", b"two", retain=True)

    assert pole.take() == [("zones/2/rundown", b"two")]


def test_the_will_is_said_when_a_line_breaks_and_greets_whoever_comes_later(centre: Anybody, pole: Anybody) -> None:
    centre.follow(["poles/+/presence"])

    pole.breaks()

    assert centre.take() == [WILL]
    pole.connects()
    pole.follow([WILL[0]])
    assert pole.take() == [WILL]


def test_the_will_of_who_hangs_up_is_not_said(centre: Anybody, pole: Anybody) -> None:
    centre.follow(["poles/+/presence"])

    pole.hangs_up()

    assert centre.take() == []


def test_a_new_session_begins_with_what_is_retained_and_nothing_that_was_missed(centre: Anybody, pole: Anybody) -> None:
    pole.follow(["zones/1/rundown", "poles/1/acknowledged"])
    pole.breaks()
    centre.publish("zones/1/rundown", b"first", retain=True)
    centre.publish("zones/1/rundown", b"second", retain=True)
    centre.publish("poles/1/acknowledged", b"missed", retain=False)

    pole.connects()

    assert pole.take() == [("zones/1/rundown", b"second")]
