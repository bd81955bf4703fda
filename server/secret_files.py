"""Secrets in files that only their owner may read. It must not know what they are for, or show one."""

import os
from pathlib import Path

from server.errors import KeysInvalid


def write_new(file: Path, text: str) -> None:
    """Write a file that must not exist yet, closed to others from its first byte, and make it durable.

    Raises:
        FileExistsError: it is there; nothing was changed.
    """
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as opened:
        opened.write(text)
        opened.flush()
        os.fsync(opened.fileno())
    _sync(file.parent)


def replace_whole(file: Path, text: str) -> None:
    """Put a closed file in place of what had its name; whenever the power goes, it is the old one or the new one."""
    fresh = file.with_name(f"{file.name}.new")
    fresh.unlink(missing_ok=True)
    write_new(fresh, text)
    fresh.replace(file)
    _sync(file.parent)


def _sync(directory: Path) -> None:
    """Make a name durable, not only what it names: after a power cut, a key that a list names must be there."""
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def read(file: Path) -> str:
    """Give what a file holds.

    Raises:
        KeysInvalid: `keys.missing` or `keys.readable_by_others`.
    """
    if not file.exists():
        raise KeysInvalid("keys.missing", file=str(file))
    if file.stat().st_mode & 0o077:
        raise KeysInvalid("keys.readable_by_others", file=str(file))
    return file.read_text(encoding="ascii")
