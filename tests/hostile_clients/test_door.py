"""Who is let in at the broker in production form, and by which name."""

import socket
import ssl
from contextlib import suppress
from datetime import timedelta

import pytest

from schedules.wire import topics
from server.certificates import make_authority
from tests.contracts.samples import OTHER_POLE, POLE, ZONE
from tests.hostile_clients.province import A_DAY, Province
from tests.hostile_clients.visitor import visiting

pytestmark = pytest.mark.mosquitto

CONNECT = b"\x10\x13\x00\x04MQTT\x05\x02\x00\x1e\x00\x00\x06pole-1"
CONNACK = b"\x20"


def test_a_device_comes_in_under_the_name_in_its_certificate(standing: Province) -> None:
    with visiting(standing.broker.port, authority=standing.trusted, shown=standing.shown(standing.device)) as visitor:
        assert visitor.name == standing.device


def test_nobody_comes_in_without_a_certificate(standing: Province) -> None:
    with (
        pytest.raises(ConnectionRefusedError),
        visiting(standing.broker.port, authority=standing.trusted, shown=None),
    ):
        pass


def test_nobody_comes_in_by_a_certificate_of_another_authority(standing: Province) -> None:
    stranger = make_authority(standing.directory / "stranger", now=standing.clock.now())
    own = standing.shown(standing.device)
    texts = [file.read_text(encoding="ascii") for file in own]
    standing.certified(standing.device, by=stranger)

    with pytest.raises(ConnectionRefusedError), standing.visited_by(standing.device):
        pass

    for file, text in zip(own, texts, strict=True):
        file.write_text(text, encoding="ascii")


def test_nobody_comes_in_by_a_certificate_that_has_ended(standing: Province) -> None:
    standing.certified("ended", since=-2 * A_DAY, valid=timedelta(days=1))

    with pytest.raises(ConnectionRefusedError), standing.visited_by("ended"):
        pass


def test_nobody_comes_in_without_tls(standing: Province) -> None:
    with socket.create_connection(("127.0.0.1", standing.broker.port), timeout=5) as line:
        line.sendall(CONNECT)

        with suppress(ConnectionResetError):
            assert line.recv(100)[:1] != CONNACK


def test_tls_1_1_is_not_spoken(standing: Province) -> None:
    context = ssl.create_default_context(cafile=str(standing.trusted))
    context.load_cert_chain(*standing.shown(standing.device))
    context.set_ciphers("ALL:@SECLEVEL=0")
    with pytest.warns(DeprecationWarning, match="TLSv1_1"):
        context.minimum_version = ssl.TLSVersion.TLSv1_1
    with pytest.warns(DeprecationWarning, match="TLSv1_1"):
        context.maximum_version = ssl.TLSVersion.TLSv1_1
    line = socket.create_connection(("127.0.0.1", standing.broker.port), timeout=5)

    with line, pytest.raises(ssl.SSLError, match=r"(?i)protocol"):
        context.wrap_socket(line, server_hostname="127.0.0.1")


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_tls_1_2_and_1_3_are_spoken(standing: Province, version: ssl.TLSVersion) -> None:
    context = ssl.create_default_context(cafile=str(standing.trusted))
    context.load_cert_chain(*standing.shown(standing.device))
    context.minimum_version = context.maximum_version = version
    line = socket.create_connection(("127.0.0.1", standing.broker.port), timeout=5)

    with context.wrap_socket(line, server_hostname="127.0.0.1") as secured:
        secured.sendall(CONNECT)

        assert secured.recv(100)[:1] == CONNACK


def test_a_device_does_not_come_in_at_the_conductors_door(standing: Province) -> None:
    """There it could choose its client id, and end any session."""
    with (
        pytest.raises(ConnectionRefusedError),
        visiting(standing.broker.conductors_port, authority=standing.trusted, shown=standing.shown(standing.device)),
    ):
        pass


def test_the_conductors_certificate_opens_no_door_in_the_field(standing: Province) -> None:
    keys = standing.config.key_directory
    own = (keys / "conductor.pem", keys / "conductor.key")

    with (
        pytest.raises(ConnectionRefusedError),
        visiting(standing.broker.port, authority=standing.trusted, shown=own),
    ):
        pass


@pytest.mark.parametrize("stolen", ["the other's", "commune-radio-conductor", "conductor"])
def test_a_stolen_client_id_is_not_had(standing: Province, stolen: str) -> None:
    """Who claims it gets its own, and whose it is stays where it was."""
    claimed = standing.other if stolen == "the other's" else stolen
    with (
        standing.visited_by(standing.other) as victim,
        standing.conducted("commune-radio-conductor") as conductor,
        standing.visited_by(standing.device, client_id=claimed) as thief,
    ):
        assert not victim.is_thrown_out(within_s=0.3)
        assert conductor.ended.empty()
        assert not thief.may_say(topics.of_loudspeaker(OTHER_POLE, "presence"))


def test_an_account_has_one_connection(standing: Province) -> None:
    with standing.visited_by(standing.device, client_id="one") as first, standing.visited_by(standing.device):
        assert first.is_thrown_out()


def test_a_certificate_without_an_account_can_do_nothing(standing: Province) -> None:
    standing.certified("0123456789abcdef")

    with standing.visited_by("0123456789abcdef") as nobody:
        assert not nobody.may_say(topics.of_loudspeaker(POLE, "presence"))
        assert not nobody.may_listen(topics.rundown(ZONE))
        assert not nobody.may_listen("radio/v1/trust/+")
