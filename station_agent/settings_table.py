"""One table of a settings file: gives values by key, and collects all that is wrong with them.

It must not know any setting.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")

Check = Callable[[str | float], str]
"""Returns what is wrong with a value, or nothing."""


class Table:
    """See the module.

    Args:
        tree: The table as parsed.
        prefix: What stands before its keys when a fault is told.
        base: What relative paths are taken from.
    """

    def __init__(self, tree: Mapping[str, object], prefix: str, base: Path) -> None:
        self._tree = tree
        self._prefix = prefix
        self._base = base
        self._known: set[str] = set()
        self._faults: list[str] = []

    def take(self, key: str, kind: type[T], *, default: T | None = None, check: Check | None = None) -> T:
        """Give a value of one type; the empty one, and a fault, where it is missing or wrong."""
        self._known.add(key)
        value = self._tree.get(key, default)
        if value is None:
            self._fault(key, "is missing")
        elif type(value) is not kind:
            self._fault(key, f"must be {_NAMES[kind]}")
        else:
            wrong = check(value) if check and isinstance(value, str | int) else ""
            if wrong:
                self._fault(key, wrong)
            return value
        return kind()

    def table(self, key: str) -> "Table":
        """Give a table inside this one."""
        self._known.add(key)
        value = self._tree.get(key)
        if not isinstance(value, dict):
            self._fault(key, "is missing: a table [" + key + "] is needed")
            value = {}
        return Table(value, f"{key}.", self._base)

    def path(self, key: str) -> Path | None:
        """Give the path of a file that must be there; None where the key is not."""
        text = self.take(key, str, default="")
        if not text:
            return None
        path = self._base / text
        if not path.is_file():
            self._fault(key, f"names a file that is not there: {path}")
        return path

    def number(self, key: str, *, default: float, check: Check | None = None) -> float:
        """Give a number, whole or not."""
        self._known.add(key)
        value = self._tree.get(key, default)
        if type(value) not in (int, float):
            self._fault(key, "must be a number")
            return default
        if check and (wrong := check(value)):  # type: ignore[arg-type]  # int or float, seen above
            self._fault(key, wrong)
        return float(value)  # type: ignore[arg-type]  # same

    def strings(self, key: str, *, default: tuple[str, ...] | None = None, check: Check | None = None) -> list[str]:
        """Give a list of texts; without a default it must not be empty."""
        self._known.add(key)
        value = self._tree.get(key, None if default is None else list(default))
        empty_is_wrong = default is None
        if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
            self._fault(key, "must be a list of texts")
            return []
        if empty_is_wrong and not value:
            self._fault(key, "must not be empty")
        for each in value:
            if check and (wrong := check(each)):
                self._fault(key, wrong)
        return value

    def faults(self) -> tuple[str, ...]:
        """Give what was wrong, keys that nobody asked for included: a misspelt one must not pass in silence."""
        unknown = [key for key in self._tree if key not in self._known]
        return (*self._faults, *(f"{self._prefix}{key}: unknown{self._guess(key)}" for key in unknown))

    def _fault(self, key: str, wrong: str) -> None:
        self._faults.append(f"{self._prefix}{key}: {wrong}")

    def _guess(self, key: str) -> str:
        import difflib  # noqa: PLC0415 - only a faulty file pays for it

        near = difflib.get_close_matches(key, self._known, n=1)
        return f", did you mean {near[0]}?" if near else ""


_NAMES: dict[type, str] = {str: "a text", int: "a whole number", bool: "true or false"}
