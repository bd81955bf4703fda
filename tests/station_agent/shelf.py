"""A journal on a real disk that is opened again and again, and what is written into it."""

import logging
import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from schedules.asrun import AsRunEntry, Outcome
from schedules.chain import GENESIS
from schedules.ids import JournalId, LoudspeakerId, OccurrenceId, ProgrammeId, ZoneId
from schedules.mark import JournalEntry, Mark, MarkKind
from station_agent.journal import SqliteJournal
from tests.fakes.loudspeaker import FakeClock
from tests.station_agent.world import NOW, kept

POLE = LoudspeakerId("pole")


def draft(name: str, *, days_ago: int = 0) -> AsRunEntry:
    start = NOW - timedelta(days=days_ago)
    return AsRunEntry(
        loudspeaker=POLE,
        zone=ZoneId("zone"),
        journal=JournalId(""),
        sequence=1,
        previous=GENESIS,
        occurrence=OccurrenceId(name),
        programme=ProgrammeId("p"),
        title="Thông báo tạm ngừng cấp điện",
        sha256=(),
        approval="",
        revision=1,
        planned_start=start,
        planned_end=start + timedelta(minutes=1),
        outcome=Outcome.FINISHED,
        started_at=start,
        ended_at=start + timedelta(minutes=1, microseconds=1234),
        played_ms=60_000,
        level_dbfs=-18.24,
        recorded_at=start + timedelta(minutes=1),
    )


HOURLY = Mark(
    loudspeaker=POLE,
    journal=JournalId(""),
    sequence=1,
    previous=GENESIS,
    kind=MarkKind.HOURLY,
    recorded_at=NOW,
    clock_error_ms=50,
    covers_until=NOW,
)


class Shelf:
    """Opens the same journal again and again."""

    def __init__(self, folder: Path, name: str = "journal") -> None:
        self.path = folder / "journal.db"
        self.name = name
        self.opened = 0

    def open(self, now: datetime = NOW) -> SqliteJournal:
        self.opened += 1
        return SqliteJournal(
            self.path,
            loudspeaker=POLE,
            new_id=lambda: JournalId(f"{self.name}-{self.opened}"),
            clock=FakeClock(now),
        )


def change(path: Path, statement: str) -> None:
    with closing(sqlite3.connect(path)) as database, database:
        database.execute(statement)


def marks_of(shelf: Shelf, journal: str) -> list[Mark]:
    return [each for each in kept(shelf.path) if isinstance(each, Mark) and each.journal == journal]


def unacknowledged(journal: SqliteJournal) -> list[JournalEntry]:
    pending = journal.pending(1000)
    return [] if pending is None else list(pending.entries)


def plays(journal: SqliteJournal) -> list[AsRunEntry]:
    return [each for each in unacknowledged(journal) if isinstance(each, AsRunEntry)]


def opened_until(shelf: Shelf, steps: int) -> int:
    return ended_after(steps, lambda: shelf.open().shut())


def ended_after(steps: int, work: Callable[[], object]) -> int:
    """Do some work in a process that is gone before the statement or rename of a number; give its exit code."""
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    left = steps
    connect, rename = sqlite3.connect, Path.rename

    def step(*_: object) -> None:
        nonlocal left
        left -= 1
        if left < 0:
            os._exit(9)

    def connected(*given: Any, **named: Any) -> sqlite3.Connection:  # noqa: ANN401  # as sqlite3.connect takes them
        connection: sqlite3.Connection = connect(*given, **named)
        connection.set_trace_callback(step)
        return connection

    def renamed(path: Path, target: Path) -> Path:
        step()
        return rename(path, target)

    sqlite3.connect, Path.rename = connected, renamed  # type: ignore[method-assign,assignment]
    logging.disable()
    try:
        work()
    finally:
        os._exit(0 if left >= 0 else 1)


class Locked:
    """Lets the system mount the disk for reading only, as it does when a card begins to die."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        connect = sqlite3.connect

        def reading_only(path: Path, **named: Any) -> sqlite3.Connection:  # noqa: ANN401  # as sqlite3.connect takes them
            in_memory = str(path) == ":memory:"
            connection: sqlite3.Connection = connect(path if in_memory else f"file:{path}?mode=ro", uri=True, **named)
            return connection

        monkeypatch.setattr(sqlite3, "connect", reading_only)
