"""Shows that the loudspeaker's half installs and starts with nothing of the centre beside it."""

import shutil
import subprocess
import venv
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.slow
@pytest.mark.timeout(180)
def test_the_agent_installs_from_its_own_lock_and_starts_without_the_centre(tmp_path: Path) -> None:
    """The steps of docker/agent.Dockerfile and of an installation on a pole."""
    source, home = tmp_path / "source", tmp_path / "venv"
    source.mkdir()
    for name in ("pyproject.toml", "README.md", "LICENSE", "THIRD_PARTY.md"):
        shutil.copy(ROOT / name, source)
    for package in ("schedules", "station_agent"):
        shutil.copytree(ROOT / package, source / package)
    venv.create(home, with_pip=True)
    install = [str(home / "bin/pip"), "install", "--quiet", "--disable-pip-version-check"]

    subprocess.run([*install, "--require-hashes", "--requirement", str(ROOT / "requirements/agent.lock")], check=True)
    subprocess.run([*install, "--no-index", "--no-deps", "--no-build-isolation", str(source)], check=True)
    shown = subprocess.run(
        [home / "bin/station-agent", "--help"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    everything = (
        "import pkgutil, importlib, station_agent as s; [importlib.import_module(m.name) for m in "
        "pkgutil.walk_packages(s.__path__, 'station_agent.')]"
    )
    subprocess.run([home / "bin/python", "-c", everything], cwd=tmp_path, check=True)

    assert shown.returncode == 0, shown.stderr
    assert "station-agent" in shown.stdout
