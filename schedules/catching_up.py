"""Catching up: what no loudspeaker of a zone played comes again, once, in the next place of its name.

It must not judge what was heard (that is `reconciliation`), nor know approval: it only says where.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from schedules.ids import OccurrenceId, PlaceId, SlotId, ZoneId
from schedules.session import SessionTemplate, span_of
from schedules.slot import InPlace
from schedules.times import DAY, local_day, require_utc

LATEST = DAY
"""How long after it ended a session may begin in which it still comes again."""
NOTICE = timedelta(minutes=5)
"""How long before a session that must be known: a rundown has to reach the loudspeakers first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Missed:
    """An occurrence in a place that no loudspeaker of its zone played.

    Attributes:
        starts_at, ends_at: as it was planned.
        known: when the last of the zone's loudspeakers had said so. Where it comes again depends on this and not on
            when the plan is made, so every plan finds it at the same place.
    """

    zone: ZoneId
    occurrence: OccurrenceId
    slot: SlotId
    starts_at: datetime
    ends_at: datetime
    known: datetime

    def __post_init__(self) -> None:
        require_utc(self.starts_at, "starts_at")
        require_utc(self.ends_at, "ends_at")
        require_utc(self.known, "known")


def comes_again(
    missed: Iterable[Missed],
    booked: Mapping[SlotId, InPlace],
    running: Callable[[date], Sequence[SessionTemplate]],
    time: ZoneInfo,
) -> Mapping[tuple[date, PlaceId], tuple[Missed, ...]]:
    """Say in which place of which day's session each comes again, the one missed last first.

    Args:
        missed: of one zone.
        booked: its slots whose policy this is, and where they come themselves.
        running: the zone's sessions of a local date.
        time: its civil time.
    """
    found: dict[tuple[date, PlaceId], tuple[Missed, ...]] = {}
    for each in sorted(missed, key=lambda each: (each.ends_at, each.occurrence), reverse=True):
        timing = booked.get(each.slot)
        where = None if timing is None else _next_place(each, timing, running, time)
        if where is not None:
            found[where] = (*found.get(where, ()), each)
    return found


def _next_place(
    missed: Missed, timing: InPlace, running: Callable[[date], Sequence[SessionTemplate]], time: ZoneInfo
) -> tuple[date, PlaceId] | None:
    first = local_day(missed.ends_at, time)
    last = local_day(missed.ends_at + LATEST, time)
    sessions = [
        (span_of(template, day, time).start, day, template)
        for day in (first + number * DAY for number in range((last - first).days + 1))
        for template in running(day)
    ]
    names = {
        place.name.casefold() for *_, template in sessions for place in template.places if place.id in timing.places
    }
    earliest = max(missed.ends_at, missed.known + NOTICE)
    for begins, day, template in sorted(sessions, key=lambda each: (each[0], each[2].id)):
        if earliest <= begins <= missed.ends_at + LATEST:
            for place in template.places:
                if place.by_hand and place.name.casefold() in names:
                    return day, place.id
    return None
