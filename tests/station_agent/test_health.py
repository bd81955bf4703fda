"""How a device is doing, as it reads it of itself."""

import os
import platform
from collections.abc import Iterator
from pathlib import Path

import pytest

from station_agent import health
from station_agent.health import LONGEST_SYSTEM, read_health


@pytest.fixture(autouse=True)
def read_anew() -> Iterator[None]:
    health.running_on.cache_clear()
    yield
    health.running_on.cache_clear()


def test_it_names_what_it_runs_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(platform, "freedesktop_os_release", lambda: {"PRETTY_NAME": "Debian GNU/Linux 12 (bookworm)"})

    found = read_health(tmp_path)

    assert found.system == f"Debian GNU/Linux 12 (bookworm), {os.uname().sysname} {os.uname().release}"
    assert found.disk_free > 0


def test_where_the_system_has_no_name_its_kernel_has(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def nameless() -> dict[str, str]:
        raise OSError

    monkeypatch.setattr(platform, "freedesktop_os_release", nameless)

    assert read_health(tmp_path).system == f"{os.uname().sysname} {os.uname().release}"


def test_a_name_without_end_is_cut(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(platform, "freedesktop_os_release", lambda: {"PRETTY_NAME": "x" * 1000})

    assert len(read_health(tmp_path).system) == LONGEST_SYSTEM
