"""Named groups of zones and units: made, changed and removed by those who write for the unit that owns them.

A group that grows makes targets grow: at the new zones nothing plays until a supplementary approval.
"""

from collections.abc import Iterable
from hashlib import sha256

from schedules.ids import GroupId, UnitId, ZoneId
from schedules.schedule import Schedule
from schedules.unit import Group, Target, zones_meant
from server.errors import NotFound, Unacceptable
from server.ports import Clock, Store, UnitOfWork
from server.services.inputs import as_input, one_line, require_short
from server.services.new_ids import new_id
from server.services.rights import ANY_ROLE, WRITERS, require, require_any
from server.services.schedule import schedule_of
from server.services.trail import note, require_newest
from server.values import Person

_FIELDS = {"group.no_name": "name", "group.names_nothing": "zones"}


def groups_of(store: Store, person: Person, unit: UnitId) -> tuple[Group, ...]:
    """Give the groups a unit owns, by name.

    Raises:
        NotAllowed: `rights.missing` for somebody without a role there.
    """
    with store.reading() as uow:
        require(uow.places.units(), person, unit, *ANY_ROLE)
        own = (group for group in uow.places.groups() if group.owner == unit)
        return tuple(sorted(own, key=lambda group: (group.name, group.id)))


def get(store: Store, person: Person, group: GroupId) -> Group:
    """Give one group.

    Raises:
        NotFound: `group.unknown`.
        NotAllowed: `rights.missing` for somebody without a role at its owner.
    """
    with store.reading() as uow:
        known = _known(uow, group)
        require(uow.places.units(), person, known.owner, *ANY_ROLE)
    return known


def make(
    store: Store,
    clock: Clock,
    person: Person,
    *,
    owner: UnitId,
    name: str,
    zones: Iterable[ZoneId] = (),
    units: Iterable[UnitId] = (),
) -> Group:
    """Name a group.

    Raises:
        NotAllowed: `rights.missing` unless the person writes for the owner and all that is in the group.
        Unacceptable: `group.*` with its field; `target.no_zone` for a zone that is not there.
    """
    require_short(name, "name")
    with as_input(_FIELDS):
        made = Group(
            id=GroupId(new_id(clock.now())),
            owner=owner,
            name=one_line(name),
            zones=frozenset(zones),
            units=frozenset(units),
        )
    with store.writing() as uow:
        _put(uow, clock, person, made, before=None)
        uow.commit()
    return made


def change(
    store: Store,
    clock: Clock,
    person: Person,
    group: GroupId,
    *,
    name: str,
    zones: Iterable[ZoneId] = (),
    units: Iterable[UnitId] = (),
    seen: str,
) -> Group:
    """Give a group another name or other members; every zone that comes or goes is planned anew.

    Args:
        store: written to, with one audit line.
        clock: dates it.
        person: who writes for the owner and all that is in the group.
        group: which.
        name: what it is called from now on.
        zones: its own, instead of those before.
        units: as `zones`.
        seen: what `seen_as` gave for the group as the person saw it.

    Raises:
        NotFound: `group.unknown`.
        Stale: `edit.stale`.
        NotAllowed, Unacceptable: as for `make`.
    """
    with store.writing() as uow:
        before = _known(uow, group)
        require(uow.places.units(), person, before.owner, *WRITERS)
        require_newest(uow, seen=seen, stored=seen_as(before), subject=group, unit=before.owner)
        require_short(name, "name")
        with as_input(_FIELDS):
            after = Group(
                id=group, owner=before.owner, name=one_line(name), zones=frozenset(zones), units=frozenset(units)
            )
        _put(uow, clock, person, after, before=before)
        uow.commit()
    return after


def seen_as(group: Group) -> str:
    """Give what stands for a group as it is: the same facts give the same in every process."""
    facts = (group.name, sorted(group.zones), sorted(group.units))
    return sha256(repr(facts).encode()).hexdigest()


def remove(store: Store, clock: Clock, person: Person, group: GroupId) -> None:
    """Take a group away that no slot and no campaign names.

    Raises:
        NotFound: `group.unknown`.
        NotAllowed: `rights.missing`.
        Unacceptable: `group.in_use` with the title of what names it.
    """
    with store.writing() as uow:
        known = _known(uow, group)
        require(uow.places.units(), person, known.owner, *WRITERS)
        naming = _naming(schedule_of(uow), group)
        if naming:
            raise Unacceptable("group.in_use", group=known.name, titles=sorted(naming))
        uow.places.remove_group(group)
        note(uow, clock.now(), person, "group.removed", subject=group, unit=known.owner, name=known.name)
        uow.commit()


def _put(uow: UnitOfWork, clock: Clock, person: Person, group: Group, *, before: Group | None) -> None:
    units, zones = uow.places.units(), {zone.id: zone for zone in uow.places.zones()}
    for unit in (group.owner, *sorted(group.units)):
        require(units, person, unit, *WRITERS)
    for zone in sorted(group.zones):
        if zone not in zones:
            raise Unacceptable("target.no_zone", "zones")
        require_any(units, person, (zones[zone].unit, *(move.unit for move in zones[zone].moves)), *WRITERS)
    uow.places.put_group(group)
    named = Target(groups=frozenset({group.id}))
    for each in (group, before):
        if each is not None:
            uow.issue.want(zone.id for zone in zones_meant(named, zones.values(), units, [each]))
    action = "group.made" if before is None else "group.changed"
    note(
        uow,
        clock.now(),
        person,
        action,
        subject=group.id,
        unit=group.owner,
        before=None if before is None else _shown(before),
        after=_shown(group),
    )


def _known(uow: UnitOfWork, group: GroupId) -> Group:
    known = next((each for each in uow.places.groups() if each.id == group), None)
    if known is None:
        raise NotFound("group.unknown")
    return known


def _naming(schedule: Schedule, group: GroupId) -> set[str]:
    slots = {schedule.programmes[slot.programme].title for slot in schedule.slots if group in slot.target.groups}
    campaigns = (each for each in schedule.campaigns if any(group in goal.target.groups for goal in each.goals))
    return slots | {campaign.title for campaign in campaigns}


def _shown(group: Group) -> dict[str, object]:
    return {"name": group.name, "zones": sorted(group.zones), "units": sorted(group.units)}
