"""The ledger of a database as verification reads it: one state of everything, whatever is written meanwhile.

It must not change anything, and takes nothing from the use cases: what they would read is what is to be verified.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, TypeVar

from sqlalchemy import Connection, Row, func, inspect, select
from sqlalchemy.exc import SQLAlchemyError

from schedules.errors import InvalidValue
from schedules.ledger import Leaf, StoredRow
from server.store.engine import open_engine
from server.store.ledger_rows import stored_rows
from server.store.rows import LedgerHeadRow, LedgerRow
from server.verification import KeptHead

_AT_ONCE = 2000
_LEAF = LedgerRow.__table__.c
_HEAD = LedgerHeadRow.__table__.c
Read = TypeVar("Read")


class StoredLedger:
    """See `verification.Source`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def size(self) -> int:
        """Give how many leaves there are."""
        return self._connection.scalar(select(func.count()).select_from(LedgerRow)) or 0

    def leaves(self) -> Iterator[Leaf]:
        """Give every leaf by its number."""
        query = select(_LEAF.number, _LEAF.kind, _LEAF.subject, _LEAF.at, _LEAF.data).order_by(_LEAF.number)
        return _each(_leaf, self._connection.execute(query.execution_options(yield_per=_AT_ONCE)))

    def heads(self) -> Iterator[KeptHead]:
        """Give every signed head by its size."""
        query = select(_HEAD.size, _HEAD.root, _HEAD.at, _HEAD.envelope).order_by(_HEAD.size)
        return _each(_head, self._connection.execute(query.execution_options(yield_per=_AT_ONCE)))

    def rows(self) -> Iterator[StoredRow]:
        """Give every row of evidence."""
        return stored_rows(self._connection)

    def find(self, numbers: Collection[int]) -> Mapping[int, Leaf]:
        """Give some leaves by their numbers."""
        query = select(_LEAF.number, _LEAF.kind, _LEAF.subject, _LEAF.at, _LEAF.data)
        found = self._connection.execute(query.where(_LEAF.number.in_(list(numbers))))
        return {row.number: _leaf(row) for row in found}


def _each(make: Callable[[Row[*tuple[Any, ...]]], Read], rows: Iterable[Row[*tuple[Any, ...]]]) -> Iterator[Read]:
    """Give what rows hold.

    Raises:
        InvalidValue: `ledger.database_unreadable` where an instant is none: somebody wrote it by hand.
    """
    try:
        yield from map(make, rows)
    except ValueError as error:
        raise InvalidValue("ledger.database_unreadable", cause=str(error)) from error


def _leaf(row: Row[*tuple[Any, ...]]) -> Leaf:
    return Leaf(row.number, str(row.kind), str(row.subject), row.at, _bytes(row.data))


def _head(row: Row[*tuple[Any, ...]]) -> KeptHead:
    return KeptHead(row.size, row.root, row.at, _bytes(row.envelope))


def _bytes(value: object) -> bytes:
    """Give bytes, also where SQLite keeps a text among them because somebody wrote it by hand."""
    return value if isinstance(value, bytes) else str(value).encode()


@contextmanager
def open_ledger(url: str) -> Iterator[StoredLedger]:
    """Open the ledger of a database as it is now.

    Raises:
        InvalidValue: `ledger.none`, or `ledger.database_unreadable` at any time while it is read.
    """
    engine = open_engine(url)
    try:
        if not inspect(engine).has_table(LedgerRow.__tablename__):
            raise InvalidValue("ledger.none")
        with engine.connect() as connection:
            yield StoredLedger(connection)
    except SQLAlchemyError as error:
        raise InvalidValue("ledger.database_unreadable", cause=str(error).partition("\n")[0]) from error
    finally:
        engine.dispose()
