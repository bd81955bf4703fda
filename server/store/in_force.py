"""The rundowns in force: one signed body a zone, read once a transaction, and the recordings they name.

A body's values are read from its signed bytes. Of those that were replaced only a hash and what changed is kept.
"""

import logging
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache, partial
from hashlib import sha256
from typing import TypeVar

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from schedules.errors import WireError
from schedules.ids import OccurrenceId, Sha256, ZoneId
from schedules.rundown import Rundown, RundownItem
from schedules.times import Span, instant_of, instant_text
from schedules.wire.codec import decoded, tables_of
from schedules.wire.messages import RundownIssued
from schedules.wire.rows import Comparison, Tables
from schedules.wire.seal import envelope_of
from server.issue_records import IssuedRundown, Promised, Revision
from server.store.rows import InForceRecordingRow, IssuedRevisionRow, IssuedRow
from server.store.statements import inserting

log = logging.getLogger(__name__)

T = TypeVar("T")
Key = tuple[ZoneId, OccurrenceId]

_known_tables = lru_cache(maxsize=256)(tables_of)
"""Loudspeakers of one zone report one after another, of the same rundown, and pages look at it again and again."""


@dataclass(frozen=True, slots=True)
class Replaced:
    """A rundown that takes the place of another, and how the two differ."""

    before: Tables | None
    issued: IssuedRundown
    change: Comparison

    @classmethod
    def by(cls, issued: IssuedRundown, before: Tables | None) -> "Replaced":
        """Compare a new rundown with the one in force."""
        items = issued.rundown.items
        return cls(before, issued, Comparison(len(items)) if before is None else before.compared(items))

    def gone(self) -> Iterator[RundownItem]:
        """Give the items that only the one before had."""
        return (self.before.item(index) for index in self.change.gone) if self.before is not None else iter(())


class InForce:
    """Reads and replaces the rundowns in force."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._read: dict[ZoneId, IssuedRundown | None] = {}

    def rundown(self, zone: ZoneId) -> IssuedRundown | None:
        """Give the rundown in force of a zone; None where there is none that can be read."""
        return self.rundowns([zone]).get(zone)

    def rundowns(self, zones: Iterable[ZoneId]) -> Mapping[ZoneId, IssuedRundown]:
        """Give the rundowns in force of zones."""
        wanted = dict.fromkeys(zones)
        missing = [zone for zone in wanted if zone not in self._read]
        if missing:
            row = IssuedRow
            query = select(row.zone, row.envelope, row.issued_at).where(row.zone.in_(missing))
            for each in self._session.execute(query):
                self._read[ZoneId(each.zone)] = _issued(each.zone, each.envelope, each.issued_at)
        found = ((zone, self._read.get(zone)) for zone in wanted)
        return {zone: issued for zone, issued in found if issued is not None}

    def tables(self, zones: Iterable[ZoneId], *, until: datetime | None = None) -> Mapping[ZoneId, Tables]:
        """Give the rundowns in force as tables, where there are any that can be read.

        Args:
            zones: whose.
            until: leave out what speaks only of the time from this instant on.
        """
        query = select(IssuedRow.zone, IssuedRow.envelope).where(IssuedRow.zone.in_(list(zones)))
        if until is not None:
            query = query.where(IssuedRow.covers_from < until)
        opened = partial(_opened, _known_tables)
        found = ((ZoneId(zone), opened(zone, envelope)) for zone, envelope in self._session.execute(query))
        return {zone: tables for zone, tables in found if tables is not None}

    def promised(self, wanted: Mapping[ZoneId, Collection[OccurrenceId]]) -> Mapping[Key, Promised]:
        """Give what the rundowns in force say of single items, where there are such that can be read."""
        found: dict[Key, Promised] = {}
        query = select(IssuedRow.zone, IssuedRow.envelope).where(IssuedRow.zone.in_(list(wanted)))
        for name, envelope in self._session.execute(query):
            zone = ZoneId(name)
            tables = _opened(_known_tables, zone, envelope)
            for index, occurrence in enumerate(() if tables is None else tables.occurrences):
                if tables is not None and occurrence in wanted[zone]:
                    found[zone, occurrence] = Promised.by(tables.item(index))
        return found

    def envelope(self, zone: ZoneId) -> bytes:
        """Give the signed bytes of the rundown in force; empty where there is none."""
        return self._session.scalar(select(IssuedRow.envelope).where(IssuedRow.zone == zone)) or b""

    def names(self, digest: str) -> bool:
        """Tell whether some rundown in force names a recording."""
        named = select(InForceRecordingRow.sha256).where(InForceRecordingRow.sha256 == digest)
        return self._session.scalar(named) is not None

    def revision(self, zone: ZoneId, number: int) -> Revision | None:
        """Give what is left of a rundown that was issued."""
        row = self._session.get(IssuedRevisionRow, (zone, number))
        return None if row is None else _revision(row)

    def replace(self, replaced: Sequence[Replaced]) -> Sequence[Mapping[str, object]]:
        """Put rundowns in force in the place of those before them; give the rows kept of each for ever."""
        if not replaced:
            return ()
        run, row = self._session.connection().execute, IssuedRow
        insert = inserting(self._session, row)
        kept = ("revision", "envelope", "issued_at", "covers_from")
        upsert = insert.on_conflict_do_update(
            index_elements=["zone"], set_={name: insert.excluded[name] for name in kept}
        )
        run(upsert, [_values(each.issued) for each in replaced])
        kept_for_ever = [_left(each) for each in replaced]
        run(inserting(self._session, IssuedRevisionRow), kept_for_ever)
        self._count(replaced)
        for each in replaced:
            self._read.pop(each.issued.rundown.zone, None)
        return kept_for_ever

    def _count(self, replaced: Iterable[Replaced]) -> None:
        counts: Counter[Sha256] = Counter()
        for each in replaced:
            counts.update(_named(each.issued.rundown))
            counts.subtract({recording.sha256 for recording in each.before.recordings} if each.before else ())
        # In order, so that two transactions never wait for each other.
        rows = [{"sha256": each, "zones": change} for each, change in sorted(counts.items()) if change]
        if not rows:
            return
        table = InForceRecordingRow
        insert = inserting(self._session, table)
        counted = {"zones": table.zones + insert.excluded["zones"]}
        self._session.connection().execute(insert.on_conflict_do_update(index_elements=["sha256"], set_=counted), rows)
        self._session.execute(delete(table).where(table.zones <= 0), execution_options={"synchronize_session": False})


def _opened(read: Callable[[bytes], T], zone: str, envelope: bytes) -> T | None:
    try:
        return read(envelope_of(envelope).payload)
    except WireError as error:  # one damaged row must not keep the next rundown from being issued
        log.exception("issued_unreadable zone=%s code=%s", zone, error.code)
        return None


def _issued(zone: str, envelope: bytes, issued_at: datetime) -> IssuedRundown | None:
    message = _opened(partial(decoded, RundownIssued), zone, envelope)
    return None if message is None else IssuedRundown(rundown=message.rundown, envelope=envelope, issued_at=issued_at)


def _values(issued: IssuedRundown) -> dict[str, object]:
    return {
        "zone": issued.rundown.zone,
        "revision": issued.rundown.revision,
        "envelope": issued.envelope,
        "issued_at": issued.issued_at,
        "covers_from": issued.rundown.covers.start,
    }


def _left(replaced: Replaced) -> dict[str, object]:
    issued, before, change = replaced.issued, replaced.before, replaced.change
    old = {} if before is None else {index: before.span(index) for index in (*change.gone, *change.moved)}
    names = () if before is None else before.occurrences
    return {
        "zone": issued.rundown.zone,
        "revision": issued.rundown.revision,
        "issued_at": issued.issued_at,
        "sha256": sha256(issued.envelope).hexdigest(),
        "added": change.added,
        "withdrawn": [names[index] for index in change.gone if old[index].start >= issued.issued_at],
        "changed": [
            {
                "occurrence": names[index],
                "starts_at": instant_text(old[index].start),
                "ends_at": instant_text(old[index].end),
            }
            for index in change.moved
        ],
    }


def _revision(row: IssuedRevisionRow) -> Revision:
    return Revision(
        zone=ZoneId(row.zone),
        number=row.revision,
        issued_at=row.issued_at,
        sha256=row.sha256,
        added=row.added,
        withdrawn=tuple(map(OccurrenceId, row.withdrawn)),
        changed=tuple(
            (OccurrenceId(each["occurrence"]), Span(instant_of(each["starts_at"]), instant_of(each["ends_at"])))
            for each in row.changed
        ),
    )


def _named(rundown: Rundown) -> set[Sha256]:
    return {recording.sha256 for item in rundown.items for recording in item.recordings}
