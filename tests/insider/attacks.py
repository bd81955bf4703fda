"""Attacks on the evidence by somebody with every right in the database, each by its name.

Each changes what was there. Then `hand.reseal` makes the ledger look whole again, with the centre's key or without.
"""

import json
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from random import Random
from typing import Any

from schedules.wire.codec import decoded
from schedules.wire.messages import AsRunReport
from schedules.wire.seal import envelope_of
from tests.insider.hand import insert, some_entry, yesterday
from tests.insider.month import back_date

Run = Callable[[sqlite3.Connection, Random], None]


@dataclass(frozen=True)
class Attack:
    """One way to change the past.

    Attributes:
        name: of what is done.
        run: does it.
        codes: what `verify` calls it, at least one of them, when yesterday's head is known.
    """

    name: str
    run: Run
    codes: frozenset[str]


_ENTRY = "loudspeaker = ? AND journal = ? AND sequence = ? AND hash = ?"


def delete_the_newest_entries(connection: sqlite3.Connection, rng: Random) -> None:
    last = yesterday(connection) - rng.randint(1, 5)
    (at,) = connection.execute("SELECT max(at) FROM ledger WHERE number <= ?", (last,)).fetchone()
    connection.execute("DELETE FROM ledger WHERE number > ?", (last,))
    for table, column in (("heard", "received_at"), ("marks", "received_at"), ("presence_history", "at")):
        connection.execute(f"DELETE FROM {table} WHERE {column} > ?", (at,))


def delete_the_newest_rows(connection: sqlite3.Connection, rng: Random) -> None:
    connection.execute("DELETE FROM heard WHERE rowid IN (SELECT rowid FROM heard ORDER BY received_at DESC LIMIT 3)")


def drop_a_journal(connection: sqlite3.Connection, rng: Random) -> None:
    loudspeaker, journal, *_ = some_entry(connection, rng)
    connection.execute("DELETE FROM heard WHERE loudspeaker = ? AND journal = ?", (loudspeaker, journal))
    connection.execute("DELETE FROM marks WHERE loudspeaker = ? AND journal = ?", (loudspeaker, journal))
    connection.execute("DELETE FROM ledger WHERE kind = 'report' AND subject = ?", (loudspeaker,))


def drop_the_rows_of_a_journal(connection: sqlite3.Connection, rng: Random) -> None:
    loudspeaker, journal, *_ = some_entry(connection, rng)
    connection.execute("DELETE FROM heard WHERE loudspeaker = ? AND journal = ?", (loudspeaker, journal))


def drop_a_report_from_the_middle(connection: sqlite3.Connection, rng: Random) -> None:
    loudspeaker, journal, sequence, _ = some_entry(connection, rng)
    for number, data in connection.execute(
        "SELECT number, data FROM ledger WHERE kind = 'report' AND subject = ? ORDER BY number", (loudspeaker,)
    ).fetchall():
        report = decoded(AsRunReport, envelope_of(data).payload)
        if report.journal == journal and any(each.sequence == sequence for each in report.in_order):
            for each in report.in_order:
                for table in ("heard", "marks"):
                    connection.execute(
                        f"DELETE FROM {table} WHERE loudspeaker = ? AND journal = ? AND sequence = ?",
                        (loudspeaker, journal, each.sequence),
                    )
            connection.execute("DELETE FROM ledger WHERE number = ?", (number,))


def delete_a_slot_after_it_was_missed(connection: sqlite3.Connection, rng: Random) -> None:
    slot = rng.choice(connection.execute("SELECT id FROM slots ORDER BY id").fetchall())[0]
    connection.execute("DELETE FROM slot_targets WHERE slot = ?", (slot,))
    connection.execute("DELETE FROM slots WHERE id = ?", (slot,))


def delete_a_slot_and_its_leaves(connection: sqlite3.Connection, rng: Random) -> None:
    slot = rng.choice(connection.execute("SELECT id FROM slots ORDER BY id").fetchall())[0]
    connection.execute("DELETE FROM slots WHERE id = ?", (slot,))
    connection.execute("DELETE FROM ledger WHERE kind = 'slot' AND subject = ?", (slot,))


def delete_a_planned_item_after_it_was_missed(connection: sqlite3.Connection, rng: Random) -> None:
    rows = connection.execute("SELECT zone, occurrence FROM planned ORDER BY zone, occurrence").fetchall()
    connection.execute("DELETE FROM planned WHERE zone = ? AND occurrence = ?", rng.choice(rows))


def move_a_planned_item(connection: sqlite3.Connection, rng: Random) -> None:
    rows = connection.execute("SELECT zone, occurrence FROM planned ORDER BY zone, occurrence").fetchall()
    connection.execute(
        "UPDATE planned SET starts_at = '2027-01-01 00:00:00.000000' WHERE zone = ? AND occurrence = ?",
        rng.choice(rows),
    )


def back_date_a_month_with_a_key_of_his_own(connection: sqlite3.Connection, rng: Random) -> None:
    back_date(connection, rng, enrolled=True, early=False)


def back_date_a_month_with_a_key_nobody_enrolled(connection: sqlite3.Connection, rng: Random) -> None:
    back_date(connection, rng, enrolled=False, early=False)


def back_date_a_month_in_its_place(connection: sqlite3.Connection, rng: Random) -> None:
    back_date(connection, rng, enrolled=False, early=True)


def replace_the_key_of_a_device(connection: sqlite3.Connection, rng: Random) -> None:
    connection.execute("UPDATE loudspeakers SET public_key = ?", (rng.randbytes(32).hex(),))


def edit_presence(connection: sqlite3.Connection, rng: Random) -> None:
    number, presence = _one(connection, rng, "SELECT id, presence FROM presence_history ORDER BY id")
    edited = presence.replace(b'"online":true', b'"online":false') + b" "
    connection.execute("UPDATE presence_history SET presence = ? WHERE id = ?", (edited, number))


def edit_presence_and_its_leaf(connection: sqlite3.Connection, rng: Random) -> None:
    number, data = _leaf(connection, rng, "presence")
    connection.execute("UPDATE ledger SET data = ? WHERE number = ?", (data + b" ", number))


def delete_a_change_of_presence(connection: sqlite3.Connection, rng: Random) -> None:
    number, _ = _one(connection, rng, "SELECT id, at FROM presence_history ORDER BY id")
    connection.execute("DELETE FROM presence_history WHERE id = ?", (number,))


def alter_a_title(connection: sqlite3.Connection, rng: Random) -> None:
    key = some_entry(connection, rng)
    connection.execute(f"UPDATE heard SET title = 'Nghị quyết' WHERE {_ENTRY}", key)


def turn_an_outcome_into_finished(connection: sqlite3.Connection, rng: Random) -> None:
    """Say that what was cut short or skipped was played, with a hash that fits."""
    key = some_entry(connection, rng)
    outcome = connection.execute(f"SELECT outcome FROM heard WHERE {_ENTRY}", key).fetchone()[0]
    other = "skipped" if outcome == "finished" else "finished"
    connection.execute(f"UPDATE heard SET outcome = ?, hash = ? WHERE {_ENTRY}", (other, rng.randbytes(32).hex(), *key))


def turn_the_outcome_in_the_report_too(connection: sqlite3.Connection, rng: Random) -> None:
    number, data = _leaf(connection, rng, "report", containing=b'"finished"')
    connection.execute(
        "UPDATE ledger SET data = ? WHERE number = ?", (data.replace(b'"finished"', b'"skipped"'), number)
    )


def change_when_an_entry_was_received(connection: sqlite3.Connection, rng: Random) -> None:
    key = some_entry(connection, rng)
    connection.execute(f"UPDATE heard SET received_at = '2027-01-01 00:00:00.000000' WHERE {_ENTRY}", key)


def forge_an_entry(connection: sqlite3.Connection, rng: Random) -> None:
    """Fork a journal in its table: a second entry under a number that is taken."""
    key = some_entry(connection, rng)
    columns = [name for _, name, *_ in connection.execute("PRAGMA table_info(heard)").fetchall()]
    row = dict(zip(columns, connection.execute(f"SELECT * FROM heard WHERE {_ENTRY}", key).fetchone(), strict=True))
    row |= {"hash": rng.randbytes(32).hex(), "title": "Mục khác"}
    connection.execute(f"INSERT INTO heard VALUES ({', '.join('?' * len(row))})", list(row.values()))


def swap_two_leaves(connection: sqlite3.Connection, rng: Random) -> None:
    first = rng.randint(2, yesterday(connection) - 1)
    for old, new in ((first, -1), (first + 1, first), (-1, first + 1)):
        connection.execute("UPDATE ledger SET number = ? WHERE number = ?", (new, old))


def insert_a_forged_approval(connection: sqlite3.Connection, rng: Random) -> None:
    """Approve in the leader's name, in the table and in the ledger."""
    _, data = _leaf(connection, rng, "approval")
    row = {**json.loads(data), "id": 9999, "record": sha256(b"{}").hexdigest(), "canonical": b"{}".hex()}
    made = json.dumps(row, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    insert(connection, rng.randint(5, yesterday(connection)), "approval", "9999", row["approved_at"], made)
    _approve(connection, row)


def approve_beside_the_ledger(connection: sqlite3.Connection, rng: Random) -> None:
    _, data = _leaf(connection, rng, "approval")
    _approve(connection, {**json.loads(data), "id": 9999, "canonical": b"{}".hex()})


def delete_an_audit_line(connection: sqlite3.Connection, rng: Random) -> None:
    number, _ = _one(connection, rng, "SELECT id, at FROM audit ORDER BY id")
    connection.execute("DELETE FROM audit WHERE id = ?", (number,))


def delete_an_audit_line_and_its_leaf(connection: sqlite3.Connection, rng: Random) -> None:
    number, data = _leaf(connection, rng, "audit")
    connection.execute("DELETE FROM ledger WHERE number = ?", (number,))
    connection.execute("DELETE FROM audit WHERE id = ?", (json.loads(data)["id"],))


def change_roles_silently(connection: sqlite3.Connection, rng: Random) -> None:
    connection.execute("UPDATE people SET roles = '[\"administrator\",\"approver\"]' WHERE id = 'officer'")


def take_over_an_account(connection: sqlite3.Connection, rng: Random) -> None:
    connection.execute("UPDATE people SET password_hash = ? WHERE id = 'leader'", (rng.randbytes(8).hex(),))


def change_roles_in_the_ledger_too(connection: sqlite3.Connection, rng: Random) -> None:
    change_roles_silently(connection, rng)
    number, data = connection.execute(
        "SELECT number, data FROM ledger WHERE kind = 'person' AND subject = 'officer' ORDER BY number DESC LIMIT 1"
    ).fetchone()
    row = {**json.loads(data), "roles": ["administrator", "approver"]}
    made = json.dumps(row, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    connection.execute("UPDATE ledger SET data = ? WHERE number = ?", (made, number))


def widen_the_hours(connection: sqlite3.Connection, rng: Random) -> None:
    connection.execute("UPDATE regulations SET max_minutes_a_day = max_minutes_a_day + 600")


def write_nonsense(connection: sqlite3.Connection, rng: Random) -> None:
    connection.execute(f"UPDATE heard SET outcome = 'played' WHERE {_ENTRY}", some_entry(connection, rng))


def make_a_table_unreadable(connection: sqlite3.Connection, rng: Random) -> None:
    connection.execute(
        "UPDATE loudspeakers SET since = 'long ago' WHERE id = ?", _one(connection, rng, "SELECT id FROM loudspeakers")
    )


def delete_a_revision(connection: sqlite3.Connection, rng: Random) -> None:
    key = _one(connection, rng, "SELECT zone, revision FROM issued_revisions ORDER BY zone, revision")
    connection.execute("DELETE FROM issued_revisions WHERE zone = ? AND revision = ?", key)


def change_the_rundown_in_force(connection: sqlite3.Connection, rng: Random) -> None:
    zone, envelope = _one(connection, rng, "SELECT zone, envelope FROM issued ORDER BY zone")
    connection.execute("UPDATE issued SET envelope = ? WHERE zone = ?", (envelope + b" ", zone))


def change_a_receipt(connection: sqlite3.Connection, rng: Random) -> None:
    connection.execute("UPDATE seen SET receipt = receipt || ' '")


def change_the_time_of_a_leaf(connection: sqlite3.Connection, rng: Random) -> None:
    connection.execute(
        "UPDATE ledger SET at = '2026-11-20 00:00:00.000000' WHERE number = ?", (rng.randint(2, yesterday(connection)),)
    )


def _approve(connection: sqlite3.Connection, row: dict[str, object]) -> None:
    connection.execute(
        "INSERT INTO approvals (id, subject, record, zones, approved_by, approved_at, canonical) "
        "VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            row["id"],
            row["subject"],
            row["record"],
            json.dumps(row["zones"]),
            row["approved_by"],
            str(row["approved_at"]).replace("T", " ").removesuffix("+00:00"),
            bytes.fromhex(str(row["canonical"])),
        ),
    )


def _one(connection: sqlite3.Connection, rng: Random, query: str) -> tuple[Any, Any]:
    found: tuple[Any, Any] = rng.choice(connection.execute(query).fetchall())
    return found


def _leaf(connection: sqlite3.Connection, rng: Random, kind: str, *, containing: bytes = b"") -> tuple[int, bytes]:
    """Give number and data of a leaf of some kind that yesterday's head covers."""
    found = connection.execute(
        "SELECT number, data FROM ledger WHERE kind = ? AND number <= ? ORDER BY number", (kind, yesterday(connection))
    ).fetchall()
    number, data = rng.choice([each for each in found if containing in each[1]])
    return int(number), bytes(data)


_ANYWHERE = ("verify.outside_altered", "verify.outside_dropped", "verify.outside_added", "verify.outside_between")


def _attack(run: Run, *codes: str) -> Attack:
    return Attack(run.__name__.replace("_", " "), run, frozenset(codes))


ATTACKS = (
    _attack(delete_the_newest_entries, "verify.outside_shorter"),
    _attack(delete_the_newest_rows, "verify.entry_without_row"),
    _attack(drop_a_journal, *_ANYWHERE),
    _attack(drop_the_rows_of_a_journal, "verify.entry_without_row"),
    _attack(drop_a_report_from_the_middle, *_ANYWHERE),
    _attack(delete_a_slot_after_it_was_missed, "verify.row_missing"),
    _attack(delete_a_slot_and_its_leaves, *_ANYWHERE),
    _attack(delete_a_planned_item_after_it_was_missed, "verify.row_missing"),
    _attack(move_a_planned_item, "verify.row_altered"),
    _attack(back_date_a_month_with_a_key_of_his_own, "verify.before_its_key"),
    _attack(back_date_a_month_with_a_key_nobody_enrolled, "verify.not_signed", "verify.dated_before"),
    _attack(back_date_a_month_in_its_place, *_ANYWHERE),
    _attack(replace_the_key_of_a_device, "verify.row_altered"),
    _attack(edit_presence, "verify.row_missing"),
    _attack(edit_presence_and_its_leaf, "verify.not_signed"),
    _attack(delete_a_change_of_presence, "verify.row_missing"),
    _attack(alter_a_title, "verify.entry_altered"),
    _attack(turn_an_outcome_into_finished, "verify.entry_without_row"),
    _attack(turn_the_outcome_in_the_report_too, "verify.not_signed"),
    _attack(change_when_an_entry_was_received, "verify.entry_altered"),
    _attack(forge_an_entry, "verify.entry_added"),
    _attack(swap_two_leaves, "verify.outside_altered", "verify.outside_dropped", "verify.outside_between"),
    _attack(insert_a_forged_approval, *_ANYWHERE),
    _attack(approve_beside_the_ledger, "verify.row_added"),
    _attack(delete_an_audit_line, "verify.row_missing"),
    _attack(delete_an_audit_line_and_its_leaf, *_ANYWHERE),
    _attack(change_roles_silently, "verify.row_altered"),
    _attack(take_over_an_account, "verify.row_altered"),
    _attack(change_roles_in_the_ledger_too, *_ANYWHERE),
    _attack(widen_the_hours, "verify.row_altered"),
    _attack(write_nonsense, "verify.entry_altered"),
    _attack(make_a_table_unreadable, "verify.table_unreadable"),
    _attack(delete_a_revision, "verify.row_missing"),
    _attack(change_the_rundown_in_force, "verify.row_altered"),
    _attack(change_a_receipt, "verify.row_altered"),
    _attack(change_the_time_of_a_leaf, *_ANYWHERE),
)
