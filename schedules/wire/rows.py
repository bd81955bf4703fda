"""A rundown as rows: a table of recordings, a table of programmes, and items that point into both.

210 items take about 8 KB compressed this way, 127 KB as plain objects. It must not compress (codec does).
Columns are fixed for the major version; a new optional one is added at the end of a row.
"""

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
    origin = rundown.covers.start
    recordings: dict[Recording, int] = {}
    programmes: dict[tuple[object, ...], int] = {}
    sounds: dict[int, list[object]] = {}

    def recording(value: Recording) -> int:
        return recordings.setdefault(value, len(recordings))

    def offset(instant: datetime | None) -> int | None:
        return None if instant is None else milliseconds(instant - origin)

    def sound(value: Sound) -> list[object]:
        # The items of a series share one sound, and a rundown has many items.
        if id(value) not in sounds:
            sounds[id(value)] = written(value)
        return sounds[id(value)]

    def written(value: Sound) -> list[object]:
        if isinstance(value, Relayed):
            return [_RELAYED, value.channel, None if value.fallback is None else recording(value.fallback)]
        return [_PLAYED, value.offset_ms, [recording(each) for each in value.recordings]]

    lines: list[list[object]] = []
    for item in rundown.items:
        about = (
            item.programme,
            item.title,
            str(item.kind),
            int(item.level),
            item.language,
            item.approval,
            _JOINED if item.latest_start is None else _FROM_ITS_BEGINNING,
            offset(item.valid_until),
        )
        programme = programmes.setdefault(about, len(programmes))
        start = milliseconds(item.starts_at - origin)
        latest = None if item.latest_start is None else milliseconds(item.latest_start - item.starts_at)
        length = milliseconds(item.ends_at - item.starts_at)
        line = [item.occurrence, start, length, latest, programme, sound(item.sound)]
        late = [] if item.late_until is None else [milliseconds(item.late_until - item.starts_at)]
        lines.append([*line, *late])
    return {
        "zone": rundown.zone,
        "epoch": rundown.epoch,
        "revision": rundown.revision,
        "from": instant_text(rundown.covers.start),
        "until": instant_text(rundown.covers.end),
        "recordings": [[each.sha256, each.length, each.duration_ms] for each in recordings],
        "programmes": [list(about) for about in programmes],
        "items": lines,
    }


def unpacked(tables: Any) -> Rundown:  # noqa: ANN401  # parsed JSON; anything wrong in it raises
    """Read a rundown from its tables.

    Raises:
        WireError, InvalidValue, ValueError, KeyError, IndexError, TypeError, OverflowError: the codec
            turns each into a WireError.
    """
    origin = instant_of(tables["from"])
    recordings = [Recording(Sha256(text(row[0])), whole(row[1]), whole(row[2])) for row in items(tables["recordings"])]
    programmes = [_About.of(items(row), origin) for row in items(tables["programmes"])]
    sounds: dict[str, Sound] = {}

    def recording(index: object) -> Recording:
        return recordings[_index(index)]

    def sound(row: list[Any]) -> Sound:
        # Most items of a series are written alike, and a rundown has many items.
        key = repr(row)
        if key not in sounds:
            sounds[key] = read(row)
        return sounds[key]

    def read(row: list[Any]) -> Sound:
        kind = whole(row[0])
        if kind == _RELAYED:
            return Relayed(ChannelId(text(row[1])), None if row[2] is None else recording(row[2]))
        if kind != _PLAYED:
            raise ValueError(kind)
        return Played(tuple(recording(each) for each in items(row[2])), whole(row[1]))

    def item(row: list[Any]) -> RundownItem:
        occurrence, start, length, latest, programme, sounding = row[:_LATE_UNTIL]
        about = programmes[_index(programme)]
        starts_at = origin + _length(start)
        late = row[_LATE_UNTIL] if len(row) > _LATE_UNTIL else None
        return RundownItem(
            occurrence=OccurrenceId(text(occurrence)),
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
            sound=sound(items(sounding)),
        )

    return Rundown(
        zone=ZoneId(text(tables["zone"])),
        epoch=whole(tables["epoch"]),
        revision=whole(tables["revision"]),
        covers=Span(origin, instant_of(tables["until"])),
        items=tuple(item(items(row)) for row in items(tables["items"])),
    )


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
