"""The centre's line to a real broker: who may come in, what is confirmed, and that it comes back."""

import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from queue import SimpleQueue

import pytest

from server.config import Broker
from server.link import Arrived, MqttLink
from tests.server.line import eventually, line_to
from tests.services.mosquitto import Mosquitto
from tests.services.programs import find_program

pytestmark = [pytest.mark.mosquitto, pytest.mark.realtime, pytest.mark.slow]


@dataclass
class Ends:
    """A link and what it said.

    Attributes:
        sessions: how many stood and how many ended.
    """

    link: MqttLink
    arrived: list[Arrived] = field(default_factory=list)
    sessions: list[str] = field(default_factory=list)

    def start(self) -> None:
        self.link.start(
            deliver=self.arrived.append,
            up=lambda: self.sessions.append("up"),
            down=lambda: self.sessions.append("down"),
        )


@pytest.fixture
def open_link() -> Iterator[Callable[[Broker], Ends]]:
    opened: list[MqttLink] = []

    def start(broker: Broker) -> Ends:
        ends = Ends(MqttLink(broker, client_id="conductor", topics=("to-us/#",)))
        opened.append(ends.link)
        ends.start()
        return ends

    yield start
    for link in opened:
        link.stop()


def test_what_the_broker_has_is_confirmed(open_link: Callable[[Broker], Ends], mosquitto: Mosquitto) -> None:
    ends = open_link(Broker(port=mosquitto.port))
    assert eventually(lambda: ends.link.stands)
    confirmed: list[int] = []

    for number in range(100):
        ends.link.publish(f"from-us/{number}", b"x", retain=True, confirmed=partial(confirmed.append, number))

    assert eventually(lambda: sorted(confirmed) == list(range(100)))


def test_what_has_an_end_is_dropped_by_the_broker(open_link: Callable[[Broker], Ends], mosquitto: Mosquitto) -> None:
    ends = open_link(Broker(port=mosquitto.port))
    assert eventually(lambda: ends.link.stands)
    confirmed: list[int] = []
    for number, expiry in enumerate((1, 600, None)):
        topic = f"radio/v1/{number}"
        ends.link.publish(topic, b"x", retain=True, confirmed=partial(confirmed.append, number), expiry=expiry)
    assert eventually(lambda: len(confirmed) == 3)

    time.sleep(2.0)

    with line_to(mosquitto.port) as later:
        assert later.hears("radio/v1/2")
        assert sorted(later.topics()) == ["radio/v1/1", "radio/v1/2"]


def test_nothing_is_confirmed_while_the_broker_stands_still(
    open_link: Callable[[Broker], Ends], mosquitto: Mosquitto
) -> None:
    ends = open_link(Broker(port=mosquitto.port))
    assert eventually(lambda: ends.link.stands)
    confirmed: list[bool] = []
    mosquitto.freeze()

    ends.link.publish("from-us/1", b"x", retain=True, confirmed=lambda: confirmed.append(True))

    assert not eventually(lambda: bool(confirmed), within_s=0.5)
    mosquitto.thaw()
    assert eventually(lambda: bool(confirmed))


def test_without_a_session_nothing_is_sent_and_nothing_confirmed(open_link: Callable[[Broker], Ends]) -> None:
    ends = open_link(Broker(port=1))

    ends.link.publish("from-us/1", b"x", retain=True, confirmed=lambda: pytest.fail("confirmed"))

    assert not ends.link.stands


def test_a_lost_session_is_followed_by_a_new_one_with_its_subscriptions(
    open_link: Callable[[Broker], Ends], mosquitto: Mosquitto
) -> None:
    ends = open_link(Broker(port=mosquitto.port))
    assert eventually(lambda: ends.link.stands)
    mosquitto.kill()
    mosquitto.start()
    assert eventually(lambda: ends.sessions == ["up", "down", "up"])

    with line_to(mosquitto.port) as other:
        other.say("to-us/1", b"hello")

    assert eventually(lambda: [each.payload for each in ends.arrived] == [b"hello"])
    ends.arrived[0].acknowledge()


@pytest.fixture
def certificates(tmp_path: Path) -> Path:
    """An authority, and certificates of 127.0.0.1 and of the conductor."""

    def openssl(*arguments: str) -> None:
        subprocess.run(
            [find_program("openssl", package="openssl"), *arguments], check=True, capture_output=True, cwd=tmp_path
        )

    new = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")
    openssl("req", "-x509", *new, "-days", "2", "-subj", "/CN=Authority", "-keyout", "ca.key", "-out", "ca.pem")
    (tmp_path / "names").write_text("subjectAltName=IP:127.0.0.1", encoding="ascii")
    for name in ("broker", "conductor"):
        openssl("req", *new, "-subj", f"/CN={name}", "-keyout", f"{name}.key", "-out", f"{name}.csr")
        authority = ("-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-extfile", "names")
        openssl("x509", "-req", "-in", f"{name}.csr", *authority, "-days", "2", "-out", f"{name}.pem")
    return tmp_path


def test_both_ends_know_each_other_by_certificate(
    open_link: Callable[[Broker], Ends], start_mosquitto: Callable[[str], Mosquitto], certificates: Path
) -> None:
    mosquitto = start_mosquitto(
        f"allow_anonymous true\nrequire_certificate true\ncafile {certificates}/ca.pem\n"
        f"certfile {certificates}/broker.pem\nkeyfile {certificates}/broker.key\n"
    )
    known = Broker(
        port=mosquitto.port,
        authority=certificates / "ca.pem",
        certificate=certificates / "conductor.pem",
        private_key=certificates / "conductor.key",
    )
    stranger = Broker(port=mosquitto.port, authority=certificates / "ca.pem")

    refused, ends = open_link(stranger), open_link(known)

    assert eventually(lambda: ends.link.stands)
    assert refused.sessions == []


def test_a_line_with_tls_bears_that_one_thread_answers_what_another_reads(
    start_mosquitto: Callable[[str], Mosquitto], certificates: Path
) -> None:
    """OpenSSL breaks a connection that two threads use at once."""
    mosquitto = start_mosquitto(
        f"allow_anonymous true\ncafile {certificates}/ca.pem\n"
        f"certfile {certificates}/broker.pem\nkeyfile {certificates}/broker.key\n"
    )
    broker = Broker(port=mosquitto.port, authority=certificates / "ca.pem")
    here, there = (MqttLink(broker, client_id=name, topics=(f"{name}/#",)) for name in ("here", "there"))
    inbox: SimpleQueue[Arrived] = SimpleQueue()
    ended: list[bool] = []
    for link in (here, there):
        link.start(deliver=inbox.put, up=lambda: None, down=lambda: ended.append(True))
    assert eventually(lambda: here.stands and there.stands)

    for _ in range(10):
        here.publish("there/1", b"x" * 20_000, retain=False)
        there.publish("here/1", b"x" * 20_000, retain=False)
    for _ in range(3000):  # each message that came is acknowledged, and another one sent the same way
        arrived = inbox.get(timeout=10)
        arrived.acknowledge()
        (there if arrived.topic == "here/1" else here).publish(arrived.topic, arrived.payload, retain=False)

    assert ended == []
    for link in (here, there):
        link.stop()
