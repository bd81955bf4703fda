"""Files that are put in place whole or not at all, and proven by their SHA-256. It must not know what they hold."""

import hashlib
import os
from contextlib import suppress
from pathlib import Path

_CHUNK = 1 << 20


def sum_of(file: Path) -> str:
    """Give the SHA-256 of a file."""
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def put(source: Path, target: Path, *, sha256: str, link: bool = False) -> bool:
    """Put a file elsewhere if its bytes are those of a sum; tell whether they are.

    Args:
        source: the file.
        target: where it is to be; what stands there is replaced, in one step.
        sha256: of what it has to hold.
        link: whether the same bytes on the disk may serve both, where that is one disk.
    """
    make_directory(target.parent)
    fresh = target.with_name(f"{target.name}.new")
    fresh.unlink(missing_ok=True)
    if link:
        with suppress(OSError):  # another disk, or one that knows no links
            os.link(source, fresh)
    found = sum_of(source) if fresh.exists() else _copy(source, fresh)
    if found != sha256:
        fresh.unlink()
        return False
    fresh.replace(target)
    sync(target.parent)
    return True


def sync(directory: Path) -> None:
    """Make the names in a directory durable."""
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def flush(file: Path) -> None:
    """Make what another program wrote durable, and close it to others."""
    file.chmod(0o600)
    with file.open("rb") as opened:
        os.fsync(opened.fileno())


def make_directory(directory: Path) -> None:
    """Make a directory and those above it, each durable."""
    if not directory.is_dir():
        make_directory(directory.parent)
        directory.mkdir(exist_ok=True)
        sync(directory.parent)


def _copy(source: Path, into: Path) -> str:
    digest = hashlib.sha256()
    with source.open("rb") as reader, into.open("wb") as writer:
        while chunk := reader.read(_CHUNK):
            digest.update(chunk)
            writer.write(chunk)
        writer.flush()
        os.fsync(writer.fileno())
    return digest.hexdigest()
