"""Candidates for the air: every occurrence of every approved slot and template, zone by zone.

What many zones share (expansion, running orders, records) is worked out once. It must not decide
between candidates (that is `conflicts`) nor ask the regulation (that is `planning`).
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from schedules.approval import Approval, Record, approved_zones, record_of_slot, record_of_template
from schedules.conflicts import Claim
from schedules.errors import Refused
from schedules.expansion import expand
from schedules.ids import (
    ChannelId,
    OccurrenceId,
    PlaceId,
    ProgrammeId,
    SlotId,
    TemplateId,
    UnitId,
    ZoneId,
    occurrence_id,
)
from schedules.programme import Kind, Level, Programme, Recording, Relay, Source, State, sounding_time
from schedules.regulation import Regulation
from schedules.rundown import Played, Relayed, Sound
from schedules.session import Entry, Fill, Line, SessionTemplate, lay_out
from schedules.slot import InPlace, Slot, StartPolicy
from schedules.times import DAY, Span, instant_text, local_day, local_instant
from schedules.unit import Units, Zone, zones_meant

SPOKEN = frozenset({Kind.BULLETIN, Kind.NOTICE, Kind.FEATURE, Kind.CAMPAIGN, Kind.REPLY, Kind.MOURNING})
"""Kinds whose language matters: a variant missing in a zone's first language is reported."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """All slots and sessions together: what people edited and approved.

    Attributes:
        regulations: of every station, all dates.
        approvals: by the id of the slot or template they are about.
        fallbacks: per channel of the signed list, the recording that sounds while it does not.
    """

    units: Units
    zones: tuple[Zone, ...]
    regulations: tuple[Regulation, ...]
    programmes: Mapping[ProgrammeId, Programme]
    slots: tuple[Slot, ...]
    templates: tuple[SessionTemplate, ...]
    approvals: Mapping[SlotId | TemplateId, tuple[Approval, ...]]
    fallbacks: Mapping[ChannelId, Recording | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Note:
    """Why something is not heard, or not whole: a stable code and the values of its sentence.

    `occurrence` and `start` are None where it concerns a whole slot or template.
    """

    title: str
    code: str
    values: tuple[tuple[str, object], ...] = ()
    start: datetime | None = None
    occurrence: OccurrenceId | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """A claim on the air with what is needed to make a rundown item of it."""

    claim: Claim
    programme: Programme
    language: str
    sound: Sound
    approval: str
    start: StartPolicy


@dataclass(frozen=True, slots=True)
class _Booked:
    """What sounds in a place or slot: a programme in a language, under an approved record."""

    key: SlotId | PlaceId
    programme: Programme
    language: str
    approval: str
    slot: Slot | None


_Filled = Mapping[PlaceId, tuple[_Booked, ...]]


class Candidates:
    """Every candidate of a schedule over a span."""

    def __init__(self, schedule: Schedule, span: Span) -> None:
        self._schedule = schedule
        self._span = span
        self._slots: dict[ZoneId, list[tuple[Slot, Programme, str]]] = defaultdict(list)
        self._templates: dict[UnitId, list[tuple[SessionTemplate, str, frozenset[ZoneId]]]] = defaultdict(list)
        self._notes: dict[ZoneId, list[Note]] = defaultdict(list)
        self._of_slot: dict[tuple[SlotId, str, str], tuple[Candidate, ...]] = {}
        self._of_session: dict[tuple[object, ...], tuple[Candidate, ...]] = {}
        for slot in schedule.slots:
            self._book(slot)
        for template in schedule.templates:
            self._run(template)

    def of(self, zone: Zone, regulation: Regulation) -> tuple[list[Candidate], list[Note]]:
        """Give a zone's candidates in the civil time of its regulation, and what could not be one."""
        notes = list(self._notes[zone.id])
        candidates: list[Candidate] = []
        in_places: list[_Booked] = []
        for slot, programme, approval in self._slots[zone.id]:
            language = _language(programme, zone, notes)
            if language is None:
                continue
            booked = _Booked(slot.id, programme, language, approval, slot)
            if isinstance(slot.timing, InPlace):
                in_places.append(booked)
            else:
                candidates += self._exact(booked, slot, regulation.zone)
        in_places.sort(key=_order_in_place)
        first, last = local_day(self._span.start, regulation.zone), local_day(self._span.end, regulation.zone)
        for number in range((last - first).days + 1):
            candidates += self._sessions(zone, first + number * DAY, in_places, regulation.zone)
        return candidates, notes

    def _book(self, slot: Slot) -> None:
        schedule = self._schedule
        programme = schedule.programmes.get(slot.programme)
        if programme is None or programme.state is State.WITHDRAWN:
            return
        record = record_of_slot(programme, slot)
        released = approved_zones(schedule.approvals.get(slot.id, ()), record)
        for zone in zones_meant(slot.target, schedule.zones, schedule.units):
            if programme.level is Level.EMERGENCY:
                self._notes[zone.id].append(Note(programme.title, "slot.emergency_level"))
            elif zone.id not in released:
                self._notes[zone.id].append(Note(programme.title, "approval.missing"))
            else:
                self._slots[zone.id].append((slot, programme, record.hash))

    def _run(self, template: SessionTemplate) -> None:
        record = _record_or_none(template, self._schedule.programmes)
        if record is None:
            return
        released = approved_zones(self._schedule.approvals.get(template.id, ()), record)
        if released:
            self._templates[template.station].append((template, record.hash, released))

    def _exact(self, booked: _Booked, slot: Slot, zone: ZoneInfo) -> tuple[Candidate, ...]:
        key = (slot.id, booked.language, zone.key)
        if key not in self._of_slot:
            source = _source(booked.programme, booked.language)
            length = sounding_time(source, booked.programme.times_read) or slot.lasts
            if length is None:  # a relay whose slot does not say how long
                return ()
            sound = self._sound(source, booked.programme.times_read)
            self._of_slot[key] = tuple(
                Candidate(
                    Claim(
                        occurrence=occurrence.id,
                        level=booked.programme.level,
                        exact=True,
                        start=occurrence.start,
                        length=length,
                        latest_start=occurrence.start + slot.wait,
                        limit=occurrence.start + length + slot.wait,
                        rejoins=isinstance(sound, Relayed),
                    ),
                    booked.programme,
                    booked.language,
                    sound,
                    booked.approval,
                    slot.start,
                )
                for occurrence in expand([slot], self._span, zone)
            )
        return self._of_slot[key]

    def _sessions(self, zone: Zone, day: date, in_places: list[_Booked], time: ZoneInfo) -> Iterable[Candidate]:
        running = [
            (template, approval)
            for template, approval, zones in self._templates[zone.station]
            if zone.id in zones and template.runs_on(day)
        ]
        if not running:
            return ()
        filled = self._filled(running, zone, day, in_places)
        found: list[Candidate] = []
        for template, _ in running:
            places = [place.repeats or place.id for place in template.places]
            shown = tuple(
                (place, tuple((each.key, each.language, each.approval) for each in filled.get(place, ())))
                for place in places
            )
            key = (template.id, template.version, day, time.key, shown)
            if key not in self._of_session:
                self._of_session[key] = tuple(self._lay_out(template, day, time, filled))
            found += self._of_session[key]
        return found

    def _filled(
        self, running: list[tuple[SessionTemplate, str]], zone: Zone, day: date, in_places: list[_Booked]
    ) -> _Filled:
        filled: dict[PlaceId, tuple[_Booked, ...]] = {}
        for template, approval in running:
            for place in template.places:
                if place.fill is Fill.FIXED and place.programme is not None:
                    programme = self._schedule.programmes[place.programme]
                    language = _language(programme, zone, [])
                    if language is not None:
                        filled[place.id] = (_Booked(place.id, programme, language, approval, None),)
                elif place.fill is Fill.SLOTS:
                    filled[place.id] = tuple(each for each in in_places if _is_in(each, place.id, day))
        return filled

    def _lay_out(self, template: SessionTemplate, day: date, time: ZoneInfo, filled: _Filled) -> Iterable[Candidate]:
        booked = {
            (place.repeats or place.id, each.key): each
            for place in template.places
            for each in filled.get(place.repeats or place.id, ())
        }
        entries = {
            place.repeats or place.id: [
                Entry(each.key, each.programme.id, _entry_length(each, timedelta(minutes=place.minutes)))
                for each in filled.get(place.repeats or place.id, ())
            ]
            for place in template.places
        }
        original = instant_text(local_instant(day, template.starts, time))
        for line in lay_out(template, day, time, entries):
            # What has no time left stays a candidate, so that planning says so; filler is meant to give way.
            if line.end > line.start or not line.place.filler:
                yield self._of_line(line, booked[line.place.repeats or line.place.id, line.entry.key], original)

    def _of_line(self, line: Line, booked: _Booked, original: str) -> Candidate:
        source = _source(booked.programme, booked.language)
        times = booked.programme.times_read
        if line.place.filler and isinstance(source, Recording):
            times = max(1, -(-(line.end - line.start) // timedelta(milliseconds=source.duration_ms)))
        sound = self._sound(source, times)
        return Candidate(
            Claim(
                occurrence=occurrence_id(line.place.id, original, line.entry.key),
                level=booked.programme.level,
                exact=False,
                start=line.start,
                length=line.wants_until - line.start,
                latest_start=line.limit,
                limit=line.limit,
                rejoins=isinstance(sound, Relayed),
            ),
            booked.programme,
            booked.language,
            sound,
            booked.approval,
            StartPolicy.HARD,
        )

    def _sound(self, source: Source, times_read: int) -> Sound:
        if isinstance(source, Relay):
            return Relayed(source.channel, source.fallback or self._schedule.fallbacks.get(source.channel))
        return Played((source,) * times_read)


def _language(programme: Programme, zone: Zone, notes: list[Note]) -> str | None:
    variant = programme.variant_for(zone.languages)
    if programme.kind in SPOKEN and (variant is None or variant.language != zone.languages[0]):
        code = "language.none" if variant is None else "language.not_first"
        notes.append(Note(programme.title, code, (("language", zone.languages[0]),)))
    return None if variant is None else variant.language


def _source(programme: Programme, language: str) -> Source:
    return next(variant.source for variant in programme.variants if variant.language == language)


def _entry_length(booked: _Booked, minutes: timedelta) -> timedelta:
    return sounding_time(_source(booked.programme, booked.language), booked.programme.times_read) or minutes


def _is_in(booked: _Booked, place: PlaceId, day: date) -> bool:
    timing = booked.slot.timing if booked.slot is not None else None
    return isinstance(timing, InPlace) and place in timing.places and timing.first_day <= day <= timing.last_day


def _order_in_place(booked: _Booked) -> tuple[int, str]:
    timing = booked.slot.timing if booked.slot is not None else None
    return (timing.order if isinstance(timing, InPlace) else 0, booked.key)


def _record_or_none(template: SessionTemplate, programmes: Mapping[ProgrammeId, Programme]) -> Record | None:
    try:
        return record_of_template(template, programmes)
    except Refused:
        return None
