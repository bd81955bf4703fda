"""New identifiers for what is not derived: time-ordered, so that an index grows at its end. It reads no clock."""

import secrets
from datetime import UTC, datetime, timedelta

_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)


def unix_milliseconds(now: datetime) -> int:
    """Give an instant as whole milliseconds since 1970."""
    return (now - _BEGINNING) // timedelta(milliseconds=1)


def new_id(now: datetime) -> str:
    """Draw a UUID of version 7 (RFC 9562) as text."""
    bits = (unix_milliseconds(now) << 80) | secrets.randbits(80)
    bits = bits & ~(0xF << 76) | 0x7 << 76
    bits = bits & ~(0b11 << 62) | 0b10 << 62
    text = f"{bits:032x}"
    return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))
