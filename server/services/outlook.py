"""What sounds at a zone on a day, line by line: what is planned, and apart from it what waits for approval.

It asks the same planner as the conductor: for what is approved, and where wanted as if more were. It stores nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cached_property

from schedules.candidate import Candidate
from schedules.candidates import Candidates
from schedules.expansion import expand
from schedules.fills import RULES, Subscribed
from schedules.ids import OccurrenceId, PlaceId, SlotId
from schedules.occurrence import in_place, rejoined
from schedules.planning import Planner
from schedules.programme import Programme
from schedules.regulation import Regulation
from schedules.rundown import RundownItem
from schedules.schedule import Note, Schedule
from schedules.session import Place, SessionTemplate, running_on
from schedules.slot import AtTime, InPlace, Slot
from schedules.times import DAY, Span, local_midnight
from schedules.unit import Zone
from schedules.way import Way, WrittenOrder
from server.services.schedule import takable


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where an occurrence comes from: a place of a session (with the slot that fills it, if one does), or a slot.

    Attributes:
        way: how it came to the station; with the written `order` where one stands behind it.
    """

    template: SessionTemplate | None = None
    place: Place | None = None
    slot: SlotId | None = None
    way: Way = Way.OWN
    order: WrittenOrder | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Showing:
    """One occurrence at one zone.

    Attributes:
        programme: None for what was planned and has since vanished from the schedule.
        starts, ends: planned, or supposed while it is not; equal when it is not heard at all.
        wants_until: when it would end if nothing cut it.
        item: as planned; None while it is not (not approved, or it gets no air).
        supposed: whether it gets air once everything is approved.
        notes: why it is not heard, or not whole; `winner` in their values is the title of what is stronger.
    """

    occurrence: OccurrenceId
    origin: Origin
    title: str
    language: str
    programme: Programme | None
    starts: datetime
    ends: datetime
    wants_until: datetime
    item: RundownItem | None
    supposed: bool
    notes: tuple[Note, ...] = ()

    @property
    def cut(self) -> timedelta:
        """How much of it is not heard."""
        return max(timedelta(0), self.wants_until - self.ends)


@dataclass(frozen=True, slots=True)
class AtZone:
    """A zone's day: its showings in order of start, and notes that concern no single one of them."""

    showings: tuple[Showing, ...]
    notes: tuple[Note, ...]


class Outlook:
    """The showings of one local day at zones that share a regulation.

    Args:
        schedule: what is planned from.
        day: local date.
        regulation: of the zones' station, on that day.
        now: what has begun before it is told by the history of each zone.
        supposed: the same schedule as if more were approved; what only it gives air to is shown as supposed. What a
            slot comes from is the same in both.
        again: it will be asked at other moments.
    """

    def __init__(
        self,
        schedule: Schedule,
        day: date,
        regulation: Regulation,
        *,
        now: datetime,
        supposed: Schedule | None = None,
        again: bool = False,
    ) -> None:
        self._again = again
        self.day = day_of_station(day, regulation)
        # A day more at the end: what begins before midnight and ends after it is planned whole.
        self._span = Span(self.day.start, local_midnight(day + 2 * DAY, regulation.zone))
        self._now = now
        self._regulation = regulation
        self._schedule = schedule
        self._whole = schedule if supposed is None else supposed
        self.origins = _origins(schedule, day, regulation, self.day)
        self._parts: dict[datetime, Mapping[OccurrenceId, Origin]] = {}

    @cached_property
    def _planned(self) -> Planner:
        return Planner(self._schedule, self._span, again=self._again)

    @cached_property
    def _supposed(self) -> Planner:
        return self._planned if self._whole is self._schedule else Planner(self._whole, self._span, again=self._again)

    @cached_property
    def _wishes(self) -> Candidates:
        return Candidates(self._whole, self.day, again=self._again)

    def of(
        self,
        zone: Zone,
        history: Sequence[RundownItem] = (),
        *,
        promised: Sequence[OccurrenceId] | None = None,
        now: datetime | None = None,
    ) -> "AtZone":
        """Give a zone's showings, and what concerns none of them.

        Args:
            zone: one of the schedule's.
            history: items of the zone's rundown in force, as for planning.
            promised: what it says for later, as for planning.
            now: from when on it speaks of another moment.
        """
        if now not in (None, self._now):
            self._now, self._parts = now, {}
        planned = self._planned.plan(zone, now=self._now, history=history, promised=promised)
        supposed = planned
        if self._supposed is not self._planned:
            supposed = self._supposed.plan(zone, now=self._now, history=history, promised=promised)
        wishes = {each.claim.occurrence: each for each in self._wishes.of(zone, self._regulation)[0]}
        real = {item.occurrence: item for item in planned.items}
        would = {item.occurrence: item for item in supposed.items}
        titles = {each: wish.programme.title for each, wish in wishes.items()}
        notes: dict[OccurrenceId, dict[object, Note]] = {}
        for note in (*planned.notes, *supposed.notes):  # they may differ in their start alone
            if note.occurrence is not None:
                notes.setdefault(note.occurrence, {}).setdefault((note.code, note.values), _naming(note, titles))
        shown = [
            self._wished(wish, real.get(each), would.get(each), tuple(notes.get(each, {}).values()))
            for each, wish in wishes.items()
            if self._concerns(wish, real.get(each), would.get(each))
        ]
        seen = {each.occurrence for each in shown}
        shown += [self.found(item) for item in real.values() if item.occurrence not in seen and self._begins(item)]
        return AtZone(
            tuple(sorted(shown, key=lambda each: (each.starts, each.occurrence))),
            # What was not released is not offered to anybody yet.
            tuple(
                note
                for note in dict.fromkeys(supposed.notes)
                if self._general(note) and (not note.code.startswith("offer.") or note in planned.notes)
            ),
        )

    def found(self, item: RundownItem) -> Showing:
        """Give the showing of a planned item that the present schedule does not ask for (edited, or rejoined)."""
        return Showing(
            occurrence=item.occurrence,
            origin=self._origin(item),
            title=item.title,
            language=item.language,
            programme=None,
            starts=item.starts_at,
            ends=item.ends_at,
            wants_until=item.ends_at,
            item=item,
            supposed=True,
        )

    def _wished(
        self, wish: Candidate, item: RundownItem | None, would: RundownItem | None, notes: tuple[Note, ...]
    ) -> Showing:
        claim = wish.claim
        air = item or would
        starts = air.starts_at if air else claim.start
        return Showing(
            occurrence=claim.occurrence,
            origin=self.origins.get(claim.occurrence, Origin()),
            title=wish.programme.title,
            language=wish.language,
            programme=wish.programme,
            starts=starts,
            ends=air.ends_at if air else starts,
            wants_until=starts + claim.length,
            item=item,
            supposed=would is not None or item is not None,
            notes=notes,
        )

    def _concerns(self, wish: Candidate, item: RundownItem | None, would: RundownItem | None) -> bool:
        air = item or would
        return self.day.holds(air.starts_at if air else wish.claim.start)

    def _general(self, note: Note) -> bool:
        return note.occurrence is None and (note.start is None or self.day.holds(note.start))

    def _begins(self, item: RundownItem) -> bool:
        return self.day.holds(item.starts_at)

    def _origin(self, item: RundownItem) -> Origin:
        known = self.origins.get(item.occurrence)
        if known is not None:
            return known
        return self._parts_at(item.starts_at).get(item.occurrence, Origin())

    def _parts_at(self, start: datetime) -> Mapping[OccurrenceId, Origin]:
        """Give what would begin again at an instant; zones share it."""
        if start not in self._parts:
            self._parts[start] = {rejoined(each, start): origin for each, origin in self.origins.items()}
        return self._parts[start]


def day_of_station(day: date, regulation: Regulation) -> Span:
    """Give the span of a local day."""
    return Span(local_midnight(day, regulation.zone), local_midnight(day + DAY, regulation.zone))


def _naming(note: Note, titles: Mapping[OccurrenceId, str]) -> Note:
    """Give a note that names the stronger programme by its title: nobody knows an occurrence's id."""
    values = dict(note.values)
    title = titles.get(OccurrenceId(str(values.pop("winner", ""))))
    return replace(note, values=tuple((values if title is None else {**values, "winner": title}).items()))


def _origins(schedule: Schedule, day: date, regulation: Regulation, span: Span) -> dict[OccurrenceId, Origin]:
    origins: dict[OccurrenceId, Origin] = {}
    in_places = [(slot, places_of(schedule, slot)) for slot in schedule.slots if isinstance(slot.timing, InPlace)]
    offers = [(slot, schedule.programmes[slot.programme]) for slot, _ in in_places if slot.place_is_open]
    again = [(each.occurrence, slot) for each in schedule.missed for slot, _ in in_places if slot.id == each.slot]
    fills = {place.id: place.fill for template in schedule.templates for place in template.places}
    for template in running_on(schedule.templates, day):
        for place in template.places:
            filled = place.repeats or place.id
            rule = fills.get(filled)
            for programme in takable(schedule, rule) if isinstance(rule, RULES) else ():
                origins[in_place(place.id, day, programme.id)] = Origin(template=template, place=place)
            origins[in_place(place.id, day, filled)] = Origin(template=template, place=place)
            for slot, places in in_places:
                if filled in places:
                    origins[in_place(place.id, day, slot.id)] = Origin(
                        template=template, place=place, slot=slot.id, way=slot.way, order=slot.order
                    )
            for slot, programme in offers:
                if isinstance(rule, Subscribed) and rule.takes(programme):
                    origins[in_place(place.id, day, slot.id)] = Origin(
                        template=template, place=place, slot=slot.id, way=Way.SUBSCRIBED
                    )
            for missed, slot in again:
                origins[in_place(place.id, day, missed)] = Origin(
                    template=template, place=place, slot=slot.id, way=slot.way, order=slot.order
                )
    exact = [slot for slot in schedule.slots if isinstance(slot.timing, AtTime)]
    for occurrence in expand(exact, span, regulation.zone):
        slot = occurrence.slot
        origins[occurrence.id] = Origin(slot=slot.id, way=slot.way, order=slot.order)
    return origins


def places_of(schedule: Schedule, slot: Slot) -> frozenset[PlaceId]:
    """Give the places a slot names, and those that stations chose for it."""
    named = slot.timing.places if isinstance(slot.timing, InPlace) else ()
    answers = schedule.answers.get(slot.id, {}).values()
    return frozenset(named).union(*(each.places for each in answers))
