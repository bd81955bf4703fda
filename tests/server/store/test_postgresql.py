"""What PostgreSQL is relied upon for besides: writers in turn, and that its going away is noticed and mended."""

import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from itertools import count
from threading import Event

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError, OperationalError

from schedules.ledger import LeafKind
from server.store import SqlStore, open_as_it_is
from server.store.engine import open_engine, writing
from tests.contracts.samples import NOW, POLE
from tests.server.store.test_database import EVIDENCE
from tests.services.postgresql import PostgreSQL

pytestmark = pytest.mark.postgresql

WRITER = """
import sys
from datetime import UTC, datetime
from schedules.ledger import LeafKind
from server.store import open_as_it_is

store = open_as_it_is(sys.argv[1])
for number in range(int(sys.argv[2])):
    with store.writing() as uow:
        uow.ledger.append(LeafKind.REPORT, sys.argv[3], b"%d" % number, at=datetime(2026, 11, 23, tzinfo=UTC))
        uow.commit()
store.close()
"""


@pytest.fixture
def store(postgresql_url: str) -> Iterator[SqlStore]:
    opened = open_as_it_is(postgresql_url)
    yield opened
    opened.close()


@pytest.fixture
def engine(postgresql_url: str) -> Iterator[Engine]:
    opened = open_engine(postgresql_url)
    yield opened
    opened.dispose()


def append(store: SqlStore, data: bytes) -> None:
    with store.writing() as uow:
        uow.ledger.append(LeafKind.REPORT, POLE, data, at=NOW)
        uow.commit()


def said(store: SqlStore) -> list[tuple[int, bytes]]:
    with store.reading() as uow:
        return [(leaf.number, leaf.data) for leaf in uow.ledger.leaves(after=1, limit=9999)]


def test_evidence_cannot_be_emptied(engine: Engine) -> None:
    for table in EVIDENCE:
        with engine.begin() as connection, pytest.raises(DBAPIError, match=f"{table} is append-only"):
            connection.execute(text(f"TRUNCATE {table} CASCADE"))


@pytest.mark.slow
def test_processes_that_write_at_once_number_without_a_gap(store: SqlStore, postgresql_url: str) -> None:
    names = [f"pole-{number}" for number in range(3)]
    processes = [subprocess.Popen([sys.executable, "-c", WRITER, postgresql_url, "40", name]) for name in names]

    assert [process.wait(timeout=40) for process in processes] == [0, 0, 0]

    with store.reading() as uow:
        leaves = uow.ledger.leaves(after=1, limit=999)
    assert [leaf.number for leaf in leaves] == list(range(2, 122))
    for name in names:
        assert [leaf.data for leaf in leaves if leaf.subject == name] == [b"%d" % number for number in range(40)]


def test_a_writer_sees_what_was_committed_while_it_waited(store: SqlStore) -> None:
    waits = Event()

    def adds_after_the_first() -> int:
        waits.set()
        with store.writing() as uow:
            return uow.ledger.size()

    with ThreadPoolExecutor(1) as pool:
        with store.writing() as first:
            second = pool.submit(adds_after_the_first)
            waits.wait(5)
            first.ledger.append(LeafKind.REPORT, POLE, b"first", at=NOW)
            first.commit()

        assert second.result(timeout=5) == 2


def test_a_reader_does_not_wait_for_a_writer(store: SqlStore) -> None:
    with store.writing() as writer:
        writer.ledger.append(LeafKind.REPORT, POLE, b"first", at=NOW)

        assert said(store) == []


def test_a_writer_that_gets_no_turn_is_told_so(store: SqlStore, engine: Engine) -> None:
    with writing(engine).connect() as late:
        assert late.execute(text("SHOW lock_timeout")).scalar_one() == "10s"
        late.execute(text("SET lock_timeout = '50ms'"))
        late.commit()

        with store.writing(), pytest.raises(OperationalError, match="lock timeout"):
            late.execute(text("SELECT 1"))


def test_a_writer_that_vanished_loses_its_turn(store: SqlStore, engine: Engine) -> None:
    with writing(engine).connect() as gone:
        assert gone.execute(text("SHOW idle_in_transaction_session_timeout")).scalar_one() == "1min"
        gone.execute(text("SET idle_in_transaction_session_timeout = '50ms'"))
        gone.commit()
        gone.execute(text("SELECT 1"))

        append(store, b"goes on")

        with pytest.raises(DBAPIError, match="idle-in-transaction timeout"):
            gone.execute(text("SELECT 1"))
    assert said(store) == [(2, b"goes on")]


def test_what_was_committed_outlives_a_killed_server_and_no_number_is_lost(
    store: SqlStore, postgresql: PostgreSQL
) -> None:
    kept: list[bytes] = []
    begun, ended = Event(), Event()

    def writes(writer: int) -> None:
        for number in count():
            data = b"%d/%d" % (writer, number)
            with suppress(DBAPIError):
                append(store, data)
                kept.append(data)
                if number > 5:
                    begun.set()
            if ended.is_set():
                return

    with ThreadPoolExecutor(3) as pool:
        for writer in range(3):
            pool.submit(writes, writer)
        assert begun.wait(20)
        postgresql.kill()
        postgresql.start()
        ended.set()

    append(store, b"last")
    leaves = said(store)
    assert [number for number, _ in leaves] == list(range(2, len(leaves) + 2))
    assert {data for _, data in leaves} >= {*kept, b"last"}


def test_a_look_for_changes_connects_anew_after_the_server_ended_it(store: SqlStore, engine: Engine) -> None:
    store.changes()

    with engine.begin() as connection:
        connection.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() "
                "AND datname = current_database()"
            )
        )

    with pytest.raises(Exception, match="terminating connection"):
        store.changes()
    assert store.changes() == store.changes()
