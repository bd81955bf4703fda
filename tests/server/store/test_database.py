"""What only a real database can promise: its tables, its triggers, its locks."""

import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, inspect, text
from sqlalchemy.exc import DBAPIError, StatementError

from schedules.emergency_list import EmergencyList
from schedules.errors import InvalidValue
from schedules.mark import MarkKind
from schedules.merkle import Frontier
from schedules.times import Span
from schedules.way import Answer
from server.emergency_records import Act, EmergencyAct, ExerciseCancel
from server.evidence_records import SignedHead
from server.store import SqlStore, open_store
from server.store.engine import open_engine, upgrade
from server.store.rows import AnyRow
from server.values import AuditLine
from tests.contracts import samples
from tests.contracts import test_emergencies as emergencies
from tests.contracts.samples import COMMUNE, MINUTE, NOW, OFFICER, POLE, SLOT, ZONE

EVIDENCE = (
    "answers",
    "approvals",
    "audit",
    "emergencies",
    "emergency_acts",
    "emergency_lists",
    "exercise_cancels",
    "exercises",
    "heard",
    "ledger",
    "ledger_heads",
    "marks",
    "presence_history",
    "trust_lists",
)


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    opened = open_engine(database_url)
    yield opened
    opened.dispose()


@pytest.fixture
def store(database: SqlStore) -> SqlStore:
    samples.founded(database)
    return database


def fill_evidence(store: SqlStore) -> None:
    with store.writing() as uow:
        uow.programmes.add_approval(samples.RELEASE)
        uow.programmes.put(samples.PROGRAMME, expected_version=0)
        uow.programmes.put_slot(samples.SLOTTED, expected_version=0)
        uow.answers.add(Answer(slot=SLOT, station=COMMUNE, record="a" * 64, accepted=True, by=OFFICER, at=NOW))
        uow.audit.add(AuditLine(at=NOW, by=None, action="a", subject="b", unit=None))
        uow.evidence.insert_heard([samples.heard(samples.chain(1)[0])])
        uow.evidence.insert_marks([samples.kept_mark(samples.mark(MarkKind.HOURLY, samples.chain(1)[0]))])
        uow.evidence.put_presence(POLE, samples.presence(1), NOW)
        uow.issue.add_trust_list(1, b"list")
        uow.ledger.add_head(SignedHead(frontier=Frontier(), at=NOW, envelope=b"head"))
        uow.emergencies.add(emergencies.STORED)
        uow.emergencies.add_act(EmergencyAct(emergency=emergencies.FLOOD, act=Act.REVIEWED, by=OFFICER, at=NOW))
        uow.emergencies.put_list(EmergencyList(unit=COMMUNE, number=1), NOW)
        uow.emergencies.add_exercise(emergencies.EXERCISE)
        uow.emergencies.cancel_exercise(ExerciseCancel(exercise=emergencies.EXERCISE.id, by=OFFICER, at=NOW))
        uow.commit()


def test_the_migrations_make_exactly_the_tables_of_the_rows(engine: Engine) -> None:
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        differences = compare_metadata(context, AnyRow.metadata)

    assert differences == []


def test_bringing_up_to_date_twice_changes_nothing(engine: Engine) -> None:
    upgrade(engine)

    assert "heard" in inspect(engine).get_table_names()


@pytest.mark.slow
def test_processes_that_start_together_make_the_tables_once(bare_url: str) -> None:
    command = [sys.executable, "-c", f"from server.store import open_store; open_store({bare_url!r}).close()"]
    processes = [subprocess.Popen(command, stderr=subprocess.PIPE) for _ in range(4)]

    ended = [(process.communicate()[1], process.returncode) for process in processes]

    assert ended == [(b"", 0)] * 4


@pytest.mark.parametrize("change", ["DELETE FROM {table}", "UPDATE {table} SET {column} = {column}"])
def test_the_database_refuses_to_change_evidence(store: SqlStore, engine: Engine, change: str) -> None:
    fill_evidence(store)

    for table in EVIDENCE:
        column = AnyRow.metadata.tables[table].columns.keys()[0]
        with engine.begin() as connection, pytest.raises(DBAPIError, match=f"{table} is append-only"):
            connection.execute(text(change.format(table=table, column=column)))


def test_sqlites_journal_survives_power_cuts_and_lets_readers_go_on(sqlite_url: str) -> None:
    engine = open_engine(sqlite_url)
    with engine.connect() as connection:
        pragmas = {
            name: connection.execute(text(f"PRAGMA {name}")).scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys")
        }
    engine.dispose()

    assert pragmas == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}


def test_writers_that_read_first_wait_for_each_other(store: SqlStore) -> None:
    """A deferred transaction would fail "database is locked" at once when it turns to writing."""

    def raise_wanted(_: int) -> None:
        with store.writing() as uow:
            uow.issue.marks()
            uow.issue.want([ZONE])
            uow.commit()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(raise_wanted, range(40)))

    with store.reading() as uow:
        assert next(mark.wanted for mark in uow.issue.marks() if mark.zone == ZONE) == 41


def test_a_reader_sees_one_state_while_another_writes(store: SqlStore) -> None:
    with store.reading() as reader:
        before = reader.issue.marks()
        with store.writing() as writer:
            writer.issue.want([ZONE])
            writer.commit()

        assert reader.issue.marks() == before


def test_another_process_is_noticed(store: SqlStore, engine: Engine) -> None:
    before = store.changes()

    with engine.begin() as elsewhere:
        elsewhere.execute(text("UPDATE zone_marks SET wanted = wanted + 1"))

    assert store.changes() != before


def test_nothing_is_noticed_while_nothing_is_committed(store: SqlStore) -> None:
    before = store.changes()

    with store.writing() as uow:
        uow.issue.want([ZONE])
        noticed = store.changes()
    with store.reading() as reader:
        reader.issue.marks()

    assert noticed == before


def test_a_new_database_is_its_owners_alone(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path}/state/radio.db")
    with store.writing() as uow:
        uow.audit.add(AuditLine(at=NOW, by=None, action="tried", subject="", unit=None, details={}))
        uow.commit()

    assert {file.stat().st_mode & 0o777 for file in (tmp_path / "state").iterdir()} == {0o600}


def test_an_error_for_the_log_names_no_value(engine: Engine) -> None:
    with engine.begin() as connection, pytest.raises(DBAPIError) as refused:
        connection.execute(text("INSERT INTO nowhere VALUES (:secret)"), {"secret": "the code's own"})

    assert "INSERT INTO nowhere" in str(refused.value)
    assert "the code's own" not in str(refused.value)


def test_a_damaged_rundown_does_not_stand_in_the_way_of_the_next(store: SqlStore, engine: Engine) -> None:
    first, second = samples.item("first", NOW + MINUTE), samples.item("second", NOW + MINUTE)
    with store.writing() as uow:
        samples.settle(uow, samples.issued(7, first))
        uow.commit()
    with engine.begin() as connection:
        connection.execute(text("UPDATE issued SET envelope = :damaged"), {"damaged": b"\0"})

    with store.writing() as uow:
        assert uow.issue.issued(ZONE) is None
        samples.settle(uow, samples.issued(8, second))
        uow.commit()

    with store.reading() as uow:
        assert uow.issue.planned(Span(NOW, NOW + timedelta(days=1)), [ZONE]) == [(ZONE, second)]


def test_local_time_never_reaches_the_database(store: SqlStore) -> None:
    line = AuditLine(at=datetime(2026, 11, 23, 8, 0), by=None, action="a", subject="b", unit=None)  # noqa: DTZ001

    with store.writing() as uow, pytest.raises((StatementError, InvalidValue)):
        uow.audit.add(line)
