"""A rundown as rows: a table of recordings, a table of programmes, and items that point into both.

210 items take about 8 KB compressed this way, 127 KB as plain objects. It must not compress (codec does).
Columns are fixed for the major version; a new optional one is added at the end of a row.
"""

from datetime import datetime, timedelta
from typing import Any

from schedules.ids import ChannelId, OccurrenceId, ProgrammeId, Sha256, ZoneId
from schedules.programme import Kind, Level, Recording
from schedules.rundown import Played, Relayed, Rundown, RundownItem, Sound
from schedules.slot import StartPolicy
from schedules.times import Span, instant_of, instant_text, milliseconds

_PLAYED, _RELAYED = 0, 1


def packed(rundown: Rundown) -> dict[str, object]:
    """Give the rundown as tables. Instants are milliseconds from the start of the cover."""
    origin = rundown.covers.start
    recordings: dict[Recording, int] = {}
    programmes: dict[tuple[object, ...], int] = {}

    def recording(value: Recording) -> int:
        return recordings.setdefault(value, len(recordings))

    def offset(instant: datetime | None) -> int | None:
        return None if instant is None else milliseconds(instant - origin)

    def sound(value: Sound) -> list[object]:
        if isinstance(value, Relayed):
            return [_RELAYED, value.channel, None if value.fallback is None else recording(value.fallback)]
        return [_PLAYED, value.offset_ms, *(recording(each) for each in value.recordings)]

    items: list[list[object]] = []
    for item in rundown.items:
        about = (
            item.programme,
            item.title,
            item.kind.value,
            item.level.value,
            item.language,
            item.approval,
            item.start.value,
            offset(item.valid_until),
        )
        programme = programmes.setdefault(about, len(programmes))
        start = milliseconds(item.starts_at - origin)
        latest = None if item.latest_start is None else milliseconds(item.latest_start - item.starts_at)
        length = milliseconds(item.ends_at - item.starts_at)
        items.append([item.occurrence, start, length, latest, programme, sound(item.sound)])
    return {
        "zone": rundown.zone,
        "epoch": rundown.epoch,
        "revision": rundown.revision,
        "from": instant_text(rundown.covers.start),
        "until": instant_text(rundown.covers.end),
        "recordings": [[each.sha256, each.length, each.duration_ms] for each in recordings],
        "programmes": [list(about) for about in programmes],
        "items": items,
    }


def unpacked(tables: Any) -> Rundown:  # noqa: ANN401  # parsed JSON; anything wrong in it raises
    """Read a rundown from its tables.

    Raises:
        InvalidValue, ValueError, KeyError, IndexError, TypeError: the codec turns each into a WireError.
    """
    origin = instant_of(tables["from"])
    recordings = [Recording(Sha256(str(row[0])), _whole(row[1]), _whole(row[2])) for row in tables["recordings"]]

    def at(offset: int | None) -> datetime | None:
        return None if offset is None else origin + timedelta(milliseconds=_whole(offset))

    def sound(row: list[Any]) -> Sound:
        if _whole(row[0]) == _RELAYED:
            return Relayed(ChannelId(str(row[1])), None if row[2] is None else recordings[_index(row[2])])
        return Played(tuple(recordings[_index(each)] for each in row[2:]), _whole(row[1]))

    items: list[RundownItem] = []
    for occurrence, start_ms, length_ms, latest_ms, programme, sounding in (row[:6] for row in tables["items"]):
        about = tables["programmes"][_index(programme)]
        starts_at = origin + timedelta(milliseconds=_whole(start_ms))
        items.append(
            RundownItem(
                occurrence=OccurrenceId(str(occurrence)),
                starts_at=starts_at,
                ends_at=starts_at + timedelta(milliseconds=_whole(length_ms)),
                latest_start=None if latest_ms is None else starts_at + timedelta(milliseconds=_whole(latest_ms)),
                programme=ProgrammeId(str(about[0])),
                title=str(about[1]),
                kind=Kind(about[2]),
                level=Level(about[3]),
                language=str(about[4]),
                approval=str(about[5]),
                start=StartPolicy(about[6]),
                valid_until=at(about[7]),
                sound=sound(sounding),
            )
        )
    return Rundown(
        zone=ZoneId(str(tables["zone"])),
        epoch=_whole(tables["epoch"]),
        revision=_whole(tables["revision"]),
        covers=Span(origin, instant_of(tables["until"])),
        items=tuple(items),
    )


def _whole(value: object) -> int:
    if type(value) is not int:
        raise TypeError(value)
    return value


def _index(value: object) -> int:
    index = _whole(value)
    if index < 0:
        raise IndexError(value)
    return index
