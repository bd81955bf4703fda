"""The chain of a journal: every entry carries the hash of the one before it.

It must not know what an entry says: as-run entries and marks are chained by the one rule that stands here.
"""

from collections.abc import Callable, Iterable
from dataclasses import MISSING, Field, fields
from datetime import datetime
from functools import cache
from hashlib import sha256
from json.encoder import encode_basestring
from operator import attrgetter
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
    return canonical_of(kind, _values_of(kind)(entry))


def canonical_of(kind: type[Chained], values: Iterable[object]) -> bytes:
    """Give the same bytes from the values of the fields in the order of `names_of`: an entry is costly to make."""
    members = []
    for (key, is_always_there), value in zip(_fields_of(kind), values, strict=True):
        if value or is_always_there or (value is not None and value != ""):
            members.append(key + _WRITERS.get(type(value), _written)(value))
    return f"{{{','.join(members)}}}".encode()


@cache
def names_of(kind: type[Chained]) -> tuple[str, ...]:
    """Give the names of the fields, sorted: the order in which they are hashed."""
    return tuple(sorted(field.name for field in fields(kind)))


@cache
def _values_of(kind: type[Chained]) -> Callable[[Chained], tuple[object, ...]]:
    return attrgetter(*names_of(kind))


@cache
def _fields_of(kind: type[Chained]) -> tuple[tuple[str, bool], ...]:
    """Give the fields as they begin in JSON, in the order of their names, and whether each is written when empty."""
    by_name = {field.name: field for field in fields(kind)}
    return tuple((f'"{name}":', by_name[name].default is MISSING) for name in names_of(kind))


def _instant(at: datetime) -> str:
    return f'"{instant_text(at)}"'


def _list(values: tuple[object, ...]) -> str:
    return f"[{','.join([_WRITERS.get(type(each), _written)(each) for each in values])}]"


def _level(value: float) -> str:
    return repr(round(value, 1) + 0.0)  # -0.0 and 0.0 are one level


def _written(value: object) -> str:
    """Give any value as JSON, one of a narrower type as what it is."""
    if isinstance(value, datetime):
        return _instant(value)
    return encode_basestring(value) if isinstance(value, str) else canonical(value).decode()


_WRITERS: dict[type, Callable[[Any], str]] = {
    str: encode_basestring,
    int: str,
    float: _level,
    datetime: _instant,
    tuple: _list,
}
"""What most values are; the general writer takes ten times as long."""


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
