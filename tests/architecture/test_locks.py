"""Shows that the locks pin everything by hash, agree with each other, and keep the loudspeaker's half light."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
LOCKS = ["all", "agent", "demo", "server"]
_HEAVY = {"flask", "sqlalchemy", "alembic", "apscheduler", "pydub", "numpy", "requests", "imageio-ffmpeg"}


def locked(name: str) -> dict[str, str]:
    """Return each requirement of a lock with all that follows it: markers and hashes."""
    text = (ROOT / f"requirements/{name}.lock").read_text(encoding="utf-8").replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return {line.split(" ")[0]: line for line in lines}


def packages(name: str) -> set[str]:
    return {re.split(r"[=\[]", pin)[0] for pin in locked(name)}


@pytest.mark.parametrize("name", LOCKS)
def test_every_requirement_is_pinned_by_hash(name: str) -> None:
    for pin, line in locked(name).items():
        assert re.fullmatch(r"[a-z0-9.-]+(\[[a-z,]+\])?==[\w.]+", pin)
        assert re.search(r"--hash=sha256:[0-9a-f]{64}\b", line)


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_names_no_address(name: str) -> None:
    assert "://" not in (ROOT / f"requirements/{name}.lock").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["agent", "demo", "server"])
def test_every_lock_has_the_versions_that_were_tested(name: str) -> None:
    assert locked(name).items() <= locked("all").items()


def test_the_loudspeakers_half_stays_light() -> None:
    assert packages("agent") & _HEAVY == set()
    assert packages("agent") < packages("demo")


@pytest.mark.parametrize(
    ("name", "extras"), [("agent", ["agent"]), ("server", ["server"]), ("all", ["server", "agent", "test"])]
)
def test_a_lock_holds_what_the_project_asks_for(name: str, extras: list[str]) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    asked = [*project["dependencies"], *(line for extra in extras for line in project["optional-dependencies"][extra])]

    assert {canonicalize_name(Requirement(line).name) for line in asked} <= packages(name)


def test_every_package_is_named_with_its_licence() -> None:
    words = re.findall(r"[\w.-]+", (ROOT / "THIRD_PARTY.md").read_text(encoding="utf-8"))

    assert packages("all") - {canonicalize_name(word) for word in words} == set()
