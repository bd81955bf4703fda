"""The chain of a journal: every entry carries the hash of the one before it.

It must not know what an entry says: as-run entries and marks are chained by the one rule that stands here.
"""

from collections.abc import Iterable
from dataclasses import MISSING, Field, fields
from datetime import datetime
from functools import cache
from hashlib import sha256
from json.encoder import encode_basestring
from typing import Any, ClassVar, Protocol, TypeVar

from schedules.canonical import canonical
from schedules.times import instant_text

GENESIS = "0" * 64
"""The previous hash of a journal's first entry."""


class Chained(Protocol):
    """An entry of a journal, a frozen dataclass."""

    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]

    @property
    def sequence(self) -> int:
        """Its number: from 1, without gaps, per journal."""
        ...

    @property
    def previous(self) -> str:
        """Hash of the entry before it, `GENESIS` for the first."""
        ...

    @property
    def hash(self) -> str:
        """What `hash_of` gives."""
        ...


C = TypeVar("C", bound=Chained)


def hash_of(entry: Chained) -> str:
    """Give SHA-256 over the previous hash and the entry's canonical bytes, as 64 hexadecimal digits."""
    return sha256(entry.previous.encode() + b"\n" + canonical_bytes(entry)).hexdigest()


def canonical_bytes(entry: Chained) -> bytes:
    """Give the bytes an entry's hash covers: its fields as JSON with sorted keys, instants as text.

    A field that may be unset is left out while it is (None, or empty text), so that one added later
    changes no hash of before.
    """
    kind = type(entry)
    return canonical_of(kind, [getattr(entry, name) for name in names_of(kind)])


def canonical_of(kind: type[Chained], values: Iterable[object]) -> bytes:
    """Give the same bytes from the values of the fields in the order of `names_of`: an entry is costly to make."""
    members = []
    for (name, is_always_there), value in zip(_fields_of(kind), values, strict=True):
        if type(value) is str:  # most are; a list of facts for the writer would take half as long again
            if value or is_always_there:
                members.append(f'"{name}":{encode_basestring(value)}')
        elif value is not None or is_always_there:
            members.append(f'"{name}":{value if type(value) is int else canonical(_plain(value)).decode()}')
    return f"{{{','.join(members)}}}".encode()


@cache
def names_of(kind: type[Chained]) -> tuple[str, ...]:
    """Give the names of the fields, sorted: the order in which they are hashed."""
    return tuple(name for name, _ in _fields_of(kind))


@cache
def _fields_of(kind: type[Chained]) -> tuple[tuple[str, bool], ...]:
    """Give the names of the fields, sorted, and whether each is written though it be empty."""
    return tuple(sorted((field.name, field.default is MISSING) for field in fields(kind)))


def first_break(entries: Iterable[C], *, sequence: int = 0, head: str = GENESIS) -> C | None:
    """Give the first entry that does not follow on from the one before it; None when the chain holds.

    Args:
        entries: of one journal, in order.
        sequence: the last one known good before the first of the entries.
        head: its hash.
    """
    for entry in entries:
        if entry.sequence != sequence + 1 or entry.previous != head:
            return entry
        sequence, head = entry.sequence, entry.hash
    return None


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return instant_text(value)
    if isinstance(value, float):
        return round(value, 1) + 0.0  # -0.0 and 0.0 are one level
    return value
