"""Shows that every import contract catches a violation; `make contracts` shows that the code keeps them all."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]["contracts"]

# One import each contract must refuse, and the module that would commit it.
_VIOLATIONS = {
    "packages": ("station_agent.errors", "server.errors"),
    "pure": ("schedules.planning", "random"),
    "light-core": ("schedules.playhead", "dateutil"),
    "light-agent": ("station_agent.ports", "media.errors"),
    "door-flask": ("server.ports", "flask"),
    "door-sqlalchemy": ("server.ports", "sqlalchemy"),
    "door-apscheduler": ("server.ports", "apscheduler"),
    "door-paho": ("server.ports", "paho"),
    "door-iotcore": ("server.ports", "iotcore"),
    "door-pydub": ("media.facts", "pydub"),
    "door-miniaudio": ("station_agent.ports", "miniaudio"),
    "web-without-keys": ("server.app", "server.sealing"),
    "training-without-a-line": ("server.training.run", "server.link"),
    "door-nacl": ("server.ports", "nacl"),
    "door-cryptography": ("server.sealing", "cryptography"),
    "door-dateutil": ("schedules.slot", "dateutil"),
    "door-lunar": ("schedules.slot", "lunar_vn"),
    "door-holidays": ("schedules.slot", "holidays"),
    "door-segno": ("server.ports", "segno"),
    "door-pyotp": ("server.ports", "pyotp"),
    "door-xlsxwriter": ("server.ports", "xlsxwriter"),
    "door-apiflask": ("server.ports", "pydantic"),
    "door-media": ("server.ports", "media.prepare"),
    "server-layers": ("server.errors", "server.ports"),
    "agent-layers": ("station_agent.errors", "station_agent.ports"),
    "media-layers": ("media.errors", "media.facts"),
    "schedules-layers": ("schedules.errors", "schedules.planning"),
    "acyclic": ("schedules.ids", "schedules.rundown"),
}


@pytest.fixture(scope="module")
def verdicts(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Commit every violation in a copy of the tree; return KEPT or BROKEN under each contract's name."""
    copy = tmp_path_factory.mktemp("violated")
    shutil.copy(ROOT / "pyproject.toml", copy)
    for package in ("media", "schedules", "server", "station_agent"):
        shutil.copytree(ROOT / package, copy / package)
    for module, imported in _VIOLATIONS.values():
        with (copy / f"{module.replace('.', '/')}.py").open("a", encoding="utf-8") as source:
            source.write(f"\nimport {imported}\n")
    linter = Path(sys.executable).with_name("lint-imports")
    run = subprocess.run(
        [linter, "--no-logo", "--no-cache"],
        cwd=copy,
        env={**os.environ, "PYTHONPATH": str(copy), "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 1, run.stdout + run.stderr
    return dict(re.findall(r"^(.+) (KEPT|BROKEN)$", run.stdout, re.MULTILINE))


def test_every_contract_has_its_violation() -> None:
    assert {contract["id"] for contract in CONTRACTS} == set(_VIOLATIONS)


@pytest.mark.slow
@pytest.mark.parametrize("contract", CONTRACTS, ids=lambda contract: contract["id"])
def test_a_violation_is_caught(contract: dict[str, str], verdicts: dict[str, str]) -> None:
    assert verdicts[contract["name"]] == "BROKEN"
