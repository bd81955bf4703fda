"""The settings file: read whole, all faults at once, no secret shown."""

from datetime import timedelta
from pathlib import Path

import pytest

from station_agent.config import load_config, read_config
from station_agent.errors import ConfigInvalid

GOOD: dict[str, object] = {
    "loudspeaker": "lang-moi-1",
    "audio_url": "https://radio.example/audio",
    "state_directory": "state",
    "trust_roots": ["ab" * 32],
    "broker": {"host": "radio.example"},
}


def test_a_short_file_is_enough(tmp_path: Path) -> None:
    config = read_config(GOOD, base=tmp_path)

    assert config.state_directory == tmp_path / "state"
    assert (config.broker.port, config.sound, config.heartbeat) == (8883, "default", 3600)
    assert config.clock_offset == timedelta(0)


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    tree = GOOD | {
        "loudspeaker": 5,
        "trust_roots": ["short"],
        "sound": "loud",
        "hartbeat": 5,
        "audio_url": "ftp://x",
        "broker": {"port": 0, "authority": "gone.pem"},
    }

    with pytest.raises(ConfigInvalid) as caught:
        read_config(tree, base=tmp_path)

    assert {fault.split(":")[0] for fault in caught.value.faults} == {
        "loudspeaker",
        "trust_roots",
        "sound",
        "hartbeat",
        "audio_url",
        "broker.host",
        "broker.port",
        "broker.authority",
    }
    assert any("did you mean heartbeat?" in fault for fault in caught.value.faults)


@pytest.mark.parametrize("content", ["not toml at all [", "\xff\xfe"])
def test_a_file_that_is_no_toml_is_a_fault_not_a_crash(tmp_path: Path, content: str) -> None:
    path = tmp_path / "agent.toml"
    path.write_text(content, encoding="latin-1")

    with pytest.raises(ConfigInvalid):
        load_config(path)


def test_a_file_that_is_not_there_is_a_fault(tmp_path: Path) -> None:
    with pytest.raises(ConfigInvalid, match=r"config\.invalid"):
        load_config(tmp_path / "agent.toml")
