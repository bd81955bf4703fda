"""Candidates for the air: every occurrence of every approved slot and template, zone by zone.

What many zones share (expansion, running orders, records) is worked out once. It must not decide
between candidates (that is `conflicts`) nor ask the regulation (that is `planning`).
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import chain
from zoneinfo import ZoneInfo

from schedules.approval import approved_zones, record_of_slot, record_of_template
from schedules.candidate import Candidate, Wishes, within_validity
from schedules.catching_up import Missed, comes_again
from schedules.choice import length_of, sound_of
from schedules.conflicts import Claim
from schedules.errors import Refused
from schedules.expansion import comes_between, expand
from schedules.fills import Subscribed
from schedules.ids import Key, SlotId, UnitId, ZoneId
from schedules.placing import Again, Booked, Here, Placing, Running, answered_by, language_at
from schedules.programme import Level, Programme, State
from schedules.regulation import Regulation
from schedules.rundown import Relayed
from schedules.schedule import Note, Schedule
from schedules.session import SessionTemplate, running_on
from schedules.slot import AN_HOUR, CatchUp, InPlace, Interrupted, Slot, StartPolicy
from schedules.times import DAY, Span, local_day
from schedules.unit import Zone, ZoneIndex
from schedules.way import Way


@dataclass(frozen=True, slots=True)
class _Released:
    """A slot with its programme and the hash of its approved record; `shared` by several zones."""

    slot: Slot
    programme: Programme
    approval: str
    shared: bool


class Candidates:
    """Every candidate of a schedule over a span.

    Args:
        schedule: what they are of.
        span: from when to when.
        again: the same zones will be asked about again, so that what is one zone's alone is kept too.
    """

    def __init__(self, schedule: Schedule, span: Span, *, again: bool = False) -> None:
        self._again_asked = again
        self._schedule = schedule
        self._span = span
        self._slots: dict[ZoneId, list[_Released]] = {}
        self._open: dict[ZoneId, list[_Released]] = {}
        self._templates: dict[UnitId, list[Running]] = {}
        self._notes: dict[ZoneId, list[Note]] = {}
        self._missed: dict[ZoneId, list[Missed]] = {}
        self._of_slot: dict[tuple[SlotId, str, str], tuple[Candidate, ...]] = {}
        self._placing = Placing(schedule)
        # A day more at both ends holds the span's local dates wherever the zones are.
        first, last = span.start.date() - DAY, span.end.date() + DAY
        self._zones = ZoneIndex(schedule.zones, schedule.units, schedule.groups)
        for missed in schedule.missed:
            self._missed.setdefault(missed.zone, []).append(missed)
        for slot in schedule.slots:
            if comes_between(slot.timing, first, last):
                self._book(slot)
        for template in sorted(schedule.templates, key=lambda template: (template.starts, template.id)):
            if template.valid_from <= last and (template.valid_to is None or first < template.valid_to):
                self._run(template)

    def of(self, zone: Zone, regulation: Regulation) -> tuple[list[Candidate], list[Note]]:
        """Give a zone's candidates in the civil time of its regulation, and what could not be one."""
        wishes = self.parted(zone, regulation)
        return [*chain.from_iterable(wishes.common), *wishes.own], list(wishes.notes)

    def parted(self, zone: Zone, regulation: Regulation) -> Wishes:
        """Give a zone's candidates, those it has in common with other zones apart."""
        time = regulation.zone
        notes = list(self._notes.get(zone.id, ()))
        common: list[tuple[Candidate, ...]] = []
        own: list[Candidate] = []
        in_places: list[Booked] = []
        for released in self._slots.get(zone.id, ()):
            slot, language = released.slot, language_at(self._schedule, released.programme, zone, notes)
            if language is None:
                continue
            if isinstance(slot.timing, InPlace):
                in_places.append(Booked(slot.id, released.programme, language, released.approval, slot))
                continue
            exact = self._exact(released, language, time)
            if zone.moves:
                own += (each for each in exact if self._arrived(zone, slot, local_day(each.claim.start, time)))
            elif released.shared:
                common.append(exact)
            else:
                own += exact
        in_places.sort(key=lambda booked: (booked.timing.order if booked.timing else 0, booked.key))
        stations = sorted({zone.on(day).station for day in self._days(time)})
        at_stations = (each for station in stations for each in self._templates.get(station, ()))
        running = [each for each in at_stations if zone.id in each.zones]
        offers = self._subscribed(running, zone, notes)
        if running:

            def on(day: date) -> tuple[SessionTemplate, ...]:
                station = zone.on(day).station
                return running_on((each.template for each in running if each.template.station == station), day)

            again = self._again(zone, in_places, on, time)
            here = Here(zone, time, in_places, again, offers, self._placing.fixed(running, zone, notes), notes)
            for day in self._days(time):
                today = on(day)
                common += self._placing.sessions(today, day, time, self._placing.filled(today, day, here))
        ranks = {key: rank for rank, key in enumerate(self._schedule.orders.get(zone.station, ()))}
        if ranks:  # the officer's order is the station's own
            own = [_ranked(each, ranks) for each in (*chain.from_iterable(common), *own)]
            common = []
        return Wishes(tuple(common), tuple(own), tuple(dict.fromkeys(notes)))

    def _book(self, slot: Slot) -> None:
        programme = self._schedule.programmes.get(slot.programme)
        if programme is None or programme.state is State.WITHDRAWN:
            return
        record = record_of_slot(programme, slot)
        released = approved_zones(self._schedule.approvals.get(slot.id, ()), record)
        meant = self._zones.meant(slot.target)
        booked = _Released(slot, programme, record.hash, len(meant) > 1)
        for zone in meant:
            if programme.level is Level.EMERGENCY:
                self._note(zone, Note(programme.title, "slot.emergency_level"))
            elif zone.id not in released:
                self._note(zone, Note(programme.title, "approval.missing"))
            elif slot.way is Way.OFFERED:
                self._offer(booked, zone)
            else:
                self._slots.setdefault(zone.id, []).append(booked)

    def _offer(self, offered: _Released, zone: Zone) -> None:
        """Take what the zone's station said yes to exactly as it is; keep what it may have opened places for."""
        slot, programme = offered.slot, offered.programme
        answer = self._schedule.answers.get(slot.id, {}).get(zone.station)
        if answer is None and slot.place_is_open:
            self._open.setdefault(zone.id, []).append(offered)
        elif answer is None:
            self._note(zone, Note(programme.title, "offer.unanswered", programme=programme.id))
        elif answer.record != offered.approval:
            self._note(zone, Note(programme.title, "offer.changed", programme=programme.id))
        elif not answer.accepted:
            reason = (("reason", answer.reason),)
            self._note(zone, Note(programme.title, "offer.refused", reason, programme=programme.id))
        else:
            timing = slot.timing
            if isinstance(timing, InPlace) and not timing.places:
                slot = replace(slot, timing=replace(timing, places=answer.places))
            self._slots.setdefault(zone.id, []).append(replace(offered, slot=slot))

    def _run(self, template: SessionTemplate) -> None:
        here = [zone for zone in self._schedule.zones if template.station in zone.stations]
        try:
            record = record_of_template(template, self._schedule.programmes)
        except Refused as refused:
            for zone in here:
                self._note(zone, Note(template.name, refused.code, tuple(refused.values.items())))
            return
        released = approved_zones(self._schedule.approvals.get(template.id, ()), record)
        for zone in here:
            if zone.id not in released:
                self._note(zone, Note(template.name, "approval.missing"))
        self._templates.setdefault(template.station, []).append(Running(template, record.hash, released))

    def _arrived(self, zone: Zone, slot: Slot, day: date) -> bool:
        """Tell whether a slot means a zone that is to move: on the day it may not be there yet."""
        return self._zones.meant_on(slot.target, zone, day) and answered_by(slot, zone, day)

    def _subscribed(self, running: Iterable[Running], zone: Zone, notes: list[Note]) -> list[Booked]:
        """Give the offers that fill the places a station opened for them, in the order in which they do."""
        fills = [place.fill for each in running for place in each.template.places if isinstance(place.fill, Subscribed)]
        booked: list[Booked] = []
        for offered in sorted(self._open.get(zone.id, ()), key=_rank_of_offer):
            programme = offered.programme
            if not any(fill.takes(programme) for fill in fills):
                notes.append(Note(programme.title, "offer.unanswered", programme=programme.id))
                continue
            language = language_at(self._schedule, programme, zone, notes)
            if language is not None:
                booked.append(Booked(offered.slot.id, programme, language, offered.approval, offered.slot))
        return booked

    def _note(self, zone: Zone, note: Note) -> None:
        self._notes.setdefault(zone.id, []).append(note)

    def _days(self, time: ZoneInfo) -> Iterator[date]:
        first, last = local_day(self._span.start, time), local_day(self._span.end, time)
        return (first + number * DAY for number in range((last - first).days + 1))

    def _exact(self, released: _Released, language: str, time: ZoneInfo) -> tuple[Candidate, ...]:
        key = (released.slot.id, language, time.key)
        known = self._of_slot.get(key)
        if known is not None:
            return known
        slot, programme = released.slot, released.programme
        length = length_of(programme, language) or slot.lasts
        if length is None:  # a relay whose slot does not say how long
            return ()
        sound = sound_of(programme, language)
        relayed = isinstance(sound, Relayed)
        taken_up = AN_HOUR if slot.interrupted is not Interrupted.DROP else timedelta(0)
        reach = length + max(slot.patience, taken_up)
        found = tuple(
            Candidate(
                Claim(
                    occurrence=occurrence.id,
                    level=programme.level,
                    exact=True,
                    start=occurrence.start,
                    length=length,
                    latest_start=occurrence.start + slot.patience,
                    limit=within_validity(programme, occurrence.start + reach),
                    rejoins=relayed,
                    interrupted=slot.interrupted,
                    follows=slot.start is StartPolicy.NEXT,
                ),
                slot.id,
                programme,
                language,
                sound,
                released.approval,
                slot.begins_by(occurrence.start, relayed=relayed),
            )
            for occurrence in expand([slot], self._span, time)
        )
        if released.shared or self._again_asked:
            self._of_slot[key] = found
        return found

    def _again(
        self,
        zone: Zone,
        in_places: Iterable[Booked],
        running: Callable[[date], Sequence[SessionTemplate]],
        time: ZoneInfo,
    ) -> Again:
        missed = self._missed.get(zone.id)
        if not missed:
            return {}
        timings = {
            each.slot.id: each.timing
            for each in in_places
            if each.slot is not None and each.timing is not None and each.slot.catch_up is CatchUp.NEXT_SLOT
        }
        return comes_again(missed, timings, running, time)


def _rank_of_offer(offered: _Released) -> tuple[int, date, SlotId]:
    """Sort what fills a place by itself: the stronger level, then what ends first, then the id."""
    return -offered.programme.level, offered.slot.timing.ends_on, offered.slot.id


def _ranked(candidate: Candidate, ranks: Mapping[Key, int]) -> Candidate:
    if candidate.programme.level is not Level.PRIORITY or candidate.key not in ranks:
        return candidate
    return replace(candidate, claim=replace(candidate.claim, rank=ranks[candidate.key]))
