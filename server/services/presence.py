"""What loudspeakers' own words tell: who is connected, who is gone since when. It judges nothing else."""

from collections.abc import Collection
from datetime import datetime, timedelta

from schedules.ids import LoudspeakerId, ZoneId
from schedules.times import DAY, Span
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


def loudspeakers_of(uow: UnitOfWork, zones: Collection[ZoneId]) -> tuple[Loudspeaker, ...]:
    """Give the loudspeakers of some zones that are in use, by name and id."""
    found = (each for each in uow.places.loudspeakers_at(zones) if each.zone in zones and each.retired_at is None)
    return tuple(sorted(found, key=lambda each: (each.name, each.id)))


def can_sound(uow: UnitOfWork, loudspeaker: Loudspeaker) -> bool:
    """Tell whether a loudspeaker has a device or ever had one, which may hang there still; else it is only a place."""
    return bool(loudspeaker.public_key or uow.devices.of(loudspeaker.id))


def those_that_can_sound(uow: UnitOfWork, loudspeakers: Collection[Loudspeaker]) -> tuple[Loudspeaker, ...]:
    """Give those of some loudspeakers that `can_sound`, asked of all at once."""
    keyless = [each.id for each in loudspeakers if not each.public_key]
    had = uow.devices.of_each(keyless) if keyless else {}
    return tuple(each for each in loudspeakers if each.public_key or each.id in had)


def gone_since(seen: Seen, now: datetime) -> datetime | None:
    """Give since when a loudspeaker that has spoken is gone; None while it is connected, or when it never spoke."""
    if seen.presence_at is None or is_connected(seen, now):
        return None
    return seen.presence_at


def gone_by(seen: Seen) -> datetime | None:
    """Give by when one that is gone was lost at the latest: None where the broker told, which it does at once."""
    presence = seen.presence
    if presence is None or not presence.online or presence.expected_by is None:
        return None
    return presence.expected_by + GRACE


def off_as_usual(uow: UnitOfWork, loudspeaker: LoudspeakerId, starts: datetime, now: datetime) -> bool:
    """Tell whether one that is gone was gone at this hour yesterday too, and came back before something starts."""
    if starts <= now:
        return False
    history = uow.evidence.presence_history(loudspeaker, Span(now - 3 * DAY, now))

    def online(instant: datetime) -> bool | None:
        return next((presence.online for at, presence in reversed(history) if at <= instant), None)

    return online(now - DAY) is False and online(starts - DAY) is True
