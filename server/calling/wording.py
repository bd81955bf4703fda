"""Turns the words of the command, `name=value`, into what a call sends: path, query and JSON.

A dot goes into an object (`texts.vi=…`), a name given again makes a list longer. What a value means is the centre's.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from server.calling.description import Call, Description, Schema
from server.calling.errors import CallFailed

_READ_AS_JSON = frozenset({"integer", "number", "boolean"})


@dataclass(frozen=True, slots=True)
class Asked:
    """What one call sends.

    Attributes:
        path: with its query.
        body: of a JSON call; None where nothing is sent.
    """

    call: Call
    path: str
    body: dict[str, Any] | None = None


def asked(api: Description, call: Call, words: Iterable[str], body: Mapping[str, Any] | None = None) -> Asked:
    """Give what a call sends.

    Args:
        api: says what each name is.
        call: which.
        words: `name=value`.
        body: JSON that was brought along; what the words say of it comes on top.

    Raises:
        CallFailed: `call.word`, `call.no_such_name`, `call.missing`, `call.no_number`, `call.takes_no_body`.
    """
    parts = {part.name: part for part in call.parts}
    given: dict[str, str] = {}
    made: dict[str, Any] = dict(body or {})
    for word in words:
        name, equals, value = word.partition("=")
        if not equals:
            raise CallFailed("call.word", word=word)
        if name in parts:
            given[name] = value
        elif call.body is None:
            raise CallFailed("call.no_such_name", name=name, call=call.name)
        else:
            _put(api, call, made, name, value)
    missing = [part.name for part in call.parts if part.required and part.name not in given]
    if missing:
        raise CallFailed("call.missing", names=", ".join(missing), call=call.name)
    if made and call.body is None:
        raise CallFailed("call.takes_no_body", call=call.name)
    return Asked(call, _address(call, given), None if call.body is None else made)


def on_page(asked: Asked, cursor: str) -> Asked:
    """Give the same for the page that a cursor stands for."""
    before, _, query = asked.path.partition("?")
    kept = [each for each in query.split("&") if each and not each.startswith("cursor=")]
    return Asked(asked.call, f"{before}?{'&'.join([*kept, urlencode({'cursor': cursor})])}", asked.body)


def reading_of(api: Description, asked: Asked) -> Asked | None:
    """Give what reads the thing a call edits, at the same address; None where nothing does."""
    reading = api.reading(asked.call)
    if reading is None:
        return None
    depth = reading.path.count("/")
    return Asked(reading, "/".join(asked.path.partition("?")[0].split("/")[: depth + 1]))


def _address(call: Call, given: Mapping[str, str]) -> str:
    path, query = call.path, {}
    for part in call.parts:
        if part.name in given and part.where == "path":
            path = path.replace(f"{{{part.name}}}", quote(given[part.name], safe=""))
        elif part.name in given:
            query[part.name] = given[part.name]
    return f"{path}?{urlencode(query)}" if query else path


def _put(api: Description, call: Call, made: dict[str, Any], name: str, value: str) -> None:
    """Put one value where its name leads."""
    *outer, last = name.split(".")
    here, schema = made, call.body or {}
    for step in outer:
        if not (ways := tuple(api.inside(schema, step))):
            raise CallFailed("call.no_such_name", name=name, call=call.name)
        here, schema = here.setdefault(step, {}), {"anyOf": ways}
        if not isinstance(here, dict):
            raise CallFailed("call.no_such_name", name=name, call=call.name)
    ways = tuple(api.inside(schema, last))
    if not ways:
        raise CallFailed("call.no_such_name", name=name, call=call.name)
    lists = [way for way in ways if way.get("type") == "array"]
    if lists:
        entries = here.get(last)
        inner = tuple(api.ways(lists[0].get("items", {})))
        here[last] = [*(entries if isinstance(entries, list) else ()), _value(name, value, inner)]
    else:
        here[last] = _value(name, value, ways)


def _value(name: str, value: str, ways: Iterable[Schema]) -> object:
    kinds = {way.get("type") for way in ways}
    if "string" in kinds or not kinds & _READ_AS_JSON:
        return value
    try:
        return json.loads(value)
    except ValueError:
        raise CallFailed("call.no_number", name=name, value=value) from None
