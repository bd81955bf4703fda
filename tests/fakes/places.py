"""People and places in memory."""

from collections.abc import Iterable, Sequence

from schedules.ids import (
    GroupId,
    LoudspeakerId,
    PersonId,
    UnitId,
    ZoneId,
)
from schedules.regulation import Regulation
from schedules.unit import Group, Unit, Units, Zone
from schedules.wire.messages import Channel
from server.issue_records import ZoneMark
from server.values import (
    Loudspeaker,
    Person,
    StoredSuccession,
)
from tests.fakes.kept import Dangling, Kept


class FakePeople:
    def __init__(self, kept: Kept) -> None:
        self._kept = kept

    def get(self, person: PersonId) -> Person | None:
        return self._kept.people.get(person)

    def by_login(self, login: str) -> Person | None:
        return next((each for each in self._kept.people.values() if each.login == login), None)

    def of_unit(self, unit: UnitId) -> Sequence[Person]:
        own = (each for each in self._kept.people.values() if each.unit == unit)
        return sorted(own, key=lambda each: (each.name, each.id))

    def all(self) -> Sequence[Person]:
        return sorted(self._kept.people.values(), key=lambda each: (each.name, each.id))

    def put(self, person: Person) -> None:
        self._kept.require(self._kept.units, person.unit)
        taken = self.by_login(person.login)
        if taken is not None and taken.id != person.id:
            raise Dangling(person.login)
        self._kept.people[person.id] = person


class FakePlaces:
    def __init__(self, kept: Kept) -> None:
        self._kept = kept

    def units(self) -> Units:
        to_come = (unit for each in self.successions() if each.carried_out_at is None for unit in each.ends)
        return Units.of(self._kept.units.values(), to_come)

    def put_units(self, units: Iterable[Unit]) -> None:
        for unit in units:
            self._kept.require(self._kept.units, unit.parent)
            self._kept.units[unit.id] = unit

    def groups(self) -> Sequence[Group]:
        return sorted(self._kept.groups.values(), key=lambda group: group.id)

    def put_group(self, group: Group) -> None:
        self._kept.require(self._kept.units, group.owner)
        self._kept.groups[group.id] = group

    def remove_group(self, group: GroupId) -> None:
        self._kept.groups.pop(group, None)

    def zones(self, *, among: Iterable[ZoneId] | None = None) -> Sequence[Zone]:
        wanted = self._kept.zones.keys() if among is None else set(among)
        return sorted((each for key, each in self._kept.zones.items() if key in wanted), key=lambda zone: zone.id)

    def zone(self, zone: ZoneId) -> Zone | None:
        return self._kept.zones.get(zone)

    def put_zone(self, zone: Zone) -> None:
        self._kept.require(self._kept.units, zone.station)
        self._kept.require(self._kept.units, zone.unit)
        self._kept.zones[zone.id] = zone
        if zone.id not in self._kept.marks:
            self._kept.marks[zone.id] = ZoneMark(
                zone=zone.id, wanted=1, planned_from=0, issued_revision=0, published_revision=0
            )

    def successions(self) -> Sequence[StoredSuccession]:
        return sorted(self._kept.successions.values(), key=lambda each: (each.on, each.id))

    def put_succession(self, succession: StoredSuccession) -> None:
        self._kept.successions[succession.id] = succession

    def regulations(self, *, stations: Iterable[UnitId] | None = None) -> Sequence[Regulation]:
        wanted = None if stations is None else set(stations)
        own = (each for each in self._kept.regulations.values() if wanted is None or each.station in wanted)
        return sorted(own, key=lambda each: (each.station, each.valid_from, each.number))

    def put_regulation(self, regulation: Regulation) -> None:
        self._kept.require(self._kept.units, regulation.station)
        self._kept.regulations[regulation.station, regulation.number] = regulation

    def channels(self) -> Sequence[Channel]:
        return sorted(self._kept.channels.values(), key=lambda channel: channel.id)

    def put_channel(self, channel: Channel) -> None:
        self._kept.channels[channel.id] = channel

    def loudspeakers(self, *, among: Iterable[LoudspeakerId] | None = None) -> Sequence[Loudspeaker]:
        wanted = self._kept.loudspeakers.keys() if among is None else set(among)
        return sorted(
            (each for each in self._kept.loudspeakers.values() if each.id in wanted), key=lambda each: each.id
        )

    def loudspeakers_at(self, zones: Iterable[ZoneId]) -> Sequence[Loudspeaker]:
        wanted = set(zones)
        return [each for each in self.loudspeakers() if not each.zones.isdisjoint(wanted)]

    def loudspeaker(self, loudspeaker: LoudspeakerId) -> Loudspeaker | None:
        return self._kept.loudspeakers.get(loudspeaker)

    def put_loudspeaker(self, loudspeaker: Loudspeaker) -> None:
        self._kept.require(self._kept.zones, loudspeaker.zone)
        self._kept.loudspeakers[loudspeaker.id] = loudspeaker
        self._kept.assignments.setdefault(loudspeaker.id, (1, 0))

    def machine_voice_units(self) -> frozenset[UnitId]:
        return self._kept.machine_voice

    def allow_machine_voice(self, unit: UnitId, *, allowed: bool) -> None:
        if unit in self._kept.units:
            others = self._kept.machine_voice - {unit}
            self._kept.machine_voice = others | {unit} if allowed else others
