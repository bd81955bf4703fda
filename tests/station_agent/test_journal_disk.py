"""A journal on a disk that is full, read-only or gone, and under a kill at any write."""

import subprocess
import sys
from pathlib import Path

import pytest

from schedules.chain import first_break
from station_agent.errors import JournalError
from station_agent.journal_file import read_summary
from tests.station_agent.shelf import (
    HOURLY,
    Locked,
    Shelf,
    draft,
    ended_after,
)
from tests.station_agent.world import kept

ROOT = Path(__file__).parents[2]


def test_a_kill_at_any_write_leaves_a_whole_entry_or_an_open_one(shelf: Shelf) -> None:
    def play_and_mark() -> None:
        journal = shelf.open()
        journal.open(draft("a"))
        journal.mark(HOURLY)
        journal.close(draft("a"))
        journal.shut()

    for steps in range(1, 1000):
        ended = ended_after(steps, play_and_mark)

        journal = shelf.open()
        assert not journal.fault
        assert first_break(kept(shelf.path)) is None
        journal.shut()
        if ended == 0:
            break
    assert steps > 10


FULL = """
import resource, sys
from pathlib import Path
from schedules.ids import JournalId
from station_agent.errors import JournalError
from station_agent.journal import SqliteJournal
from tests.fakes.loudspeaker import FakeClock
from tests.station_agent.shelf import POLE, draft
from tests.station_agent.world import NOW
journal = SqliteJournal(Path(sys.argv[1]), loudspeaker=POLE, new_id=lambda: JournalId("j"), clock=FakeClock(NOW))
resource.setrlimit(resource.RLIMIT_FSIZE, (150_000, resource.RLIM_INFINITY))
written = 0
try:
    while True:
        journal.close(draft(str(written)))
        written += 1
except JournalError as error:
    print(error.code)
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
entry = journal.close(draft("after"))
print(written, entry.sequence)
"""


def test_a_full_disk_is_told_loses_nothing_and_is_got_over(tmp_path: Path) -> None:
    """A real refusal by the system, in a process that may write no file beyond 150,000 bytes."""
    command = [sys.executable, "-c", FULL, str(tmp_path / "journal.db")]

    said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()

    assert said[0] in ("journal.disk_full", "journal.unwritable")
    assert int(said[2]) == int(said[1]) + 2
    summary = read_summary(tmp_path / "journal.db")
    assert summary is not None
    assert summary.entries == int(said[2])


def test_where_no_file_can_be_made_a_journal_of_its_own_begins_in_memory_and_says_so(tmp_path: Path) -> None:
    journal = Shelf(tmp_path / "missing").open()

    entry = journal.close(draft("a"))

    assert journal.fault == "journal.in_memory"
    pending = journal.pending(10)
    assert pending is not None
    assert pending.entries[-1] == entry
    assert journal.acknowledge(journal.id, entry.sequence, entry.hash)
    assert journal.pending(10) is None


def test_a_disk_that_is_read_only_at_a_start_harms_no_file_and_the_next_start_goes_on_with_it(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = shelf.open()
    first = journal.close(draft("a"))
    journal.shut()
    with monkeypatch.context() as locked:
        Locked(locked)
        meanwhile = shelf.open()
        assert meanwhile.fault == "journal.in_memory"
        assert meanwhile.close(draft("b")).journal != first.journal
        meanwhile.shut()

    again = shelf.open()

    assert not again.fault
    assert again.close(draft("c")).previous == first.hash


def test_a_disk_that_becomes_read_only_refuses_with_its_own_code(shelf: Shelf) -> None:
    journal = shelf.open()
    journal._database.execute("PRAGMA query_only = 1")  # noqa: SLF001 - what SQLite then says is what it says of such a disk

    with pytest.raises(JournalError) as caught:
        journal.close(draft("a"))

    assert caught.value.code == "disk.read_only"
    journal._database.execute("PRAGMA query_only = 0")  # noqa: SLF001
    assert journal.close(draft("a")).sequence == 2
