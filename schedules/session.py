"""Session templates (khung chương trình): the running order of a broadcast, and its computed times.

It must not know approval or regulation: it lays out what it is given, and says what is cut and when.
"""

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from schedules.errors import InvalidValue
from schedules.fills import ByHand, Fill, Fixed, Repeats
from schedules.ids import OccurrenceId, PlaceId, ProgrammeId, SlotId, TemplateId, UnitId
from schedules.regulation import EVERY_DAY, SessionName
from schedules.times import DAY, Span, local_instant


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One position in a session.

    Attributes:
        at: local time at which it starts to the second and cuts what runs over; None when it follows on.
        minutes: what it is meant to last; a relay lasts exactly this.
        filler: repeats itself until the next timed place (music), and is left out when no time is left.
    """

    id: PlaceId
    name: str
    fill: Fill
    minutes: int
    at: time | None = None
    filler: bool = False

    def __post_init__(self) -> None:
        if self.minutes <= 0:
            raise InvalidValue("place.minutes", place=self.name)

    @property
    def by_hand(self) -> bool:
        """Whether people book slots into it."""
        return isinstance(self.fill, ByHand)

    @property
    def programme(self) -> ProgrammeId | None:
        """The programme that is fixed here; None where something else fills the place."""
        return self.fill.programme if isinstance(self.fill, Fixed) else None

    @property
    def repeats(self) -> PlaceId | None:
        """The place whose items are heard here once more, if it repeats one."""
        return self.fill.place if isinstance(self.fill, Repeats) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionTemplate:
    """The running order of one session of a station, on some weekdays, from a date.

    Attributes:
        starts, ends: local times; nothing sounds from `ends` on (00:00: midnight).
        replaces: the template that does not run while this one is valid and released: a new running order from
            a day on, or one for some days only. The places they share keep their ids, and so what is booked.
        refused: how often somebody denied an approval of it; what was approved before holds no more.
    """

    id: TemplateId
    station: UnitId
    session: SessionName
    name: str
    starts: time
    ends: time
    places: tuple[Place, ...]
    weekdays: frozenset[int] = EVERY_DAY
    valid_from: date
    valid_to: date | None = None
    replaces: TemplateId | None = None
    refused: int = 0
    version: int = 1

    def __post_init__(self) -> None:
        if self.ends != time(0) and self.ends <= self.starts:
            raise InvalidValue("session.ends_before_start", session=self.name)
        timed = [place.at for place in self.places if place.at is not None]
        if timed != sorted(set(timed)) or any(at < self.starts or _past(at, self.ends) for at in timed):
            raise InvalidValue("session.places_out_of_order", session=self.name)
        if len({place.id for place in self.places}) != len(self.places):
            raise InvalidValue("session.place_twice", session=self.name)

    def is_valid_on(self, day: date) -> bool:
        """Tell whether a local date lies between its first day and its last."""
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)

    def is_over(self, day: date) -> bool:
        """Tell whether it runs on no day from a local date on."""
        return self.valid_to is not None and self.valid_to <= max(day, self.valid_from)

    def runs_on(self, day: date) -> bool:
        """Tell whether the template is used on a local date, as long as nothing replaces it."""
        return self.is_valid_on(day) and day.weekday() in self.weekdays


def running_on(templates: Iterable[SessionTemplate], day: date) -> tuple[SessionTemplate, ...]:
    """Give the templates that run on a local date, without those that another one of them replaces."""
    known = tuple(templates)
    replaced = {each.replaces for each in known if each.is_valid_on(day)}
    return tuple(each for each in known if each.runs_on(day) and each.id not in replaced)


def later_places(templates: Iterable[SessionTemplate], places: Container[PlaceId]) -> tuple[PlaceId, ...]:
    """Give the places of the same names in later sessions of the day into which people book slots too.

    Args:
        templates: of one station.
        places: what is booked already.
    """
    known = sorted(templates, key=lambda template: (template.starts, template.id))
    first = {
        (place.name.casefold(), template.starts)
        for template in known
        for place in template.places
        if place.id in places
    }
    return tuple(
        dict.fromkeys(
            place.id
            for template in known
            for place in template.places
            if place.by_hand
            and place.id not in places
            and any(place.name.casefold() == name and starts < template.starts for name, starts in first)
        )
    )


@dataclass(frozen=True, slots=True)
class Entry:
    """Something that wants a position in a place: its key (`occurrence.in_place`), the programme, its length."""

    key: SlotId | PlaceId | ProgrammeId | OccurrenceId
    programme: ProgrammeId
    length: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One computed line of a session's running order.

    Attributes:
        wants_until: when it would end if nothing cut it; later than `end` when it is cut.
        limit: the next timed place, or the end of the session.
    """

    place: Place
    entry: Entry
    start: datetime
    end: datetime
    wants_until: datetime
    limit: datetime

    @property
    def cut(self) -> timedelta:
        """How much of it is not heard; nothing for filler, which is meant to end at the limit."""
        return self.wants_until - self.end


def lay_out(
    template: SessionTemplate, day: date, zone: ZoneInfo, entries: Mapping[PlaceId, Sequence[Entry]]
) -> tuple[Line, ...]:
    """Compute the times of a session on a day.

    Items follow each other; a timed place starts to the second and cuts what is still sounding. What
    would start at or after the cut is kept with no length, so that the page can say it is not heard.

    Args:
        template: whose places are filled.
        day: local date.
        zone: the station's civil time.
        entries: per place what fills it, in order; one that repeats another shows what the repeated place holds.
    """
    whole = span_of(template, day, zone)
    timed = anchors(template, day, zone)
    lines: list[Line] = []
    cursor = whole.start
    for index, place in enumerate(template.places):
        anchor = timed[index]
        if anchor is not None:
            cursor = anchor
        limit = next((at for at in timed[index + 1 :] if at is not None), whole.end)
        for entry in entries.get(place.repeats or place.id, ()):
            start = min(cursor, limit)
            wants = limit if place.filler else start + entry.length
            end = min(wants, limit)
            lines.append(Line(place=place, entry=entry, start=start, end=end, wants_until=wants, limit=limit))
            cursor = end
    return tuple(lines)


def span_of(template: SessionTemplate, day: date, zone: ZoneInfo) -> Span:
    """Give the time of a session on a local date; nothing where a clock change swallows it."""
    starts = local_instant(day, template.starts, zone)
    last = day if template.ends != time(0) else day + DAY
    return Span(starts, max(starts, local_instant(last, template.ends, zone)))


def anchors(template: SessionTemplate, day: date, zone: ZoneInfo) -> tuple[datetime | None, ...]:
    """Give the instant of each place that has one, in the order of the places."""
    return tuple(None if place.at is None else local_instant(day, place.at, zone) for place in template.places)


def _past(at: time, ends: time) -> bool:
    return ends != time(0) and at >= ends
