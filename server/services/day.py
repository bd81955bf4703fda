"""A station's day as values: sessions, groups of zones that hear the same, lines. `sessions` puts it together."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import chain

from schedules.hours import Finding
from schedules.ids import LoudspeakerId, OccurrenceId, ProgrammeId, SlotId
from schedules.programme import Kind, Level
from schedules.reconciliation import Verdict
from schedules.regulation import Regulation
from schedules.schedule import Note
from schedules.session import Place, SessionTemplate
from schedules.times import Span
from schedules.unit import Unit, Zone
from schedules.way import Way, WrittenOrder


class LineState(StrEnum):
    """What a line of the day is; only the last two are more than a plan.

    RELEASED_LATER is no fault: people released it only after its time, so it was never planned.
    """

    DRAFT = "draft"
    SUBMITTED = "submitted"
    SENT_BACK = "sent_back"
    APPROVAL_MISSING = "approval_missing"
    NOT_HEARD = "not_heard"
    RELEASED_LATER = "released_later"
    PLANNED = "planned"
    ON_AIR = "on_air"
    OVER = "over"


@dataclass(frozen=True, slots=True, kw_only=True)
class DayLine:
    """One line of a session, or one exact second.

    Attributes:
        starts, ends: as planned; supposed while it is not approved; equal when it is not heard.
        wants_until: when it would end if nothing cut it.
        cut: how much of it is not heard.
        on_air_at: loudspeakers that say they are playing it now.
        verdicts: how many loudspeakers for each verdict; all zero while it is not planned.
        loudspeakers: how many it is planned for.
        notes: why it is not heard, or not whole.
        unconfirmed: it was approved outside the system, and its approver has not confirmed that.
        way, order: how it came to the station, and the written order where one stands behind it.
    """

    occurrence: OccurrenceId
    place: Place | None
    slot: SlotId | None
    programme: ProgrammeId | None
    title: str
    kind: Kind | None
    level: Level
    language: str
    starts: datetime
    ends: datetime
    wants_until: datetime
    cut: timedelta
    state: LineState
    on_air_at: tuple[LoudspeakerId, ...]
    verdicts: Mapping[Verdict, int] = field(hash=False)
    loudspeakers: int
    notes: tuple[Note, ...]
    unconfirmed: bool
    way: Way
    order: WrittenOrder | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ZoneGroup:
    """Zones that hear the same in a session.

    Attributes:
        free: time of the session nothing fills, fillers not counted as filling.
        silences: the gaps in which nothing sounds at all, in order.
        overrun: how much of its items is cut in all; what passed without a plan is not cut.
    """

    zones: tuple[Zone, ...]
    lines: tuple[DayLine, ...]
    free: timedelta
    silences: tuple[Span, ...]
    overrun: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class DaySession:
    """One session of the day.

    Attributes:
        approved: its template is released, as it is now, for every zone of the station.
    """

    template: SessionTemplate
    span: Span
    approved: bool
    groups: tuple[ZoneGroup, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """One day of a station.

    Attributes:
        exact: lines outside every running order: exact seconds, and what an edit has left behind.
        notes: what concerns no single line: a slot not approved, a language that is missing; per zone group as
            in `exact`.
        lacks: minutes and languages the regulation asks for and nobody would hear, all zones together.
        settled: every zone's plan is published to its loudspeakers.
    """

    station: Unit
    day: date
    now: datetime
    regulation: Regulation
    sessions: tuple[DaySession, ...]
    exact: tuple[ZoneGroup, ...]
    notes: tuple[Note, ...]
    lacks: tuple[Finding, ...]
    settled: bool

    @property
    def groups(self) -> Iterator[ZoneGroup]:
        """All of its groups, those of the sessions first."""
        return chain(chain.from_iterable(each.groups for each in self.sessions), self.exact)

    @property
    def mark(self) -> str:
        """What stands for all that is shown of it: alike days have the same, for as long as this process lives."""
        shown = (self.station.id, self.day, self.sessions, self.exact, self.notes, self.lacks, self.settled)
        told = tuple(tuple(line.verdicts.values()) for group in self.groups for line in group.lines)
        return f"{hash((shown, told)) % 2**64:016x}"
