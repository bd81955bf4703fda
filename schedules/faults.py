"""Faults assumed of a loudspeaker for a period: what it lacks, and when. They must not say what follows from them."""

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from schedules.errors import InvalidValue
from schedules.ids import ProgrammeId
from schedules.rundown import RundownItem
from schedules.times import Span


@dataclass(frozen=True, slots=True)
class LinkDown:
    """No line: no new rundown, no audio, nothing of a relay."""

    span: Span


@dataclass(frozen=True, slots=True)
class PowerCut:
    """No power; `keeps_time` says whether a clock chip vouches for the time when it is back, before the line is."""

    span: Span
    keeps_time: bool = True


@dataclass(frozen=True, slots=True)
class ClockOff:
    """The device's clock shows another time.

    Attributes:
        by: added to true time; negative for a clock that is slow.
        doubt: how wrong the device itself holds its clock to be at most. As much as it is, unless told: a device
            whose doubt is less is wrong and does not know it.
    """

    span: Span
    by: timedelta
    doubt: timedelta | None = None


@dataclass(frozen=True, slots=True)
class DownloadFailed:
    """The audio of one programme is not on the disk and cannot be fetched; of every programme when none is named."""

    span: Span
    programme: ProgrammeId | None = None


Fault = LinkDown | PowerCut | ClockOff | DownloadFailed

USUAL_DOUBT = timedelta(milliseconds=50)
"""Of a clock that is set over the line."""


class Faults:
    """What is assumed of one loudspeaker, asked instant by instant.

    Raises:
        InvalidValue: `fault.without_length` for a fault that lasts no time, `fault.clocks_overlap` when two
            speak of the clock at once.
    """

    def __init__(self, faults: Iterable[Fault] = ()) -> None:
        self.all = frozenset(faults)
        self._links = sorted(each.span for each in self.all if isinstance(each, LinkDown))
        self._powers = sorted((each for each in self.all if isinstance(each, PowerCut)), key=lambda each: each.span)
        self._clocks = sorted((each for each in self.all if isinstance(each, ClockOff)), key=lambda each: each.span)
        self._downloads = [each for each in self.all if isinstance(each, DownloadFailed)]
        self._edges = sorted({edge for each in self.all for edge in (each.span.start, each.span.end)})
        for each in self.all:
            if each.span.end <= each.span.start:
                raise InvalidValue("fault.without_length", start=each.span.start)
        for index, each in enumerate(self._clocks[1:]):
            if each.span.overlaps(self._clocks[index].span):
                raise InvalidValue("fault.clocks_overlap", start=each.span.start)

    def next_edge(self, after: datetime) -> datetime | None:
        """Give when the next fault begins or ends."""
        index = bisect_right(self._edges, after)
        return self._edges[index] if index < len(self._edges) else None

    def linked(self, at: datetime) -> bool:
        """Tell whether the line stands; without power it does not."""
        return self.power_cut(at) is None and not any(span.holds(at) for span in self._links)

    def linked_for(self, span: Span) -> timedelta:
        """Give for how long of a span the line stands."""
        whole, at = timedelta(0), span.start
        while at < span.end:
            until = min(self.next_edge(at) or span.end, span.end)
            whole += until - at if self.linked(at) else timedelta(0)
            at = until
        return whole

    def power_cut(self, at: datetime) -> PowerCut | None:
        """Give the power cut that holds at an instant; None while there is power."""
        return next((each for each in self._powers if each.span.holds(at)), None)

    def clock(self, at: datetime) -> tuple[timedelta, timedelta]:
        """Give what the device's clock shows beside true time, and how wrong the device holds it to be."""
        off = next((each for each in self._clocks if each.span.holds(at)), None)
        if off is None:
            return timedelta(0), USUAL_DOUBT
        return off.by, abs(off.by) if off.doubt is None else off.doubt

    def lost_at(self, at: datetime) -> frozenset[ProgrammeId | None]:
        """Give the programmes whose audio, fetched before, is gone from this very instant on; None: all of them."""
        return frozenset(each.programme for each in self._downloads if each.span.start == at)

    def fetches(self, item: RundownItem, at: datetime) -> bool:
        """Tell whether the audio of an item can be fetched at an instant."""
        return self.linked(at) and not any(
            each.span.holds(at) and each.programme in {None, item.programme} for each in self._downloads
        )


NO_FAULTS = Faults()
