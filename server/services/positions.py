"""Where a loudspeaker stands, degrees north and east: read as people type or paste it, judged, kept, never drawn."""

import re
from dataclasses import replace

from schedules.ids import LoudspeakerId
from server.errors import Unacceptable
from server.ports import Clock, Store
from server.services.loudspeakers import kept
from server.services.loudspeakers import seen_as as loudspeaker_seen_as
from server.services.trail import note, require_newest
from server.values import Loudspeaker, Person

SOUTHMOST, NORTHMOST = 6.0, 23.5
WESTMOST, EASTMOST = 102.0, 117.5
"""Around Vietnam with its islands, Hoàng Sa and Trường Sa among them."""

_PLACES = 6
"""Decimal places that are kept: a tenth of a metre."""
_NUMBER = r"-?[0-9]{1,3}(?:[.,][0-9]{1,15})?"
_ONE = re.compile(_NUMBER)
_TWO = re.compile(rf"({_NUMBER})(?:\s*[,;]\s*|\s+)({_NUMBER})")

Position = tuple[float, float]


def read(north: str, east: str) -> Position | None:
    """Read a position; None where nothing was entered.

    One field may hold both numbers, as maps on a phone give them: they count, whatever stood in the other before.

    Raises:
        Unacceptable: `position.number`, `position.half`, and as `judged`, with the field `north` or `east`.
    """
    first, second = north.strip().replace("°", ""), east.strip().replace("°", "")
    for text in (first, second):
        if not _ONE.fullmatch(text) and (both := _TWO.fullmatch(text)):
            first, second = both.groups()
            break
    if not first and not second:
        return None
    for field, text in (("north", first), ("east", second)):
        if not text:
            raise Unacceptable("position.half", field)
        if not _ONE.fullmatch(text):
            raise Unacceptable("position.number", field, text=text)
    return judged(*(float(text.replace(",", ".")) for text in (first, second)))


def judged(north: float, east: float) -> Position:
    """Give a position as it is kept.

    Raises:
        Unacceptable: `position.swapped` where the numbers changed places, `position.outside` (field `north`).
    """
    if _is_inside(north, east):
        return round(north, _PLACES), round(east, _PLACES)
    limits = {"south": SOUTHMOST, "north": NORTHMOST, "west": WESTMOST, "east": EASTMOST}
    raise Unacceptable("position.swapped" if _is_inside(east, north) else "position.outside", "north", **limits)


def put(
    store: Store, clock: Clock, person: Person, loudspeaker: LoudspeakerId, *, position: Position | None, seen: str
) -> Loudspeaker:
    """Keep where a loudspeaker stands; None forgets it. Its device need not know, and is not told.

    Args:
        store: written to, with one audit line; not at all where nothing would be different.
        clock: dates it.
        person: who looks after the loudspeaker.
        loudspeaker: which.
        position: degrees north and east.
        seen: what `loudspeakers.seen_as` gave for the loudspeaker as the person saw it.

    Raises:
        NotFound: `loudspeaker.unknown`, also for one that is retired.
        NotAllowed: `rights.missing`.
        Stale: `edit.stale`.
        Unacceptable: as `judged`.
    """
    wanted = None if position is None else judged(*position)
    with store.writing() as uow:
        known, zone = kept(uow, person, loudspeaker)
        if known.position == wanted:
            return known
        require_newest(uow, seen=seen, stored=loudspeaker_seen_as(known), subject=known.id, unit=zone.station)
        placed = replace(known, position=wanted)
        uow.places.put_loudspeaker(placed)
        details = {"before": written(known.position), "after": written(wanted)}
        note(uow, clock.now(), person, "loudspeaker.placed", subject=known.id, unit=zone.station, **details)
        uow.commit()
    return placed


def written(position: Position | None) -> str:
    """Give a position as maps take it; empty where it is not known."""
    return "" if position is None else f"{position[0]:.6f}, {position[1]:.6f}"


def _is_inside(north: float, east: float) -> bool:
    return SOUTHMOST <= north <= NORTHMOST and WESTMOST <= east <= EASTMOST
