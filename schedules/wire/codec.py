"""Messages to payload bytes and back: strict JSON, the rundown as rows and zlib.

It must not verify anything: `seal` hands it only bytes whose signature held. The reader refuses size
and inflation beyond a bound and whatever `strict` refuses; it ignores unknown fields.
"""

import json
import types
import zlib
from collections.abc import Callable
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import date, datetime, time
from enum import Enum
from functools import cache
from typing import Any, NewType, TypeVar, Union, get_args, get_origin, get_type_hints

from schedules.asrun import AsRunEntry
from schedules.errors import InvalidValue, WireError
from schedules.mark import JournalEntry, Mark
from schedules.rundown import Rundown
from schedules.times import instant_of, instant_text
from schedules.wire import rows, strict
from schedules.wire.emergency import Announced
from schedules.wire.messages import Message, RundownIssued

PAYLOAD_LIMIT = 256 * 1024
"""Bytes of a payload on the wire."""
RUNDOWN_LIMIT = 64 * 1024
"""Bytes of a rundown's payload, compressed: about 2,000 items."""
INFLATED_LIMIT = 2 * 1024 * 1024
"""Bytes of a rundown's payload, inflated."""

_PREFIX = 4
"""Bytes before a payload with a tail, big endian: the length of its JSON."""

M = TypeVar("M", bound=Message)
T = TypeVar("T")


def encoded(message: Message) -> bytes:
    """Give the payload bytes of a message.

    Raises:
        WireError: `wire.too_large`, when no reader would take it.
    """
    text = written(message)
    if isinstance(message, Announced):
        text = len(text).to_bytes(_PREFIX, "big") + text + message.sound
    if not isinstance(message, RundownIssued):
        _check_size(text, PAYLOAD_LIMIT)
        return text
    _check_size(text, INFLATED_LIMIT)
    payload = zlib.compress(text, 6)
    _check_size(payload, RUNDOWN_LIMIT)
    return payload


def decoded(kind: type[M], payload: bytes) -> M:
    """Read a payload whose seal was verified.

    Raises:
        WireError: `wire.too_large`, `wire.unreadable` or `wire.malformed`, whatever the bytes are.
    """
    _check_size(payload, RUNDOWN_LIMIT if kind is RundownIssued else PAYLOAD_LIMIT)
    if issubclass(kind, Announced):
        return _with_sound(kind, payload)
    return _read(kind, _inflated(payload) if kind is RundownIssued else payload)


def tables_of(payload: bytes) -> rows.Tables:
    """Give the tables of a rundown's payload, for who needs few of its items.

    Raises:
        WireError: `wire.too_large`, `wire.unreadable` or `wire.malformed`, whatever the bytes are.
    """
    _check_size(payload, RUNDOWN_LIMIT)
    return _made(lambda message: rows.Tables(message["rundown"]), _inflated(payload), RundownIssued)


def written(value: object) -> bytes:
    """Give the bytes of a value inside a message, as a store keeps it and a sum names it."""
    return json.dumps(_plain(value), ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()


def read(kind: type[T], text: bytes) -> T:
    """Read a value from the bytes `written` gave.

    Raises:
        WireError: `wire.unreadable` or `wire.malformed`, whatever the bytes are.
    """
    return _read(kind, text)


def entry_of(text: bytes) -> AsRunEntry:
    """Read an as-run entry from its canonical bytes, as a journal keeps them.

    Raises:
        WireError: `wire.unreadable` or `wire.malformed`, whatever the bytes are.
    """
    return _read(AsRunEntry, text)


def journal_entry_of(text: bytes) -> JournalEntry:
    """Read an as-run entry or a mark from its canonical bytes; only a mark has a kind.

    Raises:
        WireError: `wire.unreadable` or `wire.malformed`, whatever the bytes are.
    """

    def make(tree: Any) -> JournalEntry:  # noqa: ANN401  # what JSON there was
        entry: JournalEntry = _reader(Mark if "kind" in tree else AsRunEntry)(tree)
        return entry

    return _made(make, text, AsRunEntry)


def _with_sound(kind: type[T], payload: bytes) -> T:
    end = _PREFIX + int.from_bytes(payload[:_PREFIX], "big")
    make: Callable[[Any], T] = _reader(kind)  # type: ignore[arg-type]  # a class is hashable, whatever its bound says
    return _made(lambda tree: make({**tree, "sound": payload[end:]}), payload[_PREFIX:end], kind)


def _read(kind: type[T], text: bytes) -> T:
    make: Callable[[Any], T] = _reader(kind)  # type: ignore[arg-type]  # a class is hashable, whatever its bound says
    return _made(make, text, kind)


def _made(make: Callable[[Any], T], text: bytes, kind: type) -> T:
    tree = strict.parsed(text)
    try:
        return make(tree)
    except InvalidValue as error:
        raise WireError("wire.malformed", type=kind.__name__, cause=error.code) from error
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, OverflowError) as error:
        raise WireError("wire.unreadable", type=kind.__name__) from error


def _check_size(data: bytes, limit: int) -> None:
    if len(data) > limit:
        raise WireError("wire.too_large", size=len(data), limit=limit)


def _inflated(payload: bytes) -> bytes:
    inflater = zlib.decompressobj()
    try:
        text = inflater.decompress(payload, INFLATED_LIMIT)
    except zlib.error as error:
        raise WireError("wire.unreadable", cause="zlib") from error
    if inflater.unconsumed_tail:
        raise WireError("wire.too_large", size=INFLATED_LIMIT, limit=INFLATED_LIMIT)
    if not inflater.eof or inflater.unused_data:
        raise WireError("wire.unreadable", cause="zlib")
    return text


def _plain(value: object) -> object:
    if isinstance(value, Rundown):
        return rows.packed(value)
    if is_dataclass(value):
        given = ((field, getattr(value, field.name)) for field in fields(value))
        said = ((field, item) for field, item in given if not isinstance(item, bytes))  # a tail, not JSON
        return {field.name: _plain(item) for field, item in said if not _is_unset(field, item)}
    if isinstance(value, datetime):
        return instant_text(value)
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, frozenset):
        return sorted(_plain(item) for item in value)  # type: ignore[type-var]  # sets here hold numbers or names
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return value


def _is_unset(field: Field[Any], value: object) -> bool:
    """Tell whether a field is left out: null, empty text or an empty list where that is its default.

    Every other default is written out. The next release may have another one, and must not read it into
    what this one signed.
    """
    return field.default is not MISSING and field.default in (None, "", ()) and value == field.default


Reader = Callable[[Any], Any]


@cache
def _reader(kind: Any) -> Reader:  # noqa: ANN401  # a type or a typing form; there is no narrower name for both
    """Give the reader of a type; each is built once."""
    if isinstance(kind, NewType):
        return _reader(kind.__supertype__)
    origin, arguments = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        inner = _reader(next(each for each in arguments if each is not types.NoneType))
        return lambda value: None if value is None else inner(value)
    if origin is tuple and arguments[-1] is Ellipsis:
        each = _reader(arguments[0])
        return lambda value: tuple(map(each, strict.items(value)))
    if origin is tuple:
        readers = tuple(_reader(argument) for argument in arguments)
        return lambda value: tuple(read(item) for read, item in zip(readers, strict.items(value), strict=True))
    if origin is frozenset:
        each = _reader(arguments[0])
        return lambda value: frozenset(map(each, strict.items(value)))
    if kind in _SCALARS:
        return _SCALARS[kind]
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind
    return _dataclass_reader(kind)


def _dataclass_reader(kind: Any) -> Reader:  # noqa: ANN401  # a dataclass
    hints = get_type_hints(kind)
    readers = {field.name: _reader(hints[field.name]) for field in fields(kind)}

    def read(tree: dict[str, object]) -> object:
        if not isinstance(tree, dict):
            raise WireError("wire.unreadable", cause="object_expected")
        return kind(**{name: readers[name](value) for name, value in tree.items() if name in readers})

    return read


def _civil_time(value: str) -> time:
    at = time.fromisoformat(value)
    if at.tzinfo is not None:
        raise ValueError(value)
    return at


_SCALARS: dict[type, Reader] = {
    str: strict.text,
    int: strict.whole,
    bool: strict.truth,
    bytes: bytes,
    float: strict.number,
    datetime: instant_of,
    date: date.fromisoformat,
    time: _civil_time,
    Rundown: rows.unpacked,
}
