"""How fast a day's backlog of many loudspeakers is taken in, beside a bare insert of the same rows, on both databases.

Every loudspeaker tells at once what it played since yesterday: one report of 20 entries and 24 hourly marks. Measured
is what the conductor does with them from the bytes that arrived to the signed answers: verify, keep, commit, answer.
Bare is the same rows of entries, marks and ledger, decoded and ready, by the same statements, as many in a transaction,
in a copy of the same database, in the same run. PostgreSQL waits for the disk, as SQLite does. ARGS: loudspeakers
(default 500). Prints one JSON line last.
"""

import gc
import json
import logging
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from shutil import copyfile

sys.path.insert(0, str(Path(__file__).parents[1]))

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from benchmarks.province import NOW, built_at
from schedules.asrun import AsRunEntry, Outcome
from schedules.chain import GENESIS
from schedules.ids import JournalId, LoudspeakerId, ZoneId
from schedules.mark import JournalEntry, Mark, MarkKind
from schedules.rundown import RundownItem
from schedules.times import DAY, Span
from schedules.wire import topics
from schedules.wire.messages import AsRunReport
from schedules.wire.seal import SigningKey, sealed
from server.inbox import AT_ONCE
from server.services import ingest, issuing
from server.services.leases import CONDUCTOR, Claim, Fenced
from server.store import SqlStore, open_as_it_is
from server.store.engine import open_engine, writing
from server.store.rows import AnyRow, HeardRow, LedgerRow, MarkRow
from server.store.statements import inserting
from server.values import Loudspeaker
from tests.fakes.broker import FakePublisher
from tests.fakes.clock import FakeClock
from tests.fakes.sealing import FakeSealing
from tests.services.postgresql import PostgreSQL

GOAL_PERCENT = 40.0
POLES = 500
ENTRIES, MARKS = 20, 24
A_ZONE = 3
ROUNDS = 5
HOUR = timedelta(hours=1)

Arrived = Sequence[tuple[str, bytes]]
Rows = dict[type[AnyRow], list[dict[str, object]]]
Copy = Callable[[], AbstractContextManager[str]]


def main() -> None:
    """Measure and print."""
    logging.disable(logging.INFO)
    poles = int(sys.argv[1]) if len(sys.argv) > 1 else POLES
    detail = {}
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "radio.db"
        detail["sqlite"] = measured(f"sqlite:///{file}", lambda: copy_of(file), poles)
    with PostgreSQL.running(waits_for_disk=True) as server, server.database() as name:
        detail["postgresql"] = measured(server.url(name), lambda: database_like(server, name), poles)
    share = min(each["percent"] for each in detail.values())
    print(
        json.dumps(
            {
                "name": "ingest",
                "value": share,
                "unit": "% of a bare insert",
                "goal": GOAL_PERCENT,
                "holds": share >= GOAL_PERCENT,
                "detail": {"loudspeakers": poles, "entries": ENTRIES, "marks": MARKS, "together": AT_ONCE, **detail},
            }
        )
    )


@contextmanager
def copy_of(file: Path) -> Iterator[str]:
    """Give a copy of a SQLite database."""
    with tempfile.TemporaryDirectory(dir=file.parent) as folder:
        copy = Path(folder) / "radio.db"
        copyfile(file, copy)
        yield f"sqlite:///{copy}"


@contextmanager
def database_like(server: PostgreSQL, name: str) -> Iterator[str]:
    """Give a copy of a database of a server."""
    with server.database(template=name) as copy:
        yield server.url(copy)


def measured(url: str, copy: Copy, poles: int) -> dict[str, float]:
    """Take the reports in, and insert their rows bare, by turns; give the best of each, transaction by transaction."""
    store = built_at(url, zones=-(-poles // A_ZONE))
    arrived = backlog(store, poles)
    store.close()
    gc.freeze()  # as the conductor does
    with copy() as own:
        taking_in(own, arrived[:1])  # so that no statement is compiled while time is taken
    taken: list[list[float]] = []
    bare: list[list[float]] = []
    for _ in range(ROUNDS):  # by turns: other work on the machine slows both down
        with copy() as own:
            before = rows_of(own)
            taken.append(taking_in(own, arrived))
            rows = {table: kept[len(before[table]) :] for table, kept in rows_of(own).items()}
        assert (len(rows[HeardRow]), len(rows[MarkRow])) == (poles * ENTRIES, poles * MARKS)
        assert not any(row["flags"] for row in rows[HeardRow])
        with copy() as own:
            bare.append(inserting_bare(own, rows, poles))
    count = poles * (ENTRIES + MARKS)
    found = {
        "rows_a_second": round(count / best(taken)),
        "bare": round(count / best(bare)),
        "percent": round(100 * best(bare) / best(taken), 1),
    }
    print(found)
    return found


def best(rounds: Sequence[Sequence[float]]) -> float:
    """Add up the shortest time of each transaction: a pause of the machine hits the longer run more often."""
    return sum(min(each[number] for each in rounds) for number in range(len(rounds[0])))


def taking_in(url: str, arrived: Arrived) -> list[float]:
    """Give how long a conductor takes for messages that have arrived, of each transaction."""
    store = open_as_it_is(url)
    clock = FakeClock(NOW)
    claim = Claim(store, CONDUCTOR, holder="this", is_gone=lambda _: False, elapsed=time.monotonic, clock=clock)
    claim.take()
    fenced, sealing, broker = Fenced(store, claim), FakeSealing(), FakePublisher()
    took = []
    for first in range(0, len(arrived), AT_ONCE):
        begun = time.perf_counter()
        refusals = ingest.take_in_all(fenced, clock, sealing, broker, arrived[first : first + AT_ONCE])
        took.append(time.perf_counter() - begun)
        assert not any(refusals), refusals
    assert len(broker.published) == len(arrived)
    store.close()
    return took


def inserting_bare(url: str, rows: Rows, poles: int) -> list[float]:
    """Give how long rows take that are there already, as many a transaction, of each transaction."""
    engine = writing(open_engine(url))
    transactions = -(-poles // AT_ONCE)
    took = []
    for number in range(transactions):
        share = {table: part(kept, number, transactions) for table, kept in rows.items()}
        begun = time.perf_counter()
        with Session(engine) as session:
            connection = session.connection()
            for table in (HeardRow, MarkRow):
                connection.execute(inserting(session, table).on_conflict_do_nothing(), share[table])
            connection.execute(insert(LedgerRow), share[LedgerRow])
            session.commit()
        took.append(time.perf_counter() - begun)
    engine.dispose()
    return took


def part(rows: Sequence[dict[str, object]], number: int, of: int) -> Sequence[dict[str, object]]:
    """Give one of several equal parts."""
    return rows[len(rows) * number // of : len(rows) * (number + 1) // of]


def rows_of(url: str) -> Rows:
    """Give the rows of entries, marks and ledger, those written last at the end."""
    engine = open_engine(url)
    with engine.connect() as connection:
        found: Rows = {}
        for table in (HeardRow, MarkRow, LedgerRow):
            kept = connection.execute(select(table.__table__).order_by(*table.__table__.primary_key))
            found[table] = [dict(row) for row in kept.mappings()]
    engine.dispose()
    return found


def backlog(store: SqlStore, poles: int) -> Arrived:
    """Plan yesterday and today, and give what loudspeakers then tell of yesterday, in any order."""
    clock, sealing = FakeClock(NOW - DAY), FakeSealing()
    issuing.issue_wanted(store, clock, sealing)
    with store.reading() as uow:
        planned = uow.issue.planned(Span(NOW - DAY, NOW), [zone.id for zone in uow.places.zones()])
    clock.advance(DAY)
    issuing.want_new_day(store, clock)
    issuing.issue_wanted(store, clock, sealing)
    of_zone: dict[ZoneId, list[RundownItem]] = {}
    for zone, item in planned:
        of_zone.setdefault(zone, []).append(item)
    arrived = []
    with store.writing() as uow:
        for number in range(poles):
            zone = ZoneId(f"z{number // A_ZONE}")
            pole, key = LoudspeakerId(f"{number:032x}"), SigningKey.of(number.to_bytes(32, "big"))
            uow.places.put_loudspeaker(
                Loudspeaker(id=pole, zone=zone, name="Cụm loa", public_key=key.public, since=NOW - DAY)
            )
            report = sealed(told(pole, zone, of_zone[zone][:ENTRIES]), key)
            arrived.append((topics.of_loudspeaker(pole, "as-run"), report))
        uow.commit()
    random.Random(1).shuffle(arrived)
    return arrived


def told(pole: LoudspeakerId, zone: ZoneId, items: Sequence[RundownItem]) -> AsRunReport:
    """Give the report of a day: everything was played, and a mark was written every hour."""
    journal = JournalId(f"{pole[::-1]}")
    written: list[JournalEntry] = [played(pole, zone, journal, item) for item in items]
    written += [hourly(pole, journal, number) for number in range(MARKS)]
    chained: list[JournalEntry] = []
    for entry in sorted(written, key=lambda each: each.recorded_at):
        previous = chained[-1].hash if chained else GENESIS
        chained.append(replace(entry, sequence=len(chained) + 1, previous=previous))
    return AsRunReport(
        audience=topics.SERVER,
        number=1,
        issued=NOW,
        journal=journal,
        covers_until=NOW,
        head=chained[-1].hash,
        entries=tuple(each for each in chained if isinstance(each, AsRunEntry)),
        marks=tuple(each for each in chained if isinstance(each, Mark)),
    )


def played(pole: LoudspeakerId, zone: ZoneId, journal: JournalId, item: RundownItem) -> AsRunEntry:
    """Give the entry of an item that was heard whole."""
    return AsRunEntry(
        loudspeaker=pole,
        zone=zone,
        journal=journal,
        sequence=1,
        previous=GENESIS,
        occurrence=item.occurrence,
        programme=item.programme,
        title=item.title,
        sha256=tuple(each.sha256 for each in item.recordings),
        approval=item.approval,
        revision=1_795_000_000_123,
        planned_start=item.starts_at,
        planned_end=item.ends_at,
        outcome=Outcome.FINISHED,
        started_at=item.starts_at,
        ended_at=item.ends_at,
        played_ms=60_000,
        level_dbfs=-18.3,
        clock_error_ms=12,
        recorded_at=item.ends_at,
    )


def hourly(pole: LoudspeakerId, journal: JournalId, number: int) -> Mark:
    """Give the mark of an hour."""
    at = NOW - DAY + (number + 1) * HOUR
    return Mark(
        loudspeaker=pole,
        journal=journal,
        sequence=1,
        previous=GENESIS,
        kind=MarkKind.HOURLY,
        recorded_at=at,
        clock_error_ms=12,
        covers_until=at,
        rundown=1_795_000_000_123,
        trust=1,
        ledger_size=4_000,
        ledger_root="c" * 64,
        ledger_at=NOW,
    )


if __name__ == "__main__":
    main()
