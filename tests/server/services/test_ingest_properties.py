"""Whatever is repeated, split, reordered, unanswered or restored, in the end each entry is kept, and none twice."""

import itertools
import random
import sqlite3
import tempfile
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from functools import partial
from pathlib import Path
from shutil import copyfile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schedules.asrun import AsRunEntry, Outcome
from schedules.chain import GENESIS
from schedules.mark import JournalEntry, Mark, MarkKind
from schedules.times import Span
from schedules.wire import topics
from schedules.wire.messages import AsRunAcknowledged
from schedules.wire.seal import sealed, unsealed
from server.ports import Store
from server.services import ingest
from server.store import SqlStore, open_as_it_is
from tests.contracts import samples
from tests.contracts.samples import MINUTE, NOW, POLE, chain, issued, item, mark
from tests.fakes.broker import FakePublisher
from tests.fakes.clock import FakeClock
from tests.fakes.sealing import FakeSealing
from tests.fakes.store import FakeStore
from tests.server.services.receiving import MINE, WEEK, report

STEPS = st.one_of(
    st.tuples(st.just("tell"), st.integers(1, 6)),
    st.tuples(st.just("tell again"), st.integers(0, 99)),
    st.tuples(st.sampled_from(["arrive", "arrive, answers lost"]), st.integers(0, 99)),
    st.tuples(st.sampled_from(["back up", "restore"]), st.just(0)),
)


def journal() -> list[JournalEntry]:
    """Give a journal in which a reboot cut one occurrence into two entries, and marks stand between entries."""
    first, second, *rest = chain(6)
    half = NOW + MINUTE + MINUTE / 2
    cut = replace(first, outcome=Outcome.CUT_SHORT, reason="device.rebooted", ended_at=half)
    again = replace(
        second,
        occurrence=cut.occurrence,
        title=cut.title,
        planned_start=cut.planned_start,
        planned_end=cut.planned_end,
        started_at=half + MINUTE / 6,
        ended_at=NOW + 2 * MINUTE,
    )
    written: list[JournalEntry] = [cut, mark(MarkKind.BOOT, cut)]
    for entry in (again, *rest):
        written.append(replace(entry, sequence=len(written) + 1, previous=written[-1].hash))
        if entry.sequence % 2:
            written.append(mark(MarkKind.HOURLY, written[-1]))
    return written


JOURNAL_OF_POLE = journal()


class Centre:
    """A store that can be set back, and a loudspeaker that tells its journal until it is answered."""

    def __init__(self, place: "Memory | Disk") -> None:
        self._place = place
        self.store = samples.founded(place.opened())
        with self.store.writing() as uow:
            uow.places.put_loudspeaker(replace(samples.LOUDSPEAKERS[0], public_key=MINE.public))
            samples.settle(uow, issued(7, *(item(f"o{number}", NOW + number * MINUTE) for number in range(1, 10))))
            uow.commit()
        self._older = place.kept()
        self._sealing = FakeSealing()
        self._on_the_way: list[bytes] = []
        self._said: list[bytes] = []
        self._told = 0
        self.acknowledged = 0

    def does(self, what: str, number: int) -> None:
        match what:
            case "tell":
                self._tell(number)
            case "tell again" if self._said:
                self._on_the_way.append(self._said[number % len(self._said)])
            case "arrive" | "arrive, answers lost":
                self._arrive(number, answered=what == "arrive")
            case "back up":
                self._older = self._place.kept()
            case "restore":
                self.store = self._older()

    def _tell(self, count: int) -> None:
        some = JOURNAL_OF_POLE[self._told : self._told + count]
        if some or not self._on_the_way:
            entries = tuple(each for each in some if isinstance(each, AsRunEntry))
            marks = tuple(each for each in some if isinstance(each, Mark))
            head = JOURNAL_OF_POLE[self._told + len(some) - 1].hash if self._told + len(some) else GENESIS
            said = sealed(report(*entries, marks=marks, head=head), MINE)
            self._on_the_way.append(said)
            self._said.append(said)
            self._told += len(some)

    def _arrive(self, order: int, *, answered: bool) -> None:
        random.Random(order).shuffle(self._on_the_way)
        broker, topic = FakePublisher(), topics.of_loudspeaker(POLE, "as-run")
        arrived = [(topic, said) for said in self._on_the_way]
        assert not any(ingest.take_in_all(self.store, FakeClock(NOW + 60 * MINUTE), self._sealing, broker, arrived))
        self._on_the_way.clear()
        for _, envelope in broker.published if answered else ():
            answer, _ = unsealed(envelope, self._sealing.trust)
            assert isinstance(answer, AsRunAcknowledged)
            assert answer.head == (JOURNAL_OF_POLE[answer.through - 1].hash if answer.through else GENESIS)
            self.acknowledged = self._told = answer.through

    def kept(self) -> list[JournalEntry]:
        with self.store.reading() as uow:
            heard = [each.entry for each in uow.evidence.heard(WEEK, [POLE])]
            marks = [each.mark for each in uow.evidence.marks([POLE], MarkKind)]
        return sorted([*heard, *marks], key=lambda each: each.sequence)

    def entries(self) -> list[AsRunEntry]:
        return [each for each in self.kept() if isinstance(each, AsRunEntry)]

    def flags(self) -> set[str]:
        with self.store.reading() as uow:
            found = [each.flags for each in uow.evidence.heard(WEEK, [POLE])]
            found += [each.flags for each in uow.evidence.marks([POLE], MarkKind)]
        return set[str]().union(*found)


class Memory:
    """Stores in memory."""

    def opened(self) -> Store:
        self._store = FakeStore()
        return self._store

    def kept(self) -> Callable[[], Store]:
        copy = self._store.kept.copied()

        def restored() -> Store:
            self._store = FakeStore()
            self._store.kept = copy.copied()
            return self._store

        return restored


class Disk:
    """Databases in files of a directory."""

    def __init__(self, folder: Path, template: Path) -> None:
        self._folder, self._file = folder, template
        self._numbers = itertools.count()
        self._store: SqlStore | None = None

    def opened(self) -> Store:
        return self._copied(self._file)

    def kept(self) -> Callable[[], Store]:
        backup = self._folder / f"{next(self._numbers)}.backup"
        with closing(sqlite3.connect(self._file)) as database:
            database.execute("VACUUM INTO ?", (str(backup),))
        return partial(self._copied, backup)

    def close(self) -> None:
        if self._store is not None:
            self._store.close()

    def _copied(self, file: Path) -> Store:
        self.close()
        self._file = self._folder / f"{next(self._numbers)}.db"
        copyfile(file, self._file)
        self._store = open_as_it_is(f"sqlite:///{self._file}")
        return self._store


def keeps_each_entry_once(centre: Centre, steps: list[tuple[str, int]]) -> None:
    for what, number in steps:
        centre.does(what, number)
    rounds = 0
    while centre.acknowledged < len(JOURNAL_OF_POLE) or centre.kept() != JOURNAL_OF_POLE:
        centre.does("tell", 99)
        centre.does("arrive", 0)
        rounds += 1
        assert rounds < 4, "the loudspeaker is never told that everything is kept"

    assert centre.kept() == JOURNAL_OF_POLE
    assert not centre.flags()
    sounding = [Span(each.started_at, each.ended_at) for each in centre.entries() if each.started_at and each.ended_at]
    assert not any(one.overlaps(other) for one, other in itertools.combinations(sounding, 2))


@given(steps=st.lists(STEPS, max_size=25))
@settings(max_examples=150, deadline=None)
def test_each_entry_is_kept_once_in_memory(steps: list[tuple[str, int]]) -> None:
    keeps_each_entry_once(Centre(Memory()), steps)


@pytest.mark.slow
@given(steps=st.lists(STEPS, max_size=25))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_each_entry_is_kept_once_on_disk(sqlite_template: Path, steps: list[tuple[str, int]]) -> None:
    with tempfile.TemporaryDirectory() as folder, closing(Disk(Path(folder), sqlite_template)) as disk:
        keeps_each_entry_once(Centre(disk), steps)
