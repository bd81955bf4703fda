"""Whatever happens to a loudspeaker, what the centre holds in the end is whole, or says where it is not."""

import shutil
import sqlite3
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from schedules.chain import GENESIS, first_break
from schedules.ids import JournalId
from schedules.mark import JournalEntry, Mark, MarkKind
from station_agent.journal import SqliteJournal
from tests.station_agent.shelf import HOURLY, Shelf, draft

HAPPENINGS = st.one_of(
    st.sampled_from(["play", "mark", "boot", "report", "report, answer lost", "open"]).map(lambda what: (what, 0)),
    st.tuples(st.sampled_from(["torn", "wiped", "forgotten", "spoilt"]), st.integers(0, 9999)),
)


class Centre:
    """What was reported, by journal and number."""

    def __init__(self) -> None:
        self.kept: dict[JournalId, dict[int, JournalEntry]] = {}

    def hears(self, journal: SqliteJournal, *, answers: bool = True) -> bool:
        pending = journal.pending(7)
        if pending is None:
            return False
        kept = self.kept.setdefault(pending.journal, {})
        for entry in pending.entries:
            assert kept.setdefault(entry.sequence, entry) == entry, "two entries under one number"
        through = len(kept)
        assert set(kept) == set(range(1, through + 1)), "a report left a gap"
        if answers:
            told = pending.entries[-1]
            assert journal.acknowledge(pending.journal, told.sequence, told.hash)
        return True


def damage(path: Path, what: str, where: int) -> None:
    content = path.read_bytes()
    if what == "torn":
        path.write_bytes(content[: len(content) - 1 - where % 4000])
    elif what == "wiped":
        place = 100 + where * 7 % (len(content) - 200)
        path.write_bytes(content[:place] + bytes(60) + content[place + 60 :])
    else:
        numbers = "(SELECT journal || sequence FROM entry ORDER BY journal, sequence LIMIT 1 OFFSET ?)"
        statement = "DELETE FROM entry" if what == "forgotten" else "UPDATE entry SET hash = 'spoilt'"
        with sqlite3.connect(path) as database:
            (count,) = database.execute("SELECT count(*) - 1 FROM entry").fetchone()
            if count:  # that the very last one is gone cannot be seen by anybody
                database.execute(f"{statement} WHERE journal || sequence = {numbers}", (where % count,))
        database.close()


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(HAPPENINGS, min_size=3, max_size=25))
@example([("play", 0), ("report", 0), ("play", 0), ("spoilt", 1), ("play", 0), ("forgotten", 2)])
@example([("play", 0), ("report", 0), ("torn", 3999), ("torn", 3000)])
@example([("play", 0), ("play", 0), ("report, answer lost", 0), ("forgotten", 1)])
def test_after_full_delivery_every_journal_is_whole_and_every_break_is_named(happened: list[tuple[str, int]]) -> None:
    folder = Path(tempfile.mkdtemp())
    shelf, centre = Shelf(folder), Centre()
    journal = shelf.open()
    for number, (what, where) in enumerate(happened):
        if what == "play":
            journal.close(draft(f"{number}"))
        elif what == "open":
            journal.open(draft(f"{number}"))
        elif what == "mark":
            journal.mark(HOURLY)
        elif what.startswith("report"):
            centre.hears(journal, answers=what == "report")
        else:
            journal.shut()
            if what != "boot":
                damage(shelf.path, what, where)
            journal = shelf.open()
    while centre.hears(journal):
        pass
    journal.shut()
    shutil.rmtree(folder)

    for name, kept in centre.kept.items():
        entries = [kept[number] for number in sorted(kept)]
        assert first_break(entries) is None
        begun = entries[0]
        assert isinstance(begun, Mark)
        assert begun.kind is MarkKind.BEGUN
        if name != "journal-1":
            assert_follows(centre, begun)


def assert_follows(centre: Centre, begun: Mark) -> None:
    """The journal goes on where another one ended, or says what is missing between the two."""
    if begun.after_journal is None:
        assert begun.lost_from == 1
        return
    assert begun.after_sequence is not None
    there = centre.kept.get(begun.after_journal, {})
    if len(there) < begun.after_sequence:
        return  # the end of the older journal vanished without a trace; the newer one says by its number how much
    assert begun.after_head == (there[begun.after_sequence].hash if begun.after_sequence else GENESIS)
    if len(there) > begun.after_sequence:
        assert begun.lost_from == begun.after_sequence + 1
