"""What somebody with every right in the database does first and last: triggers go, and the tree looks whole again."""

import json
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from random import Random

from schedules.ledger import Leaf
from schedules.merkle import Frontier
from schedules.wire.codec import decoded
from schedules.wire.messages import LedgerHead, LedgerState
from schedules.wire.seal import SigningKey, envelope_of, sealed


def drop_triggers(connection: sqlite3.Connection) -> None:
    """Take away what makes tables append-only, and references."""
    connection.execute("PRAGMA foreign_keys = OFF")
    for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        connection.execute(f"DROP TRIGGER {name}")


def leaves(connection: sqlite3.Connection) -> Iterator[Leaf]:
    """Give the leaves as they stand."""
    for number, kind, subject, at, data in connection.execute(
        "SELECT number, kind, subject, at, data FROM ledger ORDER BY number"
    ):
        yield Leaf(number, kind, subject, None if at is None else datetime.fromisoformat(at).replace(tzinfo=UTC), data)


def reseal(connection: sqlite3.Connection, key: SigningKey | None) -> None:
    """Number the leaves without a gap, and make every head fit them; signed by a key, if there is one."""
    numbers = [number for (number,) in connection.execute("SELECT number FROM ledger ORDER BY number").fetchall()]
    for new, old in enumerate(numbers, 1):
        if new != old:
            connection.execute("UPDATE ledger SET number = ? WHERE number = ?", (new, old))
    connection.execute("DELETE FROM ledger_heads WHERE size > ?", (len(numbers),))
    heads = dict(connection.execute("SELECT size, envelope FROM ledger_heads").fetchall())
    frontier = Frontier()
    for leaf in list(leaves(connection)):
        frontier = frontier.extended((leaf.hash,))
        if frontier.size in heads:
            head = decoded(LedgerHead, envelope_of(heads[frontier.size]).payload)
            made = replace(head, ledger=LedgerState(frontier.size, frontier.root.hex()))
            envelope = heads[frontier.size] if key is None else sealed(made, key)
            connection.execute(
                "UPDATE ledger_heads SET root = ?, peaks = ?, envelope = ? WHERE size = ?",
                (frontier.root.hex(), json.dumps([each.hex() for each in frontier.peaks]), envelope, frontier.size),
            )


def insert(connection: sqlite3.Connection, before: int, kind: str, subject: str, at: str | None, data: bytes) -> None:
    """Put a leaf in front of another; those behind it move on."""
    connection.execute("UPDATE ledger SET number = -number - 1 WHERE number >= ?", (before,))
    connection.execute("UPDATE ledger SET number = -number WHERE number < 0")
    connection.execute(
        "INSERT INTO ledger (number, kind, subject, at, data) VALUES (?, ?, ?, ?, ?)",
        (before, kind, subject, at, data),
    )


def size(connection: sqlite3.Connection) -> int:
    """Give how many leaves there are."""
    return int(connection.execute("SELECT max(number) FROM ledger").fetchone()[0])


def yesterday(connection: sqlite3.Connection) -> int:
    """Give the size of the newest head that went outside."""
    return int(connection.execute("SELECT max(size) FROM ledger_heads WHERE outside").fetchone()[0])


def some_entry(connection: sqlite3.Connection, rng: Random, outcome: str = "%") -> tuple[str, str, int, str]:
    """Give the key of an entry that yesterday's head covers."""
    found = connection.execute(
        "SELECT loudspeaker, journal, sequence, hash FROM heard WHERE outcome LIKE ? AND received_at <= "
        "(SELECT max(at) FROM ledger_heads WHERE outside) ORDER BY loudspeaker, journal, sequence",
        (outcome,),
    ).fetchall()
    loudspeaker, journal, sequence, digest = rng.choice(found)
    return str(loudspeaker), str(journal), int(sequence), str(digest)
