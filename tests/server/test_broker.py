"""The embedded broker: enough of MQTT 5 for one machine, and closed to all others."""

import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from schedules.wire import topics
from schedules.wire.codec import PAYLOAD_LIMIT
from server import broker
from server.config import ConfigInvalid, load_config
from tests.contracts.samples import POLE, ZONE
from tests.server.centre import Centre
from tests.server.line import eventually, line_to

pytestmark = [pytest.mark.realtime, pytest.mark.slow]


def answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture
def start_broker(tmp_path: Path) -> Iterator[Callable[[int], "subprocess.Popen[str]"]]:
    started: list[subprocess.Popen[str]] = []

    def start(port: int) -> "subprocess.Popen[str]":
        settings = tmp_path / "broker.toml"
        settings.write_text(f"[broker]\nport = {port}\n", encoding="utf-8")
        command = [sys.executable, "-m", "server.cli", "broker", "--config", str(settings)]
        started.append(subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True))
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.communicate()


@pytest.fixture
def running(start_broker: Callable[[int], "subprocess.Popen[str]"], free_port: int) -> "subprocess.Popen[str]":
    process = start_broker(free_port)
    assert eventually(lambda: answers(free_port))
    return process


def test_a_centre_settles_on_it(running: "subprocess.Popen[str]", free_port: int, tmp_path: Path) -> None:
    centre = Centre(tmp_path, free_port)
    with centre.conducted(), line_to(free_port) as line:
        assert centre.settles()
        assert line.hears(topics.MARKER)
        line.say(topics.of_loudspeaker(POLE, "as-run"), centre.report(3))
        assert line.hears(topics.of_loudspeaker(POLE, "acknowledged"))

    with line_to(free_port, name="later") as later:
        assert later.hears(topics.rundown(ZONE))


def test_the_largest_payload_passes(running: "subprocess.Popen[str]", free_port: int) -> None:
    topic, largest = topics.rundown(ZONE), bytes(PAYLOAD_LIMIT + 4096)
    with line_to(free_port) as line, line_to(free_port, name="speaker") as speaker:
        speaker.say(topic, largest, retain=True)

        assert line.hears(topic)
        assert line.of(topic) == [largest]


def test_it_listens_on_this_machine_only(running: "subprocess.Popen[str]", free_port: int) -> None:
    listening = Path("/proc/net/tcp").read_text(encoding="ascii").splitlines()[1:]
    addresses = [line.split()[1] for line in listening if line.split()[3] == "0A"]

    assert f"0100007F:{free_port:04X}" in addresses
    assert f"00000000:{free_port:04X}" not in addresses


def test_it_says_that_it_is_not_for_production_and_ends_when_told(running: "subprocess.Popen[str]") -> None:
    running.send_signal(signal.SIGTERM)
    said, _ = running.communicate(timeout=5)

    assert running.returncode == 0
    assert "not for production" in said
    assert "rumqttd" not in said


def test_a_taken_port_ends_it(
    running: "subprocess.Popen[str]", start_broker: Callable[[int], "subprocess.Popen[str]"], free_port: int
) -> None:
    second = start_broker(free_port)
    said, _ = second.communicate(timeout=20)

    assert second.returncode != 0
    assert "in use" in said


def test_it_refuses_to_listen_to_the_world() -> None:
    with pytest.raises(ConfigInvalid, match="127"):
        broker.main(load_config(None, {"broker.host": "0.0.0.0"}))


def test_it_refuses_to_stand_in_for_a_broker_with_accounts() -> None:
    with pytest.raises(ConfigInvalid, match="keeps_accounts"):
        broker.main(load_config(None, {"broker.keeps_accounts": True}))
