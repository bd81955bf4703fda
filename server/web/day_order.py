"""Orders a day's lines for the eye: an item that groups of zones share is one line, and what is past stands apart.

Pure; templates draw what it gives. It must not judge: verdicts were worked out before.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from schedules.ids import ZoneId
from schedules.reconciliation import Verdict
from schedules.session import Place
from schedules.unit import Zone
from server.services.day import DayLine, LineState, ZoneGroup


@dataclass(frozen=True, slots=True)
class Sounding:
    """When a shared line sounds in some zones; `missing` are those it does not sound in then."""

    starts: datetime
    ends: datetime
    zones: tuple[str, ...]
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Shared:
    """One item of the day, wherever it has the same fate.

    Attributes:
        line: as where it starts first; its counts are of all those zones.
        zone: one of them.
        soundings: by their start; several where something before it is longer in one zone than in another.
        until: when it is over everywhere.
    """

    line: DayLine
    zone: ZoneId
    soundings: tuple[Sounding, ...]
    until: datetime


Placed = tuple[tuple[Place | None, tuple[Shared, ...]], ...]
"""Lines by the place of the session template in which they stand."""


@dataclass(frozen=True, slots=True)
class Order:
    """The lines of a session: what is past, how that went, what sounds now or comes."""

    past: Placed
    went: Mapping[str, int]
    coming: Placed


def shared(groups: Sequence[ZoneGroup], *, among: Iterable[Zone] = ()) -> tuple[Shared, ...]:
    """Give every item once for each fate it has, by where it starts first.

    Groups share the nth time that one thing stands in one place: it starts where what is before it in a zone ends.

    Args:
        groups: with their own lines each.
        among: all zones there are; those of the groups when none is named.
    """
    copies: dict[tuple[object, ...], list[tuple[DayLine, tuple[Zone, ...]]]] = defaultdict(list)
    for group in groups:
        times = Counter[tuple[object, ...]]()
        for line in group.lines:
            what = (line.place, line.slot, line.programme, line.title, line.language)
            why = tuple((note.code, note.values) for note in line.notes)
            copies[what, times[what], line.state, why, line.cut > timedelta(0)].append((line, group.zones))
            times[what] += 1
    everyone = tuple(among) or [zone for group in groups for zone in group.zones]
    everywhere = tuple(dict.fromkeys(zone.name for zone in everyone))
    found = (_one(each, everywhere) for each in copies.values())
    return tuple(sorted(found, key=lambda each: (each.line.starts, each.line.occurrence)))


def _one(copies: list[tuple[DayLine, tuple[Zone, ...]]], everywhere: tuple[str, ...]) -> Shared:
    first, zones = min(copies, key=lambda each: each[0].starts)
    spans: dict[tuple[datetime, datetime], list[str]] = defaultdict(list)
    for line, own in copies:
        spans[line.starts, line.ends] += (zone.name for zone in own)
    line = replace(
        first,
        on_air_at=tuple(each for line, _ in copies for each in line.on_air_at),
        verdicts=_added(line.verdicts for line, _ in copies),
        loudspeakers=sum(line.loudspeakers for line, _ in copies),
        cut=max(line.cut for line, _ in copies),
    )
    soundings = tuple(
        Sounding(starts, ends, tuple(names), tuple(each for each in everywhere if each not in names))
        for (starts, ends), names in sorted(spans.items())
    )
    return Shared(line, zones[0].id, soundings, max(_until(line) for line, _ in copies))


def _added(verdicts: Iterable[Mapping[Verdict, int]]) -> Mapping[Verdict, int]:
    counts: Counter[Verdict] = Counter(dict.fromkeys(Verdict, 0))
    for each in verdicts:
        counts.update(each)
    return counts


def _until(line: DayLine) -> datetime:
    return line.ends if line.ends > line.starts else line.wants_until


def is_past(each: Shared, now: datetime) -> bool:
    """Tell whether an item is over everywhere; not while a loudspeaker says that it plays it."""
    return each.line.state is not LineState.ON_AIR and each.until <= now


def ordered(places: Sequence[Place], lines: Sequence[Shared], *, past_until: datetime | None) -> Order:
    """Divide the lines of a session, place by place.

    A place that is filled by hand is there also while it is empty, until something after it has sounded.

    Args:
        places: of the session template, in order.
        lines: of the session.
        past_until: what was over by then is past; None where nothing is to be parted.
    """

    def is_over(each: Shared) -> bool:
        return past_until is not None and is_past(each, past_until)

    at: dict[Place | None, list[Shared]] = defaultdict(list)
    for each in lines:
        at[each.line.place].append(each)
    last = max((number for number, place in enumerate(places) if any(map(is_over, at[place]))), default=-1)
    past, coming = [], []
    for number, place in enumerate(places):
        own = at[place]
        gone, left = tuple(filter(is_over, own)), tuple(each for each in own if not is_over(each))
        if gone:
            past.append((place, gone))
        if left or (place.by_hand and not own and number > last):
            coming.append((place, left))
    return Order(tuple(past), went(each.line for each in lines if is_over(each)), tuple(coming))


def parted(lines: Sequence[Shared], *, past_until: datetime | None) -> Order:
    """Divide lines that stand in no session template; see `ordered`."""
    past = tuple(each for each in lines if past_until is not None and is_past(each, past_until))
    coming = tuple(each for each in lines if past_until is None or not is_past(each, past_until))
    return Order(((None, past),) if past else (), went(each.line for each in past), ((None, coming),) if coming else ())


def went(lines: Iterable[DayLine]) -> Mapping[str, int]:
    """Count how items went, each by the worst of its loudspeakers: good, wait (not whole), bad, still (not told yet).

    What was released only after its time stood in no plan and is not counted.
    """
    return Counter(tone for each in lines if (tone := _tone(each)) is not None)


def _tone(line: DayLine) -> str | None:
    if line.state is LineState.OVER:
        return tone_of(line.verdicts)
    return None if line.state is LineState.RELEASED_LATER else "bad"


def tone_of(verdicts: Mapping[Verdict, int]) -> str:
    """Give the tone of the worst verdict of some loudspeakers."""
    if verdicts[Verdict.MISSED] or verdicts[Verdict.FAILED]:
        return "bad"
    if verdicts[Verdict.PARTIAL]:
        return "wait"
    return "good" if verdicts[Verdict.CONFIRMED] and not verdicts[Verdict.AWAITED] else "still"
