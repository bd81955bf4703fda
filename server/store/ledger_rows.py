"""Every row of evidence as it stands, table by table in the order of its key, to be held against the ledger.

It must not judge.
"""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import lru_cache
from hashlib import sha256
from typing import Any

from sqlalchemy import JSON, ColumnElement, Connection, Row, select, type_coerce
from sqlalchemy.types import NullType

from schedules.asrun import AsRunEntry
from schedules.chain import canonical_of, names_of
from schedules.errors import ScheduleError
from schedules.ledger import ENTRY, IN_FORCE, UNREADABLE, LeafKind, StoredRow
from schedules.mark import JournalEntry, Mark
from schedules.times import instant_text
from server.store.columns import Instant
from server.store.covered import Covered, every_table
from server.store.rows import AnyRow, HeardRow, IssuedRow, MarkRow, PresenceRow, SeenRow

_AT_ONCE = 2000


def stored_rows(connection: Connection) -> Iterator[StoredRow]:
    """Give every row of evidence, few at a time from the database."""
    for table in every_table():
        yield from _readable(table.kind, rows_of(connection, table))
    yield from _readable(ENTRY, _links(connection))
    yield from _readable(LeafKind.PRESENCE, _told(connection))


def _links(connection: Connection) -> Iterator[StoredRow]:
    yield from _of_journals(connection, HeardRow, AsRunEntry)
    yield from _of_journals(connection, MarkRow, Mark)


def _of_journals(connection: Connection, row: type[AnyRow], kind: type[JournalEntry]) -> Iterator[StoredRow]:
    """Give entries or marks with the instant each was received, straight from their columns."""
    table = row.__table__
    names = names_of(kind)  # type: ignore[arg-type]  # a class is hashable, whatever its bound says
    kinds = [table.c[name].type for name in names]
    instants = [place for place, each in enumerate(kinds) if isinstance(each, Instant)]
    lists = [place for place, each in enumerate(kinds) if isinstance(each, JSON)]
    named = [names.index(name) for name in ("loudspeaker", "journal", "sequence")]
    columns = [_as_stored(each) for each in (table.c.hash, table.c.received_at, *(table.c[name] for name in names))]
    found = connection.execute(select(*columns).order_by(*table.primary_key).execution_options(yield_per=_AT_ONCE))
    for digest, received, *values in found:
        loudspeaker, journal, sequence = (values[place] for place in named)
        for place in instants:
            values[place] = _written(values[place])
        for place in lists:
            values[place] = _listed(values[place])
        data = canonical_of(kind, values) + b"\n" + _isoformat(received).encode()
        yield StoredRow(ENTRY, f"{loudspeaker}/{journal}/{sequence}/{digest}", data)


def _as_stored(column: ColumnElement[Any]) -> ColumnElement[Any]:
    """Leave a value as the driver gives it: to make values of twenty for each entry takes longer than all else."""
    return type_coerce(column, NullType())


def _written(value: datetime | str | None) -> str | None:
    """Give an instant as an entry has it; SQLite keeps `2026-11-23 01:02:03.456000`."""
    if isinstance(value, str):
        return f"{value[:10]}T{value[11:23]}Z"
    return None if value is None else instant_text(value.astimezone(UTC))


def _isoformat(value: datetime | str) -> str:
    """Give an instant as Python writes it, without a fraction where there is none."""
    if isinstance(value, str):
        return f"{value.removesuffix('.000000').replace(' ', 'T')}+00:00"
    return value.astimezone(UTC).isoformat()


def _listed(value: object) -> object:
    """Give a list; SQLite keeps its JSON. A recording is heard at many loudspeakers, so most were read before."""
    return _read(value) if isinstance(value, str) else value


_read = lru_cache(maxsize=4096)(json.loads)
"""What it gives is shared: it is written, and never changed."""


def _told(connection: Connection) -> Iterator[StoredRow]:
    for row in _all(connection, PresenceRow):
        # Two may come at the same instant.
        digest = sha256(_bytes(row.presence)).hexdigest()[:16]
        yield StoredRow(LeafKind.PRESENCE, f"{row.loudspeaker}/{row.at.isoformat()}/{digest}", _bytes(row.presence))
    for row in _all(connection, SeenRow):
        if row.receipt is not None:
            yield StoredRow(LeafKind.RECEIPT, row.loudspeaker, _bytes(row.receipt))
    for row in _all(connection, IssuedRow):
        yield StoredRow(IN_FORCE, row.zone, _bytes(row.envelope))


def _readable(name: str, rows: Iterator[StoredRow]) -> Iterator[StoredRow]:
    """Give rows as far as they can be read: what no program wrote must not stop a verification."""
    try:
        yield from rows
    except (LookupError, ValueError, TypeError, AttributeError, ScheduleError):
        yield StoredRow(UNREADABLE, name, b"")


def _bytes(value: bytes | str) -> bytes:
    """Give bytes, also where SQLite was made to keep a text."""
    return value.encode() if isinstance(value, str) else value


def rows_of(connection: Connection, table: Covered) -> Iterator[StoredRow]:
    """Give the rows of one table."""
    for row in _all(connection, table.row):
        columns = dict(row._mapping)  # noqa: SLF001  # SQLAlchemy's public name for it
        yield StoredRow(table.kind, table.subject(columns), table.bytes_of(columns))


def _all(connection: Connection, row: type[AnyRow]) -> Iterator[Row[Any]]:
    table = row.__table__
    query = select(table).order_by(*table.primary_key)
    yield from connection.execute(query.execution_options(yield_per=_AT_ONCE))
