"""How fast a ledger is verified: entries a second on two cores, beside bare signatures and hashes of the same bytes.

Prints one JSON line last; the value is the share of the bare rate in percent. Bare is Ed25519 over the report a device
signed and SHA-256 over its entries, nothing else, two processes, the same bytes, in the same run. A live report has
one entry; a report of a backlog has a hundred, and then the one signature is shared.
"""

import json
import multiprocessing
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from multiprocessing.queues import SimpleQueue
from multiprocessing.synchronize import Barrier
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from nacl.signing import VerifyKey

from schedules.asrun import AsRunEntry, Outcome
from schedules.chain import GENESIS, canonical_bytes
from schedules.ids import JournalId, LoudspeakerId, OccurrenceId, ProgrammeId, Sha256, UnitId, ZoneId
from schedules.ledger import LeafKind
from schedules.unit import Unit, UnitLevel, Zone
from schedules.wire.messages import AsRunReport
from schedules.wire.seal import SigningKey, envelope_of, pre_authentication, sealed
from server.evidence_records import Heard
from server.store import open_store
from server.store.ledger_source import open_ledger
from server.values import Loudspeaker
from server.verification import FileSource, Source, export, verify

GOAL_PERCENT = 50.0
POLES = 50
ENTRIES = 20_000
ROUNDS = 3
PROCESSES = 2
NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)


def main() -> None:
    """Measure and print."""
    live, backlog = (measured(entries) for entries in (1, 100))
    share = live["percent"]
    print(
        json.dumps(
            {
                "name": "verify_rate",
                "value": share,
                "unit": "% of the bare rate",
                "goal": GOAL_PERCENT,
                "holds": share >= GOAL_PERCENT,
                "detail": {"one entry a report": live, "100 entries a report": backlog},
            }
        )
    )


def measured(entries: int) -> dict[str, float]:
    """Make a ledger with so many entries a report, and verify it from the database and from a file."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/radio.db"
        signed = list(made(url, entries))
        file = Path(folder) / "export.gz"
        database, bare = 0.0, 0.0
        with open_ledger(url) as source:
            export(source, file)
            for _ in range(ROUNDS):  # by turns: other work on the machine slows both down
                bare = max(bare, ENTRIES / bare_seconds(signed))
                database = max(database, ENTRIES / seconds(lambda: verified(source)))
        alone = ENTRIES / seconds(lambda: verified(FileSource(file)))
    found = {"entries_a_second": round(database), "bare": round(bare), "from_a_file": round(alone)}
    print(f"{entries} entries a report: {found}")
    return {**found, "percent": round(100 * database / bare, 1)}


def seconds(run: Callable[[], None]) -> float:
    """Give how long something takes."""
    begun = time.perf_counter()
    run()
    return time.perf_counter() - begun


def verified(source: Source) -> None:
    """Verify, and see that nothing was found in everything."""
    verdict = verify(source, processes=PROCESSES)
    assert not verdict.findings, verdict.findings[:3]
    assert verdict.entries == ENTRIES


Signed = tuple[str, bytes, bytes, tuple[bytes, ...]]


def bare_seconds(signed: Sequence[Signed]) -> float:
    """Give how long two processes take for the signatures and the hashes, once they have everything in memory."""
    context = multiprocessing.get_context("spawn")
    ready, took = context.Barrier(PROCESSES), context.SimpleQueue()
    workers = [
        context.Process(target=_prove, args=(signed[first::PROCESSES], ready, took), daemon=True)
        for first in range(PROCESSES)
    ]
    for worker in workers:
        worker.start()
    return max(float(took.get()) for _ in workers)


def _prove(signed: Sequence[Signed], ready: Barrier, took: "SimpleQueue[float]") -> None:
    keys: dict[str, VerifyKey] = {}

    def prove() -> None:
        for public, signature, message, entries in signed:
            if public not in keys:
                keys[public] = VerifyKey(bytes.fromhex(public))
            keys[public].verify(message, signature)
            for entry in entries:
                sha256(entry).hexdigest()

    ready.wait()
    took.put(seconds(prove))


def made(url: str, a_report: int) -> Iterator[Signed]:
    """Fill a database with reports, and give what each consists of."""
    store = open_store(url)
    keys = {LoudspeakerId(f"pole-{n}"): key(n) for n in range(POLES)}
    with store.writing() as uow:
        unit = Unit(id=UnitId("u"), code="1", name="Xã", level=UnitLevel.COMMUNE, parent=None)
        uow.places.put_units([unit])
        uow.places.put_zone(Zone(id=ZoneId("z"), station=unit.id, unit=unit.id, name="Thôn"))
        for pole, own in keys.items():
            uow.places.put_loudspeaker(
                Loudspeaker(id=pole, zone=ZoneId("z"), name="Cụm loa", public_key=own.public, since=NOW)
            )
        uow.commit()
    heads = dict.fromkeys(keys, (0, GENESIS))
    poles = list(keys)
    done = 0
    while done < ENTRIES:
        with store.writing() as uow:
            for _ in range(max(1, 500 // a_report)):
                pole = poles[(done // a_report) % POLES]
                report, heads[pole] = reported(pole, a_report, *heads[pole])
                envelope = sealed(report, keys[pole])
                uow.evidence.insert_heard(Heard(entry=each, hash=each.hash, received_at=NOW) for each in report.entries)
                uow.ledger.append(LeafKind.REPORT, pole, envelope, at=NOW)
                done += a_report
                yield taken_apart(keys[pole].public, envelope, report)
            uow.commit()
    store.close()


def taken_apart(public: str, envelope: bytes, report: AsRunReport) -> Signed:
    """Give key, signature, signed bytes, and the bytes each entry's hash covers."""
    inner = envelope_of(envelope)
    entries = tuple(each.previous.encode() + b"\n" + canonical_bytes(each) for each in report.entries)
    return public, inner.seals[0].signature, pre_authentication(inner.type, inner.payload), entries


def reported(pole: LoudspeakerId, count: int, sequence: int, head: str) -> tuple[AsRunReport, tuple[int, str]]:
    """Give a report of the next entries of a pole, and where its journal then stands."""
    entries = []
    for number in range(sequence + 1, sequence + count + 1):
        entry = replace(PLAYED, loudspeaker=pole, sequence=number, previous=head)
        head = entry.hash
        entries.append(entry)
    report = AsRunReport(
        audience="server",
        number=sequence + 1,
        issued=NOW,
        journal=PLAYED.journal,
        covers_until=NOW,
        head=head,
        entries=tuple(entries),
    )
    return report, (sequence + count, head)


def key(number: int) -> SigningKey:
    """Give the key of a pole."""
    seed = number.to_bytes(32, "big")
    return SigningKey.of(seed)


PLAYED = AsRunEntry(
    loudspeaker=LoudspeakerId(""),
    zone=ZoneId("zone-lang-moi"),
    journal=JournalId("5f0c1d2e3a4b5c6d7e8f9a0b1c2d3e4f"),
    sequence=1,
    previous=GENESIS,
    occurrence=OccurrenceId("1b9d6bcd4e1f4a7b8c9d0e1f2a3b4c5d"),
    programme=ProgrammeId("7c9e6679f8a94a5cb0f7d3c1e2b3a4d5"),
    title="Thông báo lịch tạm ngừng cấp điện trên địa bàn xã",
    sha256=(Sha256("a" * 64),),
    approval="b" * 64,
    revision=1_795_000_000_123,
    planned_start=NOW,
    planned_end=NOW + timedelta(seconds=70),
    outcome=Outcome.FINISHED,
    started_at=NOW,
    ended_at=NOW + timedelta(seconds=70),
    played_ms=70_000,
    level_dbfs=-18.3,
    clock_error_ms=12,
    recorded_at=NOW + timedelta(seconds=70),
)


if __name__ == "__main__":
    main()
