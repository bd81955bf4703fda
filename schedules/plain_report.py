"""Reads a report as devices write it, and nothing else: the bytes its entries' hashes cover are cut out of it.

To read a report as JSON and to write each entry again costs as much as half a signature. What has a mark, an escaped
character, a field that this release does not know, or its fields in another order is not plain; whoever asks then
reads it in full. It must not judge.
"""

import re
from collections.abc import Container, Iterator
from dataclasses import MISSING, fields
from datetime import datetime
from enum import Enum
from typing import Any, NamedTuple, NewType, get_args, get_origin, get_type_hints

from schedules.asrun import AsRunEntry
from schedules.wire.messages import AsRunReport


class PlainReport(NamedTuple):
    """What is needed of a report.

    Attributes:
        journal, head: as it says.
        entries: of each the fields that a proof looks at, and the bytes its hash covers.
    """

    journal: str
    head: str
    entries: list[tuple[dict[str, Any], bytes]]


def plain_report(payload: bytes) -> PlainReport | None:
    """Read the payload of a report; None when it is not plain."""
    begins = _REPORT.match(payload)
    if begins is None or not _is_utf8(payload):
        return None
    entries, end = [], begins.end()
    while found := _ENTRY.match(payload, end):
        entries.append(_entry(found))
        end = found.end()
        if payload[end : end + 2] != b",{":
            break
        end += 1
    if payload[end:] != b"]}":
        return None
    return PlainReport(begins["journal"].decode(), begins["head"].decode(), entries)


def _entry(found: re.Match[bytes]) -> tuple[dict[str, Any], bytes]:
    loudspeaker, journal, sequence, previous, error, recorded = found.group(*_VALUES)
    tree = {
        "loudspeaker": loudspeaker.decode(),
        "journal": journal.decode(),
        "sequence": int(sequence),
        "previous": previous.decode(),
        "clock_error_ms": int(error),
        "recorded_at": recorded.decode(),
    }
    return tree, b"{" + b",".join(filter(None, found.group(*_MEMBERS))) + b"}"


def _is_utf8(text: bytes) -> bool:
    try:
        text.decode()
    except UnicodeDecodeError:
        return False
    return True


_TEXT = rb'"@[^"\\\x00-\x1f]+)"'
_WHOLE = rb"@0|-?[1-9][0-9]{0,14})"
_FORMS = {
    str: _TEXT,
    int: _WHOLE,
    float: rb"@(?!-0\.0)-?(?:0|[1-9][0-9]{0,5})\.[0-9])",
    datetime: rb'"@[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z)"',
}
"""The one way in which a value is written, with `@` where the value's group begins; what has two ways is left out."""
_LOOKED_AT = ("loudspeaker", "journal", "sequence", "previous", "clock_error_ms", "recorded_at")


def _form(kind: Any) -> bytes:  # noqa: ANN401  # a type or a typing form; there is no narrower name for both
    if isinstance(kind, NewType):
        return _form(kind.__supertype__)
    if get_origin(kind) is tuple:
        each = _form(get_args(kind)[0]).replace(b"@", b"(?:")
        return rb"@\[(?:%b(?:,%b)*)?\])" % (each, each)
    if arguments := get_args(kind):
        return _form(arguments[0])
    if issubclass(kind, Enum):
        return b'"@%b)"' % b"|".join(re.escape(each.value).encode() for each in kind)
    return _FORMS[kind]


def _members(kind: type, looked_at: Container[str], left_out: Container[str] = ()) -> Iterator[bytes]:
    """Give the form of each field in the order in which it is written, with the comma before all but the first.

    The group `NAME_` holds the whole member, `NAME` the value. What may be unset is not there while it is.
    """
    hints, comma = get_type_hints(kind), b""
    for field in fields(kind):
        if field.name in left_out:
            continue
        name = field.name.encode()
        value = _form(hints[field.name]).replace(b"@", b"(?P<%b>" % name if field.name in looked_at else b"(?:")
        member = b'%b(?P<%b_>"%b":%b)' % (comma, name, name, value)
        yield member if field.default is MISSING or field.default not in (None, "") else b"(?:%b)?" % member
        comma = b","


_REPORT = re.compile(
    rb"\{" + b"".join(_members(AsRunReport, ("journal", "head"), ("entries", "marks"))) + rb',"entries":\['
)
_ENTRY = re.compile(rb"\{" + b"".join(_members(AsRunEntry, _LOOKED_AT)) + rb"\}")
_VALUES = tuple(_ENTRY.groupindex[name] for name in _LOOKED_AT)
_MEMBERS = tuple(_ENTRY.groupindex[f"{name}_"] for name in sorted(field.name for field in fields(AsRunEntry)))
"""The members in the order in which they are hashed."""
