"""Somebody with every right in the database changes the past: `verify` names it, given yesterday's head."""

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from random import Random
from shutil import copyfile

import pytest

from schedules.wire.codec import decoded
from schedules.wire.messages import AsRunReport
from schedules.wire.seal import envelope_of, seal_payload
from server.verification import Finding, Verdict
from tests.insider import attacks
from tests.insider.attacks import ATTACKS, Attack
from tests.insider.conftest import Centre
from tests.insider.hand import insert, size, some_entry, yesterday


def about(verdict: Verdict, code: str) -> Finding:
    """Give the first finding of a sort."""
    return next(each for each in verdict.findings if each.code == code)


def test_what_nobody_touched_is_clean(lived: Centre) -> None:
    verdict = lived.says()

    assert verdict.findings == ()
    assert [each.code for each in verdict.statements] == [
        "verify.proven_outside",
        "verify.proven_marks",
        "verify.roots",
        "verify.open_after",
    ]
    assert verdict.leaves > 100
    assert verdict.entries > 40


@pytest.mark.parametrize(
    "with_key", [pytest.param(False, marks=pytest.mark.slow), True], ids=["without key", "with key"]
)
@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name)
def test_an_attack_is_named(centre: Centre, attack: Attack, with_key: bool) -> None:
    centre.suffers(attack.run, seed=7, key=centre.key if with_key else None)

    found = {each.code for each in centre.says().findings}

    assert found & attack.codes, found


def test_entries_that_are_gone_are_counted_from_the_first(centre: Centre) -> None:
    centre.suffers(attacks.delete_the_newest_entries, seed=7, key=centre.key)

    values = about(centre.says(), "verify.outside_shorter").values

    with closing(sqlite3.connect(centre.file)) as connection:
        assert values["first"] == size(connection) + 1
    assert values["last"] > values["size"]  # type: ignore[operator]  # both are numbers


def test_of_a_dropped_row_loudspeaker_journal_and_line_are_named(centre: Centre) -> None:
    with closing(sqlite3.connect(centre.file)) as connection:
        loudspeaker, journal, *_ = some_entry(connection, Random(7))
    centre.suffers(attacks.drop_the_rows_of_a_journal, seed=7, key=centre.key)

    values = about(centre.says(), "verify.entry_without_row").values

    assert (values["loudspeaker"], values["journal"]) == (loudspeaker, journal)
    assert values["leaf_kind"] == "report"
    assert values["at"] is not None


def test_of_an_altered_entry_the_leaf_is_named_that_says_otherwise(centre: Centre) -> None:
    with closing(sqlite3.connect(centre.file)) as connection:
        loudspeaker, journal, sequence, _ = some_entry(connection, Random(7))
    centre.suffers(attacks.alter_a_title, seed=7, key=centre.key)

    (found,) = centre.says().findings

    assert (found.values["loudspeaker"], found.values["journal"], found.values["sequence"]) == (
        loudspeaker,
        journal,
        sequence,
    )


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda connection, number: connection.execute("DELETE FROM ledger WHERE number = ?", (number,)), "dropped"),
        (lambda connection, number: insert(connection, number, "audit", "x", None, b"{}"), "added"),
        (
            lambda connection, number: connection.execute(
                "UPDATE ledger SET subject = 'x' WHERE number = ?", (number,)
            ),
            "altered",
        ),
    ],
    ids=["dropped", "added", "altered"],
)
def test_of_yesterday_the_very_leaf_is_named(
    centre: Centre, change: Callable[[sqlite3.Connection, int], object], code: str
) -> None:
    with closing(sqlite3.connect(centre.file)) as connection:
        number = yesterday(connection) - 3

    centre.suffers(lambda connection, rng: change(connection, number), seed=1, key=centre.key)

    assert about(centre.says(), f"verify.outside_{code}").number == number


def test_of_an_older_day_the_hour_is_named(centre: Centre) -> None:
    """Yesterday's file has the hashes of its own day only; of older days it has the heads."""
    centre.suffers(lambda connection, _: insert(connection, 3, "audit", "x", None, b"{}"), seed=1, key=centre.key)

    values = about(centre.says(), "verify.outside_between").values

    with closing(sqlite3.connect(centre.file)) as connection:
        first = connection.execute("SELECT min(size) FROM ledger_heads").fetchone()[0]
    assert (values["first"], values["last"]) == (1, first)


@pytest.mark.parametrize("kind", ["trust", "loudspeaker", "report", "approval", "rundown"])
@pytest.mark.parametrize("data", [b"\xff", b"7", b"[]", b"null", b"[" * 50_000], ids=lambda data: repr(data[:8]))
def test_nonsense_in_a_leaf_is_named_and_ends_nothing(centre: Centre, kind: str, data: bytes) -> None:
    def attack(connection: sqlite3.Connection, _: Random) -> None:
        of_the_kind = "SELECT max(number) FROM ledger WHERE kind = ?"
        connection.execute(f"UPDATE ledger SET data = ? WHERE number = ({of_the_kind})", (data, kind))

    centre.suffers(attack, seed=7, key=centre.key)

    assert {each.code for each in centre.says().findings} & {"verify.unreadable", "verify.trust_not_signed"}


def test_an_old_backup_is_named(centre: Centre) -> None:
    copyfile(centre.earlier, centre.file)

    (found,) = centre.says().findings

    assert found.code == "verify.outside_shorter"


def test_an_old_backup_that_went_on_is_named(centre: Centre) -> None:
    """Once it is as long as yesterday's ledger, only the hashes can tell."""
    copyfile(centre.earlier, centre.file)

    def goes_on(connection: sqlite3.Connection, rng: Random) -> None:
        began.append(size(connection))
        for _ in range(100):
            line = json.dumps({"action": "a", "id": rng.randrange(10**6)}, separators=(",", ":"))
            insert(connection, size(connection) + 1, "audit", "x", None, line.encode())

    began: list[int] = []
    centre.suffers(goes_on, seed=1, key=centre.key)
    verdict = centre.says()

    found = next(each for each in verdict.findings if each.code.startswith("verify.outside_"))
    assert found.number == began[0] + 1


def test_a_fork_by_the_devices_own_key_is_named(centre: Centre) -> None:
    """Whoever has the disk of a loudspeaker can sign: but not under a number that is taken."""
    forked: list[int] = []

    def forks(connection: sqlite3.Connection, rng: Random) -> None:
        for subject, at, data in connection.execute(
            "SELECT subject, at, data FROM ledger WHERE kind = 'report' ORDER BY number"
        ).fetchall():
            report = decoded(AsRunReport, envelope_of(data).payload)
            if len(report.entries) == 1 and not report.marks:
                payload = envelope_of(data).payload.replace(b"Th\xc3\xb4ng", b"Tin")
                payload = payload.replace(report.entries[0].title.encode(), b"Another title")
                tree = json.loads(payload)
                entry = decoded(AsRunReport, json.dumps({**tree, "head": report.head}).encode()).entries[0]
                made = json.dumps({**tree, "head": entry.hash}, ensure_ascii=False, separators=(",", ":")).encode()
                envelope = seal_payload("AsRunReport", made, [centre.devices[subject]])
                insert(connection, size(connection) + 1, "report", subject, at, envelope)
                forked.append(entry.sequence)
                return

    centre.suffers(forks, seed=1, key=centre.key)

    assert about(centre.says(), "verify.fork").values["sequence"] == forked[0]


def test_without_a_head_from_outside_the_marks_of_loudspeakers_convict(centre: Centre) -> None:
    """They signed which head they were told; with the centre's key a ledger can be made anew, with theirs not."""
    centre.suffers(attacks.delete_an_audit_line_and_its_leaf, seed=7, key=centre.key)

    verdict = centre.says(outside=False)

    assert {each.code for each in verdict.findings} == {"verify.mark_differs"}


def test_without_a_head_from_outside_it_says_what_cannot_be_excluded(centre: Centre) -> None:
    """What no mark speaks of yet can be left out, and nothing in the rest is wrong."""

    def drop_the_last(connection: sqlite3.Connection, rng: Random) -> None:
        number, data = connection.execute(
            "SELECT number, data FROM ledger WHERE kind = 'report' ORDER BY number DESC LIMIT 1"
        ).fetchone()
        for each in decoded(AsRunReport, envelope_of(data).payload).in_order:
            for table in ("heard", "marks"):
                connection.execute(f"DELETE FROM {table} WHERE hash = ?", (each.hash,))
        connection.execute("DELETE FROM ledger WHERE number = ?", (number,))

    centre.suffers(drop_the_last, seed=7, key=centre.key)

    verdict = centre.says(outside=False)

    assert verdict.findings == ()
    said = {each.code: each.values for each in verdict.statements}
    assert said.keys() == {"verify.proven_marks", "verify.roots", "verify.no_outside", "verify.open_after"}
    assert said["verify.open_after"]["first"] == said["verify.proven_marks"]["size"] + 1  # type: ignore[operator]


def test_without_the_centres_key_not_even_the_centres_own_heads_fit(centre: Centre) -> None:
    centre.suffers(attacks.delete_an_audit_line_and_its_leaf, seed=7, key=None)

    assert "verify.head_not_signed" in {each.code for each in centre.says(outside=False).findings}
