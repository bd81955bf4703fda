"""What the forms of a station offer to choose from: zones, places of sessions, kinds, channels. It chooses nothing."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from schedules.ids import PlaceId, TemplateId
from schedules.programme import Kind
from schedules.regulation import in_force
from schedules.session import Place, SessionTemplate
from schedules.times import DAY, local_day, local_instant
from schedules.unit import Group, Unit, UnitLevel, Zone
from schedules.wire.messages import Channel
from server.ports import UnitOfWork
from server.services.machine_voice import forbidden_at
from server.services.rights import WRITERS, may
from server.values import StoredTemplate
from server.web.centre import centre
from server.web.stations import station
from server.web.visitor import person

MADE_BY_PEOPLE = (
    Kind.NOTICE,
    Kind.BULLETIN,
    Kind.REPLY,
    Kind.FEATURE,
    Kind.CAMPAIGN,
    Kind.MUSIC,
    Kind.RELAY,
    Kind.MOURNING,
)
"""Kinds somebody writes a text, brings a sound or chooses a channel for, the most frequent first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenPlace:
    """A place of a session that items can be appended to."""

    place: Place
    template: SessionTemplate


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """What a station's forms offer.

    Attributes:
        units: whole communes and provinces this person may book for.
        next_day: the first local day on which one of the open places still lies ahead.
        begun: open places whose session of today has begun.
        groups: named groups this person may book for.
        languages: of the people of the zones, the most frequent first.
        tags: of the zones.
        above: units above the station this person writes for: what they make is offered to it, or ordered.
        voice_allowed: a machine may be heard here.
    """

    zones: tuple[Zone, ...]
    units: tuple[Unit, ...]
    groups: tuple[Group, ...]
    places: tuple[OpenPlace, ...]
    kinds: tuple[Kind, ...]
    channels: tuple[Channel, ...]
    languages: tuple[str, ...]
    tags: tuple[str, ...]
    above: tuple[Unit, ...]
    voice_allowed: bool
    today: date
    next_day: date
    begun: frozenset[PlaceId]


_LOOK_AHEAD = 14


def choices_of_station() -> Choices:
    """Give what the forms of this page's station offer now."""
    now = centre().clock.now()
    here = station()
    today = local_day(now, here.time)
    with centre().store.reading() as uow:
        templates = [
            each.template for each in uow.programmes.templates(stations=[here.id]) if not _turned_down(uow, each)
        ]
        channels = tuple(uow.places.channels())
        regulation = in_force(uow.places.regulations(stations=[here.id]), today)
        units = uow.places.units()
        # Of the thousands of units only those in which zones stand.
        inhabited = {above for zone in uow.places.zones() for above in units.above(zone.station)}
        wide = [
            unit
            for unit in map(units.by_id.__getitem__, inhabited)
            if unit.level in (UnitLevel.PROVINCE, UnitLevel.COMMUNE) and may(units, person(), unit.id, *WRITERS)
        ]
        voice_allowed = not forbidden_at(uow, [here.id])
        groups = [group for group in uow.places.groups() if may(units, person(), group.owner, *WRITERS)]
    used = sorted(
        (template for template in templates if not template.is_over(today)),
        key=lambda template: (template.starts, template.valid_from),
    )
    of_today = [each for each in used if each.runs_on(today)]
    begun = {each.id for each in of_today if local_instant(today, each.starts, here.time) <= now}
    spoken = [language for zone in here.zones for language in zone.languages]
    return Choices(
        zones=here.zones,
        units=tuple(sorted(wide, key=lambda unit: (unit.level != UnitLevel.PROVINCE, unit.name))),
        groups=tuple(sorted(groups, key=lambda group: (group.name, group.id))),
        places=tuple(
            # A place that a replacing template shares is one place.
            {
                place.id: OpenPlace(place=place, template=template)
                for template in reversed(used)
                for place in reversed(template.places)
                if place.by_hand
            }.values()
        )[::-1],
        kinds=tuple(kind for kind in MADE_BY_PEOPLE if regulation is None or kind in regulation.kinds),
        channels=channels,
        languages=tuple(
            sorted(set(spoken), key=lambda language: (language != "vi", -spoken.count(language), language))
        ),
        above=tuple(units.by_id[unit] for unit in units.above(here.id)[1:] if may(units, person(), unit, *WRITERS)),
        voice_allowed=voice_allowed,
        tags=tuple(sorted({tag for zone in here.zones for tag in zone.tags})),
        today=today,
        next_day=_next_day(used, today, begun),
        begun=frozenset(place.id for each in of_today if each.id in begun for place in each.places),
    )


def _turned_down(uow: UnitOfWork, stored: StoredTemplate) -> bool:
    """Tell whether a session template was sent back and never sounded: nothing belongs there yet."""
    return bool(stored.note) and not uow.programmes.approvals_of(stored.template.id)


def _next_day(templates: Sequence[SessionTemplate], today: date, begun: Collection[TemplateId]) -> date:
    """Give the day of the next session that takes items; the next one where none does."""
    taking = [each for each in templates if any(place.by_hand for place in each.places)]
    days = (today + DAY * ahead for ahead in range(_LOOK_AHEAD))
    coming = (day for day in days for each in taking if each.runs_on(day) and not (day == today and each.id in begun))
    return next(coming, today + DAY)
