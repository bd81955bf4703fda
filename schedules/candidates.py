"""Candidates for the air: every occurrence of every approved slot and template, zone by zone.

What many zones share (expansion, running orders, records) is worked out once. It must not decide
between candidates (that is `conflicts`) nor ask the regulation (that is `planning`).
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from itertools import chain
from zoneinfo import ZoneInfo

from schedules.approval import Approval, Subject, approved_zones, record_of_slot, record_of_template
from schedules.campaign import Campaign
from schedules.catching_up import Missed, comes_again
from schedules.choice import language_for, length_of, sound_of
from schedules.conflicts import Claim
from schedules.errors import Refused
from schedules.expansion import comes_between, comes_on, expand
from schedules.filling import Filling, Vacant
from schedules.fills import RULES, Rule, Subscribed
from schedules.ids import ChannelId, Key, OccurrenceId, PlaceId, ProgrammeId, SlotId, TemplateId, UnitId, ZoneId
from schedules.occurrence import in_place
from schedules.override import Override
from schedules.programme import Level, Programme, Recording, State
from schedules.regulation import Regulation
from schedules.rundown import Relayed, Sound
from schedules.session import Entry, Line, Place, SessionTemplate, lay_out, running_on
from schedules.slot import AN_HOUR, CatchUp, InPlace, Interrupted, Slot, StartPolicy
from schedules.times import DAY, Span, local_day, local_instant
from schedules.unit import Group, Units, Zone, ZoneIndex
from schedules.way import Answers, Way


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """All slots and sessions together: what people edited and approved.

    Attributes:
        regulations: of every station, all dates.
        approvals: by the id of what they are about.
        overrides: granted, of every station.
        fallbacks: per channel of the signed list, the recording that sounds while it does not.
        campaigns: in every state; ask each whether it runs on a day.
        substitutions: what a zone hears of a programme that has none of its languages, where somebody chose that.
        orders: per station, the keys of priority items in the order that its officer gave them.
        answers: what each station said last to each offer.
        missed: what no loudspeaker of a zone played lately, of slots that then come again.
    """

    units: Units
    zones: tuple[Zone, ...]
    regulations: tuple[Regulation, ...]
    programmes: Mapping[ProgrammeId, Programme]
    slots: tuple[Slot, ...]
    templates: tuple[SessionTemplate, ...]
    approvals: Mapping[Subject, tuple[Approval, ...]]
    overrides: tuple[Override, ...] = ()
    fallbacks: Mapping[ChannelId, Recording | None] = field(default_factory=dict)
    campaigns: tuple[Campaign, ...] = ()
    groups: tuple[Group, ...] = ()
    substitutions: Mapping[tuple[ZoneId, ProgrammeId], str] = field(default_factory=dict)
    orders: Mapping[UnitId, Sequence[Key]] = field(default_factory=dict)
    answers: Answers = field(default_factory=dict)
    missed: tuple[Missed, ...] = ()


@dataclass(frozen=True, slots=True)
class Note:
    """Why something is not heard, or not whole: a stable code and the values of its sentence.

    `occurrence` is None where it concerns no occurrence; `start` too where it concerns a whole slot or template.
    `programme` is told where something may be done about it.
    """

    title: str
    code: str
    values: tuple[tuple[str, object], ...] = ()
    start: datetime | None = None
    occurrence: OccurrenceId | None = None
    programme: ProgrammeId | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """A claim on the air with what is needed to make a rundown item of it.

    Attributes:
        key: what it comes from.
        begins_by: the last instant at which it may begin from its beginning; None: it is joined where the clock is.
    """

    claim: Claim
    key: Key
    programme: Programme
    language: str
    sound: Sound
    approval: str
    begins_by: datetime | None


@dataclass(frozen=True, slots=True)
class Wishes:
    """A zone's candidates, and what could not be one.

    Attributes:
        common: those it may have in common with other zones, in blocks that are then the same objects.
        own: those that are its own.
    """

    common: tuple[tuple[Candidate, ...], ...]
    own: tuple[Candidate, ...]
    notes: tuple[Note, ...]


@dataclass(frozen=True, slots=True)
class _Booked:
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
        return self.missed or self.key

    @property
    def timing(self) -> InPlace | None:
        return self.slot.timing if self.slot is not None and isinstance(self.slot.timing, InPlace) else None


@dataclass(frozen=True, slots=True)
class _Released:
    """A slot with its programme and the hash of its approved record; `shared` by several zones."""

    slot: Slot
    programme: Programme
    approval: str
    shared: bool


@dataclass(frozen=True, slots=True)
class _Running:
    """A template with the hash of its record and the zones it was approved for."""

    template: SessionTemplate
    approval: str
    zones: frozenset[ZoneId]


_Filled = dict[PlaceId, tuple[_Booked, ...]]
_Again = Mapping[tuple[date, PlaceId], tuple[Missed, ...]]
_Fixed = Mapping[tuple[TemplateId, PlaceId], tuple[_Booked, ...]]


@dataclass(frozen=True, slots=True)
class _Here:
    """One zone while its sessions are filled: its civil time, what is booked, comes again, is offered and is fixed."""

    zone: Zone
    time: ZoneInfo
    in_places: list[_Booked]
    again: _Again
    offers: list[_Booked]
    fixed: _Fixed
    notes: list[Note]


class Candidates:
    """Every candidate of a schedule over a span."""

    def __init__(self, schedule: Schedule, span: Span) -> None:
        self._schedule = schedule
        self._span = span
        self._slots: dict[ZoneId, list[_Released]] = {}
        self._open: dict[ZoneId, list[_Released]] = {}
        self._templates: dict[UnitId, list[_Running]] = {}
        self._notes: dict[ZoneId, list[Note]] = {}
        self._missed: dict[ZoneId, list[Missed]] = {}
        self._of_slot: dict[tuple[SlotId, str, str], tuple[Candidate, ...]] = {}
        self._of_session: dict[tuple[object, ...], tuple[Candidate, ...]] = {}
        self._filling = Filling(schedule.programmes.values(), schedule.campaigns, schedule.approvals)
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
        in_places: list[_Booked] = []
        for released in self._slots.get(zone.id, ()):
            slot, language = released.slot, self._language(released.programme, zone, notes)
            if language is None:
                continue
            if isinstance(slot.timing, InPlace):
                in_places.append(_Booked(slot.id, released.programme, language, released.approval, slot))
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
            here = _Here(zone, time, in_places, again, offers, self._fixed(running, zone, notes), notes)
            for day in self._days(time):
                today = on(day)
                common += self._sessions(today, day, time, self._filled(today, day, here))
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
        self._templates.setdefault(template.station, []).append(_Running(template, record.hash, released))

    def _language(self, programme: Programme, zone: Zone, notes: list[Note]) -> str | None:
        language, code = language_for(programme, zone, self._schedule.substitutions.get((zone.id, programme.id)))
        if code:
            heard = () if language is None else (("heard", language),)
            values = (("language", zone.languages[0]), *heard)
            notes.append(Note(programme.title, code, values, programme=programme.id))
        return language

    def _arrived(self, zone: Zone, slot: Slot, day: date) -> bool:
        """Tell whether a slot means a zone that is to move: on the day it may not be there yet."""
        return self._zones.meant_on(slot.target, zone, day) and _answered_by(slot, zone, day)

    def _subscribed(self, running: Iterable[_Running], zone: Zone, notes: list[Note]) -> list[_Booked]:
        """Give the offers that fill the places a station opened for them, in the order in which they do."""
        fills = [place.fill for each in running for place in each.template.places if isinstance(place.fill, Subscribed)]
        booked: list[_Booked] = []
        for offered in sorted(self._open.get(zone.id, ()), key=_rank_of_offer):
            programme = offered.programme
            if not any(fill.takes(programme) for fill in fills):
                notes.append(Note(programme.title, "offer.unanswered", programme=programme.id))
                continue
            language = self._language(programme, zone, notes)
            if language is not None:
                booked.append(_Booked(offered.slot.id, programme, language, offered.approval, offered.slot))
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
        sound = sound_of(programme, language, self._schedule.fallbacks)
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
                    limit=_within_validity(programme, occurrence.start + reach),
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
        if released.shared:
            self._of_slot[key] = found
        return found

    def _fixed(self, running: Iterable[_Running], zone: Zone, notes: list[Note]) -> _Fixed:
        fixed: dict[tuple[TemplateId, PlaceId], tuple[_Booked, ...]] = {}
        told: set[ProgrammeId] = set()
        for each in running:
            for place in each.template.places:
                if place.programme is None:
                    continue
                programme = self._schedule.programmes[place.programme]
                if programme.state is State.WITHDRAWN:
                    continue
                language = self._language(programme, zone, [] if programme.id in told else notes)
                told.add(programme.id)
                if programme.level is Level.EMERGENCY:
                    notes.append(Note(programme.title, "slot.emergency_level"))
                elif language is not None:
                    fixed[each.template.id, place.id] = (_Booked(place.id, programme, language, each.approval, None),)
        return fixed

    def _again(
        self,
        zone: Zone,
        in_places: Iterable[_Booked],
        running: Callable[[date], Sequence[SessionTemplate]],
        time: ZoneInfo,
    ) -> _Again:
        missed = self._missed.get(zone.id)
        if not missed:
            return {}
        timings = {
            each.slot.id: each.timing
            for each in in_places
            if each.slot is not None and each.timing is not None and each.slot.catch_up is CatchUp.NEXT_SLOT
        }
        return comes_again(missed, timings, running, time)

    def _filled(self, today: Sequence[SessionTemplate], day: date, here: _Here) -> _Filled:
        filled: _Filled = {}
        for template in today:
            begins = local_instant(day, template.starts, here.time)
            for place in template.places:
                if place.by_hand:
                    filled[place.id] = tuple(
                        each
                        for each in here.in_places
                        if _is_in(each.timing, place.id, day) and _answered_by(each.slot, here.zone, day)
                    )
                elif isinstance(place.fill, Subscribed):
                    filled[place.id] = tuple(
                        each
                        for each in here.offers
                        if place.fill.takes(each.programme)
                        and each.timing is not None
                        and comes_on(each.timing, day)
                        and _answered_by(each.slot, here.zone, day)
                    )
                elif isinstance(place.fill, RULES):
                    filled[place.id] = tuple(self._by_rule(place, place.fill, day, begins, here))
                else:
                    filled[place.id] = here.fixed.get((template.id, place.id), ())
        if here.again:
            self._fill_again(filled, today, day, here)
        return filled

    def _fill_again(self, filled: _Filled, today: Iterable[SessionTemplate], day: date, here: _Here) -> None:
        """Add what comes again behind what was booked, unless its session brings it anyway."""
        for template in today:
            begins = local_instant(day, template.starts, here.time)
            places = [place.repeats or place.id for place in template.places]
            brought = {each.programme.id for place in places for each in filled.get(place, ())}
            for place in template.places:
                for missed in here.again.get((day, place.id), ()):
                    booked = next(each for each in here.in_places if each.key == missed.slot)
                    programme = booked.programme
                    if programme.id in brought or begins >= (programme.valid_until or begins + DAY):
                        continue
                    brought.add(programme.id)
                    filled[place.id] = (*filled[place.id], replace(booked, missed=missed.occurrence))
                    occurrence = in_place(place.id, day, missed.occurrence)
                    values = (("missed", missed.starts_at),)
                    here.notes.append(Note(programme.title, "catch_up.again", values, begins, occurrence))

    def _by_rule(self, place: Place, rule: Rule, day: date, begins: datetime, here: _Here) -> Iterator[_Booked]:
        chosen = self._filling.chosen(rule, day, begins, here.time, here.zone.id)
        if isinstance(chosen, Vacant):
            here.notes.append(Note(place.name, chosen.code, chosen.values, begins))
        elif chosen is not None:
            language = self._language(chosen.programme, here.zone, here.notes)
            if language is not None:
                yield _Booked(chosen.programme.id, chosen.programme, language, chosen.record, None)

    def _sessions(
        self, today: Iterable[SessionTemplate], day: date, time: ZoneInfo, filled: _Filled
    ) -> Iterator[tuple[Candidate, ...]]:
        for template in today:
            shown = tuple(
                tuple((each.entry, each.language, each.approval) for each in filled.get(place.repeats or place.id, ()))
                for place in template.places
            )
            key = (template.id, template.version, day, time.key, shown)
            if key not in self._of_session:
                self._of_session[key] = tuple(self._lay_out(template, day, time, filled))
            yield self._of_session[key]

    def _lay_out(self, template: SessionTemplate, day: date, time: ZoneInfo, filled: _Filled) -> Iterable[Candidate]:
        booked: dict[tuple[PlaceId, Key | OccurrenceId], _Booked] = {}
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

    def _of_line(self, line: Line, booked: _Booked, day: date) -> Candidate:
        fills = line.end - line.start if line.place.filler else None
        sound = sound_of(booked.programme, booked.language, self._schedule.fallbacks, fills=fills)
        relayed, slot = isinstance(sound, Relayed), booked.slot
        return Candidate(
            Claim(
                occurrence=in_place(line.place.id, day, line.entry.key),
                level=booked.programme.level,
                exact=False,
                start=line.start,
                length=line.wants_until - line.start,
                latest_start=line.limit,
                limit=_within_validity(booked.programme, line.limit),
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


def _rank_of_offer(offered: _Released) -> tuple[int, date, SlotId]:
    """Sort what fills a place by itself: the stronger level, then what ends first, then the id."""
    return -offered.programme.level, offered.slot.timing.ends_on, offered.slot.id


def _answered_by(slot: Slot | None, zone: Zone, day: date) -> bool:
    """Tell whether a zone that is to move still belongs on a day to the station whose answer to an offer counts."""
    return slot is None or slot.way is not Way.OFFERED or zone.on(day).station == zone.station


def _ranked(candidate: Candidate, ranks: Mapping[Key, int]) -> Candidate:
    if candidate.programme.level is not Level.PRIORITY or candidate.key not in ranks:
        return candidate
    return replace(candidate, claim=replace(candidate.claim, rank=ranks[candidate.key]))


def _within_validity(programme: Programme, limit: datetime) -> datetime:
    return limit if programme.valid_until is None else min(limit, programme.valid_until)


def _is_in(timing: InPlace | None, place: PlaceId, day: date) -> bool:
    return timing is not None and place in timing.places and comes_on(timing, day)
