"""What became of an offer: which stations play it, refused it and why, or did not answer. It changes nothing."""

from collections.abc import Mapping
from dataclasses import dataclass

from schedules.approval import approved_zones, record_of_slot
from schedules.ids import ProgrammeId, SlotId
from schedules.schedule import Schedule
from schedules.slot import Slot
from schedules.unit import Unit, zones_meant
from schedules.way import Answer, Way
from server.ports import Store
from server.services.changes import known
from server.services.offers import Standing, opened_for, standing_of
from server.services.rights import ANY_ROLE, require
from server.services.schedule import schedule_of_programme, with_sessions
from server.values import Person


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What one station said to one offer.

    Attributes:
        answer: its last; where the offer was changed since, it stands open again and the answer is still shown.
    """

    station: Unit
    standing: Standing
    answer: Answer | None

    @property
    def changed(self) -> bool:
        """Whether the offer was changed since the station answered."""
        return self.answer is not None and self.standing is Standing.OPEN


@dataclass(frozen=True, slots=True, kw_only=True)
class Results:
    """What the stations said, by slot, each in order of name."""

    by_slot: Mapping[SlotId, tuple[Said, ...]]

    def count(self, standing: Standing, slot: SlotId | None = None) -> int:
        """Count the stations at which an offer stands like this; without a slot over all of the programme's."""
        chosen = [slot] if slot is not None else self.by_slot
        return sum(said.standing is standing for each in chosen for said in self.by_slot[each])


def results(store: Store, person: Person, programme: ProgrammeId) -> Results:
    """Give what stations said to the offers of a programme, as far as they were released.

    Raises:
        NotAllowed: `rights.missing` for somebody without a role at the programme's owner.
        NotFound: `programme.unknown`.
    """
    with store.reading() as uow:
        owner = known(uow, programme).programme.owner
        require(uow.places.units(), person, owner, *ANY_ROLE)
        schedule = with_sessions(uow, schedule_of_programme(uow, programme))
    offers = (slot for slot in schedule.slots if slot.programme == programme and slot.way is Way.OFFERED)
    return Results(by_slot={slot.id: _said(schedule, slot) for slot in offers})


def _said(schedule: Schedule, slot: Slot) -> tuple[Said, ...]:
    programme, answers = schedule.programmes[slot.programme], schedule.answers.get(slot.id, {})
    record = record_of_slot(programme, slot)
    released = approved_zones(schedule.approvals.get(slot.id, ()), record)
    meant = zones_meant(slot.target, schedule.zones, schedule.units, schedule.groups)
    stations = {zone.station for zone in meant if zone.id in released} | set(answers)
    said = (
        Said(
            station=schedule.units.by_id[station],
            standing=standing_of(answers.get(station), record.hash, opened_for(schedule, station, slot, programme)),
            answer=answers.get(station),
        )
        for station in stations
    )
    return tuple(sorted(said, key=lambda each: (each.station.name, each.station.id)))
