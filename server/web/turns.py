"""A list whose items go up and down by one button each, without a script. Nothing is saved here."""

from typing import TypeVar

K = TypeVar("K")


def moved(keys: list[K], key: K, step: int) -> list[K]:
    """Give the keys with one of them a step further (1: down, -1: up); as they are where it stands at the end."""
    if key not in keys:
        return keys
    index = keys.index(key)
    other = min(max(index + step, 0), len(keys) - 1)
    keys[index], keys[other] = keys[other], keys[index]
    return keys
