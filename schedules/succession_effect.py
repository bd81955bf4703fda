"""What a merge or a split of units does to the schedule, said before it is done. It changes nothing."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from schedules.expansion import comes_between
from schedules.ids import PlaceId, UnitId
from schedules.schedule import Schedule
from schedules.session import SessionTemplate
from schedules.slot import InPlace, Slot
from schedules.succession import Succession, after
from schedules.unit import Zone, ZoneIndex


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotChange:
    """What becomes of one slot.

    Attributes:
        gains: zones it means from the day on; nothing plays there until a supplementary approval.
        loses: zones it means no more.
        placeless: zones whose new running order has none of the places it fills.
    """

    slot: Slot
    gains: tuple[Zone, ...]
    loses: tuple[Zone, ...]
    placeless: tuple[Zone, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """What a succession does to the schedule.

    Attributes:
        moving: the zones that come under another station, as they are from the day on.
        slots: those that are not the same afterwards.
        ending: session templates that run no more from the day on.
    """

    moving: tuple[Zone, ...]
    slots: tuple[SlotChange, ...]
    ending: tuple[SessionTemplate, ...]


def effect(schedule: Schedule, succession: Succession) -> Effect:
    """Say what a succession does to zones, slots and session templates."""
    on = succession.on
    later = after(schedule, succession)
    zones = tuple(replace(zone.moved(on), moves=()) for zone in later.zones)
    before = {zone.id: zone.moved(on) for zone in schedule.zones}
    indexes = [ZoneIndex(each.zones, each.units, each.groups) for each in (schedule, replace(later, zones=zones))]
    offered = {station: _offered(later.templates, station, on) for station in {zone.station for zone in zones}}
    changes: list[SlotChange] = []
    for slot in schedule.slots:
        if not comes_between(slot.timing, on, date.max):
            continue
        was, will = ({zone.id: zone for zone in index.meant(slot.target)} for index in indexes)
        change = SlotChange(
            slot=slot,
            gains=tuple(zone for zone in will.values() if zone.id not in was),
            loses=tuple(zone for zone in was.values() if zone.id not in will),
            placeless=tuple(
                zone
                for zone in will.values()
                if isinstance(slot.timing, InPlace)
                and not slot.place_is_open
                and zone.station != before[zone.id].station
                and offered[zone.station].isdisjoint(slot.timing.places)
            ),
        )
        if change.gains or change.loses or change.placeless:
            changes.append(change)
    left = set(succession.ends)
    return Effect(
        moving=tuple(zone for zone in zones if zone.station != before[zone.id].station),
        slots=tuple(changes),
        ending=tuple(
            template
            for template in schedule.templates
            if template.station in left and (template.valid_to is None or on < template.valid_to)
        ),
    )


def _offered(templates: Iterable[SessionTemplate], station: UnitId, on: date) -> frozenset[PlaceId]:
    running = (each for each in templates if each.station == station and (each.valid_to is None or on < each.valid_to))
    return frozenset(place.id for template in running for place in template.places)
