"""A month of plays that never were, signed with a key of the forger's own."""

import json
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from random import Random

from schedules.asrun import AsRunEntry, Outcome
from schedules.chain import GENESIS, canonical_bytes
from schedules.ids import JournalId, LoudspeakerId, OccurrenceId, ProgrammeId, ZoneId
from schedules.wire.messages import AsRunReport
from schedules.wire.seal import SigningKey, sealed
from tests.insider.hand import insert, size, some_entry

_DATABASE = "%Y-%m-%d %H:%M:%S.%f"


def back_date(connection: sqlite3.Connection, rng: Random, *, enrolled: bool, early: bool) -> None:
    """Put a month of plays into the ledger and the tables.

    Args:
        connection: to the database.
        rng: chooses.
        enrolled: whether the forger makes his key that of the loudspeaker, by a leaf and a row.
        early: whether the report is put in its place, long before yesterday's head, or at the end.
    """
    seed = rng.randbytes(32)
    key = SigningKey.of(seed)
    loudspeaker = LoudspeakerId(some_entry(connection, rng)[0])
    (first,) = connection.execute("SELECT min(at) FROM ledger WHERE at IS NOT NULL").fetchone()
    began = datetime.fromisoformat(first).replace(tzinfo=UTC) - timedelta(days=30)
    if enrolled:
        enrol(connection, loudspeaker, key.public)
    entries = tuple(_month(loudspeaker, began))
    report = AsRunReport(
        audience="server",
        number=1,
        issued=began,
        journal=entries[0].journal,
        covers_until=began,
        head=entries[-1].hash,
        entries=entries,
    )
    at = None if enrolled else (began + timedelta(days=30)).strftime(_DATABASE)
    insert(connection, 5 if early else size(connection) + 1, "report", loudspeaker, at, sealed(report, key))
    for entry in entries:
        _keep(connection, entry, (began + timedelta(days=30)).strftime(_DATABASE))


def enrol(connection: sqlite3.Connection, loudspeaker: LoudspeakerId, public: str) -> None:
    """Make a key that of a loudspeaker, in its row and by a leaf at the end."""
    connection.execute("UPDATE loudspeakers SET public_key = ? WHERE id = ?", (public, loudspeaker))
    found = "SELECT data FROM ledger WHERE kind = 'loudspeaker' AND subject = ? ORDER BY number DESC LIMIT 1"
    (data,) = connection.execute(found, (loudspeaker,)).fetchone()
    row = {**json.loads(data), "public_key": public}
    (now,) = connection.execute("SELECT max(at) FROM ledger").fetchone()
    made = json.dumps(row, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    insert(connection, size(connection) + 1, "loudspeaker", loudspeaker, now, made)


def _month(loudspeaker: LoudspeakerId, began: datetime) -> Iterator[AsRunEntry]:
    previous = GENESIS
    for day in range(30):
        starts = began + timedelta(days=day)
        entry = AsRunEntry(
            loudspeaker=loudspeaker,
            zone=ZoneId("zone"),
            journal=JournalId("another"),
            sequence=day + 1,
            previous=previous,
            occurrence=OccurrenceId("0" * 32),
            programme=ProgrammeId("programme"),
            title="Bản tin",
            sha256=(),
            approval="",
            revision=1,
            planned_start=starts,
            planned_end=starts + timedelta(minutes=5),
            outcome=Outcome.FINISHED,
            started_at=starts,
            ended_at=starts + timedelta(minutes=5),
            played_ms=300_000,
            clock_error_ms=20,
            recorded_at=starts + timedelta(minutes=5),
        )
        previous = entry.hash
        yield entry


def _keep(connection: sqlite3.Connection, entry: AsRunEntry, at: str) -> None:
    facts = json.loads(canonical_bytes(entry))
    row = {
        "reason": "",
        **facts,
        **{
            name: getattr(entry, name).strftime(_DATABASE)
            for name in ("planned_start", "planned_end", "started_at", "ended_at", "recorded_at")
        },
        "sha256": "[]",
        "hash": entry.hash,
        "received_at": at,
        "flags": "[]",
    }
    names = ", ".join(row)
    connection.execute(f"INSERT INTO heard ({names}) VALUES ({', '.join('?' * len(row))})", list(row.values()))
