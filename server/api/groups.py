"""Named groups of zones and units, which targets may name."""

from apiflask import APIBlueprint
from pydantic import Field

from schedules.ids import GroupId, UnitId, ZoneId
from schedules.unit import Group
from server.api import asking
from server.api.centre import centre
from server.api.shapes import Answer, Line, Names, Sent
from server.api.views import Write, reads, writes
from server.services import groups as services
from server.token_records import Scope
from server.values import Person

groups = APIBlueprint("groups", __name__, tag="Groups")


class GroupSent(Sent):
    """What a group is to be."""

    name: Line
    zones: Names = Field(default_factory=list)
    units: Names = Field(default_factory=list)


class GroupShown(Answer):
    """A group as it is."""

    id: str
    owner: str
    name: str
    zones: list[str]
    units: list[str]
    version: str


class Groups(Answer):
    """The groups a unit owns, by name."""

    groups: list[GroupShown]


class RemovedGroup(Answer):
    """What was taken away."""

    id: str


@reads(groups, "/units/<unit>/groups", Groups)
def listed(person: Person, unit: str) -> Groups:
    """Give the groups a unit owns."""
    return Groups(groups=[_shown(each) for each in services.groups_of(centre().store, person, UnitId(unit))])


@reads(groups, "/groups/<group>", GroupShown)
def one(person: Person, group: str) -> GroupShown:
    """Give a group; its version is for `If-Match`."""
    return _shown(services.get(centre().store, person, GroupId(group)))


@writes(groups, "POST", "/units/<unit>/groups", Write(scope=Scope.SCHEDULE, status=201), GroupShown, takes=GroupSent)
def make(person: Person, unit: str, sent: GroupSent) -> GroupShown:
    """Name a group."""
    zones, units = map(ZoneId, sent.zones), map(UnitId, sent.units)
    owner = UnitId(unit)
    return _shown(
        services.make(centre().store, centre().clock, person, owner=owner, name=sent.name, zones=zones, units=units)
    )


@writes(groups, "PUT", "/groups/<group>", Write(scope=Scope.SCHEDULE, edits=True), GroupShown, takes=GroupSent)
def change(person: Person, group: str, sent: GroupSent) -> GroupShown:
    """Give a group another name or other members; where a target grows by it, an approver is asked again."""
    return _shown(
        services.change(
            centre().store,
            centre().clock,
            person,
            GroupId(group),
            name=sent.name,
            zones=map(ZoneId, sent.zones),
            units=map(UnitId, sent.units),
            seen=asking.seen(),
        )
    )


@writes(groups, "DELETE", "/groups/<group>", Write(scope=Scope.SCHEDULE), RemovedGroup)
def remove(person: Person, group: str) -> RemovedGroup:
    """Take a group away that nothing names."""
    services.remove(centre().store, centre().clock, person, GroupId(group))
    return RemovedGroup(id=group)


def _shown(group: Group) -> GroupShown:
    return GroupShown(
        id=group.id,
        owner=group.owner,
        name=group.name,
        zones=sorted(group.zones),
        units=sorted(group.units),
        version=services.seen_as(group),
    )
