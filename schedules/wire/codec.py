"""Messages to payload bytes and back: strict JSON, the rundown as rows and zlib.

It must not verify anything: `seal` hands it only bytes whose signature held. The reader refuses
duplicate keys, NaN, depth and size beyond limits, and inflation beyond a bound; it ignores unknown fields.
"""

import json
import types
import zlib
from collections.abc import Callable
from dataclasses import MISSING, fields, is_dataclass
from datetime import date, datetime, time
from enum import Enum
from functools import cache
from typing import Any, NewType, TypeVar, Union, get_args, get_origin, get_type_hints

from schedules.asrun import AsRunEntry
from schedules.errors import InvalidValue, WireError
from schedules.rundown import Rundown
from schedules.times import instant_of, instant_text
from schedules.wire import rows
from schedules.wire.messages import Message, RundownIssued

PAYLOAD_LIMIT = 256 * 1024
"""Bytes of a payload on the wire."""
INFLATED_LIMIT = 2 * 1024 * 1024
DEPTH_LIMIT = 16

M = TypeVar("M", bound=Message)


def encoded(message: Message) -> bytes:
    """Give the payload bytes of a message."""
    text = json.dumps(_plain(message), ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()
    return zlib.compress(text, 6) if isinstance(message, RundownIssued) else text


def decoded(kind: type[M], payload: bytes) -> M:
    """Read a payload whose seal was verified.

    Raises:
        WireError: `wire.too_large`, `wire.unreadable` or `wire.malformed`, whatever the bytes are.
    """
    if len(payload) > PAYLOAD_LIMIT:
        raise WireError("wire.too_large", size=len(payload), limit=PAYLOAD_LIMIT)
    text = _inflated(payload) if kind is RundownIssued else payload
    try:
        tree = json.loads(text, object_pairs_hook=_without_repeats, parse_constant=_refuse_constant)
        _check_depth(tree)
        value = _reader(kind)(tree)  # type: ignore[arg-type]  # a class is hashable, whatever its bound says
    except WireError:
        raise
    except InvalidValue as error:
        raise WireError("wire.malformed", type=kind.__name__, cause=error.code) from error
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError, OverflowError) as error:
        raise WireError("wire.unreadable", type=kind.__name__) from error
    if not isinstance(value, kind):
        raise WireError("wire.unreadable", type=kind.__name__)
    return value


def entry_of(text: bytes) -> AsRunEntry:
    """Read an as-run entry from its canonical bytes, as a journal keeps them.

    Raises:
        WireError: `wire.unreadable`, whatever the bytes are.
    """
    try:
        entry = _reader(AsRunEntry)(json.loads(text))
    except (ValueError, TypeError, KeyError, InvalidValue) as error:
        raise WireError("wire.unreadable", type="AsRunEntry") from error
    assert isinstance(entry, AsRunEntry)  # noqa: S101 - what its reader makes
    return entry


def _inflated(payload: bytes) -> bytes:
    inflater = zlib.decompressobj()
    try:
        text = inflater.decompress(payload, INFLATED_LIMIT)
    except zlib.error as error:
        raise WireError("wire.unreadable", type="RundownIssued") from error
    if inflater.unconsumed_tail:
        raise WireError("wire.too_large", size=INFLATED_LIMIT, limit=INFLATED_LIMIT)
    if not inflater.eof or inflater.unused_data:
        raise WireError("wire.unreadable", type="RundownIssued")
    return text


def _without_repeats(pairs: list[tuple[str, object]]) -> dict[str, object]:
    tree = dict(pairs)
    if len(tree) != len(pairs):
        raise WireError("wire.unreadable", cause="duplicate_key")
    return tree


def _refuse_constant(name: str) -> object:
    raise WireError("wire.unreadable", cause=name)


def _check_depth(tree: object, depth: int = 0) -> None:
    if depth > DEPTH_LIMIT:
        raise WireError("wire.unreadable", cause="depth")
    children = tree.values() if isinstance(tree, dict) else tree if isinstance(tree, list) else ()
    for child in children:
        if isinstance(child, dict | list):
            _check_depth(child, depth + 1)


def _plain(value: object) -> object:
    if isinstance(value, Rundown):
        return rows.packed(value)
    if is_dataclass(value):
        # A field at its default is left out: the reader fills it in, and old readers never see it.
        given = ((field.name, getattr(value, field.name), field.default) for field in fields(value))
        return {name: _plain(item) for name, item, default in given if default is MISSING or item != default}
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
        return lambda value: tuple(each(item) for item in _list(value))
    if origin is tuple:
        readers = tuple(_reader(argument) for argument in arguments)
        return lambda value: tuple(read(item) for read, item in zip(readers, _list(value), strict=True))
    if origin is frozenset:
        each = _reader(arguments[0])
        return lambda value: frozenset(each(item) for item in _list(value))
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
        return kind(**{name: reader(tree[name]) for name, reader in readers.items() if name in tree})

    return read


def _list(value: object) -> list[object]:
    if not isinstance(value, list):
        raise WireError("wire.unreadable", cause="list_expected")
    return value


def _exactly(kind: type) -> Reader:
    def read(value: object) -> object:
        if type(value) is not kind:
            raise WireError("wire.unreadable", cause=f"{kind.__name__}_expected")
        return value

    return read


def _float(value: object) -> float:
    if type(value) not in (int, float):
        raise WireError("wire.unreadable", cause="number_expected")
    return float(value)  # type: ignore[arg-type]  # int or float, seen above


_SCALARS: dict[type, Reader] = {
    str: _exactly(str),
    int: _exactly(int),
    bool: _exactly(bool),
    float: _float,
    datetime: instant_of,
    date: date.fromisoformat,
    time: time.fromisoformat,
    Rundown: rows.unpacked,
}
