"""What a booking would sound like before it is stored: computed times, what is cut, what it pushes aside.

It plans the coming days with the wish and without it and tells the difference. It stores nothing.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import TypeVar

from schedules.contest import contested
from schedules.ids import OccurrenceId, ProgrammeId, Sha256, SlotId
from schedules.programme import Programme, Recording, Relay, Variant
from schedules.schedule import Note, Schedule
from schedules.series import Difference
from schedules.slot import Slot
from schedules.times import Span, milliseconds
from schedules.unit import Zone
from server.errors import NotFound
from server.ports import Clock, Store, UnitOfWork
from server.services.changes import known
from server.services.coming import Coming, coming
from server.services.drafts import Draft, drawn_up, spoken_length
from server.services.edits import ALL, Part, edited, effect, time_zone_of
from server.services.obstacles import LOOKED_AHEAD, Obstacle, days_laid_out, supposing, timing_obstacles, zones_alike
from server.services.outlook import Outlook, Showing
from server.services.rights import WRITERS, require
from server.services.schedule import assumed, narrowed, regulation_on, schedule_of, welcomed
from server.services.wishes import Wish, slot_of
from server.values import Person

_UNTITLED = "…"
_UNSAVED = ProgrammeId("unsaved")
_NEW_SLOT = SlotId("~unsaved")
"""Sorts behind every stored slot, as an item appended to a place does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """How one occurrence of the wish fits on one day, at zones that are alike.

    Attributes:
        session, place: names; empty for an exact second.
        wants_until: when it would end if nothing cut it.
        overrun: how much of its session (or of itself, at an exact second) would be cut, this item and others.
        cut_at: where the cutting falls; None when everything fits.
        notes: why it is not heard, or not whole.
    """

    zones: tuple[Zone, ...]
    day: date
    session: str
    place: str
    starts: datetime
    ends: datetime
    wants_until: datetime
    overrun: timedelta
    cut_at: datetime | None
    notes: tuple[Note, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PushedAside:
    """What another programme would lose; `ends` is None when it would not be heard at all."""

    zones: tuple[Zone, ...]
    title: str
    starts: datetime
    ended: datetime
    ends: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rival:
    """Another programme that wants the same air at an exact second.

    Attributes:
        wins: it goes before the one that is booked.
        row: of docs/precedence.md, by which.
        undecided: only the station's officer can say.
    """

    zones: tuple[Zone, ...]
    title: str
    at: datetime
    wins: bool
    row: str
    undecided: bool


_OfZones = TypeVar("_OfZones", PushedAside, Rival)


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What a page shows while a booking is filled in.

    Attributes:
        estimated: the length was estimated from the text, as there is no sound yet.
        obstacles: what would refuse it when submitted: clashes with names, rules of the regulation.
        coming: when it comes next, by its rule.
        difference: what the edit of a stored slot changes of what is still to come; None for a new one.
    """

    fits: tuple[Fit, ...]
    pushed_aside: tuple[PushedAside, ...]
    rivals: tuple[Rival, ...]
    obstacles: tuple[Obstacle, ...]
    estimated: bool
    coming: Coming
    difference: Difference | None


def preview(
    store: Store,
    clock: Clock,
    person: Person,
    *,
    wish: Wish,
    programme: ProgrammeId | None = None,
    draft: Draft | None = None,
    slot: SlotId | None = None,
    part: Part = ALL,
) -> Preview:
    """Work out the coming days with a wish that is not stored.

    Args:
        store: read from.
        clock: nothing before now matters.
        person: whose rights count.
        wish: what the form of the booking holds.
        programme: the one to be booked; None while its form was never saved.
        draft: what the form of the programme holds, when it may differ from what is stored.
        slot: the one to be changed; None for a new one.
        part: how much of its series is to be changed.

    Raises:
        NotAllowed, NotFound, Unacceptable: as for `booking.book`.
    """
    now = clock.now()
    with store.reading() as uow:
        schedule = schedule_of(uow)
        supposed, estimated = _programme(uow, person, programme, draft, now)
    before = next((each for each in schedule.slots if each.id == slot), None)
    if before is None:
        after: tuple[Slot, ...] = (slot_of(schedule, person, supposed, wish, slot=_NEW_SLOT, now=now),)
    else:
        after = edited(schedule, person, supposed, wish, before=before, part=part, new=_NEW_SLOT, now=now)
    *ended, made = after
    kept = (each for each in schedule.slots if before is None or each.id != before.id)
    without = replace(schedule, slots=(*kept, *ended))
    others = [each for each in without.slots if each.programme == supposed.id]
    obstacles = timing_obstacles(without, supposed, [*others, made], now=now)
    with_it = replace(
        without,
        programmes={**schedule.programmes, supposed.id: supposed},
        slots=(*without.slots, made),
    )
    fits: list[Fit] = []
    aside: list[PushedAside] = []
    for alike in zones_alike(with_it, [made]):
        here = _Difference(with_it, without, alike, supposed, made, now=now)
        fits += here.fits
        aside += here.pushed_aside
    return Preview(
        fits=tuple(fits),
        pushed_aside=_joined(aside),
        rivals=_joined(_rivals(with_it, supposed, made, now)),
        obstacles=obstacles,
        estimated=estimated,
        coming=coming(made, now, time_zone_of(schedule, made, now)),
        difference=None if before is None else effect(schedule, before, after, now),
    )


def _joined(found: Iterable[_OfZones]) -> tuple[_OfZones, ...]:
    """Say what is the same at several zones once."""
    zones: dict[_OfZones, list[Zone]] = {}
    for each in found:
        zones.setdefault(replace(each, zones=()), []).extend(each.zones)
    return tuple(replace(one, zones=tuple(at)) for one, at in zones.items())


def _rivals(schedule: Schedule, programme: Programme, made: Slot, now: datetime) -> Iterator[Rival]:
    titles = {slot.id: schedule.programmes[slot.programme].title for slot in schedule.slots}
    ahead = Span(now, now + LOOKED_AHEAD)
    for found in contested(schedule, [made], ahead, counts=supposing(programme)):
        for contest in found.contests:
            other = contest.winner if contest.loser == made.id else contest.loser
            yield Rival(
                zones=found.zones,
                title=titles[other],
                at=contest.at,
                wins=contest.winner == other,
                row=contest.row,
                undecided=contest.undecided,
            )


class _Difference:
    """What the wish changes at zones that are alike, over the days worth working out."""

    def __init__(
        self,
        with_it: Schedule,
        without: Schedule,
        alike: Sequence[Zone],
        programme: Programme,
        made: Slot,
        *,
        now: datetime,
    ) -> None:
        self.fits: list[Fit] = []
        self.pushed_aside: list[PushedAside] = []
        self._alike = tuple(alike)
        zone = alike[0]
        regulation = regulation_on(with_it, zone.station, now)
        if regulation is None:
            return
        after, before = (
            welcomed(assumed(narrowed(each, [zone]), now, supposing(programme)), now, programme.id)
            for each in (with_it, without)
        )
        for day in days_laid_out([made], now, regulation.zone):
            shown = Outlook(after, day, regulation, now=now).of(zone).showings
            earlier = Outlook(before, day, regulation, now=now).of(zone).showings
            self.fits += (self._fit(each, shown, day) for each in shown if each.origin.slot == made.id)
            self.pushed_aside += self._lost(earlier, {each.occurrence: each for each in shown})

    def _fit(self, showing: Showing, shown: Sequence[Showing], day: date) -> Fit:
        template, place = showing.origin.template, showing.origin.place
        session = [showing] if template is None else [each for each in shown if each.origin.template == template]
        cut = [each for each in session if each.cut]
        return Fit(
            zones=self._alike,
            day=day,
            session="" if template is None else template.name,
            place="" if place is None else place.name,
            starts=showing.starts,
            ends=showing.ends,
            wants_until=showing.wants_until,
            overrun=sum((each.cut for each in cut), timedelta(0)),
            cut_at=cut[0].ends if cut else None,
            notes=showing.notes,
        )

    def _lost(self, earlier: Sequence[Showing], now_shown: dict[OccurrenceId, Showing]) -> Sequence[PushedAside]:
        lost: list[PushedAside] = []
        for each in earlier:
            after = now_shown.get(each.occurrence)
            heard = timedelta(0) if after is None else after.ends - after.starts
            if heard < each.ends - each.starts and not (each.origin.place and each.origin.place.filler):
                ends = after.ends if after is not None and heard else None
                lost.append(
                    PushedAside(zones=self._alike, title=each.title, starts=each.starts, ended=each.ends, ends=ends)
                )
        return lost


def _programme(
    uow: UnitOfWork, person: Person, programme: ProgrammeId | None, draft: Draft | None, now: datetime
) -> tuple[Programme, bool]:
    """Give the programme as its form has it; a language without sound gets a length estimated from its text."""
    stored = None if programme is None else known(uow, programme)
    owner = person.unit if stored is None else stored.programme.owner
    require(uow.places.units(), person, owner, *WRITERS)
    if draft is not None:
        titled = draft if draft.title.strip() else replace(draft, title=_UNTITLED)
        shown = drawn_up(uow, titled, now=now, of=programme or _UNSAVED, unit=owner, version=1)
        texts = draft.texts
    elif stored is not None:
        shown, texts = stored.programme, stored.texts
    else:
        raise NotFound("programme.unknown")
    sounds = shown.variants if stored is None or shown.variants else stored.programme.variants
    recorded = {variant.language for variant in sounds}
    read = [(language, spoken_length(text)) for language, text in texts.items() if language not in recorded]
    guessed = [Variant(language, _estimated(length)) for language, length in read if length]
    relayed = any(isinstance(variant.source, Relay) for variant in sounds)
    if relayed or not guessed:
        return replace(shown, variants=sounds), False
    return replace(shown, variants=(*sounds, *guessed)), True


def _estimated(length: timedelta) -> Recording:
    return Recording(Sha256("0" * 64), 1, max(1, milliseconds(length)))
