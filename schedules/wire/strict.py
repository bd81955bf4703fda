"""Strict reading of JSON: what two readers could take differently is refused.

No duplicate keys, no NaN, no depth beyond a limit, UTF-8 only, whole numbers that every language holds exactly.
It must not know any message.
"""

import json
from math import isfinite
from typing import Any

from schedules.errors import WireError

DEPTH_LIMIT = 16
LARGEST = 2**53 - 1
"""The largest whole number that is exact wherever numbers are doubles."""


def parsed(text: bytes) -> Any:  # noqa: ANN401  # JSON is what it is
    """Read JSON.

    Raises:
        WireError: `wire.unreadable`, whatever the bytes are.
    """
    try:
        tree = json.loads(text.decode(), object_pairs_hook=_without_repeats, parse_constant=_refuse_constant)
        _check_depth(tree)
    except (ValueError, RecursionError) as error:
        raise WireError("wire.unreadable", cause="json") from error
    return tree


def text(value: object) -> str:
    """Read a text; half a surrogate pair is none."""
    if type(value) is not str:
        raise WireError("wire.unreadable", cause="text_expected")
    if not value.isascii():
        try:
            value.encode()
        except UnicodeEncodeError as error:
            raise WireError("wire.unreadable", cause="surrogate") from error
    return value


def whole(value: object) -> int:
    """Read a whole number; `true` and 1.0 are none."""
    if type(value) is not int or not -LARGEST <= value <= LARGEST:
        raise WireError("wire.unreadable", cause="whole_number_expected")
    return value


def number(value: object) -> float:
    """Read a finite number."""
    if type(value) is int:
        return float(whole(value))
    if type(value) is not float or not isfinite(value):  # 1e999 is read as infinite
        raise WireError("wire.unreadable", cause="number_expected")
    return value


def truth(value: object) -> bool:
    """Read true or false."""
    if type(value) is not bool:
        raise WireError("wire.unreadable", cause="truth_expected")
    return value


def items(value: object) -> list[Any]:
    """Read a list."""
    if type(value) is not list:
        raise WireError("wire.unreadable", cause="list_expected")
    return value


def _without_repeats(pairs: list[tuple[str, object]]) -> dict[str, object]:
    tree = dict(pairs)
    if len(tree) != len(pairs):
        raise WireError("wire.unreadable", cause="duplicate_key")
    return tree


def _refuse_constant(name: str) -> object:
    raise WireError("wire.unreadable", cause=name)


def _check_depth(tree: object) -> None:
    level = [tree]
    for _ in range(DEPTH_LIMIT):
        inside = (node.values() if type(node) is dict else node if type(node) is list else () for node in level)
        level = [child for children in inside for child in children if type(child) in _NESTED]
        if not level:
            return
    raise WireError("wire.unreadable", cause="depth")


_NESTED = (dict, list)
