"""What a loudspeaker's own words tell: whether it is connected, and which ones a zone has. It judges nothing else."""

from collections.abc import Container
from datetime import datetime, timedelta

from schedules.ids import ZoneId
from server.evidence_records import Seen
from server.ports import UnitOfWork
from server.values import Loudspeaker

GRACE = timedelta(seconds=15)
"""How much later than promised a presence may come before its loudspeaker counts as disconnected."""


def is_connected(seen: Seen | None, now: datetime) -> bool:
    """Tell whether a loudspeaker is connected, by its newest presence and when the next was due."""
    presence = seen.presence if seen else None
    if presence is None or not presence.online:
        return False
    return presence.expected_by is None or now <= presence.expected_by + GRACE


def loudspeakers_of(uow: UnitOfWork, zones: Container[ZoneId]) -> tuple[Loudspeaker, ...]:
    """Give the loudspeakers of some zones that are in use, by name and id."""
    found = (each for each in uow.places.loudspeakers() if each.zone in zones and each.retired_at is None)
    return tuple(sorted(found, key=lambda each: (each.name, each.id)))


def can_sound(uow: UnitOfWork, loudspeaker: Loudspeaker) -> bool:
    """Tell whether a loudspeaker has a device or ever had one, which may hang there still; else it is only a place."""
    return bool(loudspeaker.public_key or uow.devices.of(loudspeaker.id))
