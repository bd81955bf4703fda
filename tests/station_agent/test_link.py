"""The agent's lines: whom they trust, how they begin and are served, what is done when one breaks."""

import select
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread

import pytest

from server.certificates import make_authority
from station_agent import link as link_module
from station_agent.config import Broker
from station_agent.link import MqttLink, Session, tls_context, web_context
from station_agent.ports import Event, LinkDown, LinkUp, Received
from tests.services.mosquitto import Mosquitto


def test_the_broker_is_known_by_its_authority_alone_and_the_audio_by_the_systems_too(tmp_path: Path) -> None:
    make_authority(tmp_path, now=datetime(2026, 1, 1, tzinfo=UTC))
    broker = Broker(host="broker", port=8883, authority=tmp_path / "authority.pem")

    to_broker, to_audio = tls_context(broker), web_context(broker)

    assert to_broker is not None
    assert to_audio is not None
    (own,) = to_broker.get_ca_certs()
    system = ssl.create_default_context().get_ca_certs()
    assert own in to_audio.get_ca_certs()
    assert len(to_audio.get_ca_certs()) >= len(system) + 1
    assert (to_audio.verify_mode, to_audio.check_hostname) == (ssl.CERT_REQUIRED, True)


def test_without_an_authority_there_is_no_tls_to_the_broker() -> None:
    broker = Broker(host="127.0.0.1", port=1883)

    assert (tls_context(broker), web_context(broker)) == (None, None)


ACCEPTED = b"\x20\x03\x00\x00\x00"  # CONNACK
TAKEN_OVER = b"\xe0\x02\x8e\x00"  # DISCONNECT: session taken over
CONNECT, SUBSCRIBE = 0x10, 0x82


class Scripted:
    """A broker that lets everybody in, says one thing to each, and hangs up."""

    def __init__(self, *says: bytes) -> None:
        self.heard: list[bytes] = []
        self._says = list(says)
        self._door = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._door.getsockname()[1]
        Thread(target=self._serve, daemon=True).start()

    def of(self, packet: int) -> list[bytes]:
        """Return what came of one sort."""
        return [each for each in self.heard if each[0] == packet]

    def close(self) -> None:
        self._door.close()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                line, _ = self._door.accept()
                with line, suppress(OSError):
                    line.settimeout(0.3)
                    self.heard.append(line.recv(65_536))
                    line.sendall(ACCEPTED)
                    self.heard.append(line.recv(65_536))
                    line.sendall(self._says.pop(0) if self._says else b"")


@contextmanager
def linked(broker: Scripted) -> Iterator[list[Event]]:
    """Give what a link to a broker brings."""
    events: list[Event] = []
    link = MqttLink(Broker(host="127.0.0.1", port=broker.port), client_id="pole")
    link.follow(["radio/v1/trust/+", "radio/v1/zones/z/rundown"])
    link.start(will=lambda: ("will", b"gone"), deliver=events.append)
    try:
        yield events
    finally:
        link.stop()
        broker.close()


def until(holds: Callable[[], object], within: float = 5.0) -> None:
    deadline = time.monotonic() + within
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_each_session_begins_clean_with_its_will_and_asks_for_everything_again() -> None:
    broker = Scripted()

    with linked(broker):
        until(lambda: len(broker.of(CONNECT)) == 2 and len(broker.of(SUBSCRIBE)) == 2)

    for connect in broker.of(CONNECT)[:2]:
        assert connect[2:9] == b"\x00\x04MQTT\x05"
        assert connect[9] & 0x2E == 0x2E  # a retained will of QoS 1 (0x2c), clean start (0x02)
        assert int.from_bytes(connect[10:12], "big") == 120
        assert b"\x11\x00\x00\x00\x00" in connect  # session expiry 0
        assert b"will" in connect
    first, second = broker.of(SUBSCRIBE)[:2]
    assert b"radio/v1/zones/z/rundown" in first
    assert first[4:] == second[4:]  # all but the number of the packet


def test_a_line_that_breaks_is_tried_again_at_once_and_then_ever_less_often(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[tuple[float, float]] = []

    def draw(least: float, most: float) -> float:
        drawn.append((least, most))
        return 0.0

    monkeypatch.setattr("station_agent.link.random.uniform", draw)
    broker = Broker(host="127.0.0.1", port=9)

    link = MqttLink(broker, client_id="pole")
    link.start(will=lambda: ("will", b""), deliver=lambda _: None)
    until(lambda: len(drawn) > len(link_module.BACKOFF))
    link.stop()

    assert set(drawn) == {(0.5, 1.0)}
    assert list(link_module.BACKOFF) == sorted({*link_module.BACKOFF})


def test_a_session_that_was_taken_over_is_told_and_not_fought_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(link_module, "BACKOFF", (0.05,))
    taken, dropped = Scripted(TAKEN_OVER), Scripted()

    with linked(taken) as told, linked(dropped) as untold:
        until(lambda: LinkDown(taken_over=True) in told)
        until(lambda: len(dropped.of(CONNECT)) >= 3)

    assert len(taken.of(CONNECT)) == 1
    assert link_module.TAKEN_OVER >= 60
    assert LinkDown(taken_over=True) not in untold


@pytest.mark.parametrize(("steady", "sessions"), [(30.0, 2), (0.0, 3)])
def test_only_a_session_that_stood_for_a_while_is_followed_by_another_at_once(
    monkeypatch: pytest.MonkeyPatch, steady: float, sessions: int
) -> None:
    """Two devices with one key would else throw each other out twice a second, on SIM cards that are paid by volume."""
    monkeypatch.setattr(link_module, "BACKOFF", (0.0, 0.01, 60.0))
    monkeypatch.setattr(link_module, "STEADY", steady)
    broker = Scripted()

    with linked(broker):
        until(lambda: len(broker.of(CONNECT)) >= sessions)
        time.sleep(0.3)

    assert (len(broker.of(CONNECT)) == sessions) is (steady > 0)


def test_a_packet_beyond_the_largest_ends_the_session_and_is_not_taken_in() -> None:
    accepted, largest = b"\x20\x03\x00\x00\x00", b"\x30\xff\xff\xff\x7f"  # CONNACK; PUBLISH of 256 MB
    events: list[Event] = []
    sent: list[int] = []

    def lie(broker: socket.socket) -> None:
        line, _ = broker.accept()
        with line, suppress(OSError):
            line.recv(65_536)
            line.sendall(accepted + largest)
            sent.extend(line.send(bytes(65_536)) for _ in range(2_000))

    with socket.create_server(("127.0.0.1", 0)) as broker:
        Thread(target=lie, args=(broker,), daemon=True).start()
        link = MqttLink(Broker(host="127.0.0.1", port=broker.getsockname()[1]), client_id="pole")
        link.start(will=lambda: ("will", b""), deliver=events.append)
        until = time.monotonic() + 10
        while LinkDown() not in events and time.monotonic() < until:
            time.sleep(0.01)
        link.stop()

    assert [type(each) for each in events[:2]] == [LinkUp, LinkDown]
    assert sum(sent) < 50_000_000


@pytest.mark.mosquitto
def test_a_link_is_served_step_by_step_without_a_thread_of_its_own(mosquitto: Mosquitto) -> None:
    broker = Broker(host=mosquitto.host, port=mosquitto.port)
    heard: dict[str, list[Event]] = {"one": [], "other": []}
    links = {name: MqttLink(broker, client_id=name) for name in heard}
    before = threading.active_count()
    for link in links.values():
        link.follow(["news"])
    sessions = [links[name].open(will=lambda: ("will", b""), deliver=heard[name].append) for name in heard]

    served(sessions, lambda: all(LinkUp() in events for events in heard.values()))
    assert links["one"].publish("news", b"flood", retain=False)
    served(sessions, lambda: all(Received("news", b"flood") in events for events in heard.values()))
    mosquitto.kill()

    served(sessions, lambda: all(LinkDown() in events for events in heard.values()))
    assert [session.step() for session in sessions] == [False, False]
    assert [session.fileno() for session in sessions] == [-1, -1]
    assert not links["one"].publish("news", b"lost", retain=False)
    assert threading.active_count() == before


def served(sessions: list[Session], holds: Callable[[], bool]) -> None:
    """Serve sessions by one selector's answers until something holds."""
    until = time.monotonic() + 10
    while not holds():
        assert time.monotonic() < until
        open_ones = [each for each in sessions if each.fileno() >= 0]
        readable, _, _ = select.select(open_ones, [], [], 0.02)
        for session in (*readable, *open_ones):
            session.step()
