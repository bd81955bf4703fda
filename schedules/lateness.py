"""Lateness: until when what was not begun at its time may still begin at a loudspeaker, and how far it may then sound.

It must not decide who gets the air: what comes late takes only what is free behind it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from schedules.candidate import Candidate
from schedules.hours import Hours
from schedules.ids import OccurrenceId
from schedules.rundown import Played, RundownItem

TOLERANCE = timedelta(seconds=2)
"""What begins this much after its start is not late: a sound card needs a moment."""


def begins_at_latest(by: datetime | None, start: datetime) -> datetime | None:
    """Give the last instant at which an item planned at `start` may begin from its beginning; None: it is joined."""
    return None if by is None else max(by, start + TOLERANCE)


def with_room(
    items: Iterable[RundownItem],
    wanted: Mapping[OccurrenceId, Candidate],
    hours: Hours,
    *,
    now: datetime,
    end: datetime,
) -> tuple[RundownItem, ...]:
    """Give the items with what each may use of the free air behind it, should it begin late.

    Args:
        items: of one zone, in order.
        wanted: every candidate there is.
        hours: what the station's regulations permit.
        now: what has ended by then gets no more room than it was given.
        end: of what is planned.
    """
    given = list(items)
    following = end
    for index in range(len(given) - 1, -1, -1):
        item = given[index]
        if item.latest_start is not None and isinstance(item.sound, Played):
            until = item.late_until
            if item.ends_at > now:
                until = _until(item, item.latest_start + item.sound.duration, wanted.get(item.occurrence), hours)
            room = None if until is None else min(until, following)
            room = None if room is None or room <= item.ends_at else room
            if room != item.late_until:
                given[index] = replace(item, late_until=room)
        following = item.starts_at
    return tuple(given)


def _until(item: RundownItem, wish: datetime, candidate: Candidate | None, hours: Hours) -> datetime | None:
    """Say how far an item may sound behind its end; what goes on after an interruption keeps to its end."""
    if candidate is None:
        return None
    limits = [wish, hours.closes(item.starts_at)]
    if not candidate.claim.exact:  # the next timed place, or the end of the session
        limits.append(candidate.claim.limit)
    if item.valid_until is not None:
        limits.append(item.valid_until)
    until = min(limits)
    return None if hours.finding(item.starts_at, until, item.kind, item.approval) else until
