"""What the API works with, handed in once; a view asks for it by `centre()`."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Protocol

from flask import current_app

from server.ports import Clock, Preparation, Store

_KEY = "centre"


class Say(Protocol):
    """Puts a code into words."""

    def __call__(self, code: str, values: Mapping[str, object], *, language: str) -> str:
        """Give the sentence of a code, in `vi` or `en`."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Centre:
    """The adapters and settings of the API.

    Attributes:
        behind: does a piece of work behind the requests.
        uploads: where a sound waits until it is prepared.
        longest_sound: what an upload may last.
        largest_sound: in bytes.
        say: the sentences.
    """

    store: Store
    clock: Clock
    preparation: Preparation
    behind: Callable[[Callable[[], object]], None]
    uploads: Path
    longest_sound: timedelta
    largest_sound: int
    say: Say

    def kept(self) -> dict[str, object]:
        """Give what Flask keeps of it."""
        return {_KEY: self}


def centre() -> Centre:
    """Give the centre of the running application."""
    found = current_app.extensions[_KEY]
    assert isinstance(found, Centre)  # noqa: S101 -- what `kept` put there
    return found
