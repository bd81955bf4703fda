"""Reads how the device is doing: disk and temperature; and what it runs on. It must not judge."""

import os
import platform
from functools import cache
from pathlib import Path

from station_agent.ports import Health

THERMAL = Path("/sys/class/thermal/thermal_zone0/temp")
LONGEST_SYSTEM = 120


def read_health(directory: Path) -> Health:
    """Read the device's health; `directory` is on the disk that matters."""
    disk = os.statvfs(directory)
    return Health(
        disk_free=disk.f_bavail * disk.f_frsize,
        temperature=_temperature(),
        system=running_on(),
    )


@cache
def running_on() -> str:
    """Name what the device runs on; it stays the same as long as it runs."""
    try:
        name = platform.freedesktop_os_release().get("PRETTY_NAME", "")
    except OSError:
        name = ""
    return ", ".join(each for each in (name, f"{os.uname().sysname} {os.uname().release}") if each)[:LONGEST_SYSTEM]


def _temperature() -> float | None:
    try:
        return int(THERMAL.read_text()) / 1000
    except (OSError, ValueError):
        return None
