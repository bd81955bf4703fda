"""What each zone would hear if the schedule were changed and things failed: what lies in the store, planned and played.

It puts together what is to be simulated and who may see it; the rules are `schedules.what_if`. It stores nothing.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from schedules.coverage import Reach, coverage, programme_of, reach_of
from schedules.faults import NO_FAULTS, Fault, Faults
from schedules.guard import Rules
from schedules.hours import Finding as Breach
from schedules.ids import ProgrammeId, SlotId, UnitId, ZoneId
from schedules.night import NightSilence
from schedules.override import Override, opened_by
from schedules.programme import Programme, State
from schedules.regulation import Regulation
from schedules.reissue import Issued, reissued
from schedules.schedule import Note, Schedule
from schedules.silence import Silence
from schedules.simulated_pole import Heard
from schedules.simulation import simulate
from schedules.standing import overrides_at, regulations_at
from schedules.times import DAY, Span, local_midnight
from schedules.unit import Zone
from schedules.what_if import Difference, Outcome, breaches, differences, minutes_of_speech, outcome, plays
from schedules.wire.codec import decoded
from schedules.wire.messages import TrustList
from schedules.wire.seal import envelope_of
from server.errors import NotFound, Unacceptable
from server.ports import Clock, Store
from server.services.rights import ANY_ROLE, require
from server.services.schedule import assumed, narrowed, schedule_around, schedule_of, welcomed, zones_below
from server.services.silence import audiences, silence_of
from server.services.wishes import Wish, slot_of
from server.values import Person

LONGEST = timedelta(days=366)
"""What lies further ahead has no slots: a series ends within a year."""

_WAITING = frozenset({State.DRAFT, State.SUBMITTED, State.SENT_BACK})

Progress = Callable[[str, int, int], None]
"""Told what is being done, how many of it are done, and how many there are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """What the schedule would be changed by.

    Attributes:
        approved: programmes as if everything they are booked for were released.
        withdrawn: programmes as if they were withdrawn.
        removed: slots as if they were removed.
        booked: wishes as if they were booked and released.
    """

    approved: frozenset[ProgrammeId] = frozenset()
    withdrawn: frozenset[ProgrammeId] = frozenset()
    removed: frozenset[SlotId] = frozenset()
    booked: tuple[tuple[ProgrammeId, Wish], ...] = ()


_NOTHING = Proposal()


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is to be simulated.

    Attributes:
        place: a zone, or a unit with all zones below it.
        first, last: local days, both included.
        faults: what is assumed to fail.
        failing_at: the zones at which it fails; empty for all of them.
    """

    place: UnitId | ZoneId
    first: date
    last: date
    proposal: Proposal = _NOTHING
    faults: tuple[Fault, ...] = ()
    failing_at: frozenset[ZoneId] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class ZoneAnswer:
    """What one zone would hear.

    Attributes:
        before: as things are, without faults; an order of silence in force is kept until it is lifted.
        after: as proposed, with what is assumed to fail.
        clashes: why items that are planned after the change lose air to others.
        new_clashes: those of them that the change brings.
        breaches: what would sound against the regulation, by true time; a date stands for the minutes of that day.
        minutes: of speech on each local day, before and after.
    """

    zone: Zone
    before: Outcome
    after: Outcome
    differences: tuple[Difference, ...]
    clashes: tuple[Note, ...]
    new_clashes: tuple[Note, ...]
    breaches: tuple[tuple[Heard | date, Breach], ...]
    minutes: Mapping[date, tuple[timedelta, timedelta]]


@dataclass(frozen=True, slots=True)
class Reached:
    """How many people one programme reaches, before and after."""

    programme: ProgrammeId
    title: str
    before: Reach
    after: Reach


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a change and some faults would do.

    Attributes:
        zones: in order of name.
        reach: of each programme that is planned before or after, by title.
        simulated: how many different runs were simulated; zones alike share one.
    """

    span: Span
    zones: tuple[ZoneAnswer, ...]
    reach: tuple[Reached, ...]
    simulated: int


def what_if(
    store: Store, clock: Clock, person: Person, question: Question, *, progress: Progress = lambda *_: None
) -> Answer:
    """Simulate what a question asks.

    Args:
        store: read from.
        clock: the present, for what may still be booked.
        person: whose rights count; any role there will do, to book as proposed the same as to book.
        question: what is asked.
        progress: told how far it is.

    Raises:
        NotFound: `zone.unknown` where there is no such place with zones; `station.no_regulation`.
        NotAllowed: `rights.missing`.
        Unacceptable: `simulation.period`; `programme.unknown` or `slot.unknown` in the proposal.
        InvalidValue: as `Faults`.
    """
    if not timedelta(0) <= question.last - question.first < LONGEST:
        raise Unacceptable("simulation.period", "last_day", days=LONGEST.days)
    with store.reading() as uow:
        schedule = schedule_of(uow)
        orders = [silence_of(order) for order in uow.issue.silences()]
        trusted = [decoded(TrustList, envelope_of(data).payload) for _, data in uow.issue.trust_lists()[-1:]]
    zones = _zones(schedule, question.place)
    for unit in {zone.station for zone in zones}:
        require(schedule.units, person, unit, *ANY_ROLE)
    proposed = _proposed(schedule, person, question.proposal, clock.now())
    time = next((each.zone for each in schedule.regulations if each.station == zones[0].station), None)
    if time is None:
        raise NotFound("station.no_regulation", unit=schedule.units.by_id[zones[0].station].name)
    span = Span(local_midnight(question.first, time), local_midnight(question.last + DAY, time))
    faults = Faults(question.faults)
    failing = question.failing_at or {zone.id for zone in zones}
    assumed_at = {zone.id: faults for zone in zones if faults.all and zone.id in failing}
    present, proposed = narrowed(schedule, zones), narrowed(proposed, zones)
    always = _Always(tuple(orders), trusted[0].night_silence if trusted else None)
    return _Answering(present, proposed, span, assumed_at, always, progress).answer()


def proposable(store: Store, person: Person, station: UnitId) -> tuple[Programme, ...]:
    """Give what is booked at a station, or may be taken by its rules, and waits to be finished or approved; by title.

    Raises:
        NotAllowed: `rights.missing`.
    """
    with store.reading() as uow:
        require(uow.places.units(), person, station, *ANY_ROLE)
        schedule = schedule_around(uow, [zone.id for zone in uow.places.zones() if zone.station == station])
    booked = {slot.programme for slot in schedule.slots}
    waiting = (
        programme
        for programme in schedule.programmes.values()
        if programme.state in _WAITING and (programme.id in booked or programme.for_places)
    )
    return tuple(sorted(waiting, key=lambda programme: (programme.title, programme.id)))


def _zones(schedule: Schedule, place: UnitId | ZoneId) -> tuple[Zone, ...]:
    one = tuple(zone for zone in schedule.zones if zone.id == place)
    zones = one or zones_below(schedule, UnitId(place))
    if not zones:
        raise NotFound("zone.unknown", zone=place)
    return zones


def _proposed(schedule: Schedule, person: Person, proposal: Proposal, now: datetime) -> Schedule:
    """Give the schedule with the change, everything the change brings released."""
    unknown = {*proposal.approved, *proposal.withdrawn, *(each for each, _ in proposal.booked)} - {*schedule.programmes}
    if unknown:
        raise Unacceptable("programme.unknown", "programme")
    if proposal.removed - {slot.id for slot in schedule.slots}:
        raise Unacceptable("slot.unknown", "slot")
    booked = tuple(
        slot_of(schedule, person, schedule.programmes[programme], wish, slot=SlotId(f"~proposed-{number}"), now=now)
        for number, (programme, wish) in enumerate(proposal.booked)
    )
    withdrawn = {each: replace(schedule.programmes[each], state=State.WITHDRAWN) for each in proposal.withdrawn}
    kept = tuple(slot for slot in schedule.slots if slot.id not in proposal.removed)
    changed = replace(schedule, programmes={**schedule.programmes, **withdrawn}, slots=(*kept, *booked))
    released = assumed(replace(changed, templates=()), now, lambda programme: programme.id in proposal.approved)
    with_bookings = assumed(replace(released, slots=booked, templates=()), now)
    for programme, _ in proposal.booked:
        with_bookings = welcomed(with_bookings, now, programme)
    return replace(changed, approvals=with_bookings.approvals, answers=with_bookings.answers)


@dataclass(frozen=True, slots=True)
class _Judged:
    """What became of a period at zones that are alike."""

    outcome: Outcome
    breaches: tuple[tuple[Heard | date, Breach], ...]
    minutes: Mapping[date, timedelta]


@dataclass(frozen=True, slots=True)
class _Always:
    """What silences loudspeakers whatever is planned: orders of silence, and the root's night."""

    orders: tuple[Silence, ...]
    night: NightSilence | None


class _Answering:
    """Plans, plays and compares; zones that are alike are played and judged once."""

    def __init__(
        self,
        present: Schedule,
        proposed: Schedule,
        span: Span,
        faults: Mapping[ZoneId, Faults],
        always: _Always,
        progress: Progress,
    ) -> None:
        self._present, self._proposed, self._span, self._faults = present, proposed, span, faults
        self._orders, self._night = always.orders, always.night
        self._progress = progress
        self._regulations: dict[UnitId, list[Regulation]] = defaultdict(list)
        for regulation in present.regulations:
            self._regulations[regulation.station].append(regulation)
        self._overrides: dict[UnitId, list[Override]] = defaultdict(list)
        for override in proposed.overrides:
            self._overrides[override.station].append(override)
        self._known: dict[object, _Judged] = {}

    def answer(self) -> Answer:
        before = self._judged(self._present, {})
        touched = [zone for zone in self._present.zones if zone.id in self._faults]
        if self._present != self._proposed:
            after = self._judged(self._proposed, self._faults)
        elif touched:
            after = {**before, **self._judged(narrowed(self._present, touched), self._faults)}
        else:
            after = before
        in_order = sorted(self._present.zones, key=lambda zone: (zone.name, zone.id))
        return Answer(
            span=self._span,
            zones=tuple(_compared(before[zone.id], after[zone.id]) for zone in in_order),
            reach=self._reach(before.values(), after.values()),
            simulated=len(self._known),
        )

    def _judged(self, schedule: Schedule, faults: Mapping[ZoneId, Faults]) -> dict[ZoneId, _Judged]:
        issued = reissued(
            schedule, self._span, faults=faults, planned=lambda done, whole: self._progress("planned", done, whole)
        )
        found: dict[ZoneId, _Judged] = {}
        for number, each in enumerate(issued):
            found[each.zone.id] = self._judge(each, faults.get(each.zone.id, NO_FAULTS))
            self._progress("played", number + 1, len(issued))
        return found

    def _judge(self, issued: Issued, faults: Faults) -> _Judged:
        zone = issued.zone
        regulations, overrides = regulations_at(zone, self._regulations), overrides_at(zone, self._overrides)
        obeyed = audiences(zone, self._present.units)
        silences = tuple(order for order in self._orders if order.audience in obeyed)
        key = (regulations, overrides, silences, faults.all, _heard_from(issued))
        judged = self._known.get(key)
        if judged is None:
            opened = (opened_by(each, (o for o in overrides if o.station == each.station)) for each in regulations)
            rules = Rules(regulations=tuple(opened), silences=silences, night=self._night)
            run = simulate(issued.issues, rules=rules, faults=faults, until=self._span.end)
            made = outcome(issued, run, self._span)
            judged = self._known[key] = _Judged(
                made, tuple(breaches(made, regulations, overrides)), minutes_of_speech(made, regulations)
            )
        notes = tuple(note for note in issued.notes.values() if note.start is None or self._span.holds(note.start))
        return replace(judged, outcome=replace(judged.outcome, zone=issued.zone, notes=notes))

    def _reach(self, before: Iterable[_Judged], after: Iterable[_Judged]) -> tuple[Reached, ...]:
        units = self._present.units
        was, would = (plays(each.outcome for each in judged) for judged in (before, after))
        titles = {play.item.programme: play.item.title for play in (*was, *would)}
        counted = [coverage(found, units, programme_of) for found in (was, would)]
        nobody = reach_of((), units)
        found = (
            Reached(programme, title, *(each.get(programme, nobody) for each in counted))
            for programme, title in titles.items()
        )
        return tuple(sorted(found, key=lambda each: (each.title, each.programme)))


def _heard_from(issued: Issued) -> object:
    """What decides how a zone's rundowns sound; of one schedule the occurrence decides all the rest."""
    return tuple(
        tuple(
            (item.occurrence, item.starts_at, item.ends_at, item.language, item.approval) for item in each.rundown.items
        )
        for each in issued.issues
    )


def _compared(before: _Judged, after: _Judged) -> ZoneAnswer:
    known = {(note.code, note.occurrence) for note in before.outcome.notes}
    clashes = tuple(note for note in after.outcome.notes if note.code.startswith("conflict."))
    days = sorted({*before.minutes, *after.minutes})
    none = timedelta(0)
    return ZoneAnswer(
        zone=before.outcome.zone,
        before=before.outcome,
        after=after.outcome,
        differences=differences(before.outcome, after.outcome),
        clashes=clashes,
        new_clashes=tuple(note for note in clashes if (note.code, note.occurrence) not in known),
        breaches=after.breaches,
        minutes={day: (before.minutes.get(day, none), after.minutes.get(day, none)) for day in days},
    )
