"""What stands between a session template and the air: what it names is not there, or it can never fit.

It refuses nothing itself: `templates` does, and the page shows it while somebody still types.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta

from schedules.choice import length_of
from schedules.fills import Fixed, Newest, OfCampaign, Repeats, Rotation
from schedules.ids import PlaceId, ProgrammeId, TemplateId, UnitId
from schedules.programme import Level, Programme, State
from schedules.regulation import in_force
from schedules.running_order import misfits
from schedules.schedule import Schedule
from schedules.session import Place, SessionTemplate
from schedules.times import DAY, local_day
from schedules.unit import Units
from server.services.obstacles import Obstacle


def template_obstacles(schedule: Schedule, template: SessionTemplate, now: datetime) -> tuple[Obstacle, ...]:
    """Give everything for which a template can never run as it is, each once."""
    found = [*_of_places(schedule, template), *_of_time(schedule, template, now)]
    return tuple(dict.fromkeys(found))


def _of_places(schedule: Schedule, template: SessionTemplate) -> Iterator[Obstacle]:
    others = [each for each in schedule.templates if each.station == template.station and each.id != template.id]
    if template.replaces is not None and template.replaces not in {each.id for each in others}:
        yield Obstacle("template.replaces_nothing")
    family = _family(others, template)
    # What went on from a unit before has its places, in which people have booked.
    own = {place.id for each in schedule.templates if each.id in family for place in each.places}
    taken = {place.id for each in schedule.templates if each.id not in family for place in each.places} - own
    here = {place.id: place for each in (*others, template) for place in each.places}
    for place in template.places:
        if not place.name.strip():
            yield Obstacle("place.no_name")
        if place.id in taken:
            yield Obstacle("place.taken", (("place", place.name),))
        yield from _of_fill(schedule, template.station, place, here)


def _of_fill(schedule: Schedule, station: UnitId, place: Place, here: Mapping[PlaceId, Place]) -> Iterator[Obstacle]:
    fill = place.fill
    named = (("place", place.name),)
    match fill:
        case Repeats():
            repeated = here.get(fill.place)
            if repeated is None or repeated.repeats is not None:
                yield Obstacle("place.nothing_to_fill", named)
        case Fixed():
            yield from _playable(schedule, fill.programme, named, station=station)
        case Rotation():
            for programme in fill.programmes:
                yield from _playable(schedule, programme, named, station=station, by_rule=True)
        case Newest():
            if not all(_is_above(schedule.units, owner, station) for owner in fill.owners):
                yield Obstacle("place.owner_not_above", named)
        case OfCampaign():
            campaign = next((each for each in schedule.campaigns if each.id == fill.campaign), None)
            if campaign is None or not _is_above(schedule.units, campaign.owner, station):
                yield Obstacle("place.campaign_unknown", named)


def _playable(
    schedule: Schedule,
    programme: ProgrammeId,
    named: tuple[tuple[str, object], ...],
    *,
    station: UnitId,
    by_rule: bool = False,
) -> Iterator[Obstacle]:
    """Say why a programme cannot be played in a place: it is gone, of somebody else, or not for rules."""
    known = schedule.programmes.get(programme)
    units = schedule.units
    ours = known is not None and (
        _is_above(units, known.owner, station) or any(units.within(each, station) for each in units.became(known.owner))
    )
    if known is None or not ours or known.state is State.WITHDRAWN or known.level is Level.EMERGENCY:
        yield Obstacle("place.programme_unknown", named)
    elif by_rule and not known.for_places:
        yield Obstacle("place.not_for_places", (*named, ("title", known.title)))


def _is_above(units: Units, owner: UnitId, station: UnitId) -> bool:
    """Tell whether a unit, or what it became, is a station or stands above it."""
    return owner in units.by_id and not units.became(owner).isdisjoint(units.above(station))


def _family(others: Iterable[SessionTemplate], template: SessionTemplate) -> frozenset[TemplateId]:
    """Give the templates with which one may share places: itself, what it replaces, and what replaces those."""
    known = {each.id: each for each in (*others, template)}
    family = {template.id}
    grown = True
    while grown:
        linked = {
            each.id
            for each in known.values()
            if each.replaces in family or any(known[member].replaces == each.id for member in family)
        }
        grown = not linked <= family
        family |= linked
    return frozenset(family)


def _of_time(schedule: Schedule, template: SessionTemplate, now: datetime) -> Iterator[Obstacle]:
    """Look at a week from the first day, and at one from each later day on which another regulation begins."""
    own = [each for each in schedule.regulations if each.station == template.station]
    if not own:
        yield Obstacle("station.no_regulation", (("unit", schedule.units.by_id[template.station].name),))
        return
    first = max(template.valid_from, local_day(now, own[0].zone))
    starts = {first, *(each.valid_from for each in own if each.valid_from > first)}
    lengths = _fixed_lengths(schedule.programmes, template.places)
    told: set[str] = set()
    for day in sorted({start + number * DAY for start in starts for number in range(7)}):
        regulation = in_force(own, day)
        if regulation is None or not template.runs_on(day):
            continue
        # What holds on several days is said of the first.
        found = [each for each in misfits(template, lengths, regulation, day) if each.code not in told]
        yield from (Obstacle(each.code, (*each.values, ("day", day))) for each in found)
        told |= {each.code for each in found}


def _fixed_lengths(programmes: Mapping[ProgrammeId, Programme], places: Iterable[Place]) -> dict[PlaceId, timedelta]:
    """Give how long the fixed programmes of places sound, the longest language of each; relays are left out."""
    found: dict[PlaceId, timedelta] = {}
    for place in places:
        programme = programmes.get(place.programme) if place.programme is not None else None
        lengths = [length_of(programme, each.language) for each in programme.variants] if programme else []
        known = [length for length in lengths if length is not None]
        if known:
            found[place.id] = max(known)
    return found
