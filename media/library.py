"""Keeps finished recordings as files named by their sha256; it never changes one and knows nothing of what they hold.

A file appears under its name whole or not at all: written beside, flushed to the disk, renamed, and the directory
flushed too. Directories fan out by two levels, `ab/cd/abcd…`, so that none grows past a few hundred entries.
"""

import errno
import fcntl
import hashlib
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from media.errors import DamagedInLibrary, NotInLibrary, StorageFull

_NAME = re.compile(r"[0-9a-f]{64}")
_CHUNK = 1 << 20
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file in the library: its name, its bytes counted, where it lies."""

    sha256: str
    length: int
    path: Path


class Library:
    """A directory of recordings addressed by content; several processes may share it."""

    def __init__(self, root: Path) -> None:
        self._root = root.absolute()  # ffmpeg runs in a directory of its own
        self._incoming = self._root / "incoming"

    def path(self, sha256: str) -> Path:
        """Return where a recording lies.

        Raises:
            NotInLibrary: no such recording is kept (or this is no sha256).
        """
        path = self._place_of(sha256)
        if not path.is_file():
            raise NotInLibrary(sha256=sha256)
        return path

    def exists(self, sha256: str) -> bool:
        """Say whether a recording is kept; its bytes are not read."""
        return self._place_of(sha256).is_file()

    def open(self, sha256: str) -> BinaryIO:
        """Open a recording for reading.

        Raises:
            NotInLibrary: no such recording is kept.
        """
        return self.path(sha256).open("rb")

    def verify(self, sha256: str, length: int) -> StoredFile:
        """Read a recording through and prove that it is whole.

        Raises:
            NotInLibrary: no such recording is kept.
            DamagedInLibrary: its bytes are not those of that sha256 and length.
        """
        path = self.path(sha256)
        with path.open("rb") as stream:
            found = hashlib.file_digest(stream, "sha256").hexdigest()
        if found != sha256 or path.stat().st_size != length:
            raise DamagedInLibrary(sha256=sha256)
        return StoredFile(sha256, length, path)

    def add(self, source: Path) -> StoredFile:
        """Keep a copy of a file; adding the same bytes again keeps the one that is there, if that is whole.

        Raises:
            StorageFull: no room on the disk; nothing is left behind.
        """
        with self.workspace() as workspace:
            copy = workspace / "copy"
            with _room_needed():
                sha256, length = _copy_to_disk(source, copy)
                path = self._place_of(sha256)
                if not self._is_whole(path, sha256, length):
                    _make_directory(path.parent)
                    copy.chmod(0o644)
                    copy.rename(path)
                    _flush_directory(path.parent)
        return StoredFile(sha256, length, path)

    @contextmanager
    def workspace(self) -> Iterator[Path]:
        """Lend a directory on the library's own disk; it is gone afterwards, whatever happened.

        Raises:
            StorageFull: no room on the disk.
        """
        with _room_needed():
            _make_directory(self._incoming)
            directory = Path(tempfile.mkdtemp(dir=self._incoming))
        descriptor = os.open(directory, os.O_RDONLY)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield directory
        finally:
            shutil.rmtree(directory, ignore_errors=True)
            os.close(descriptor)

    def sweep(self) -> int:
        """Remove workspaces whose process died in the middle, and return how many; those in use hold a lock."""
        swept = 0
        for directory in self._incoming.glob("*"):
            descriptor = os.open(directory, os.O_RDONLY)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                continue
            else:
                shutil.rmtree(directory, ignore_errors=True)
                swept += 1
            finally:
                os.close(descriptor)
        return swept

    def _place_of(self, sha256: str) -> Path:
        if not _NAME.fullmatch(sha256):
            raise NotInLibrary(sha256=sha256)
        return self._root / sha256[:2] / sha256[2:4] / sha256

    def _is_whole(self, path: Path, sha256: str, length: int) -> bool:
        try:
            self.verify(sha256, length)
        except (NotInLibrary, DamagedInLibrary):
            return False
        return path.is_file()


def _copy_to_disk(source: Path, into: Path) -> tuple[str, int]:
    digest, length = hashlib.sha256(), 0
    with source.open("rb") as reader, into.open("wb") as writer:
        while chunk := reader.read(_CHUNK):
            digest.update(chunk)
            length += writer.write(chunk)
        writer.flush()
        os.fsync(writer.fileno())
    return digest.hexdigest(), length


def _make_directory(directory: Path) -> None:
    """Make a directory and its parents, each flushed into the one above so that it survives a power cut."""
    if directory.is_dir():
        return
    _make_directory(directory.parent)
    directory.mkdir(exist_ok=True)
    _flush_directory(directory.parent)


def _flush_directory(directory: Path) -> None:
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _room_needed() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in _NO_ROOM:
            raise StorageFull from error
        raise
