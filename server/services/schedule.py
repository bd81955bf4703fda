"""The schedule as the planner takes it, read from the store: whole, of some zones, or as if all were approved.

The conductor and every page plan from what these functions give, so they cannot disagree. It plans nothing.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from schedules.approval import (
    Approval,
    Record,
    Subject,
    approved_zones,
    record_of_programme,
    record_of_slot,
    record_of_template,
)
from schedules.errors import Refused
from schedules.fills import RULES, Fill, Fixed, Rotation, Rule, may_take
from schedules.ids import CampaignId, PersonId, ProgrammeId, SlotId, TemplateId, UnitId, ZoneId
from schedules.programme import Programme, State
from schedules.regulation import Regulation, in_force
from schedules.schedule import Schedule
from schedules.session import SessionTemplate
from schedules.slot import Slot
from schedules.times import local_day
from schedules.unit import Target, Units, Zone, ZoneIndex
from schedules.way import Answer, Way, newest
from server.ports import UnitOfWork
from server.services.around import Around
from server.values import StoredApproval

CIVIL_TIME = ZoneInfo("Asia/Ho_Chi_Minh")
"""Units begin and end at midnight of the country's one civil time."""

MANY_ZONES = 100
"""A station has a dozen zones; what concerns a whole province is too large to be kept."""

_NOBODY = PersonId("")


def schedule_of(uow: UnitOfWork) -> Schedule:
    """Give everything people scheduled and approved; what was removed is not in it."""
    return Schedule(
        units=uow.places.units(),
        zones=tuple(uow.places.zones()),
        regulations=tuple(uow.places.regulations()),
        programmes={each.programme.id: each.programme for each in uow.programmes.all()},
        slots=tuple(each.slot for each in uow.programmes.slots() if each.removed_at is None),
        templates=tuple(each.template for each in uow.programmes.templates()),
        approvals=_by_subject(uow.programmes.approvals()),
        overrides=tuple(uow.proposals.overrides()),
        campaigns=tuple(each.campaign for each in uow.campaigns.all()),
        groups=tuple(uow.places.groups()),
        orders={order.station: order.keys for order in uow.orders.newest()},
        missed=tuple(uow.issue.missed()),
        substitutions=_substitutions(uow),
        answers=newest(uow.answers.newest()),
    )


def schedule_around(uow: UnitOfWork, zones: Iterable[ZoneId]) -> Schedule:
    """Give what concerns some zones; planning them gives the same as planning with the whole."""
    return around(uow, zones).schedule


def around(uow: UnitOfWork, zones: Iterable[ZoneId]) -> Around:
    """Give what concerns some zones, with what was worked out of it."""
    named = frozenset(zones)
    if len(named) > MANY_ZONES:
        return Around(_read_around(uow, named))
    return uow.schedules.kept(named, lambda: Around(_read_around(uow, named)))


def _read_around(uow: UnitOfWork, zones: frozenset[ZoneId]) -> Schedule:
    units, groups = uow.places.units(), uow.places.groups()
    kept = tuple(uow.places.zones(among=zones))
    named = frozenset(zone.id for zone in kept)
    stations = frozenset().union(*(zone.everywhere() for zone in kept))
    above = frozenset(unit for place in stations for unit in units.above(place))
    near = frozenset(each.id for each in groups if not (each.zones.isdisjoint(named) and each.units.isdisjoint(above)))
    slots = uow.programmes.slots(naming=Target(zones=named, units=above, groups=near)) if kept else ()
    templates = tuple(each.template for each in uow.programmes.templates(stations=stations))
    campaigns = tuple(each.campaign for each in uow.campaigns.all())
    programmes = uow.programmes.some(
        {
            *(each.slot.programme for each in slots),
            *(each for template in templates for place in template.places for each in _named(place.fill)),
            *(each for campaign in campaigns for each in campaign.programmes),
        },
        for_places_of=above,
    )
    subjects: list[Subject] = [each.slot.id for each in slots]
    subjects += (template.id for template in templates)
    subjects += (each.programme.id for each in programmes)
    return Schedule(
        units=units,
        zones=kept,
        regulations=tuple(uow.places.regulations(stations=stations)),
        programmes={each.programme.id: each.programme for each in programmes},
        slots=tuple(each.slot for each in slots),
        templates=templates,
        approvals=_by_subject(uow.programmes.approvals(subjects=subjects), among=named),
        overrides=tuple(each for each in uow.proposals.overrides() if each.station in stations),
        campaigns=campaigns,
        groups=tuple(groups),
        orders={order.station: order.keys for order in uow.orders.newest(stations=stations)},
        missed=tuple(uow.issue.missed(zones=named)),
        substitutions=_substitutions(uow),
        answers=newest(uow.answers.newest(stations=stations)),
    )


def _substitutions(uow: UnitOfWork) -> Mapping[tuple[ZoneId, ProgrammeId], str]:
    chosen = uow.languages.substitutions()
    return {(each.zone, each.programme): each.language for each in chosen if each.language is not None}


def _named(fill: Fill) -> tuple[ProgrammeId, ...]:
    """Give the programmes that stand in what fills a place; a rule may take others too."""
    if isinstance(fill, Fixed):
        return (fill.programme,)
    return fill.programmes if isinstance(fill, Rotation) else ()


def _by_subject(
    stored: Iterable[StoredApproval], *, among: frozenset[ZoneId] | None = None
) -> Mapping[Subject, tuple[Approval, ...]]:
    """Give approvals by subject; with zones named as far as these, for an order of the province names thousands."""
    approvals: dict[Subject, tuple[Approval, ...]] = {}
    for each in stored:
        given = each.approval
        narrow = given if among is None else replace(given, zones=given.zones & among)
        approvals[each.subject] = (*approvals.get(each.subject, ()), narrow)
    return approvals


def schedule_of_programme(uow: UnitOfWork, programme: ProgrammeId) -> Schedule:
    """Give one programme with its own slots, campaigns and approvals, without any session; quick to read."""
    stored = uow.programmes.get(programme)
    slots = tuple(each.slot for each in uow.programmes.slots_of(programme) if each.removed_at is None)
    subjects: tuple[Subject, ...] = (programme, *(slot.id for slot in slots))
    return Schedule(
        units=uow.places.units(),
        zones=tuple(uow.places.zones()),
        regulations=(),
        programmes={} if stored is None else {programme: stored.programme},
        slots=slots,
        templates=(),
        approvals={
            subject: tuple(each.approval for each in uow.programmes.approvals_of(subject)) for subject in subjects
        },
        campaigns=tuple(each.campaign for each in uow.campaigns.all() if programme in each.campaign.programmes),
        groups=tuple(uow.places.groups()),
        answers=newest(uow.answers.newest(slots=(slot.id for slot in slots))),
    )


def zones_concerned(uow: UnitOfWork, programme: ProgrammeId) -> frozenset[ZoneId]:
    """Give every zone at which one programme may sound; quick to read, for the transaction of a change."""
    return zones_of_programme(with_sessions(uow, schedule_of_programme(uow, programme)), programme)


def with_sessions(uow: UnitOfWork, schedule: Schedule) -> Schedule:
    """Give the schedule of a programme with everybody's session templates, and who hears it in another language."""
    return replace(schedule, templates=templates_of(uow), substitutions=_substitutions(uow))


def templates_of(uow: UnitOfWork) -> tuple[SessionTemplate, ...]:
    """Give the session templates of all stations."""
    return uow.schedules.kept("templates", lambda: tuple(each.template for each in uow.programmes.templates()))


def narrowed(schedule: Schedule, zones: Iterable[Zone]) -> Schedule:
    """Give what concerns some zones: planning them gives the same as planning with the whole."""
    kept = tuple(zones)
    named = frozenset(zone.id for zone in kept)
    stations = frozenset().union(*(zone.everywhere() for zone in kept))
    index = ZoneIndex(kept, schedule.units, schedule.groups)
    return replace(
        schedule,
        zones=kept,
        slots=tuple(slot for slot in schedule.slots if index.meant(slot.target)),
        templates=tuple(template for template in schedule.templates if template.station in stations),
        missed=tuple(each for each in schedule.missed if each.zone in named),
    )


def assumed(schedule: Schedule, now: datetime, counts: Callable[[Programme], bool] = lambda _: True) -> Schedule:
    """Give the schedule as if every session template, and the uses of some programmes, were approved.

    Where all of it is, it is the very schedule that was given.

    Args:
        schedule: what is really approved.
        now: the moment of the supposed approval.
        counts: which programmes are supposed to be approved, all unless told; a withdrawn one never is.
    """
    supposed: dict[Subject, tuple[Approval, ...]] = {}
    index = ZoneIndex(schedule.zones, schedule.units, schedule.groups)
    stations = _zones_by_station(schedule)

    def suppose(subject: Subject, record: str, zones: Iterable[ZoneId]) -> None:
        given = schedule.approvals.get(subject, ())
        missing = frozenset(zones).difference(*(each.zones for each in given if each.record == record))
        if missing:
            supposed[subject] = (*given, Approval(record, missing, _NOBODY, now))

    for slot in schedule.slots:
        programme = schedule.programmes.get(slot.programme)
        if programme is not None and programme.state is not State.WITHDRAWN and counts(programme):
            zones = index.meant(slot.target)
            suppose(slot.id, record_of_slot(programme, slot).hash, (zone.id for zone in zones))
    for programme in schedule.programmes.values():
        if programme.for_places and programme.state is not State.WITHDRAWN and counts(programme):
            zones = zones_ever_below(schedule, programme.owner)
            suppose(programme.id, record_of_programme(programme).hash, (zone.id for zone in zones))
    for template in schedule.templates:
        try:
            record = record_of_template(template, schedule.programmes)
        except Refused:
            continue
        suppose(template.id, record.hash, stations[template.station])
    return replace(schedule, approvals={**schedule.approvals, **supposed}) if supposed else schedule


def _zones_by_station(schedule: Schedule) -> Mapping[UnitId, set[ZoneId]]:
    found: dict[UnitId, set[ZoneId]] = defaultdict(set)
    for zone in schedule.zones:
        for station in zone.stations:
            found[station].add(zone.id)
    return found


def welcomed(schedule: Schedule, now: datetime, programme: ProgrammeId | None = None) -> Schedule:
    """Give the schedule as if every station had accepted the offers of one programme, or all, at a time or in places.

    Where an offer leaves its places to the stations nobody knows them yet.
    """
    answers = dict(schedule.answers)
    stations = {zone.station for zone in schedule.zones}
    for slot in schedule.slots:
        content = schedule.programmes.get(slot.programme)
        if content is None or programme not in (None, content.id):
            continue
        if slot.way is Way.OFFERED and not slot.place_is_open:
            record = record_of_slot(content, slot).hash
            answers[slot.id] = {
                station: Answer(slot=slot.id, station=station, record=record, accepted=True, by=_NOBODY, at=now)
                for station in stations
            }
    return replace(schedule, answers=answers)


def unapproved_zones(schedule: Schedule, slot: Slot) -> tuple[Zone, ...]:
    """Give the zones a slot means for which its present record was never released."""
    return unapproved(schedule, [slot]).get(slot.id, ())


def unapproved(schedule: Schedule, slots: Iterable[Slot]) -> Mapping[SlotId, tuple[Zone, ...]]:
    """Give, of each of a schedule's slots that has some, the zones for which its present record was never released."""
    index = ZoneIndex(schedule.zones, schedule.units, schedule.groups)
    found: dict[SlotId, tuple[Zone, ...]] = {}
    for slot in slots:
        record = record_of_slot(schedule.programmes[slot.programme], slot)
        released = approved_zones(schedule.approvals.get(slot.id, ()), record)
        zones = tuple(zone for zone in index.meant(slot.target) if zone.id not in released)
        if zones:
            found[slot.id] = zones
    return found


def slots_since(schedule: Schedule) -> Mapping[tuple[SlotId | None, ZoneId], datetime | None]:
    """Give since when each slot was released as it is now, for each zone it means; None where it never was."""
    index = ZoneIndex(schedule.zones, schedule.units, schedule.groups)
    found: dict[tuple[SlotId | None, ZoneId], datetime | None] = {}
    for slot in schedule.slots:
        record = record_of_slot(schedule.programmes[slot.programme], slot)
        since = _since(schedule.approvals.get(slot.id, ()), record)
        found |= {(slot.id, zone.id): since.get(zone.id) for zone in index.meant(slot.target)}
    return found


def templates_since(schedule: Schedule) -> Mapping[tuple[TemplateId, ZoneId], datetime]:
    """Give since when each session template was released as it is now, by zone; nothing where it never was."""
    found: dict[tuple[TemplateId, ZoneId], datetime] = {}
    for template in schedule.templates:
        try:
            record = record_of_template(template, schedule.programmes)
        except Refused:
            continue
        since = _since(schedule.approvals.get(template.id, ()), record)
        found |= {(template.id, zone): at for zone, at in since.items()}
    return found


def _since(given: Iterable[Approval], record: Record) -> Mapping[ZoneId, datetime]:
    found, wanted = dict[ZoneId, datetime](), record.hash
    for each in (each for each in given if each.record == wanted):
        for zone in each.zones:
            found[zone] = min(each.approved_at, found.get(zone, each.approved_at))
    return found


def places_not_released(schedule: Schedule, programme: Programme) -> tuple[Zone, ...]:
    """Give the zones below its owner at which rules may not take a programme yet that is meant for them."""
    if not programme.for_places:
        return ()
    released = approved_zones(schedule.approvals.get(programme.id, ()), record_of_programme(programme))
    return tuple(zone for zone in zones_ever_below(schedule, programme.owner) if zone.id not in released)


def released_as_it_is(schedule: Schedule, programme: Programme) -> bool:
    """Tell whether a programme was released in all of its slots, and for places if it is for those; some use it has."""
    slots = [slot for slot in schedule.slots if slot.programme == programme.id]
    if places_not_released(schedule, programme) or any(unapproved_zones(schedule, slot) for slot in slots):
        return False
    of_slots = ((slot.id, record_of_slot(programme, slot)) for slot in slots)
    uses: list[tuple[Subject, Record]] = [*of_slots, (programme.id, record_of_programme(programme))]
    return any(approved_zones(schedule.approvals.get(subject, ()), record) for subject, record in uses)


def zones_of_template(schedule: Schedule, template: SessionTemplate) -> tuple[Zone, ...]:
    """Give the zones a session template is for, those on their way to its station included, in order of name and id."""
    here = (zone for zone in schedule.zones if template.station in zone.stations)
    return tuple(sorted(here, key=lambda zone: (zone.name, zone.id)))


def released_for(schedule: Schedule, template: SessionTemplate) -> frozenset[ZoneId]:
    """Give the zones for which a session template was released exactly as it is now."""
    try:
        record = record_of_template(template, schedule.programmes)
    except Refused:
        return frozenset()
    return approved_zones(schedule.approvals.get(template.id, ()), record)


def zones_by_programme(schedule: Schedule) -> Mapping[ProgrammeId, frozenset[ZoneId]]:
    """Give every zone at which each programme may sound: by its slots, and in session templates, fixed or by a rule."""
    found: dict[ProgrammeId, set[ZoneId]] = defaultdict(set)
    index = ZoneIndex(schedule.zones, schedule.units, schedule.groups)
    for slot in schedule.slots:
        found[slot.programme] |= {zone.id for zone in index.meant(slot.target)}
    stations = _zones_by_station(schedule)
    for template in schedule.templates:
        here = stations[template.station]
        for place in template.places:
            if place.programme is not None:
                found[place.programme] |= here
            elif isinstance(place.fill, RULES):
                for programme in takable(schedule, place.fill):
                    found[programme.id] |= here
    return defaultdict(frozenset, {programme: frozenset(zones) for programme, zones in found.items()})


def takable(schedule: Schedule, rule: Rule) -> tuple[Programme, ...]:
    """Give the programmes a rule may ever take, released or not."""
    return tuple(
        programme
        for programme in schedule.programmes.values()
        if programme.for_places and may_take(rule, programme, campaigns_of(schedule, programme.id))
    )


def campaigns_of(schedule: Schedule, programme: ProgrammeId) -> frozenset[CampaignId]:
    """Give the campaigns a programme belongs to."""
    return frozenset(campaign.id for campaign in schedule.campaigns if programme in campaign.programmes)


def zones_of_programme(schedule: Schedule, programme: ProgrammeId) -> frozenset[ZoneId]:
    """Give every zone at which one programme may sound."""
    own = tuple(slot for slot in schedule.slots if slot.programme == programme)
    return zones_by_programme(replace(schedule, slots=own))[programme]


def zones_below(schedule: Schedule, unit: UnitId) -> tuple[Zone, ...]:
    """Give the zones of a station, a hamlet or a whole province, in order of name and id."""
    return standing_below(schedule.units, schedule.zones, unit)


def standing_below(units: Units, zones: Iterable[Zone], unit: UnitId) -> tuple[Zone, ...]:
    """Give those zones that stand in a unit, or whose station does, in order of name and id."""
    below = units.below(unit)
    found = (zone for zone in zones if zone.unit in below or zone.station in below)
    return tuple(sorted(found, key=lambda zone: (zone.name, zone.id)))


def lies_in(units: Units, zone: Zone, unit: UnitId) -> bool:
    """Tell whether a zone stands in a unit, or its station does."""
    return units.within(zone.unit, unit) or units.within(zone.station, unit)


def zones_ever_below(schedule: Schedule, unit: UnitId) -> tuple[Zone, ...]:
    """Give the zones that stood, stand or will stand in a unit, in order of name and id."""
    return ever_below(schedule.units, schedule.zones, unit)


def ever_below(units: Units, zones: Iterable[Zone], unit: UnitId) -> tuple[Zone, ...]:
    """Give those zones that stood, stand or will stand in a unit, in order of name and id."""
    below = units.below(unit)
    found = (
        zone
        for zone in zones
        if zone.unit in below
        or zone.station in below
        or ((zone.stood or zone.moves) and not below.isdisjoint(zone.everywhere()))
    )
    return tuple(sorted(found, key=lambda zone: (zone.name, zone.id)))


def today_at(schedule: Schedule, station: UnitId, now: datetime) -> date:
    """Give the local date of a station, by the civil time of its regulation in force where it has one."""
    regulation = regulation_on(schedule, station, now)
    return local_day(now, CIVIL_TIME if regulation is None else regulation.zone)


def regulation_on(schedule: Schedule, station: UnitId, instant: datetime) -> Regulation | None:
    """Give a station's regulation in force on the local date of an instant; None when it has none."""
    own = [each for each in schedule.regulations if each.station == station]
    return in_force(own, local_day(instant, own[0].zone)) if own else None
