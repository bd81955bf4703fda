"""What a broker in production is started with."""

import json
import logging
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from schedules.ids import DeviceId
from server import broker_files
from server.broker_rights import Rights
from server.certificates import expiry, new_key
from server.cli import main
from server.clock import WallClock
from server.config import Broker, Config
from server.device_records import Device
from server.errors import KeysInvalid
from server.store import open_store
from tests.contracts import samples
from tests.contracts.samples import POLE
from tests.fakes.clock import FakeClock
from tests.server.handshake import Shown, shake_hands

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return Config(state_directory=tmp_path, broker=Broker(keeps_accounts=True))


def test_the_conductor_and_the_broker_know_each_other_and_no_loudspeaker_opens_the_conductors_door(
    config: Config,
) -> None:
    authority = broker_files.make(config, ["broker"], now=WallClock().now())
    given, line = config.broker_directory, broker_files.conductors_line(config)
    assert line.certificate is not None
    assert line.private_key is not None
    assert line.authority is not None
    broker = Shown(given / "broker.pem", given / "broker.key")
    conductor = Shown(line.certificate, line.private_key)

    assert line.authority.read_text(encoding="ascii") == authority.certificate
    name = shake_hands(
        server=broker, client=conductor, authority=given / "loudspeakers.pem", clients=given / "centre.pem"
    )
    assert name == "conductor"
    key = new_key()
    device = authority.issue("conductor", key.public, now=WallClock().now(), valid=timedelta(days=1))
    posing = Shown.kept(given, "posing", device, key.private)
    with pytest.raises(ssl.SSLError, match=r"(?i)verify failed"):
        shake_hands(server=broker, client=posing, authority=given / "loudspeakers.pem", clients=given / "centre.pem")


def test_making_the_files_again_renews_the_certificates_and_keeps_the_authorities(config: Config) -> None:
    broker_files.make(config, ["broker"], now=NOW)
    given = config.broker_directory
    before = {file.name: file.read_text(encoding="ascii") for file in given.iterdir()}

    broker_files.make(config, ["broker"], now=NOW + timedelta(days=400))

    after = {file.name: file.read_text(encoding="ascii") for file in given.iterdir()}
    assert {name for name in before if before[name] == after[name]} == {"loudspeakers.pem", "centre.pem"}
    assert expiry(after["broker.pem"]) == NOW + timedelta(days=400) + broker_files.LIVES


def test_everything_is_closed_to_others(config: Config) -> None:
    authority = broker_files.make(config, ["broker"], now=NOW)
    broker_files.BrokerFiles(config.broker_directory, authority, FakeClock(NOW)).write(Rights(), ())

    for directory in (config.broker_directory, config.key_directory):
        assert directory.stat().st_mode & 0o777 == 0o700
        assert {file.stat().st_mode & 0o777 for file in directory.rglob("*") if file.is_file()} == {0o600}


def test_a_conductor_whose_files_were_not_made_says_so(config: Config) -> None:
    with pytest.raises(KeysInvalid, match=r"keys\.missing"):
        broker_files.conductors_line(config)


@pytest.mark.parametrize(("days_left", "warned"), [(91, 0), (90, 2), (1, 2)])
def test_certificates_that_run_out_are_told_in_time(
    config: Config, caplog: pytest.LogCaptureFixture, days_left: int, warned: int
) -> None:
    broker_files.make(config, ["broker"], now=NOW)
    clock = FakeClock(NOW + broker_files.LIVES - timedelta(days=days_left))

    with caplog.at_level(logging.WARNING):
        broker_files.warn_in_time(config, clock)

    assert len([record for record in caplog.records if "certificate_runs_out" in record.message]) == warned


def test_the_command_makes_everything_from_the_database(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    settings = tmp_path / "conductor.toml"
    settings.write_text('state_directory = "state"\n[broker]\nkeeps_accounts = true\n', encoding="utf-8")
    (tmp_path / "state").mkdir()
    store = open_store(f"sqlite:///{tmp_path}/state/radio.db")
    samples.founded(store)
    with store.writing() as uow:
        uow.devices.put(
            Device(id=DeviceId("00000000000000a1"), loudspeaker=POLE, public_key="11" * 32, enrolled_at=NOW)
        )
        uow.commit()
    store.close()

    assert main(["broker-files", "broker", "203.0.113.5", "--config", str(settings)]) == 0

    given = tmp_path / "state/broker"
    assert "accounts=1 revoked=0" in capsys.readouterr().out
    assert {file.name for file in given.iterdir()} == {
        "broker.key",
        "broker.pem",
        "centre.pem",
        "dynamic-security.json",
        "loudspeakers.pem",
        "revoked.pem",
    }
    assert json.loads((given / "dynamic-security.json").read_text(encoding="utf-8"))["groups"] == []


def test_the_command_refuses_a_name_that_is_none(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    settings = tmp_path / "conductor.toml"
    settings.write_text('state_directory = "state"\n', encoding="utf-8")

    assert main(["broker-files", "bro ker", "--config", str(settings)]) == 1

    assert "bro ker" in capsys.readouterr().err
