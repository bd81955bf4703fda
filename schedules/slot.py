"""A slot: a programme given a recurring place in time, or a place in session templates.

It must not expand itself into instants (that is `expansion`) nor know whether it was approved.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from schedules.errors import InvalidValue
from schedules.ids import PlaceId, ProgrammeId, SlotId
from schedules.recurrence import DayRule, Holidays
from schedules.times import DAY, require_utc
from schedules.unit import Target
from schedules.way import OF_SLOTS, Way, WrittenOrder


class StartPolicy(StrEnum):
    """What happens where somebody else has the air at its time.

    HARD cuts what is weaker; WAIT lets what is stronger end, up to `wait`; NEXT lets whatever sounds end, also the
    weaker, up to `wait`, and goes before everything else that would follow.
    """

    HARD = "hard"
    WAIT = "wait"
    NEXT = "next"


class CatchUp(StrEnum):
    """What becomes of an occurrence that could not begin at its time, for whatever reason.

    JOIN goes on where the clock is, what may wait from its beginning; LATE begins from its beginning, up to `late`
    after its time; SKIP is not begun any more. NEXT_SLOT, in places only, is not begun any more either, but what no
    loudspeaker of a zone played comes again in the next place of its name (`catching_up`).
    """

    JOIN = "join"
    LATE = "late"
    SKIP = "skip"
    NEXT_SLOT = "next_slot"


class Interrupted(StrEnum):
    """What becomes of a recording that is interrupted by something stronger; a relay is always joined again."""

    DROP = "drop"
    RESUME = "resume"
    RESTART = "restart"


AN_HOUR = timedelta(hours=1)
"""The longest `wait`; how long NEXT waits where none is given, and how long what is interrupted may be taken up."""
LATEST = timedelta(hours=3)
"""The longest `late`: a morning's notice is of no use in the evening."""


@dataclass(frozen=True, slots=True)
class SlotException:
    """A change to one occurrence, keyed by its original start so that it survives every edit.

    It belongs to the occurrence of that local day: a series moved to another hour keeps its exceptions, and
    one on a day the series no longer comes on means nothing.

    Attributes:
        original_start: the start the rule gave when the exception was made, aware UTC.
        moved_to: the start it has instead; None when it does not take place.
    """

    original_start: datetime
    moved_to: datetime | None = None

    def __post_init__(self) -> None:
        require_utc(self.original_start, "original_start")
        if self.moved_to is not None:
            require_utc(self.moved_to, "moved_to")


@dataclass(frozen=True, slots=True, kw_only=True)
class AtTime:
    """An exact local wall time, once or recurring, until a date (inclusive).

    Attributes:
        first_day: the only one, or the one from which the rule counts.
        rule: the days of the series; None: it comes once.
        until: needed where there is a rule: a series without an end is refused, since nobody would look at it again.
        holidays: whether the series comes on public holidays.
        ended: its last day where another slot goes on in its place. It only takes away, as a cancelled occurrence does.
    """

    first_day: date
    at: time
    rule: DayRule | None = None
    until: date | None = None
    holidays: Holidays = Holidays.ANY
    exceptions: tuple[SlotException, ...] = ()
    ended: date | None = None

    def __post_init__(self) -> None:
        if len({exception.original_start for exception in self.exceptions}) != len(self.exceptions):
            raise InvalidValue("slot.exception_twice")
        if self.rule is None:
            return
        if self.until is None:
            raise InvalidValue("slot.no_end")
        if self.ends_on < self.first_day:
            raise InvalidValue("slot.ends_before_start", first=self.first_day, until=self.ends_on)

    @property
    def ends_on(self) -> date:
        """The last date on which it may come."""
        until = self.first_day if self.rule is None or self.until is None else self.until
        return until if self.ended is None else min(until, self.ended)


@dataclass(frozen=True, slots=True, kw_only=True)
class InPlace:
    """Places of session templates, on the days from the first to the last (inclusive).

    Attributes:
        places: none where an offer leaves them to the station.
        rule: which of the days; None: every one.
        holidays: whether it comes on public holidays.
        order: sorts the items of one place; the lower is earlier, ties by slot id. It is no part of what an
            approver releases: the officer may put notices in another order.
        left_out: days that were cancelled one by one; they survive every edit, as exceptions do.
        ended: as in `AtTime`.
    """

    places: tuple[PlaceId, ...]
    first_day: date
    last_day: date
    rule: DayRule | None = None
    holidays: Holidays = Holidays.ANY
    order: int = 0
    left_out: frozenset[date] = frozenset()
    ended: date | None = None

    def __post_init__(self) -> None:
        if self.ends_on < self.first_day:
            raise InvalidValue("slot.ends_before_start", first=self.first_day, until=self.ends_on)

    @property
    def ends_on(self) -> date:
        """The last date on which it may come."""
        return self.last_day if self.ended is None else min(self.last_day, self.ended)


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """A programme's recurring place in time, for some units or zones.

    Its level is its programme's; an emergency never has a slot (it has a lane of its own).

    Attributes:
        lasts: for a relay, which has no end of its own; None for what ends by itself.
        wait: how late it may still begin; counts with WAIT, and with NEXT, where zero means an hour.
        late: counts with the policy LATE only.
        way: how it reaches the stations it means.
        order: what stands behind ORDERED.
        version: grows by one with each change.
    """

    id: SlotId
    programme: ProgrammeId
    target: Target
    timing: AtTime | InPlace
    lasts: timedelta | None = None
    start: StartPolicy = StartPolicy.HARD
    wait: timedelta = timedelta(0)
    catch_up: CatchUp = CatchUp.JOIN
    late: timedelta = timedelta(0)
    interrupted: Interrupted = Interrupted.DROP
    way: Way = Way.OWN
    order: WrittenOrder | None = None
    version: int = 1

    def __post_init__(self) -> None:
        if self.lasts is not None and not timedelta(0) < self.lasts <= DAY:
            raise InvalidValue("slot.lasts", lasts=self.lasts)
        if not timedelta(0) <= self.wait <= AN_HOUR:
            raise InvalidValue("slot.wait", wait=self.wait)
        if not timedelta(0) <= self.late <= LATEST or (self.catch_up is CatchUp.LATE and not self.late):
            raise InvalidValue("slot.late", late=self.late)
        if self.way not in OF_SLOTS or (self.way is Way.ORDERED) != (self.order is not None):
            raise InvalidValue("slot.way", way=self.way)
        if isinstance(self.timing, InPlace) and not self.timing.places and self.way is not Way.OFFERED:
            raise InvalidValue("slot.no_place")
        if self.catch_up is CatchUp.NEXT_SLOT and not isinstance(self.timing, InPlace):
            raise InvalidValue("slot.next_slot_only_in_places")

    @property
    def place_is_open(self) -> bool:
        """Whether it is an offer that leaves its places to the station."""
        return isinstance(self.timing, InPlace) and not self.timing.places

    @property
    def patience(self) -> timedelta:
        """How long after its time it may still begin where somebody else has the air."""
        waits = {StartPolicy.WAIT: self.wait, StartPolicy.NEXT: self.wait or AN_HOUR}
        late = self.late if self.catch_up is CatchUp.LATE else timedelta(0)
        return max(waits.get(self.start, timedelta(0)), late)

    def begins_by(self, start: datetime, *, relayed: bool) -> datetime | None:
        """Give the last instant at which what was to begin at `start` may begin, from its beginning.

        None: it is joined where the clock is, as a relay is that may wait.
        """
        match self.catch_up:
            case CatchUp.JOIN:
                return None if self.start is StartPolicy.HARD or relayed else start + self.patience
            case CatchUp.LATE:
                return start + self.patience
            case _:
                return start
