"""Tells what a call takes: its names with what each is, by the description."""

from collections.abc import Iterator

from server.calling import printing
from server.calling.description import Call, Description, Schema

_DEEPEST = 3


def explained(api: Description, call: Call) -> Iterator[str]:
    """Give a call's explanation, line by line."""
    yield f"{call.name} ({call.method} {call.path}): {call.says}"
    yield f"Scope: {call.scope}." + (" Goes on from a version (--if-match)." if call.edits else "")
    if call.parts:
        yield "\nnames:"
        parts = ((each.name, f"{'needed. ' if each.required else ''}{each.says}") for each in call.parts)
        yield from printing.as_pairs(parts)
    if call.hears:
        yield "\nThe sound is named by --file."
    if call.body is not None:
        yield "\nnames of what is sent (or the whole as JSON on standard input):"
        told: dict[str, list[str]] = {}
        for name, says in _fields(api, call.body):
            told.setdefault(name, []).append(says)
        yield from printing.as_pairs(
            (name, " / ".join(filter(None, dict.fromkeys(says)))) for name, says in told.items()
        )


def _fields(api: Description, schema: Schema, before: str = "") -> Iterator[tuple[str, str]]:
    for way in api.ways(schema):
        for name, field in way.get("properties", {}).items():
            ways = tuple(api.ways(field))
            whole = f"{before}{name}"
            if any("properties" in each for each in ways) and whole.count(".") < _DEEPEST:
                yield from _fields(api, field, f"{whole}.")
                continue
            needed = "needed. " if name in way.get("required", ()) else ""
            yield whole, f"{needed}{_kind(ways)}{field.get('description', '')}"


def _kind(ways: tuple[Schema, ...]) -> str:
    """Say what a value is: one of some words, a list, a number."""
    chosen = [str(word) for way in ways for word in (*way.get("enum", ()), *([way["const"]] if "const" in way else ()))]
    if chosen:
        return f"{' | '.join(chosen)}. "
    kinds = [way.get("type", "") for way in ways if way.get("type") not in (None, "null", "string")]
    return f"{', '.join(kinds)}. " if kinds else ""
