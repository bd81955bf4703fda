"""Which sessions of a station lie ahead, by its session templates. It must not say what sounds in them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from schedules.ids import UnitId
from schedules.session import SessionTemplate, running_on, span_of
from schedules.times import DAY, Span, local_day
from server.ports import UnitOfWork
from server.services.schedule import CIVIL_TIME

LOOK_AHEAD = 8 * DAY
"""A station with one session a week has one within this time."""


@dataclass(frozen=True, slots=True)
class Coming:
    """One session on one day.

    Attributes:
        time: civil time of its station.
    """

    name: str
    span: Span
    time: ZoneInfo


@dataclass(frozen=True, slots=True)
class Timetable:
    """The session templates of a station, in its civil time."""

    templates: tuple[SessionTemplate, ...]
    time: ZoneInfo

    def next_session(self, now: datetime) -> Coming | None:
        """Give the session that runs or comes first; None where there is none within `LOOK_AHEAD`."""
        return next(iter(self.sessions(Span(now, now + LOOK_AHEAD))), None)

    def sessions(self, span: Span) -> tuple[Coming, ...]:
        """Give the sessions that sound at some instant of a span, in order."""
        day, last = local_day(span.start, self.time) - DAY, local_day(span.end, self.time)
        found: list[Coming] = []
        while day <= last:
            for template in running_on(self.templates, day):
                own = span_of(template, day, self.time)
                if own.overlaps(span):
                    found.append(Coming(template.name, own, self.time))
            day += timedelta(days=1)
        return tuple(sorted(found, key=lambda each: (each.span, each.name)))


def timetables(uow: UnitOfWork, stations: Iterable[UnitId]) -> Mapping[UnitId, Timetable]:
    """Give the timetable of each of some stations."""
    wanted = frozenset(stations)
    times = {each.station: each.zone for each in uow.places.regulations(stations=wanted)}
    templates: dict[UnitId, list[SessionTemplate]] = {station: [] for station in wanted}
    for stored in uow.programmes.templates(stations=wanted):
        templates[stored.template.station].append(stored.template)
    return {each: Timetable(tuple(own), times.get(each, CIVIL_TIME)) for each, own in templates.items()}
