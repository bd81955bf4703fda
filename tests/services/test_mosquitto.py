"""Shows that the broker fixture is a real MQTT 5 broker that can be stopped, killed, frozen and configured."""

import queue
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from tests.services.mosquitto import OPEN_TO_ALL, Mosquitto, MosquittoNotStartedError

pytestmark = pytest.mark.mosquitto


@contextmanager
def listening(broker: Mosquitto, topic: str) -> Iterator[tuple[Client, "queue.Queue[bytes]"]]:
    """Connect, subscribe and return the client with what it hears."""
    heard: queue.Queue[bytes] = queue.Queue()
    subscribed: queue.Queue[None] = queue.Queue()
    client = Client(CallbackAPIVersion.VERSION2, protocol=MQTTProtocolVersion.MQTTv5)
    client.on_subscribe = lambda *_: subscribed.put(None)

    def keep(_client: Client, _userdata: object, message: MQTTMessage) -> None:
        heard.put(bytes(message.payload))

    client.on_message = keep
    client.connect(broker.host, broker.port)
    client.subscribe(topic, qos=1)
    client.loop_start()
    try:
        subscribed.get(timeout=5)
        yield client, heard
    finally:
        client.disconnect()
        client.loop_stop()


def test_a_message_goes_round(mosquitto: Mosquitto) -> None:
    with listening(mosquitto, "xa/son-ha") as (client, heard):
        client.publish("xa/son-ha", "kính thưa bà con", qos=1)

        assert heard.get(timeout=5).decode() == "kính thưa bà con"


def test_what_was_retained_is_gone_after_a_restart_on_the_same_port(mosquitto: Mosquitto) -> None:
    with listening(mosquitto, "xa/#") as (client, heard):
        client.publish("xa/lich", "1", qos=1, retain=True).wait_for_publish(5)
        heard.get(timeout=5)
    port = mosquitto.port

    mosquitto.kill()
    mosquitto.start()

    assert mosquitto.port == port
    with listening(mosquitto, "xa/#") as (client, heard):
        client.publish("xa/khac", "2", qos=1)
        assert heard.get(timeout=5) == b"2"


def test_a_store_outlives_a_stop(start_mosquitto: Callable[[str], Mosquitto]) -> None:
    broker = start_mosquitto("allow_anonymous true\npersistence true\n")
    with listening(broker, "xa/#") as (client, _heard):
        client.publish("xa/lich", "1", qos=1, retain=True).wait_for_publish(5)

    broker.restart()

    with listening(broker, "xa/#") as (_client, heard):
        assert heard.get(timeout=5) == b"1"


def test_a_frozen_broker_is_silent_and_delivers_when_thawed(mosquitto: Mosquitto) -> None:
    with listening(mosquitto, "xa/#") as (client, heard):
        mosquitto.freeze()
        client.publish("xa/lich", "1", qos=1)
        with pytest.raises(queue.Empty):
            heard.get(timeout=0.2)

        mosquitto.thaw()

        assert heard.get(timeout=5) == b"1"


def test_a_broker_that_cannot_start_tells_why(tmp_path: Path) -> None:
    broker = Mosquitto(tmp_path / "broken", config=OPEN_TO_ALL + "no_such_option true\n")

    with pytest.raises(MosquittoNotStartedError, match="no_such_option"):
        broker.start()
