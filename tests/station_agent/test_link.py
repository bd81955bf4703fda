"""Whom the agent's lines trust."""

import ssl
from datetime import UTC, datetime
from pathlib import Path

from server.certificates import make_authority
from station_agent.config import Broker
from station_agent.link import tls_context, web_context


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
