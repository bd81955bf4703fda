"""What stands in the places of a station's sessions: booked by hand, offered, fixed, by rule, or again.

Zones whose places hold the same share one running order. It must not know exact seconds, nor who gets the air.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from schedules.candidate import Candidate, within_validity
from schedules.catching_up import Missed
from schedules.choice import language_for, length_of, sound_of
from schedules.conflicts import Claim
from schedules.expansion import comes_on
from schedules.filling import Filling, Vacant
from schedules.fills import RULES, Rule, Subscribed
from schedules.ids import Key, OccurrenceId, PlaceId, ProgrammeId, TemplateId, ZoneId
from schedules.occurrence import in_place
from schedules.programme import Level, Programme, State
from schedules.rundown import Relayed
from schedules.schedule import Note, Schedule
from schedules.session import Entry, Line, Place, SessionTemplate, lay_out
from schedules.slot import InPlace, Interrupted, Slot
from schedules.times import local_instant
from schedules.unit import Zone
from schedules.way import Way


@dataclass(frozen=True, slots=True)
class Booked:
    """What sounds in a place or slot: a programme in a language, under an approved record.

    `missed` is the occurrence it comes again for, where it does.
    """

    key: Key
    programme: Programme
    language: str
    approval: str
    slot: Slot | None
    missed: OccurrenceId | None = None

    @property
    def entry(self) -> Key | OccurrenceId:
        """What tells it apart in its place."""
        return self.missed or self.key

    @property
    def timing(self) -> InPlace | None:
        """The days on which it stands in places, if a slot brought it."""
        return self.slot.timing if self.slot is not None and isinstance(self.slot.timing, InPlace) else None


@dataclass(frozen=True, slots=True)
class Running:
    """A template with the hash of its record and the zones it was approved for."""

    template: SessionTemplate
    approval: str
    zones: frozenset[ZoneId]


Filled = dict[PlaceId, tuple[Booked, ...]]
Again = Mapping[tuple[date, PlaceId], tuple[Missed, ...]]
FixedPlaces = Mapping[tuple[TemplateId, PlaceId], tuple[Booked, ...]]


@dataclass(frozen=True, slots=True)
class Here:
    """One zone while its sessions are filled: its civil time, what is booked, comes again, is offered and is fixed."""

    zone: Zone
    time: ZoneInfo
    in_places: list[Booked]
    again: Again
    offers: list[Booked]
    fixed: FixedPlaces
    notes: list[Note]


class Placing:
    """Fills the places of sessions, and gives what is in them its times."""

    def __init__(self, schedule: Schedule) -> None:
        self._schedule = schedule
        self._filling = Filling(schedule.programmes.values(), schedule.campaigns, schedule.approvals)
        self._laid_out: dict[tuple[object, ...], tuple[Candidate, ...]] = {}

    def fixed(self, running: Iterable[Running], zone: Zone, notes: list[Note]) -> FixedPlaces:
        """Give what templates fix in their places at a zone."""
        fixed: dict[tuple[TemplateId, PlaceId], tuple[Booked, ...]] = {}
        told: set[ProgrammeId] = set()
        for each in running:
            for place in each.template.places:
                if place.programme is None:
                    continue
                programme = self._schedule.programmes[place.programme]
                if programme.state is State.WITHDRAWN:
                    continue
                language = language_at(self._schedule, programme, zone, [] if programme.id in told else notes)
                told.add(programme.id)
                if programme.level is Level.EMERGENCY:
                    notes.append(Note(programme.title, "slot.emergency_level"))
                elif language is not None:
                    fixed[each.template.id, place.id] = (Booked(place.id, programme, language, each.approval, None),)
        return fixed

    def filled(self, today: Sequence[SessionTemplate], day: date, here: Here) -> Filled:
        """Give what stands in each place of a day's sessions at a zone, in order."""
        filled: Filled = {}
        for template in today:
            begins = local_instant(day, template.starts, here.time)
            for place in template.places:
                if place.by_hand:
                    filled[place.id] = tuple(
                        each
                        for each in here.in_places
                        if _is_in(each.timing, place.id, day) and answered_by(each.slot, here.zone, day)
                    )
                elif isinstance(place.fill, Subscribed):
                    filled[place.id] = tuple(
                        each
                        for each in here.offers
                        if place.fill.takes(each.programme)
                        and each.timing is not None
                        and comes_on(each.timing, day)
                        and answered_by(each.slot, here.zone, day)
                    )
                elif isinstance(place.fill, RULES):
                    filled[place.id] = tuple(self._by_rule(place, place.fill, day, begins, here))
                else:
                    filled[place.id] = here.fixed.get((template.id, place.id), ())
        if here.again:
            self._fill_again(filled, today, day, here)
        return filled

    def _fill_again(self, filled: Filled, today: Iterable[SessionTemplate], day: date, here: Here) -> None:
        """Add what comes again behind what was booked, unless its session brings it anyway."""
        for template in today:
            begins = local_instant(day, template.starts, here.time)
            places = [place.repeats or place.id for place in template.places]
            brought = {each.programme.id for place in places for each in filled.get(place, ())}
            for place in template.places:
                for missed in here.again.get((day, place.id), ()):
                    booked = next(each for each in here.in_places if each.key == missed.slot)
                    programme = booked.programme
                    expired = programme.valid_until is not None and programme.valid_until <= begins
                    if expired or programme.id in brought:
                        continue
                    brought.add(programme.id)
                    filled[place.id] = (*filled[place.id], replace(booked, missed=missed.occurrence))
                    occurrence = in_place(place.id, day, missed.occurrence)
                    values = (("missed", missed.starts_at),)
                    here.notes.append(Note(programme.title, "catch_up.again", values, begins, occurrence))

    def _by_rule(self, place: Place, rule: Rule, day: date, begins: datetime, here: Here) -> Iterator[Booked]:
        chosen = self._filling.chosen(rule, day, begins, here.time, here.zone.id)
        if isinstance(chosen, Vacant):
            here.notes.append(Note(place.name, chosen.code, chosen.values, begins))
        elif chosen is not None:
            language = language_at(self._schedule, chosen.programme, here.zone, here.notes)
            if language is not None:
                yield Booked(chosen.programme.id, chosen.programme, language, chosen.record, None)

    def sessions(
        self, today: Iterable[SessionTemplate], day: date, time: ZoneInfo, filled: Filled
    ) -> Iterator[tuple[Candidate, ...]]:
        """Give the candidates of each of a day's sessions, worked out once for all zones that hear the same."""
        for template in today:
            shown = tuple(
                tuple((each.entry, each.language, each.approval) for each in filled.get(place.repeats or place.id, ()))
                for place in template.places
            )
            key = (template.id, template.version, day, time.key, shown)
            if key not in self._laid_out:
                self._laid_out[key] = tuple(self._lay_out(template, day, time, filled))
            yield self._laid_out[key]

    def _lay_out(self, template: SessionTemplate, day: date, time: ZoneInfo, filled: Filled) -> Iterable[Candidate]:
        booked: dict[tuple[PlaceId, Key | OccurrenceId], Booked] = {}
        entries: dict[PlaceId, list[Entry]] = {}
        for place in template.places:
            shown = place.repeats or place.id
            booked |= {(place.id, each.entry): each for each in filled.get(shown, ())}
            minutes = timedelta(minutes=place.minutes)
            entries[shown] = [
                Entry(each.entry, each.programme.id, length_of(each.programme, each.language) or minutes)
                for each in filled.get(shown, ())
            ]
        for line in lay_out(template, day, time, entries):
            # What has no time left stays a candidate, so that planning says so; filler is meant to give way.
            if line.end > line.start or not line.place.filler:
                yield self._of_line(line, booked[line.place.id, line.entry.key], day)

    def _of_line(self, line: Line, booked: Booked, day: date) -> Candidate:
        fills = line.end - line.start if line.place.filler else None
        sound = sound_of(booked.programme, booked.language, fills=fills)
        relayed, slot = isinstance(sound, Relayed), booked.slot
        return Candidate(
            Claim(
                occurrence=in_place(line.place.id, day, line.entry.key),
                level=booked.programme.level,
                exact=False,
                start=line.start,
                length=line.wants_until - line.start,
                latest_start=line.limit,
                limit=within_validity(booked.programme, line.limit),
                rejoins=relayed,
                interrupted=Interrupted.DROP if slot is None else slot.interrupted,
            ),
            booked.key,
            booked.programme,
            booked.language,
            sound,
            booked.approval,
            None if slot is None else slot.begins_by(line.start, relayed=relayed),
        )


def language_at(schedule: Schedule, programme: Programme, zone: Zone, notes: list[Note]) -> str | None:
    """Give the language a zone hears a programme in; None, with a note, where it hears nothing."""
    language, code = language_for(programme, zone, schedule.substitutions.get((zone.id, programme.id)))
    if code:
        heard = () if language is None else (("heard", language),)
        values = (("language", zone.languages[0]), *heard)
        notes.append(Note(programme.title, code, values, programme=programme.id))
    return language


def answered_by(slot: Slot | None, zone: Zone, day: date) -> bool:
    """Tell whether a zone that is to move still belongs on a day to the station whose answer to an offer counts."""
    return slot is None or slot.way is not Way.OFFERED or zone.on(day).station == zone.station


def _is_in(timing: InPlace | None, place: PlaceId, day: date) -> bool:
    return timing is not None and place in timing.places and comes_on(timing, day)
