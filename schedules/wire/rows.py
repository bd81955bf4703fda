"""A rundown as rows: a table of recordings, a table of programmes, and items that point into both.

210 items take about 8 KB compressed this way, 127 KB as plain objects. It must not compress (codec does).
Columns are fixed for the major version; a new optional one is added at the end of a row.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from schedules.ids import ChannelId, OccurrenceId, ProgrammeId, Sha256, ZoneId
from schedules.programme import Kind, Level, Recording
from schedules.rundown import Played, Relayed, Rundown, RundownItem, Sound
from schedules.times import MILLISECOND, Span, instant_of, instant_text, milliseconds
from schedules.wire.strict import items, text, whole

_PLAYED, _RELAYED = 0, 1
_JOINED, _FROM_ITS_BEGINNING = "hard", "wait"
_IS_JOINED = {_JOINED: True, _FROM_ITS_BEGINNING: False}
_LATE_UNTIL = 6
"""The first column that a row may lack."""


def packed(rundown: Rundown) -> dict[str, object]:
    """Give the rundown as tables. Instants are milliseconds from the start of the cover."""
    writing = _Writing(rundown.covers.start)
    lines = [writing.line(item) for item in rundown.items]
    return {
        "zone": rundown.zone,
        "epoch": rundown.epoch,
        "revision": rundown.revision,
        "from": instant_text(rundown.covers.start),
        "until": instant_text(rundown.covers.end),
        "recordings": [[each.sha256, each.length, each.duration_ms] for each in writing.recordings],
        "programmes": writing.programmes,
        "items": lines,
    }


class _Writing:
    """Writes items as rows, and what they point into as tables."""

    def __init__(self, origin: datetime) -> None:
        self.recordings: dict[Recording, int] = {}
        self.programmes: list[list[object]] = []
        self._origin = origin
        self._places: dict[tuple[object, ...], int] = {}
        self._sounds: dict[int, list[object]] = {}

    def line(self, item: RundownItem) -> list[object]:
        starts_at = item.starts_at
        line = [
            item.occurrence,
            (starts_at - self._origin) // MILLISECOND,
            (item.ends_at - starts_at) // MILLISECOND,
            None if item.latest_start is None else (item.latest_start - starts_at) // MILLISECOND,
            self._programme(item),
            self._sound(item.sound),
        ]
        if item.late_until is not None:
            line.append((item.late_until - starts_at) // MILLISECOND)
        return line

    def _programme(self, item: RundownItem) -> int:
        joined = item.latest_start is None
        # By the members of an enumeration themselves: to ask for their values costs more than the rest.
        sort = (id(item.kind), id(item.level), joined)
        key = (item.programme, item.title, item.language, item.approval, item.valid_until, sort)
        if key not in self._places:
            self._places[key] = len(self.programmes)
            began = _JOINED if joined else _FROM_ITS_BEGINNING
            until = None if item.valid_until is None else (item.valid_until - self._origin) // MILLISECOND
            about = [item.programme, item.title, str(item.kind), int(item.level), item.language, item.approval]
            self.programmes.append([*about, began, until])
        return self._places[key]

    def _sound(self, sound: Sound) -> list[object]:
        # The items of a series share one sound, and a rundown has many items.
        if id(sound) not in self._sounds:
            self._sounds[id(sound)] = self._written(sound)
        return self._sounds[id(sound)]

    def _written(self, sound: Sound) -> list[object]:
        if isinstance(sound, Relayed):
            return [_RELAYED, sound.channel, None if sound.fallback is None else self._recording(sound.fallback)]
        return [_PLAYED, sound.offset_ms, [self._recording(each) for each in sound.recordings]]

    def _recording(self, recording: Recording) -> int:
        return self.recordings.setdefault(recording, len(self.recordings))


def unpacked(tables: Any) -> Rundown:  # noqa: ANN401  # parsed JSON; anything wrong in it raises
    """Read a rundown from its tables.

    Raises:
        WireError, InvalidValue, ValueError, KeyError, IndexError, TypeError, OverflowError: the codec
            turns each into a WireError.
    """
    read = Tables(tables)
    return Rundown(
        zone=read.zone,
        epoch=read.epoch,
        revision=read.revision,
        covers=read.covers,
        items=tuple(read.item(index) for index in range(len(read.occurrences))),
    )


@dataclass(frozen=True, slots=True)
class Comparison:
    """How a rundown differs from the one before it.

    Attributes:
        added: how many occurrences only the new one has.
        gone: where in the old one those stand that the new one has not.
        moved: where in the old one those stand that begin or end at another instant in the new one.
    """

    added: int
    gone: tuple[int, ...] = ()
    moved: tuple[int, ...] = ()


class Tables:
    """A rundown as tables, of which single items are made for who does not need all.

    Attributes:
        occurrences: of the items, in order.
    """

    def __init__(self, tables: Any) -> None:  # noqa: ANN401  # parsed JSON; anything wrong in it raises
        self.zone = ZoneId(text(tables["zone"]))
        self.epoch = whole(tables["epoch"])
        self.revision = whole(tables["revision"])
        self.covers = Span(instant_of(tables["from"]), instant_of(tables["until"]))
        self._origin = self.covers.start
        self._rows = items(tables["items"])
        self.occurrences = tuple(OccurrenceId(text(items(row)[0])) for row in self._rows)
        self._programmes = [items(row) for row in items(tables["programmes"])]
        self._abouts: list[_About | None] = [None] * len(self._programmes)
        self._recordings = [
            Recording(Sha256(text(row[0])), whole(row[1]), whole(row[2])) for row in items(tables["recordings"])
        ]
        self._sounds: dict[str, Sound] = {}

    @property
    def recordings(self) -> Sequence[Recording]:
        """Every recording the items name, each once."""
        return self._recordings

    def span(self, index: int) -> Span:
        """Give the stretch of time an item holds."""
        _, start, length = self._rows[index][:3]
        starts_at = self._origin + _length(start)
        return Span(starts_at, starts_at + _length(length))

    def item(self, index: int) -> RundownItem:
        """Make an item."""
        row = self._rows[index]
        _, start, length, latest, programme, sounding = row[:_LATE_UNTIL]
        about = self._about(programme)
        starts_at = self._origin + _length(start)
        late = row[_LATE_UNTIL] if len(row) > _LATE_UNTIL else None
        return RundownItem(
            occurrence=self.occurrences[index],
            starts_at=starts_at,
            ends_at=starts_at + _length(length),
            latest_start=None if about.joined or latest is None else starts_at + _length(latest),
            late_until=None if late is None else starts_at + _length(late),
            programme=about.programme,
            title=about.title,
            kind=about.kind,
            level=about.level,
            language=about.language,
            approval=about.approval,
            valid_until=about.valid_until,
            sound=self._sound(items(sounding)),
        )

    def begun(self, now: datetime) -> int:
        """Give how many items begin at an instant or before it."""
        offset = milliseconds(now - self._origin)
        return bisect_right(self._rows, offset, key=lambda row: whole(row[1]))

    def starting(self, span: Span) -> Iterator[RundownItem]:
        """Make the items that begin inside a span, in order, and no others."""
        first, end = (milliseconds(at - self._origin) for at in (span.start, span.end))
        here = bisect_left(self._rows, first, key=lambda row: whole(row[1]))
        while here < len(self._rows) and whole(self._rows[here][1]) <= end:
            if span.holds(self.span(here).start):
                yield self.item(here)
            here += 1

    def same_ahead(self, items: Sequence[RundownItem], now: datetime) -> bool:
        """Tell whether some items, in order, say what the items here do of the time after an instant."""
        first = self.begun(now)
        while first > 0 and self._over_at(first - 1) > now:  # none reaches past the start of the next
            first -= 1
        there = items[bisect_right(items, now, key=lambda item: item.over_at) :]
        here = range(first, len(self._rows))
        if len(here) != len(there):
            return False
        pairs = list(zip(here, there, strict=True))
        # Which and when comes first: that is quick to tell, and what most edits change.
        same = all(self.occurrences[n] == item.occurrence and self._stands(n, item) for n, item in pairs)
        return same and all(self.item(n) == item for n, item in pairs)

    def compared(self, items: Sequence[RundownItem]) -> "Comparison":
        """Say how some items differ from those here."""
        places = {occurrence: index for index, occurrence in enumerate(self.occurrences)}
        found = [(places.get(item.occurrence), item) for item in items]
        kept = {index for index, _ in found}
        return Comparison(
            added=sum(index is None for index, _ in found),
            gone=tuple(index for index in places.values() if index not in kept),
            moved=tuple(index for index, item in found if index is not None and not self._stands(index, item)),
        )

    def _stands(self, index: int, item: RundownItem) -> bool:
        """Tell whether an item begins and ends when the one here does."""
        row = self._rows[index]
        starts_at = self._origin + _length(row[1])
        return starts_at == item.starts_at and starts_at + _length(row[2]) == item.ends_at

    def _over_at(self, index: int) -> datetime:
        row = self._rows[index]
        late = row[_LATE_UNTIL] if len(row) > _LATE_UNTIL else None
        return self._origin + _length(row[1]) + _length(row[2] if late is None else late)

    def _about(self, index: object) -> "_About":
        place = _index(index)
        known = self._abouts[place]
        if known is None:
            known = self._abouts[place] = _About.of(self._programmes[place], self._origin)
        return known

    def _sound(self, row: list[Any]) -> Sound:
        # Most items of a series are written alike, and a rundown has many items.
        key = repr(row)
        if key not in self._sounds:
            self._sounds[key] = self._read(row)
        return self._sounds[key]

    def _read(self, row: list[Any]) -> Sound:
        kind = whole(row[0])
        if kind == _RELAYED:
            return Relayed(ChannelId(text(row[1])), None if row[2] is None else self._recordings[_index(row[2])])
        if kind != _PLAYED:
            raise ValueError(kind)
        return Played(tuple(self._recordings[_index(each)] for each in items(row[2])), whole(row[1]))


@dataclass(frozen=True, slots=True)
class _About:
    """What items of one programme have in common."""

    programme: ProgrammeId
    title: str
    kind: Kind
    level: Level
    language: str
    approval: str
    joined: bool
    valid_until: datetime | None

    @classmethod
    def of(cls, row: list[Any], origin: datetime) -> "_About":
        return cls(
            ProgrammeId(text(row[0])),
            text(row[1]),
            Kind(text(row[2])),
            Level(whole(row[3])),
            text(row[4]),
            text(row[5]),
            _IS_JOINED[text(row[6])],
            None if row[7] is None else origin + _length(row[7]),
        )


def _length(value: object) -> timedelta:
    return whole(value) * MILLISECOND


def _index(value: object) -> int:
    index = whole(value)
    if index < 0:
        raise IndexError(value)
    return index
