"""What an API says of itself (OpenAPI 3.1), as calls with their fields. It must not know any call by name."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from server.calling.errors import CallFailed, Ending

Schema = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A value of the path or the query.

    Attributes:
        says: what it is, where the description tells.
    """

    name: str
    where: str
    required: bool
    says: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call.

    Attributes:
        path: below the address of the API, with its gaps: `/v1/units/{unit}`.
        says: one sentence.
        parts: of path and query.
        body: what its JSON looks like; None where it takes none.
        answer: what its answer looks like.
        edits: it goes on from a version.
        hears: its body is a sound.
    """

    name: str
    method: str
    path: str
    says: str
    scope: str
    parts: tuple[Part, ...]
    body: Schema | None
    answer: Schema
    edits: bool
    hears: bool

    @property
    def writes(self) -> bool:
        """Whether it changes something."""
        return self.method != "GET"


class Description:
    """The calls of an API.

    Args:
        document: as the API gave it.

    Raises:
        CallFailed: `call.not_an_api` for anything that describes no API of ours.
    """

    def __init__(self, document: Any) -> None:  # noqa: ANN401 -- whatever a server may answer
        try:
            self._schemas: Schema = document["components"]["schemas"]
            self.calls = {call.name: call for call in self._calls(document["paths"])}
        except (KeyError, TypeError, AttributeError):
            raise CallFailed("call.not_an_api", Ending.UNKNOWN) from None

    def find(self, name: str) -> Call:
        """Give a call.

        Raises:
            CallFailed: `call.unknown`.
        """
        if name not in self.calls:
            raise CallFailed("call.unknown", name=name)
        return self.calls[name]

    def reading(self, call: Call) -> Call | None:
        """Give the call that reads the version another one goes on from: at its address or the nearest above."""
        versioned = {
            each.path: each
            for each in self.calls.values()
            if not each.writes and "version" in self.resolved(each.answer).get("properties", {})
        }
        path = call.path
        while path and path not in versioned:
            path = path.rpartition("/")[0]
        return versioned.get(path)

    def resolved(self, schema: Schema) -> Schema:
        """Follow a reference, where a schema is one."""
        named = schema.get("$ref", "")
        found: Schema = self._schemas.get(named.rpartition("/")[2], {}) if named else schema
        return found

    def ways(self, schema: Schema) -> Iterator[Schema]:
        """Give a schema's alternatives, each resolved; itself where it has none."""
        found = self.resolved(schema)
        among = found.get("anyOf") or found.get("oneOf")
        if not among:
            yield found
        for each in among or ():
            yield from self.ways(each)

    def inside(self, schema: Schema, name: str) -> Iterator[Schema]:
        """Give what a field of an object may look like; nothing where there is no such field."""
        for way in self.ways(schema):
            properties, more = way.get("properties", {}), way.get("additionalProperties")
            others = [*way.get("patternProperties", {}).values(), *([more] if isinstance(more, Mapping) else ())]
            for field in [properties[name]] if name in properties else others:
                yield from self.ways(field)

    def entries(self, call: Call) -> str:
        """Give the field of a call's answer that lists what was asked for; empty where it answers with one thing."""
        fields = self.resolved(call.answer).get("properties", {})
        lists = [
            name
            for name, schema in fields.items()
            if any("properties" in self.resolved(way.get("items", {})) for way in self.ways(schema))
        ]
        return lists[0] if len(lists) == 1 and "id" not in fields else ""

    def _calls(self, paths: Schema) -> Iterator[Call]:
        for path, operations in paths.items():
            for method, told in operations.items():
                yield _call(path, method.upper(), told)


def _call(path: str, method: str, told: Schema) -> Call:
    body = told.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
    done: list[Schema] = [answer for status, answer in told["responses"].items() if status.startswith("2")]
    answer = done[0].get("content", {}).get("application/json", {}).get("schema", {})
    return Call(
        name=told["operationId"],
        method=method,
        path=path,
        says=" ".join(told.get("summary", "").split()),
        scope=told.get("x-scope", ""),
        parts=tuple(_parts(told.get("parameters", ()))),
        body=body,
        answer=answer,
        edits=bool(told.get("x-edits")),
        hears=bool(told.get("x-hears")),
    )


def _parts(parameters: Any) -> Iterator[Part]:  # noqa: ANN401 -- as it came
    for each in parameters:
        if each["in"] in ("path", "query"):
            says = each.get("description") or each.get("schema", {}).get("description", "")
            yield Part(name=each["name"], where=each["in"], required=bool(each.get("required")), says=says)
