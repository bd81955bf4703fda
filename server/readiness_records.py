"""What the centre keeps about being ready: planned outages, alarms, digests; and the words readiness is told in.

Frozen; no behaviour beyond their own state. It must not know how they are stored.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from schedules.ids import LoudspeakerId, PersonId, ProgrammeId, UnitId, ZoneId
from schedules.times import Span

Values = tuple[tuple[str, object], ...]
"""What a sentence names: texts, numbers and instants, so that they can be kept."""


class Colour(StrEnum):
    """How sure it is that a loudspeaker plays.

    Locked: silent because somebody works at it. Green: will play. Yellow: will play, look at it. Red: will not, or
    nobody can tell. Grey: not expected to.
    """

    LOCKED = "locked"
    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"
    GREY = "grey"


WORST_FIRST = (Colour.LOCKED, Colour.RED, Colour.YELLOW, Colour.GREY, Colour.GREEN)


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a loudspeaker is not green, and the cheapest thing to try: codes, and the values of the sentence."""

    code: str
    colour: Colour
    remedy: str
    values: Values = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Outage:
    """Zones of a station that will have no power for some time, as somebody was told beforehand.

    Attributes:
        programme: the notice that told of it; None where it was entered by itself.
        reason: in the words of who entered it.
        ended_at: when power was back earlier than told.
    """

    id: str
    station: UnitId
    zones: tuple[ZoneId, ...]
    since: datetime
    until: datetime
    by: PersonId
    at: datetime
    programme: ProgrammeId | None = None
    reason: str = ""
    ended_at: datetime | None = None
    ended_by: PersonId | None = None

    @property
    def span(self) -> Span:
        """The stretch of time without power, as far as is known."""
        end = self.until if self.ended_at is None else min(self.until, self.ended_at)
        return Span(self.since, max(self.since, end))

    def is_over(self, now: datetime) -> bool:
        """Tell whether nothing more is to be expected of it: its time has passed, or it was ended."""
        return self.ended_at is not None or self.until <= now

    def holds(self, zone: ZoneId, span: Span) -> bool:
        """Tell whether a zone is without power at some instant of a span."""
        return zone in self.zones and self.span.overlaps(span)


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """One cause of trouble from its beginning to its end, however many loudspeakers it concerns.

    Attributes:
        code: of the cause; with `unit` and what it concerns it is told apart from others.
        unit: whose trouble it is, a station's or all below a unit; None: the centre's own.
        subjects: loudspeakers it concerns now; empty where it is about none.
        remedy: code of the cheapest thing to try.
        well_since: from when the cause is not seen any more; the alarm ends when that lasts.
        seen_by: who said to have taken note of it.
    """

    id: str
    code: str
    unit: UnitId | None
    subjects: tuple[LoudspeakerId, ...]
    values: Values
    remedy: str
    began: datetime
    most: int
    well_since: datetime | None = None
    ended: datetime | None = None
    seen_by: PersonId | None = None
    seen_at: datetime | None = None

    @property
    def count(self) -> int:
        """How many loudspeakers it concerns now."""
        return len(self.subjects)


class DigestKind(StrEnum):
    """When a digest is made: the evening before the next morning's first session, or shortly before a session."""

    EVENING = "evening"
    BEFORE = "before"


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestLine:
    """What a digest says of one loudspeaker.

    Attributes:
        clusters: behind a gateway, which cannot answer for themselves.
    """

    loudspeaker: LoudspeakerId
    name: str
    zone: str
    colour: Colour
    reasons: tuple[Reason, ...] = ()
    clusters: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestCount:
    """What a unit's digest says of one station below it; `unconfirmed`: how many of its items."""

    station: UnitId
    name: str
    counts: dict[Colour, int] = field(default_factory=dict)
    clusters: int = 0
    unconfirmed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """What was said once about a session to come, frozen: one for each unit, kind and session.

    Attributes:
        session: the name of the session; empty for a unit above several stations.
        starts: of the session; of an evening's digest above stations the first of theirs.
        key: tells a unit's digests apart, and is the same whoever makes it and however late.
        lines: of a station, the worst first.
        stations: of a unit above stations.
        unconfirmed: titles of a station's items in the session that were approved outside the system, whose approvers
            have not confirmed it.
        mailed_at: when it went to everybody who gets it by mail; None: not, or nobody does.
    """

    unit: UnitId
    kind: DigestKind
    key: str
    session: str
    starts: datetime
    made_at: datetime
    lines: tuple[DigestLine, ...] = ()
    stations: tuple[DigestCount, ...] = ()
    unconfirmed: tuple[str, ...] = ()
    mailed_at: datetime | None = None

    @property
    def counts(self) -> dict[Colour, int]:
        """How many loudspeakers have each colour."""
        found = {colour: sum(each.colour is colour for each in self.lines) for colour in WORST_FIRST}
        return {
            colour: own + sum(each.counts.get(colour, 0) for each in self.stations) for colour, own in found.items()
        }

    @property
    def clusters(self) -> int:
        """Clusters behind gateways, which nobody hears from."""
        return sum(each.clusters for each in self.lines) + sum(each.clusters for each in self.stations)
