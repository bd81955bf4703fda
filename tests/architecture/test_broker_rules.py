"""Shows on a real mosquitto that docker/mosquitto lets an agent speak in its own name only, and no stranger in."""

import queue
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from schedules.wire import topics
from tests.services.mosquitto import Mosquitto
from tests.services.programs import find_program

pytestmark = pytest.mark.mosquitto

SETTINGS = Path(__file__).parents[2] / "docker/mosquitto"
_NOT_AUTHORISED = 0x87


@pytest.fixture
def broker(tmp_path: Path, start_mosquitto: Callable[[str], Mosquitto]) -> Mosquitto:
    """The broker of docker/, with everything as there except where its files lie and on which port it listens."""
    passwords = tmp_path / "passwords"
    for user in ("conductor", "pole-1", "pole-2"):
        command = [find_program("mosquitto_passwd", package="mosquitto"), "-b", str(passwords), user, f"{user}-secret"]
        passwords.touch()
        subprocess.run(command, check=True, capture_output=True)
    settings = (SETTINGS / "mosquitto.conf").read_text(encoding="utf-8").replace("listener 1883\n", "")
    return start_mosquitto(
        settings.replace("/run/secrets/broker_passwords", str(passwords))
        .replace("/mosquitto/config/acl", str(SETTINGS / "acl"))
        .replace("persistence_location /mosquitto/data/\n", "")
    )


class Visitor:
    """Somebody at the broker: says, listens, and is told whether it was allowed."""

    def __init__(self, client: Client) -> None:
        self.heard: queue.Queue[str] = queue.Queue()
        self._client = client
        self._answers: queue.Queue[int] = queue.Queue()
        client.on_message = lambda _client, _userdata, message: self.heard.put(message.topic)
        client.on_publish = lambda _client, _userdata, _mid, reason, _properties: self._answers.put(reason.value)
        client.on_subscribe = lambda _client, _userdata, _mid, reasons, _properties: self._answers.put(reasons[0].value)

    def may_say(self, topic: str) -> bool:
        """Publish; a broker that refuses says so in its acknowledgement."""
        self._client.publish(topic, "x", qos=1)
        return self._answers.get(timeout=5) != _NOT_AUTHORISED

    def listens_to(self, topic: str) -> None:
        self._client.subscribe(topic, qos=1)
        self._answers.get(timeout=5)


@contextmanager
def visiting(broker: Mosquitto, user: str, password: str = "") -> Iterator[Visitor]:
    """Connect as a user; raise ConnectionRefusedError if the broker does not let them in."""
    client = Client(CallbackAPIVersion.VERSION2, protocol=MQTTProtocolVersion.MQTTv5)
    client.username_pw_set(user, password or f"{user}-secret")
    visitor = Visitor(client)
    let_in: queue.Queue[bool] = queue.Queue()
    client.on_connect = lambda _client, _userdata, _flags, reason, _properties: let_in.put(not reason.is_failure)
    client.connect(broker.host, broker.port)
    client.loop_start()
    try:
        if not let_in.get(timeout=5):
            raise ConnectionRefusedError(user)
        yield visitor
    finally:
        client.disconnect()
        client.loop_stop()


def test_the_rules_name_every_topic_on_which_agents_speak() -> None:
    rules = (SETTINGS / "acl").read_text(encoding="utf-8").splitlines()
    spoken = {line.removeprefix("pattern write ").replace("%u", "+") for line in rules if "pattern write" in line}

    assert spoken == set(topics.FROM_AGENTS)


def test_a_stranger_is_not_let_in(broker: Mosquitto) -> None:
    with pytest.raises(ConnectionRefusedError), visiting(broker, "pole-1", "guessed"):
        pass


def test_an_agent_speaks_in_its_own_name_only(broker: Mosquitto) -> None:
    with visiting(broker, "pole-1") as agent:
        assert agent.may_say("radio/v1/loudspeakers/pole-1/receipt")
        assert not agent.may_say("radio/v1/loudspeakers/pole-2/receipt")
        assert not agent.may_say("radio/v1/loudspeakers/pole-1/assignment")
        assert not agent.may_say("radio/v1/zones/z1/rundown")
        assert not agent.may_say("radio/v1/marker")


def test_an_agent_hears_its_zone_and_itself_and_no_other_loudspeaker(broker: Mosquitto) -> None:
    with visiting(broker, "pole-1") as agent, visiting(broker, "conductor") as conductor:
        agent.listens_to("radio/v1/#")

        assert conductor.may_say("radio/v1/loudspeakers/pole-2/assignment")
        assert conductor.may_say("radio/v1/zones/z1/rundown")
        assert conductor.may_say("radio/v1/units/u1/silence")
        assert conductor.may_say("radio/v1/trust/1")
        assert conductor.may_say("radio/v1/loudspeakers/pole-1/assignment")

        heard = [agent.heard.get(timeout=5) for _ in range(4)]
        assert heard == [
            "radio/v1/zones/z1/rundown",
            "radio/v1/units/u1/silence",
            "radio/v1/trust/1",
            "radio/v1/loudspeakers/pole-1/assignment",
        ]


def test_the_conductor_hears_every_agent(broker: Mosquitto) -> None:
    with visiting(broker, "conductor") as conductor, visiting(broker, "pole-2") as agent:
        conductor.listens_to("radio/v1/loudspeakers/+/presence")

        agent.may_say("radio/v1/loudspeakers/pole-2/presence")

        assert conductor.heard.get(timeout=5) == "radio/v1/loudspeakers/pole-2/presence"
