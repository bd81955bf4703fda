"""When a notice usually plays, one press each: the next session, the one after it, or both. It books nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import islice
from zoneinfo import ZoneInfo

from flask_babel import gettext as _

from schedules.session import SessionTemplate
from schedules.times import DAY, local_instant
from server.web.choices import Choices
from server.web.filled import for_notices
from server.web.formats import day_text

_NOON, _LATE = time(12), time(23, 59)
_DAYS_AHEAD = 8
"""A station that is heard once a week still has a next session among them."""


@dataclass(frozen=True, slots=True)
class Preset:
    """One press: what it is called, and the fields it fills."""

    label: str
    fields: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class _Occasion:
    """A session that lies ahead, with the places notices are appended to."""

    day: date
    template: SessionTemplate
    places: tuple[str, ...]


def presets(choices: Choices, now: datetime, zone: ZoneInfo) -> tuple[Preset, ...]:
    """Give the presets of a station at this hour; none where no session lies ahead."""
    coming = tuple(islice(_ahead(choices, now, zone), 2))
    return tuple(_preset(group, choices.today) for group in ((each,) for each in coming)) + (
        (_preset(coming, choices.today),) if len(coming) > 1 else ()
    )


def _ahead(choices: Choices, now: datetime, zone: ZoneInfo) -> list[_Occasion]:
    templates = {each.template.id: each.template for each in choices.places}.values()
    places = {
        template.id: tuple(for_notices([each.place for each in choices.places if each.template.id == template.id]))
        for template in templates
    }
    found = [
        _Occasion(day, template, places[template.id])
        for day in (choices.today + DAY * ahead for ahead in range(_DAYS_AHEAD))
        for template in templates
        if template.runs_on(day) and local_instant(day, template.starts, zone) > now
    ]
    return sorted(found, key=lambda each: (each.day, each.template.starts, each.template.id))


def _preset(occasions: tuple[_Occasion, ...], today: date) -> Preset:
    """Fill the days from the first to the last; the end of validity shuts out what would play after them."""
    first, last = occasions[0], occasions[-1]
    ends = _NOON if last.template.ends <= _NOON else _LATE
    return Preset(
        _(" và ").join(_named(each, today) for each in occasions),
        {
            "when": ("places",),
            "places": tuple(place for each in occasions for place in each.places),
            "first_day": (day_text(first.day),),
            "last_day": (day_text(last.day),),
            "valid_day": (day_text(last.day),),
            "valid_time": (ends.strftime("%H:%M"),),
        },
    )


def _named(occasion: _Occasion, today: date) -> str:
    name = occasion.template.name
    if occasion.day == today:
        return str(_("%(session)s hôm nay", session=name))
    if occasion.day == today + DAY:
        return str(_("%(session)s ngày mai", session=name))
    return str(_("%(session)s ngày %(day)s", session=name, day=day_text(occasion.day)))
