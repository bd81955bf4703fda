"""Whom the agent's lines trust."""

import socket
import ssl
import time
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread

from server.certificates import make_authority
from station_agent.config import Broker
from station_agent.link import MqttLink, tls_context, web_context
from station_agent.ports import Event, LinkDown, LinkUp


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
