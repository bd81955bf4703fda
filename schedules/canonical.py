"""The one way in which facts become bytes that a hash covers: JSON with sorted keys, no blanks, UTF-8.

It must not know what the facts mean. A change here voids every approval and breaks every chain.
"""

import json

_WRITER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def canonical(facts: object) -> bytes:
    """Give the bytes."""
    return _WRITER.encode(facts).encode()
