"""Where leaves, rows and heads are read from: a database, or a file that stands alone.

The file is gzip over lines of JSON: first how many leaves there are, then leaves, heads and rows. It holds people's
names, as the database does; what goes outside daily does not. It must not write to the database, nor believe what it
reads.
"""

import gzip
import json
from base64 import b64decode, b64encode
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple, Protocol, TypeVar

from schedules.errors import InvalidValue
from schedules.ledger import Leaf, StoredRow

FORMAT = "commune-radio ledger export 1"

T = TypeVar("T")


class KeptHead(NamedTuple):
    """A head as the centre keeps it."""

    size: int
    root: str
    at: datetime
    envelope: bytes


class Source(Protocol):
    """One state of a ledger and its tables."""

    def size(self) -> int:
        """Give how many leaves there are."""
        ...

    def leaves(self) -> Iterator[Leaf]:
        """Give every leaf by its number."""
        ...

    def heads(self) -> Iterator[KeptHead]:
        """Give every signed head by its size."""
        ...

    def rows(self) -> Iterator[StoredRow]:
        """Give every row of evidence."""
        ...

    def find(self, numbers: Collection[int]) -> Mapping[int, Leaf]:
        """Give some leaves by their numbers."""
        ...


class FileSource:
    """See `Source`: an exported file.

    Raises:
        InvalidValue: `ledger.export_unreadable`, from every method.
    """

    def __init__(self, file: Path) -> None:
        self._file = file

    def size(self) -> int:
        """Give how many leaves the file says it has."""
        with _open(self._file) as (first, _):
            return int(first["leaves"])

    def leaves(self) -> Iterator[Leaf]:
        """Give every leaf."""
        return self._lines("n", _leaf)

    def heads(self) -> Iterator[KeptHead]:
        """Give every signed head."""
        return self._lines("root", _head)

    def rows(self) -> Iterator[StoredRow]:
        """Give every row of evidence."""
        return self._lines("r", _row)

    def find(self, numbers: Collection[int]) -> Mapping[int, Leaf]:
        """Give some leaves by their numbers."""
        return {leaf.number: leaf for leaf in self.leaves() if leaf.number in numbers}

    def _lines(self, key: str, read: Callable[[dict[str, Any]], T]) -> Iterator[T]:
        with _open(self._file) as (_, lines):
            for line in lines:
                tree = json.loads(line)
                if key in tree:
                    yield read(tree)


def _leaf(tree: dict[str, Any]) -> Leaf:
    at = None if tree["a"] is None else datetime.fromisoformat(tree["a"])
    return Leaf(tree["n"], tree["k"], tree["s"], at, b64decode(tree["d"]))


def _head(tree: dict[str, Any]) -> KeptHead:
    return KeptHead(tree["size"], tree["root"], datetime.fromisoformat(tree["a"]), b64decode(tree["d"]))


def _row(tree: dict[str, Any]) -> StoredRow:
    return StoredRow(tree["r"], tree["s"], b64decode(tree["d"]))


def export(source: Source, file: Path) -> None:
    """Write everything that verification reads into one file."""
    with gzip.open(file, "wt", encoding="utf-8", compresslevel=6) as lines:

        def write(tree: dict[str, object]) -> None:
            lines.write(json.dumps(tree, ensure_ascii=False, separators=(",", ":")) + "\n")

        write({"format": FORMAT, "leaves": source.size()})
        for leaf in source.leaves():
            at = None if leaf.at is None else leaf.at.isoformat()
            write({"n": leaf.number, "k": leaf.kind, "s": leaf.subject, "a": at, "d": _text(leaf.data)})
        for head in source.heads():
            write({"size": head.size, "root": head.root, "a": head.at.isoformat(), "d": _text(head.envelope)})
        for row in source.rows():
            write({"r": row.kind, "s": row.subject, "d": _text(row.data)})


def _text(data: bytes) -> str:
    return b64encode(data).decode()


@contextmanager
def _open(file: Path) -> Iterator[tuple[dict[str, Any], Iterator[str]]]:
    """Open an export; give its first line and the others."""
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        try:
            first = json.loads(next(lines))
            if first["format"] != FORMAT:
                raise ValueError(first["format"])
            yield first, lines
        except (OSError, EOFError, StopIteration, ValueError, KeyError, TypeError) as error:
            raise InvalidValue("ledger.export_unreadable", file=file.name) from error
