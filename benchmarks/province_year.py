"""A province with a year behind it for the benchmarks: what its loudspeakers were told, said and played, in a file.

100 communes have 1,300 zones with one loudspeaker each, 30 slots a zone and rundowns of 9 days in force. The year is
made inside SQLite, about 5 GB of it. It measures nothing.
"""

import gc
import sqlite3
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from flask import Flask

from benchmarks.province import NOW, PROVINCE, PROVINCE_SLOTS, TODAY, ZONES_A_COMMUNE, built
from schedules.ids import DeviceId, LoudspeakerId, OccurrenceId, PersonId, ProgrammeId, Sha256, UnitId, ZoneId
from schedules.programme import Kind, Level, Recording
from schedules.rundown import Played, Rundown, RundownItem
from schedules.times import DAY, Span
from schedules.wire.messages import Presence, ReceiptState, RundownIssued, RundownReceipt
from schedules.wire.seal import SigningKey, sealed
from server.app import create_app
from server.config import Config
from server.device_records import Device
from server.issue_records import IssuedRundown, Settled
from server.ports import Store, UnitOfWork
from server.services import tallies
from server.store import open_as_it_is
from server.values import Loudspeaker, Person, Role
from server.web.work import Work
from tests.fakes.clock import FakeClock
from tests.fakes.sound import FakePreparation

COMMUNES = 100
A_DAY = 8
"""Plays of a loudspeaker: two sessions of four items."""
MIDNIGHT = datetime.combine(TODAY, datetime.min.time(), NOW.tzinfo) - timedelta(hours=7)
EVENING = MIDNIGHT + timedelta(hours=20)
MINUTE = timedelta(minutes=1)
STATION = UnitId("c0")
PEOPLE = {"officer": (STATION, [Role.OFFICER, Role.APPROVER]), "inspector": (PROVINCE, [Role.INSPECTOR])}
PASSWORD = "pass"


class Hashing:
    """Nobody attacks a benchmark."""

    def hash(self, password: str) -> str:
        """Give it back."""
        return password

    def verify(self, password_hash: str, password: str) -> bool:
        """Compare."""
        return password_hash == password


def pages(store: Store, directory: Path, work: Work) -> Flask:
    """Give the web application in the evening of the last day, as its process has it."""
    app = create_app(
        Config(state_directory=directory, demo=True),
        store=store,
        clock=FakeClock(EVENING),
        hashing=Hashing(),
        preparation=FakePreparation(),
        work=work,
    )
    gc.freeze()
    return app


def edit_elsewhere(store: Store) -> None:
    """Save a programme of the last commune, as anybody in the province may at any time."""
    with store.writing() as uow:
        stations = {zone.station for zone in uow.places.zones()}
        stored = uow.programmes.get(ProgrammeId(f"c{len(stations) - 1}-{PROVINCE_SLOTS}"))
        assert stored is not None
        again = replace(stored.programme, topic=f"{time.monotonic_ns()}")
        uow.programmes.put(replace(stored, programme=again), expected_version=again.version)
        uow.commit()


def fill(path: Path, *, communes: int, days: int) -> None:
    """Make a new database with a province and its year in it."""
    zones = communes * ZONES_A_COMMUNE
    store, key = built(path, zones=zones), SigningKey.of(bytes(32))
    with store.writing() as uow:
        for login, (unit, held) in PEOPLE.items():
            uow.people.put(
                Person(
                    id=PersonId(login),
                    login=login,
                    name=login,
                    unit=unit,
                    roles=frozenset(held),
                    password_hash=PASSWORD,
                )
            )
        for number in range(zones):
            _put_pole(uow, number)
        uow.commit()
    for first in range(0, zones, 100):
        with store.writing() as uow:
            uow.issue.settle([_settled(ZoneId(f"z{n}"), key) for n in range(first, min(zones, first + 100))])
            uow.commit()
    store.close()
    _live_a_year(path, days=days)
    store = open_as_it_is(f"sqlite:///{path}")
    tallies.count_due(store, FakeClock(EVENING))
    store.close()


def _put_pole(uow: UnitOfWork, number: int) -> None:
    which = LoudspeakerId(f"l{number}")
    uow.places.put_loudspeaker(
        Loudspeaker(
            id=which,
            zone=ZoneId(f"z{number}"),
            name=f"Cụm {number}",
            public_key=f"{number:064x}",
            since=NOW - 400 * DAY,
        )
    )
    device = Device(
        id=DeviceId(f"d{number}"),
        loudspeaker=which,
        public_key=f"{number:064x}",
        enrolled_at=NOW - 400 * DAY,
        certificate_serial=f"{number:x}",
        certificate_expires=NOW + 400 * DAY,
    )
    uow.devices.put(device)
    presence = Presence(
        audience="server",
        number=1,
        issued=EVENING,
        online=number % 40 != 0,
        expected_by=EVENING + timedelta(hours=1),
        revision=7,
        covers_until=EVENING + 9 * DAY,
        clock_error_ms=20,
        disk_free=4_000_000_000,
        temperature=45.0,
    )
    uow.evidence.put_presence(which, presence, EVENING - MINUTE)
    receipt = RundownReceipt(
        audience="server",
        number=1,
        issued=EVENING,
        zone=ZoneId(f"z{number}"),
        state=ReceiptState.READY,
        revision=7,
        held=7,
        missing=(),
    )
    uow.evidence.put_receipt(which, receipt, EVENING - MINUTE)


def _settled(zone: ZoneId, key: SigningKey) -> Settled:
    covers = Span(MIDNIGHT, MIDNIGHT + 9 * DAY)
    rundown = Rundown(zone=zone, epoch=1, revision=7, covers=covers, items=tuple(_items(zone)))
    message = RundownIssued(audience=f"zone:{zone}", epoch=1, number=7, issued=MIDNIGHT, rundown=rundown)
    issued = IssuedRundown(rundown=rundown, envelope=sealed(message, key), issued_at=MIDNIGHT)
    return Settled(zone=zone, planned_from=1, planned_for=TODAY, issued=issued)


def _items(zone: ZoneId) -> Iterator[RundownItem]:
    for day in range(9):
        for number in range(A_DAY):
            starts = MIDNIGHT + day * DAY + timedelta(hours=5 if number < 4 else 17, minutes=30 + 5 * (number % 4))
            yield RundownItem(
                occurrence=OccurrenceId(f"{zone}-{(TODAY + day * DAY).isoformat()}-{number}"),
                starts_at=starts,
                ends_at=starts + 5 * MINUTE,
                title=f"Bản tin {number}",
                kind=Kind.NOTICE,
                level=Level.ORDINARY,
                language="vi",
                programme=ProgrammeId(f"programme-{number}"),
                sound=Played((Recording(Sha256(f"{number:064x}"), 500_000, 300_000),)),
                approval="a" * 64,
            )


def _live_a_year(path: Path, *, days: int) -> None:
    """Let every loudspeaker have played every day, but for some plays that one in forty never had."""
    database = sqlite3.connect(path)
    database.executescript(
        """
        PRAGMA journal_mode = DELETE; PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;
        PRAGMA cache_size = -1000000; PRAGMA temp_store = MEMORY;
        """
    )
    indexes = database.execute(
        "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name IN ('heard', 'planned') AND sql <> ''"
    ).fetchall()
    database.executescript("".join(f"DROP INDEX {name};" for name, _ in indexes))
    database.executescript(
        f"""
        CREATE TEMP TABLE d (day INTEGER, date TEXT, at INTEGER);
        WITH RECURSIVE n (i) AS (SELECT {1 - days} UNION ALL SELECT i + 1 FROM n WHERE i < 0)
        INSERT INTO d SELECT i + {days}, date('{TODAY}', i || ' days'), {int(MIDNIGHT.timestamp())} + i * 86400 FROM n;
        CREATE TEMP TABLE p (play INTEGER, late INTEGER);
        INSERT INTO p VALUES (0, 19800), (1, 20100), (2, 20400), (3, 20700),
                             (4, 63000), (5, 63300), (6, 63600), (7, 63900);
        CREATE TEMP TABLE each AS
        SELECT d.day * 8 + p.play AS number, p.play, d.date, '-' || d.date || '-' || p.play AS name,
               {_at("d.at + p.late")} AS starts, {_at("d.at + p.late + 300")} AS ends,
               {_at("d.at + p.late + 301")} AS told, printf('%064x', d.day * 8 + p.play) AS hash,
               'programme-' || p.play AS programme, 'Bản tin ' || p.play AS title, printf('%064x', p.play) AS sound
        FROM d, p ORDER BY d.day, p.play;
        CREATE TEMP TABLE l AS SELECT id, zone, CAST(substr(id, 2) AS INTEGER) AS number FROM loudspeakers ORDER BY id;
        INSERT INTO planned (zone, occurrence, starts_at, ends_at, title, kind, level, language, programme, sound,
                             approval, last_revision)
        SELECT l.zone, l.zone || each.name, starts, ends, title, 'notice', 1, 'vi', programme,
               '{{"recordings": [{{"sha256": "' || sound || '", "length": 500000, "duration_ms": 300000}}], '
                   || '"offset_ms": 0}}',
               printf('%064x', 10), 6
        FROM l CROSS JOIN each WHERE each.date < '{TODAY}';
        INSERT INTO heard (loudspeaker, journal, sequence, hash, zone, previous, occurrence, programme, title, sha256,
                           approval, revision, planned_start, planned_end, outcome, reason, started_at, ended_at,
                           played_ms, level_dbfs, clock_error_ms, recorded_at, received_at, flags)
        SELECT l.id, 'journal-' || l.id, each.number + 1, hash, l.zone, hash, l.zone || each.name, programme, title,
               '["' || sound || '"]', printf('%064x', 10), 6, starts, ends, 'finished', '', starts, ends, 300000, -19.5,
               20, ends, told, '[]'
        FROM l CROSS JOIN each WHERE NOT (l.number % 40 = 0 AND each.play = 3);
        INSERT INTO covers SELECT id, 'journal-' || id, '{EVENING:%Y-%m-%d %H:%M:%S}.000000' FROM l;
        INSERT INTO tallies (day, station, counts, zones, counted_at, doubtful)
        SELECT d.date, z.station,
               json_object('confirmed', count(*) * 8 - sum(z.number % 40 = 0), 'missed', sum(z.number % 40 = 0)),
               json_object('missed', json_group_array(z.id) FILTER (WHERE z.number % 40 = 0)),
               {_at("d.at + 86400")}, 0
        FROM d, (SELECT id, station, CAST(substr(id, 2) AS INTEGER) AS number FROM zones) z GROUP BY d.date, z.station;
        """
    )
    database.executescript("".join(f"{sql};" for _, sql in indexes))
    database.executescript("ANALYZE; PRAGMA journal_mode = WAL;")
    database.commit()
    database.close()


def _at(seconds: str) -> str:
    return f"strftime('%Y-%m-%d %H:%M:%S', {seconds}, 'unixepoch') || '.000000'"
