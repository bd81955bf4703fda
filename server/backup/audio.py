"""The recordings of a backup: by their SHA-256, so that only new ones travel. It must not decide which are needed."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from server.backup.files import put, sum_of
from server.backup.manifest import Part
from server.backup.progress import Progress

_NAME = re.compile(r"[0-9a-f]{64}")


def path_of(root: Path, sha256: str) -> Path:
    """Give where a recording lies below a directory of recordings, that of the centre or of a place."""
    return root / sha256[:2] / sha256[2:4] / sha256


class Kept(NamedTuple):
    """What a place has of the recordings of a centre.

    Attributes:
        parts: what it has.
        new: how many of these it did not have before.
        damaged: names of those that are not at the centre as their names say.
    """

    parts: tuple[Part, ...]
    new: int
    damaged: tuple[str, ...]


def keep(source: Path, kept: Path, progress: Progress) -> Kept:
    """Let a place have every recording. What it has already was proven when it came, and is not read again."""
    parts: list[Part] = []
    damaged: list[str] = []
    new = 0
    found = sorted(_recordings(source))
    for count, (name, file) in enumerate(found):
        progress.at("backup.audio_at", done=count, total=len(found))
        there = path_of(kept, name)
        if not there.is_file():
            if not put(file, there, sha256=name, link=True):
                damaged.append(name)
                continue
            new += 1
        parts.append(Part(name, name, there.stat().st_size))
    return Kept(tuple(parts), new, tuple(damaged))


def damaged(parts: Sequence[Part], kept: Path, progress: Progress) -> list[str]:
    """Give the names of those recordings that a place does not have, or not as they were."""
    found: list[str] = []
    for count, part in enumerate(parts):
        progress.at("restore.audio_read", done=count, total=len(parts))
        file = path_of(kept, part.sha256)
        if not file.is_file() or sum_of(file) != part.sha256:
            found.append(part.sha256)
    return found


def bring_back(parts: Sequence[Part], kept: Path, target: Path, progress: Progress) -> int:
    """Copy recordings to where the centre looks for them; give how many were not there, or not whole."""
    brought = 0
    for count, part in enumerate(parts):
        progress.at("restore.audio_at", done=count, total=len(parts))
        file = path_of(target, part.sha256)
        if file.is_file() and sum_of(file) == part.sha256:
            continue
        brought += put(path_of(kept, part.sha256), file, sha256=part.sha256)
    return brought


def _recordings(root: Path) -> Iterator[tuple[str, Path]]:
    for file in root.glob("??/??/*"):
        if _NAME.fullmatch(file.name):
            yield file.name, file
