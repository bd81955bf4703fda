"""The first leaves of a ledger: what was in the database before there was one.

Of tables whose rows stay as they are the first leaf has count and sum: that one of the old rows was changed can be
told from it, but not which. Rows that may be replaced get a leaf each.
"""

import json
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, insert, select

from schedules.ledger import LeafKind, sum_of
from server.store.covered import every_table
from server.store.ledger_rows import rows_of, stored_rows
from server.store.rows import LedgerRow


def begin_ledger(connection: Connection) -> None:
    """Write the first leaves, if there are none yet."""
    if connection.execute(select(LedgerRow.number).limit(1)).first() is None:
        leaves = enumerate(_first_leaves(connection), 1)
        connection.execute(insert(LedgerRow), [{"number": number, **leaf} for number, leaf in leaves])


def _first_leaves(connection: Connection) -> Iterator[dict[str, Any]]:
    replaced = [table for table in every_table() if table.changes]
    own_leaf = {table.kind for table in replaced}
    sums: dict[str, tuple[int, str]] = {}
    for row in stored_rows(connection):
        if row.kind not in own_leaf:
            count, total = sums.get(row.kind, (0, ""))
            sums[row.kind] = (count + 1, sum_of(total, row))
    yield _leaf(LeafKind.BEGUN, "", json.dumps(sums, sort_keys=True).encode())
    for table in replaced:
        for row in rows_of(connection, table):
            yield _leaf(table.kind, row.subject, row.data)


def _leaf(kind: LeafKind, subject: str, data: bytes) -> dict[str, Any]:
    return {"kind": kind.value, "subject": subject, "at": None, "data": data}
