"""Reads how the device is doing: disk and temperature. It must not judge."""

import os
from pathlib import Path

from station_agent.ports import Health

THERMAL = Path("/sys/class/thermal/thermal_zone0/temp")


def read_health(directory: Path) -> Health:
    """Read the device's health; `directory` is on the disk that matters."""
    disk = os.statvfs(directory)
    return Health(
        disk_free=disk.f_bavail * disk.f_frsize,
        temperature=_temperature(),
    )


def _temperature() -> float | None:
    try:
        return int(THERMAL.read_text()) / 1000
    except (OSError, ValueError):
        return None
