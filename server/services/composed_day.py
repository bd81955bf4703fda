"""Puts a day of a station together: its plan, what waits for approval, and what loudspeakers told of it.

It keeps what does not depend on the moment with the schedule it is made of (`around`).
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta

from schedules.conflicts import SHORTEST_PIECE
from schedules.hours import lacks
from schedules.ids import UnitId, ZoneId
from schedules.programme import Level, State
from schedules.reconciliation import Verdict
from schedules.regulation import Regulation
from schedules.running_order import silences
from schedules.schedule import Note
from schedules.session import SessionTemplate, running_on, span_of
from schedules.times import DAY, Span, merged
from schedules.unit import Zone
from server.ports import UnitOfWork
from server.services.around import Around
from server.services.day import Day, DayLine, DaySession, LineState, ZoneGroup
from server.services.heard_days import HeardDay
from server.services.judged_plays import counted
from server.services.outlook import AtZone, Outlook, Showing, day_of_station
from server.services.schedule import (
    assumed,
    narrowed,
    slots_since,
    templates_since,
)


class Composed:
    """Puts a day together from the plan, the marks, the presences and the as-run log."""

    def __init__(
        self,
        uow: UnitOfWork,
        here: Around,
        zones: tuple[Zone, ...],
        day: date,
        regulation: Regulation,
        told: HeardDay,
        now: datetime,
    ) -> None:
        self._uow = uow
        self._here = here
        self._named = tuple(zone.id for zone in zones)
        self._schedule = here.of(("of", self._named), lambda: narrowed(here.schedule, zones))
        self._zones = zones
        self._day = day
        self._regulation = regulation
        self._now = now
        self._span = day_of_station(day, regulation)
        self._in_force = uow.issue.in_force(zone.id for zone in zones) if self._span.holds(now) else {}
        self._showings: dict[ZoneId, tuple[Showing, ...]] = {}
        self._notes: dict[Note, None] = {}
        self._counts: dict[tuple[int, ...], Mapping[Verdict, int]] = {}
        if self._span.end <= now:
            self._look_back()
        else:
            self._look_ahead()
        self._told = told
        self._slots_since = here.of("slots", lambda: slots_since(here.schedule))
        self._templates_since = here.of("templates", lambda: templates_since(here.schedule))

    def day(self, station: UnitId) -> Day:
        """Give the day."""
        templates = running_on(self._schedule.templates, self._day)
        sessions = [self._session(each) for each in sorted(templates, key=lambda each: each.starts)]
        return Day(
            station=self._schedule.units.by_id[station],
            day=self._day,
            now=self._now,
            regulation=self._regulation,
            sessions=tuple(sessions),
            exact=self._groups(None, self._span),
            notes=tuple(self._notes),
            lacks=lacks(self._regulation, self._day, self._heard()),
            settled=self._told.unsettled.isdisjoint(self._named),
        )

    def _heard(self) -> Iterator[tuple[Span, str]]:
        """Give what is heard once everything is approved."""
        showings = (each for showings in self._showings.values() for each in showings)
        heard = ((each.starts, each.ends, each.language) for each in showings if each.item is not None or each.supposed)
        for starts, ends, language in dict.fromkeys(heard):  # what zones share counts once
            yield Span(starts, ends), language

    def _look_back(self) -> None:
        outlook = Outlook(self._schedule, self._day, self._regulation, now=self._now)
        planned: dict[ZoneId, list[Showing]] = {zone.id: [] for zone in self._zones}
        for zone, item in self._uow.issue.planned(self._span, planned):
            planned[zone].append(outlook.found(item))
        self._showings = {zone: tuple(found) for zone, found in planned.items()}

    def _look_ahead(self) -> None:
        for zone, at_zone in self._planned().items():
            self._showings[zone] = at_zone.showings
            self._notes |= dict.fromkeys(note for note in at_zone.notes if note.code not in _TOLD_ELSEWHERE)

    def _planned(self) -> Mapping[ZoneId, AtZone]:
        whole = self._here.of(("whole", self._named), lambda: assumed(self._schedule, self._now))

        def outlook(*, again: bool = True) -> Outlook:
            return Outlook(self._schedule, self._day, self._regulation, now=self._now, supposed=whole, again=again)

        if self._span.start - DAY > self._now:
            once = outlook(again=False)
            return {zone.id: self._look(once, zone) for zone in self._zones}
        known = self._here.laid_out(("outlook", self._named, self._day, self._regulation.number), outlook)
        with self._here.planning:
            return {zone.id: self._look(known, zone) for zone in self._zones}

    def _look(self, outlook: Outlook, zone: Zone) -> AtZone:
        before = self._in_force.get(zone.id)
        begun = 0 if before is None else before.begun(self._now)
        history = () if before is None else tuple(before.item(index) for index in range(begun))
        promised = () if before is None else before.occurrences[begun:]
        return outlook.of(zone, history, promised=promised, now=self._now)

    def _session(self, template: SessionTemplate) -> DaySession:
        span = span_of(template, self._day, self._regulation.zone)
        return DaySession(
            template=template,
            span=span,
            approved=all((template.id, each.id) in self._templates_since for each in self._zones),
            groups=self._groups(template, span),
        )

    def _groups(self, template: SessionTemplate | None, span: Span) -> tuple[ZoneGroup, ...]:
        """Gather the zones whose lines are the same; a session in which nothing sounds still has its one group."""
        alike: dict[object, list[Zone]] = defaultdict(list)
        for zone in self._zones:
            own = [each for each in self._showings[zone.id] if each.origin.template == template]
            look = tuple(
                (each.occurrence, each.starts, each.ends, each.language, self._state(each, zone)) for each in own
            )
            if look or template is not None:
                alike[look].append(zone)
        return tuple(self._group(zones, template, span) for zones in alike.values())

    def _group(self, zones: Sequence[Zone], template: SessionTemplate | None, span: Span) -> ZoneGroup:
        first = zones[0]
        everything = self._showings[first.id]
        own = [each for each in everything if each.origin.template == template]
        sounding = merged(
            Span(max(each.starts, span.start), min(each.ends, span.end))
            for each in everything
            if not (each.origin.place and each.origin.place.filler) and Span(each.starts, each.ends).overlaps(span)
        )
        filled = sum((each.duration for each in sounding), timedelta(0))
        quiet = silences(span, (Span(each.starts, each.ends) for each in everything if each.ends > each.starts))
        return ZoneGroup(
            zones=tuple(zones),
            lines=tuple(self._line(each, zones) for each in own),
            free=span.duration - filled,
            silences=tuple(each for each in quiet if each.duration >= SHORTEST_PIECE),
            overrun=sum((each.cut for each in own if not self._passed(each)), timedelta(0)),
        )

    def _line(self, showing: Showing, zones: Sequence[Zone]) -> DayLine:
        rows = [row for zone in zones for row in self._told.rows.get((zone.id, showing.occurrence), ())]
        on_air = tuple(each for zone in zones for each in self._told.playing.get((zone.id, showing.occurrence), ()))
        verdicts = counted(row.finding for row in rows if row.item is not None)
        state = self._state(showing, zones[0])
        programme, item = showing.programme, showing.item
        kind = item.kind if item else programme.kind if programme else None
        return DayLine(
            occurrence=showing.occurrence,
            place=showing.origin.place,
            slot=showing.origin.slot,
            programme=item.programme if item else programme.id if programme else None,
            title=showing.title,
            kind=kind,
            level=item.level if item else programme.level if programme else Level.ORDINARY,
            language=showing.language,
            starts=showing.starts,
            ends=showing.ends,
            wants_until=showing.wants_until,
            cut=showing.cut,
            state=LineState.ON_AIR if on_air and item else state,
            on_air_at=on_air,
            verdicts=self._counts.setdefault(tuple(verdicts.values()), verdicts),  # of hundreds few differ
            loudspeakers=len({row.loudspeaker.id for row in rows}),
            notes=() if state in _BEFORE_ITS_RELEASE and self._passed(showing) else showing.notes,
            unconfirmed=item is not None and item.approval in self._told.unconfirmed,
            way=showing.origin.way,
            order=showing.origin.order,
        )

    def _state(self, showing: Showing, zone: Zone) -> LineState:
        if showing.item is not None:
            return LineState.OVER if self._now >= showing.ends else LineState.PLANNED
        template, programme = showing.origin.template, showing.programme
        slot_waits = self._slots_since.get((showing.origin.slot, zone.id), self._now) is None
        template_waits = template is not None and (template.id, zone.id) not in self._templates_since
        if programme is None or not (slot_waits or template_waits):
            return LineState.RELEASED_LATER if self._released_later(showing, zone) else LineState.NOT_HEARD
        if slot_waits and programme.state in _WAITING:
            return _WAITING[programme.state]
        return LineState.APPROVAL_MISSING

    def _passed(self, showing: Showing) -> bool:
        """Whether its time came and nothing was planned for it: nothing cuts it either."""
        return showing.item is None and showing.starts < self._now

    def _released_later(self, showing: Showing, zone: Zone) -> bool:
        """Whether its time had passed when people released it; what was planned too late for once is a fault."""
        if not self._passed(showing):
            return False
        slot_since = self._slots_since.get((showing.origin.slot, zone.id), showing.starts)
        if slot_since is None or slot_since > showing.starts:
            return True
        template = showing.origin.template
        if template is None:
            return False
        template_since = self._templates_since.get((template.id, zone.id))
        return template_since is None or template_since > showing.starts


_TOLD_ELSEWHERE = ("approval.missing", "offer.refused")
"""On its line, or in the inbox: what the station itself declined is no warning."""

_BEFORE_ITS_RELEASE = frozenset(
    {
        LineState.DRAFT,
        LineState.SUBMITTED,
        LineState.SENT_BACK,
        LineState.APPROVAL_MISSING,
        LineState.RELEASED_LATER,
    }
)
"""Of what passed in one of these states, who else had the air is no reason."""

_WAITING = {
    State.DRAFT: LineState.DRAFT,
    State.SUBMITTED: LineState.SUBMITTED,
    State.SENT_BACK: LineState.SENT_BACK,
}
