"""The sheet of a month's parts, by which a station's authors are paid.

A part counts once, on the day on which a loudspeaker of the station first confirmed that it had played the whole of
its programme: not for each loudspeaker, not for a repeat, and not anew when it is edited. What was only planned, or not
played to its end anywhere, does not count. It counts as it stood in the record that was released for that play. Only
programmes of the station itself and of its hamlets: what comes from above is paid there. A report that comes late may
move a part to an earlier month. It knows no rate.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from schedules.ids import PartId, ProgrammeId, UnitId
from schedules.part import Genre, Part
from schedules.reconciliation import Verdict
from schedules.times import DAY, Span, local_midnight
from schedules.unit import Unit, Zone
from server.ports import Clock, Store, UnitOfWork
from server.services.folded import folded
from server.services.heard_parts import parts_of
from server.services.judged_plays import Row, judged
from server.services.rights import ANY_ROLE, require
from server.services.schedule import CIVIL_TIME, ever_below
from server.values import Person

_EVER = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """A part that counts in the month.

    Attributes:
        programme: title of the programme it was first heard in.
        heard_at: when that began.
    """

    part: Part
    programme: str
    heard_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A month's parts of a station, in the order in which they were heard."""

    station: Unit
    month: date
    counted: tuple[Counted, ...]

    @property
    def by_author(self) -> Mapping[str, Mapping[Genre, int]]:
        """How many parts of each genre each author has a share in, by name."""
        counts: dict[str, Counter[Genre]] = {}
        for each in self.counted:
            for author in each.part.authors:
                counts.setdefault(author, Counter())[each.part.genre] += 1
        return {author: counts[author] for author in sorted(counts, key=lambda name: (folded(name), name))}


def sheet(store: Store, clock: Clock, person: Person, station: UnitId, *, month: date) -> Sheet:
    """Draw up the sheet of the month a day lies in.

    Raises:
        NotAllowed: `rights.missing` for somebody without a role there.
    """
    now = clock.now()
    first = month.replace(day=1)
    begins, ends = (local_midnight(day, CIVIL_TIME) for day in (first, (first + 31 * DAY).replace(day=1)))
    with store.reading() as uow:
        units = uow.places.units()
        require(units, person, station, *ANY_ROLE)
        own = uow.programmes.owned(units.below(station))
        zones = ever_below(units, uow.places.zones(), station)
        found = _first_heard(uow, _confirmed(uow, zones, Span(begins, max(begins, min(ends, now))), now, own))
        again = frozenset(programme for _, programme in found.values())
        before = _confirmed(uow, zones, Span(_EVER, begins), now, again) if again else []
        known = _first_heard(uow, before)
    counted = (each for part, (each, _) in found.items() if part not in known)
    return Sheet(
        station=units.by_id[station],
        month=first,
        counted=tuple(sorted(counted, key=lambda each: each.heard_at)),
    )


def _confirmed(
    uow: UnitOfWork, zones: Sequence[Zone], span: Span, now: datetime, programmes: frozenset[ProgrammeId]
) -> list[Row]:
    rows = judged(uow, zones, span, now, programmes=programmes)
    return [row for row in rows if row.finding.verdict is Verdict.CONFIRMED]


def _first_heard(uow: UnitOfWork, rows: Iterable[Row]) -> dict[PartId, tuple[Counted, ProgrammeId]]:
    """Give each part with its first play; rows come by their planned start."""
    found: dict[PartId, tuple[Counted, ProgrammeId]] = {}
    for row, part in _parts(uow, list(rows)):
        assert row.item is not None  # noqa: S101 -- what was confirmed was planned
        heard_at = row.finding.started_at or row.planned.start
        found.setdefault(part.id, (Counted(part=part, programme=row.title, heard_at=heard_at), row.item.programme))
    return found


def _parts(uow: UnitOfWork, rows: list[Row]) -> Iterator[tuple[Row, Part]]:
    known = parts_of(uow, (row.item for row in rows if row.item is not None))
    for row in rows:
        if row.item is not None:
            yield from ((row, part) for part in known.get((row.item.approval, row.item.programme), ()))
