"""Shows what can be shown of docker/ without a Docker engine: the files are sound and fit the project."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from server.config import load_config
from station_agent.config import read_config

ROOT = Path(__file__).parents[2]
DOCKER = ROOT / "docker"
DOCKERFILES = sorted(DOCKER.glob("*.Dockerfile"))
COMPOSE: dict[str, Any] = yaml.safe_load((DOCKER / "compose.yaml").read_text(encoding="utf-8"))
_VERSIONED = re.compile(r"[\w./-]+:\d+\.\d+\.\d+[\w.-]*")

each_dockerfile = pytest.mark.parametrize("dockerfile", DOCKERFILES, ids=lambda path: path.stem)
each_service = pytest.mark.parametrize("service", COMPOSE["services"].values(), ids=COMPOSE["services"])


@each_dockerfile
def test_hadolint_finds_nothing(dockerfile: Path) -> None:
    hadolint = Path(sys.executable).with_name("hadolint")

    findings = subprocess.run([hadolint, dockerfile], capture_output=True, text=True, check=False)

    assert findings.stdout + findings.stderr == ""
    assert findings.returncode == 0


@each_dockerfile
def test_an_image_starts_from_a_version_and_does_not_run_as_root(dockerfile: Path) -> None:
    text = dockerfile.read_text(encoding="utf-8")

    assert all(_VERSIONED.fullmatch(image) for image in re.findall(r"^FROM (\S+)", text, re.MULTILINE))
    assert int(re.findall(r"^USER (\d+)$", text, re.MULTILINE)[-1]) > 0


@each_dockerfile
def test_what_an_image_copies_is_there(dockerfile: Path) -> None:
    text = dockerfile.read_text(encoding="utf-8")
    sources = [name for line in re.findall(r"^COPY (?!--from)(.+) \S+$", text, re.MULTILINE) for name in line.split()]

    assert sources
    assert [name for name in sources if not (ROOT / name).exists()] == []


def test_the_loudspeakers_image_holds_nothing_of_the_centre() -> None:
    text = (DOCKER / "agent.Dockerfile").read_text(encoding="utf-8")

    assert not re.search(r"^COPY (server|media)/", text, re.MULTILINE)
    assert "requirements/agent.lock" in text


@each_service
def test_a_service_has_a_versioned_image_a_health_check_or_a_health_to_wait_for(service: dict[str, Any]) -> None:
    assert _VERSIONED.fullmatch(service["image"])
    assert "healthcheck" in service or service["depends_on"]["broker"] == {"condition": "service_healthy"}


def test_the_health_check_of_the_pages_asks_for_a_page_that_exists() -> None:
    asked = re.findall(r"http://127\.0\.0\.1:8080(/\w+)", COMPOSE["services"]["web"]["healthcheck"]["test"][-1])

    assert asked
    assert f'get("{asked[0]}")' in (ROOT / "server/web/health.py").read_text(encoding="utf-8")


@each_service
def test_a_service_names_only_volumes_and_files_that_are_declared(service: dict[str, Any]) -> None:
    for volume in service["volumes"]:
        source = volume.split(":")[0]
        assert source in COMPOSE["volumes"] or (DOCKER / source).exists()
    if "build" in service:
        assert (DOCKER / service["build"]["context"] / service["build"]["dockerfile"]).is_file()


def test_a_loudspeakers_settings_and_what_enrolment_tells_it_are_understood(tmp_path: Path) -> None:
    tree = tomllib.loads((DOCKER / "agents/agent.toml").read_text(encoding="utf-8"))
    told = {
        "loudspeaker": "lang-moi",
        "audio_url": "http://web:8080/audio/",
        "state_directory": "/var/lib/station-agent",
        "trust_roots": ["0" * 64],
        "broker": {"host": "broker", "port": 8883},
    }

    config = read_config({**told, **tree}, base=tmp_path)

    assert config.sound == "null"


@pytest.mark.parametrize("name", ["web", "conductor"])
def test_the_centre_is_started_by_commands_and_settings_it_knows(name: str) -> None:
    command = COMPOSE["services"][name]["command"]
    settings = DOCKER / "centre" / Path(command[-1]).name

    tree = tomllib.loads(settings.read_text(encoding="utf-8"))
    help_text = subprocess.run(
        [sys.executable, "-m", "server.cli", *command[1:-2], "--help"], capture_output=True, text=True, check=True
    )

    assert "--config" in help_text.stdout
    config = load_config(settings=tree)
    assert config.state_directory == Path("/var/lib/commune-radio")
    assert config.broker.keeps_accounts == (name == "conductor")


def test_only_the_conductor_sees_its_keys() -> None:
    keys = [
        name for name, service in COMPOSE["services"].items() if any("keys:" in each for each in service["volumes"])
    ]

    assert keys == ["conductor"]


def test_no_password_lies_anywhere() -> None:
    texts = [
        file.read_text(encoding="utf-8") for file in DOCKER.rglob("*") if file.suffix in {".yaml", ".toml", ".conf"}
    ]

    assert [text for text in texts if "password" in text] == []


def test_the_ports_of_the_broker_are_those_the_settings_speak_of() -> None:
    conductor = load_config(settings=tomllib.loads((DOCKER / "centre/conductor.toml").read_text(encoding="utf-8")))
    listeners = re.findall(
        r"^listener (\d+)$", (DOCKER / "mosquitto/mosquitto.conf").read_text(encoding="utf-8"), re.MULTILINE
    )
    published = [each.split(":")[0] for each in COMPOSE["services"]["broker"]["ports"]]

    assert listeners == [str(conductor.agents.broker_port), str(conductor.broker.port)]
    assert published == [str(conductor.agents.broker_port)]
