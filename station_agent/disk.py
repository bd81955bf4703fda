"""Puts files on the disk so that they are there whenever the power goes; holds a directory for one process.

It must not know what they are for.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from station_agent.errors import AgentError


def replace_whole(file: Path, content: bytes) -> None:
    """Put a file in place of what had its name, for its owner's eyes only, on the disk before this returns."""
    fresh = file.with_name(f"{file.name}.new")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as opened:
        opened.write(content)
        opened.flush()
        os.fsync(opened.fileno())
    fresh.replace(file)
    sync(file.parent)


def sync(directory: Path) -> None:
    """Make the names in a directory durable, not only what they name."""
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def only_one(state: Path) -> Iterator[None]:
    """Hold the state directory: two agents on one journal would break its chain."""
    lock = os.open(state / "lock", os.O_RDONLY | os.O_CREAT, 0o600)  # to be read: the disk may have become read-only
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(lock)
        raise AgentError("agent.already_running", state=str(state)) from None
    try:
        yield
    finally:
        os.close(lock)
