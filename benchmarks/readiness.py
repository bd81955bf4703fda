"""Readiness of a whole province: what it costs to make every digest at eight in the evening, and to look for alarms.

Prints one JSON line last; the value is seconds for all digests (each station's and the province's), read from the
database, judged and stored. `alarms` is one look at all loudspeakers, `again` one minute later, when nothing is due.
Every zone has a rundown of 9 days with 20 items a day; every loudspeaker has reported three days of them.
"""

import argparse
import json
import os
import sys
import tempfile
import time as clock
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, time, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.province import NOW, PROVINCE, TODAY
from schedules.asrun import AsRunEntry, Outcome
from schedules.chain import GENESIS
from schedules.fills import ByHand
from schedules.ids import (
    JournalId,
    LoudspeakerId,
    OccurrenceId,
    PlaceId,
    ProgrammeId,
    Sha256,
    TemplateId,
    UnitId,
    ZoneId,
)
from schedules.programme import Kind, Level, Recording
from schedules.regulation import SessionName
from schedules.rundown import Played, Rundown, RundownItem
from schedules.session import Place, SessionTemplate
from schedules.times import DAY, Span
from schedules.unit import Unit, UnitLevel, Zone
from schedules.wire.messages import Presence, ReceiptState, RundownIssued, RundownReceipt
from schedules.wire.seal import SigningKey, sealed
from server.evidence_records import Heard
from server.issue_records import IssuedRundown, Settled
from server.ports import UnitOfWork
from server.services import alarms, digests
from server.store import SqlStore, open_store
from server.values import Loudspeaker, StoredTemplate
from tests.fakes.clock import FakeClock

STATIONS, ZONES, LOUDSPEAKERS = 332, 3321, 1734
GOAL_S = 30.0
EVENING = datetime.combine(TODAY, time(13), NOW.tzinfo)
"""20:00 in Vietnam."""
A_DAY = 20
MINUTE = timedelta(minutes=1)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--stations", type=int, default=STATIONS, help="a tenth is enough to see that it works")
    stations = parser.parse_args().stations
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    with tempfile.TemporaryDirectory() as directory:
        store = open_store(f"sqlite:///{directory}/radio.db")
        zones, loudspeakers = ZONES * stations // STATIONS, LOUDSPEAKERS * stations // STATIONS
        _fill(store, stations, zones, loudspeakers)
        now = FakeClock(EVENING)
        made, value = _timed(lambda: digests.make_due(store, now))
        _, looked = _timed(lambda: alarms.watch(store, now))
        now.advance(MINUTE)
        _, again = _timed(lambda: digests.make_due(store, now))
        store.close()
    assert made == stations + 1, made
    detail = {
        "stations": stations,
        "zones": zones,
        "loudspeakers": loudspeakers,
        "alarms": round(looked, 2),
        "again": round(again, 3),
    }
    told = {"name": "readiness", "value": round(value, 2), "unit": "s", "goal": GOAL_S, "holds": value <= GOAL_S}
    print(json.dumps({**told, "detail": detail}))


def _timed(work: Callable[[], object]) -> tuple[object, float]:
    begun = clock.process_time()
    done = work()
    return done, clock.process_time() - begun


def _fill(store: SqlStore, stations: int, zones: int, loudspeakers: int) -> None:
    communes = [UnitId(f"c{number}") for number in range(stations)]
    with store.writing() as uow:
        province = Unit(id=PROVINCE, code="51", name="Tỉnh", level=UnitLevel.PROVINCE, parent=None)
        below = (
            Unit(id=each, code=each, name=f"Xã {each}", level=UnitLevel.COMMUNE, parent=PROVINCE) for each in communes
        )
        uow.places.put_units([province, *below])
        for each in communes:
            drawn_up = StoredTemplate(template=_session(each), changed_by=frozenset(), changed_at=NOW)
            uow.programmes.put_template(drawn_up, expected_version=0)
        for number in range(zones):
            here = communes[number * stations // zones]
            uow.places.put_zone(Zone(id=ZoneId(f"z{number}"), station=here, unit=here, name=f"Thôn {number}"))
        uow.commit()
    key = SigningKey.of(bytes(32))
    for number in range(zones):
        _rundown(store, ZoneId(f"z{number}"), key)
    for number in range(loudspeakers):
        with store.writing() as uow:
            _loudspeaker(uow, number, ZoneId(f"z{number * zones // loudspeakers}"))
            uow.commit()


def _session(station: UnitId) -> SessionTemplate:
    return SessionTemplate(
        id=TemplateId(f"t-{station}"),
        station=station,
        session=SessionName.MORNING,
        name="Buổi sáng",
        starts=time(5, 30),
        ends=time(6, 20),
        valid_from=TODAY - 100 * DAY,
        places=(Place(id=PlaceId(f"p-{station}"), name="Mục thông báo", fill=ByHand(), minutes=3),),
    )


def _items(zone: ZoneId) -> Iterator[RundownItem]:
    midnight = EVENING - timedelta(hours=20)
    for day in range(9):
        for number in range(A_DAY):
            starts = midnight + day * DAY + timedelta(hours=5, minutes=30 + 2 * number)
            sound = Recording(Sha256(f"{day * A_DAY + number:064x}"), 500_000, 60_000)
            yield RundownItem(
                occurrence=OccurrenceId(f"{zone}-{day}-{number}"),
                starts_at=starts,
                ends_at=starts + MINUTE,
                title=f"Thông báo {number}",
                kind=Kind.NOTICE,
                level=Level.ORDINARY,
                language="vi",
                programme=ProgrammeId(f"programme-{number}"),
                sound=Played((sound,)),
                approval="a" * 64,
            )


def _rundown(store: SqlStore, zone: ZoneId, key: SigningKey) -> None:
    covers = Span(EVENING - timedelta(hours=20), EVENING + 9 * DAY)
    rundown = Rundown(zone=zone, epoch=1, revision=7, covers=covers, items=tuple(_items(zone)))
    message = RundownIssued(audience=f"zone:{zone}", epoch=1, number=7, issued=EVENING, rundown=rundown)
    issued = IssuedRundown(rundown=rundown, envelope=sealed(message, key), issued_at=EVENING)
    with store.writing() as uow:
        uow.issue.settle([Settled(zone=zone, planned_from=1, planned_for=TODAY, issued=issued)])
        uow.commit()


def _loudspeaker(uow: UnitOfWork, number: int, zone: ZoneId) -> None:
    which = LoudspeakerId(f"l{number}")
    uow.places.put_loudspeaker(
        Loudspeaker(id=which, zone=zone, name=f"Cụm {number}", public_key=f"{number:064x}", since=NOW - 99 * DAY)
    )
    gone = number % 40 == 0
    presence = Presence(
        audience="server",
        number=1,
        issued=EVENING,
        online=not gone,
        expected_by=EVENING + timedelta(hours=1),
        revision=7,
        covers_until=EVENING + 9 * DAY,
        clock_error_ms=20,
        disk_free=4_000_000_000,
        temperature=45.0,
    )
    uow.evidence.put_presence(which, replace(presence, online=True), EVENING - DAY)
    uow.evidence.put_presence(which, presence, EVENING - timedelta(hours=1))
    missing = (Sha256(f"{A_DAY + 3:064x}"),) if number % 30 == 1 else ()
    receipt = RundownReceipt(
        audience="server",
        number=1,
        issued=EVENING,
        zone=zone,
        state=ReceiptState.RECEIVED if missing else ReceiptState.READY,
        revision=7,
        held=7,
        missing=missing,
    )
    uow.evidence.put_receipt(which, receipt, EVENING - timedelta(hours=1))
    first = AsRunEntry(
        loudspeaker=which,
        zone=zone,
        journal=JournalId(f"j{number}"),
        sequence=1,
        previous=GENESIS,
        occurrence=OccurrenceId("o"),
        programme=ProgrammeId("p"),
        title="Thông báo",
        sha256=(),
        approval="a" * 64,
        revision=7,
        planned_start=EVENING - 3 * DAY,
        planned_end=EVENING - 3 * DAY + MINUTE,
        outcome=Outcome.FINISHED,
        started_at=EVENING - 3 * DAY,
        ended_at=EVENING - 3 * DAY + MINUTE,
        played_ms=60_000,
        level_dbfs=-19.5,
        recorded_at=EVENING - 3 * DAY,
    )
    entries = (
        replace(first, sequence=count + 1, planned_start=first.planned_start + count * timedelta(hours=1))
        for count in range(3 * A_DAY)
    )
    uow.evidence.insert_heard(Heard(entry=each, hash=str(each.sequence), received_at=EVENING) for each in entries)


if __name__ == "__main__":
    main()
