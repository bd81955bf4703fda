"""Long answers page by page. A cursor says behind which entry the next page begins, so that new entries shift nothing.

What it holds is nobody's business: it is opaque, and may change.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Iterable
from typing import Annotated, TypeVar

from flask import json
from pydantic import Field, StringConstraints

from server.api.shapes import Sent
from server.errors import Unacceptable

Key = tuple[str, ...]
Entry = TypeVar("Entry")


Cursor = Annotated[str, StringConstraints(max_length=2000)]


class Page(Sent):
    """Which page of a long answer is wanted."""

    cursor: Cursor = ""
    limit: Annotated[int, Field(ge=1, le=500)] = 100


def page_of(entries: Iterable[Entry], key: Callable[[Entry], Key], asked: Page) -> tuple[list[Entry], str | None]:
    """Give a page of entries, and the cursor of the next one; None after the last.

    Args:
        entries: in any order.
        key: sorts them; no two have the same.
        asked: which page.

    Raises:
        Unacceptable: `api.cursor` (field `cursor`) for one that was not given here.
    """
    after = read(asked.cursor)
    found = sorted((each for each in entries if after is None or key(each) > after), key=key)
    shown = found[: asked.limit]
    return shown, written(key(shown[-1])) if len(found) > len(shown) else None


def written(key: Key) -> str:
    """Give the cursor of what comes behind a key."""
    return urlsafe_b64encode(json.dumps(key).encode()).decode()


def read(cursor: str) -> Key | None:
    """Give the key a cursor stands for; None for the beginning.

    Raises:
        Unacceptable: `api.cursor` (field `cursor`) for one that was not given here.
    """
    if not cursor:
        return None
    try:
        read = json.loads(urlsafe_b64decode(cursor.encode("ascii")))
    except (ValueError, RecursionError):
        read = None
    if not isinstance(read, list) or not all(isinstance(each, str) for each in read):
        raise Unacceptable("api.cursor", "cursor")
    return tuple(read)
