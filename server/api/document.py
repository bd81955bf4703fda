"""The description of the API: the OpenAPI document, and a page of our own that shows it without any script."""

from typing import Any

from apiflask import APIFlask
from flask import Response, render_template

from server.api.problems import MEDIA_TYPE, Problem

TITLE = "Commune Radio API"
VERSION = "1"
SCHEMES = {
    "token": {"type": "http", "scheme": "bearer", "description": "A token made on the page of one's account."},
}
_ALWAYS = {
    400: "Unreadable",
    401: "No good token",
    403: "Not allowed",
    404: "Unknown",
    422: "Refused",
    429: "Too often",
}
_OF_WRITES = {409: "The same is under way", 413: "Too large", 415: "Not JSON"}
_OF_EDITS = {412: "Changed in between", 428: "No version given"}
_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": True,
    "description": "Of this write alone; sent again within a day it is done once.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[!-~]+$"},
}
_VERSION = {
    "name": "If-Match",
    "in": "header",
    "required": True,
    "description": "The `ETag` the edit goes on from.",
    "schema": {"type": "string", "pattern": '^"[!#-~]{1,100}"$'},
}


def describe(app: APIFlask) -> None:
    """Let the application describe itself."""
    app.spec_processor(_completed)

    @app.get("/v1/")
    @app.doc(hide=True)
    def page() -> Response:
        return Response(render_template("api.html", document=app.spec))


def _completed(document: dict[str, Any] | str) -> dict[str, Any] | str:
    """Add what every call has: its problems; and to a write its key, to an edit its version."""
    assert isinstance(document, dict)  # noqa: S101 -- text where YAML is asked for
    document["components"]["schemas"]["Problem"] = _problem(document)
    for operations in document["paths"].values():
        for method, operation in operations.items():
            _complete(operation, writes=method != "get")
    return document


def _problem(document: dict[str, Any]) -> dict[str, Any]:
    shape = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    document["components"]["schemas"].update(shape.pop("$defs"))
    return shape


def _complete(operation: dict[str, Any], *, writes: bool) -> None:
    edits = operation.get("x-edits", False)
    problems = {**_ALWAYS, **(_OF_WRITES if writes else {}), **(_OF_EDITS if edits else {})}
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    for status, description in problems.items():
        operation["responses"][str(status)] = {"description": description, "content": content}
    if writes:
        operation["parameters"].append(_KEY)
    if edits:
        operation["parameters"].append(_VERSION)
    if operation.get("x-hears"):
        operation["requestBody"] = {"required": True, "content": {"application/octet-stream": {"schema": {}}}}
    _name_versions(operation)


def _name_versions(operation: dict[str, Any]) -> None:
    etag = {"description": "The version, where the answer has one.", "schema": {"type": "string"}}
    for status, answer in operation["responses"].items():
        if status.startswith("2"):
            answer["headers"] = {"ETag": etag}
