"""Reads how the device is doing: disk, temperature, memory, uptime. It must not judge."""

import os
from pathlib import Path

from station_agent.ports import Health

THERMAL = Path("/sys/class/thermal/thermal_zone0/temp")
STATUS = Path("/proc/self/status")
UPTIME = Path("/proc/uptime")


def read_health(directory: Path) -> Health:
    """Read the device's health; `directory` is on the disk that matters."""
    disk = os.statvfs(directory)
    return Health(
        disk_free=disk.f_bavail * disk.f_frsize,
        temperature=_temperature(),
        memory=_memory(),
        uptime=_uptime(),
    )


def _temperature() -> float | None:
    try:
        return int(THERMAL.read_text()) / 1000
    except (OSError, ValueError):
        return None


def _memory() -> int | None:
    try:
        lines = STATUS.read_text().splitlines()
    except OSError:
        return None
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("VmRSS:")), None)


def _uptime() -> int | None:
    try:
        return int(float(UPTIME.read_text().split()[0]))
    except (OSError, ValueError):
        return None
