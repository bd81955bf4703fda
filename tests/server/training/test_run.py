"""A training lives in a directory of its own; no conductor takes it up, no line is laid, nobody is connected to."""

import logging
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from schedules.wire.seal import envelope_of
from server import bootstrap, conductor
from server.errors import KeysInvalid
from server.passwords import Argon2Hashing
from server.services import silence
from server.training.run import Training
from server.values import Person
from tests.server.web.commune import GO_SIM, OFFICER, open_sessions, recording_of, settle


@pytest.fixture
def training(tmp_path: Path) -> Training:
    """A training in which the commune of the tests was made, so that it need not speak a week of programmes."""
    made = Training(tmp_path / "training", host="127.0.0.1", port=1)
    settle(made.centre.store, Argon2Hashing())
    open_sessions(made.centre.store, recording_of("a" * 64, length=9, seconds=60))
    return made


def test_it_settles_in_an_empty_directory_and_finds_it_again(tmp_path: Path) -> None:
    first = Training(tmp_path, host="127.0.0.1", port=8090)
    again = Training(tmp_path, host="0.0.0.0", port=8091)

    assert first.config.training
    assert again.config.web.host == "0.0.0.0"
    assert again.config.database == first.config.database


def test_it_keeps_out_of_what_is_no_training(tmp_path: Path) -> None:
    (tmp_path / "radio.db").touch()

    with pytest.raises(SystemExit, match="không phải của tập huấn"):
        Training(tmp_path, host="127.0.0.1", port=8090)
    assert [each.name for each in tmp_path.iterdir()] == ["radio.db"]


def test_no_conductor_takes_it_up_and_no_line_is_laid(
    training: Training, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    laid: list[object] = []
    monkeypatch.setattr(bootstrap, "MqttLink", lambda *given, **_: laid.append(given))

    with pytest.raises(KeysInvalid, match=r"keys\.training"):
        bootstrap.conductor_parts(training.config)
    with caplog.at_level(logging.CRITICAL):
        ended = conductor.main(training.config)

    assert ended == 2
    assert "keys.training" in caplog.text
    assert laid == []


def test_it_connects_to_nobody(training: Training, monkeypatch: pytest.MonkeyPatch) -> None:
    reached: list[object] = []
    monkeypatch.setattr(socket.socket, "connect", lambda _, address: reached.append(address))
    officer = person(training, OFFICER.login)

    training.step()
    silence.order(training.centre.store, training.centre.clock, officer, zone=GO_SIM)
    training.step()

    with training.centre.store.reading() as uow:
        assert uow.issue.issued(GO_SIM) is not None
        assert not envelope_of(uow.issue.envelope(GO_SIM)).seals
    assert reached == []
    assert not training.config.key_directory.exists()


def test_what_could_publish_is_not_even_loaded() -> None:
    code = "import server.training.run, sys; print(*sorted(sys.modules))"

    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()

    assert "server.training.pretended" in loaded
    assert {"server.link", "server.sealing", "server.services.publishing"}.isdisjoint(loaded)
    assert not [each for each in loaded if each.partition(".")[0] in {"paho", "iotcore"}]


def person(training: Training, login: str) -> Person:
    with training.centre.store.reading() as uow:
        found = uow.people.by_login(login)
    assert found
    return found
