"""The receiving half of a centre on a real database; two loudspeakers in order, one of them in hostile hands."""

import sqlite3
from atexit import register
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from functools import cache
from pathlib import Path
from random import Random
from shutil import copyfile
from tempfile import TemporaryDirectory

from schedules.asrun import AsRunEntry
from schedules.chain import GENESIS
from schedules.errors import WireError
from schedules.ids import DeviceId, JournalId, LoudspeakerId
from schedules.mark import JournalEntry, Mark
from schedules.times import Span
from schedules.wire import topics
from schedules.wire.messages import AsRunAcknowledged, AsRunReport, Message, Presence, RundownReceipt
from schedules.wire.seal import SigningKey, fingerprint, sealed, unsealed
from server.device_records import Device
from server.services import ingest
from server.store import open_store
from tests.contracts import samples
from tests.contracts.samples import MINUTE, NOW, OTHER_POLE, OTHER_ZONE, POLE, ZONE
from tests.fakes.broker import FakePublisher
from tests.fakes.clock import FakeClock
from tests.fakes.sealing import FakeSealing
from tests.hostile.attempt import Run, Wrongs

LATER = NOW + timedelta(minutes=30)
JOURNALS = {POLE: JournalId("journal-a"), OTHER_POLE: JournalId("journal-b")}
ZONES = {POLE: ZONE, OTHER_POLE: OTHER_ZONE}
MAY_CHANGE = frozenset({"sqlite_sequence", "tree_mark"})  # no facts: numbers of rows, and that a place was written


def key_of(number: int) -> SigningKey:
    seed = bytes([number]) * 32
    return SigningKey(fingerprint(SigningKey("", seed).public), seed)


MINE, THEIRS, FORMER, STRANGER = (key_of(number) for number in (231, 232, 233, 234))
"""Keys of the victim, of the neighbour, of the device the neighbour had before, and of nobody."""


def journal(loudspeaker: LoudspeakerId, count: int, **told: object) -> list[AsRunEntry]:
    """Give the first entries of a loudspeaker's journal, as they were planned."""
    given = {"loudspeaker": loudspeaker, "zone": ZONES[loudspeaker], "journal": JOURNALS[loudspeaker], **told}
    return chained([replace(entry, **given) for entry in samples.chain(count)])  # type: ignore[arg-type]  # by name


def chained(entries: Sequence[AsRunEntry]) -> list[AsRunEntry]:
    """Chain entries to each other, from the first one on."""
    made: list[AsRunEntry] = []
    for entry in entries:
        made.append(replace(entry, previous=made[-1].hash if made else GENESIS))
    return made


def report(*entries: JournalEntry, number: int = 5, **told: object) -> AsRunReport:
    """Give a report of entries and marks."""
    made = AsRunReport(
        audience="server",
        number=number,
        issued=NOW,
        journal=entries[0].journal,
        covers_until=NOW + 20 * MINUTE,
        head=entries[-1].hash,
        entries=tuple(each for each in entries if isinstance(each, AsRunEntry)),
        marks=tuple(each for each in entries if isinstance(each, Mark)),
    )
    return replace(made, **told)  # type: ignore[arg-type]  # by name


class Centre:
    """A conductor's ingest with two loudspeakers that have told a little each.

    Attributes:
        captured: what both said so far, as whoever listens at the broker has it.
    """

    def __init__(self, folder: Path) -> None:
        self.file = folder / "radio.db"
        self.store = open_store(f"sqlite:///{self.file}")
        self.clock = FakeClock(LATER)
        self.sealing, self.broker = FakeSealing(), FakePublisher()
        self.captured: list[tuple[str, bytes]] = []

    @classmethod
    def copied(cls, folder: Path) -> "Centre":
        """Give a centre of one's own, that was founded once for all."""
        first = founded()
        copyfile(first.file, folder / "radio.db")
        made = cls(folder)
        made.captured = list(first.captured)
        return made

    def found(self) -> None:
        """Begin with two loudspeakers that told a little each."""
        samples.founded(self.store)
        with self.store.writing() as uow:
            for loudspeaker, key in zip(samples.LOUDSPEAKERS, (MINE, THEIRS), strict=True):
                uow.places.put_loudspeaker(replace(loudspeaker, public_key=key.public, retired_at=None, lock=None))
                uow.devices.put(_device(loudspeaker.id, key))
            uow.devices.put(replace(_device(OTHER_POLE, FORMER), retired_at=NOW - MINUTE))
            for zone in (ZONE, OTHER_ZONE):
                planned = [samples.item(f"o{number}", NOW + number * MINUTE) for number in range(1, 10)]
                samples.settle(uow, samples.issued(7, *planned, zone=zone))
            uow.commit()
        for speaker, key in ((POLE, MINE), (OTHER_POLE, THEIRS)):
            said: list[Message] = [samples.presence(3), self.receipt(speaker, 3)]
            for message in (*said, report(*journal(speaker, 3))):
                assert self.takes(leaf_of(message), message, on=speaker, key=key) == ""
        self.broker.published.clear()

    @staticmethod
    def receipt(loudspeaker: LoudspeakerId, number: int) -> RundownReceipt:
        return replace(samples.receipt(7), number=number, zone=ZONES[loudspeaker])

    def takes(
        self, leaf: str, said: Message | bytes, *, on: LoudspeakerId = OTHER_POLE, key: SigningKey = THEIRS
    ) -> str:
        """Take in what somebody says on a loudspeaker's topic; give the code of its refusal, or nothing."""
        data = said if isinstance(said, bytes) else sealed(said, key)
        topic = topics.of_loudspeaker(on, leaf)
        self.captured.append((topic, data))
        return self.takes_on(topic, data)

    def takes_on(self, topic: str, data: bytes) -> str:
        """Take in bytes on any topic."""
        try:
            ingest.take_in(self.store, self.clock, self.sealing, self.broker, topic, data)
        except WireError as error:
            return error.code
        return ""

    def everything_else(self) -> dict[str, list[tuple[object, ...]]]:
        """Give every row of the database that does not name the neighbour."""
        with closing(sqlite3.connect(self.file)) as connection:
            names = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
            return {
                name: sorted(
                    (row for row in connection.execute(f"SELECT * FROM {name}") if OTHER_POLE not in row), key=repr
                )
                for name in names
                if name not in MAY_CHANGE
            }

    def flags(self, loudspeaker: LoudspeakerId = OTHER_POLE, *, journal: str = "") -> list[frozenset[str]]:
        """Give the flags of what is kept of a loudspeaker's journal, by sequence."""
        with self.store.reading() as uow:
            kept = uow.evidence.heard(Span(NOW - timedelta(days=9999), NOW + timedelta(days=9999)), [loudspeaker])
        named = journal or JOURNALS[loudspeaker]
        return [
            each.flags for each in sorted(kept, key=lambda each: each.entry.sequence) if each.entry.journal == named
        ]

    def answers(self) -> list[tuple[str, Message]]:
        """Give what was answered, and where."""
        return [(topic, unsealed(data, self.sealing.trust)[0]) for topic, data in self.broker.published]

    def victim_goes_on(self) -> list[str]:
        """Let the victim tell more: all of it must be kept and acknowledged as if nothing had been."""
        self.broker.published.clear()
        more = journal(POLE, 5)
        codes = [
            self.takes("as-run", report(*more[3:], number=6), on=POLE, key=MINE),
            self.takes("presence", samples.presence(4), on=POLE, key=MINE),
            self.takes("receipt", self.receipt(POLE, 4), on=POLE, key=MINE),
        ]
        found = [f"the victim is refused: {code}" for code in codes if code]
        answers = [each for _, each in self.answers() if isinstance(each, AsRunAcknowledged)]
        if [(each.through, each.head) for each in answers] != [(5, more[-1].hash)]:
            found.append("the victim is not acknowledged")
        if self.flags(POLE) != [frozenset()] * 5:
            found.append("the victim's entries are flagged")
        return found


def leaf_of(message: Message) -> str:
    """Give the last level of the topic a message is said on."""
    return {Presence: "presence", RundownReceipt: "receipt", AsRunReport: "as-run"}.get(type(message), "challenge")


def told_to_ingest(attack: Callable[[Centre, Random], Sequence[str]]) -> Run:
    """Make of what a neighbour says an attempt: of others all must be as if it had said nothing.

    The attack gives what was not flagged of the neighbour's own.
    """

    def run(folder: Path, rng: Random) -> Wrongs:
        centre = Centre.copied(folder)
        before = centre.everything_else()
        undetected = attack(centre, rng)
        after = centre.everything_else()
        obeyed = [f"{table} changed" for table, rows in before.items() if after[table] != rows]
        own = [topics.of_loudspeaker(OTHER_POLE, leaf) for leaf in ("acknowledged", "current")]
        obeyed += [f"answered on {topic}" for topic, _ in centre.answers() if topic not in own]
        obeyed += centre.victim_goes_on()
        centre.store.close()
        return Wrongs(tuple(obeyed), tuple(undetected))

    return run


def _device(loudspeaker: LoudspeakerId, key: SigningKey) -> Device:
    return Device(
        id=DeviceId(key.key), loudspeaker=loudspeaker, public_key=key.public, enrolled_at=NOW - timedelta(days=1)
    )


@cache
def founded() -> Centre:
    """Found a centre, once a process."""
    folder = TemporaryDirectory(prefix="hostile-")
    register(folder.cleanup)
    centre = Centre(Path(folder.name))
    centre.found()
    centre.store.close()
    return centre
