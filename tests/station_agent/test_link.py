"""Whom the agent's lines trust, and how they are served."""

import select
import socket
import ssl
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread

import pytest

from server.certificates import make_authority
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
