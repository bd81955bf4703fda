"""Every row of evidence as it stands, table by table in the order of its key, to be held against the ledger.

It must not judge.
"""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, Row, select

from schedules.chain import canonical_bytes
from schedules.ledger import ENTRY, IN_FORCE, LeafKind, StoredRow
from server.store.covered import Covered, every_table
from server.store.evidence import entry_of_row, mark_of_row
from server.store.rows import AnyRow, HeardRow, IssuedRow, MarkRow, PresenceRow, SeenRow

_AT_ONCE = 2000


def stored_rows(connection: Connection) -> Iterator[StoredRow]:
    """Give every row of evidence, few at a time from the database."""
    for table in every_table():
        yield from rows_of(connection, table)
    for row in _all(connection, HeardRow):
        entry = entry_of_row(row)
        named = (entry.loudspeaker, entry.journal, entry.sequence, row.hash)
        yield StoredRow(ENTRY, "/".join(map(str, named)), canonical_bytes(entry))
    for row in _all(connection, MarkRow):
        mark = mark_of_row(row)
        named = (mark.loudspeaker, mark.journal, mark.sequence, row.hash)
        yield StoredRow(ENTRY, "/".join(map(str, named)), canonical_bytes(mark))
    for row in _all(connection, PresenceRow):
        yield StoredRow(LeafKind.PRESENCE, f"{row.loudspeaker}/{row.at.isoformat()}", row.presence)
    for row in _all(connection, SeenRow):
        if row.receipt is not None:
            yield StoredRow(LeafKind.RECEIPT, row.loudspeaker, row.receipt)
    for row in _all(connection, IssuedRow):
        yield StoredRow(IN_FORCE, row.zone, row.envelope)


def rows_of(connection: Connection, table: Covered) -> Iterator[StoredRow]:
    """Give the rows of one table."""
    for row in _all(connection, table.row):
        columns = dict(row._mapping)  # noqa: SLF001  # SQLAlchemy's public name for it
        yield StoredRow(table.kind, table.subject(columns), table.bytes_of(columns))


def _all(connection: Connection, row: type[AnyRow]) -> Iterator[Row[Any]]:
    table = row.__table__
    query = select(table).order_by(*table.primary_key)
    yield from connection.execution_options(yield_per=_AT_ONCE).execute(query)
