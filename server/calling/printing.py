"""What came back, as lines of JSON or as a plain table. What somebody else wrote never steers the terminal."""

import json
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

Entry = Mapping[str, Any]
_GAP = "  "


def as_json(entry: object) -> str:
    """Give something as one line of JSON."""
    return json.dumps(entry, ensure_ascii=False)


def as_table(entries: Sequence[Entry]) -> Iterator[str]:
    """Give entries as lines under their names; what has parts of its own is left to the JSON."""
    names = [name for name in dict.fromkeys(name for each in entries for name in each) if _is_plain(entries, name)]
    cells = [names, *([_cell(each.get(name)) for name in names] for each in entries)]
    widths = [max(map(_width, column)) for column in zip(*cells, strict=True)]
    for row in cells if entries else ():
        yield _GAP.join(_padded(cell, width) for cell, width in zip(row, widths, strict=True)).rstrip()


def as_list(entry: Entry) -> Iterator[str]:
    """Give one thing, a line a field."""
    width = max((len(name) for name in entry), default=0)
    for name, value in entry.items():
        yield f"{name:<{width}}{_GAP}{_cell(value)}".rstrip()


def as_pairs(pairs: Iterable[tuple[str, str]]) -> Iterator[str]:
    """Give names with what is said of them."""
    known = [(name, _cell(says)) for name, says in pairs]
    width = max((len(name) for name, _ in known), default=0)
    for name, says in known:
        yield f"  {name:<{width}}{_GAP}{says}".rstrip()


def _is_plain(entries: Iterable[Entry], name: str) -> bool:
    return not any(_has_parts(each.get(name)) for each in entries)


def _has_parts(value: object) -> bool:
    return isinstance(value, Mapping) or (isinstance(value, list) and any(map(_has_parts, value)))


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, list) and not _has_parts(value):
        return ", ".join(map(_cell, value))
    text = value if isinstance(value, str) else as_json(value)
    shown = unicodedata.normalize("NFC", " ".join(text.split()))
    return "".join(each if each.isprintable() else "�" for each in shown)


def _padded(cell: str, width: int) -> str:
    return cell + " " * (width - _width(cell))


def _width(cell: str) -> int:
    """Count the columns of a terminal that a text takes."""
    return sum(0 if unicodedata.combining(each) else 1 + (unicodedata.east_asian_width(each) in "WF") for each in cell)
