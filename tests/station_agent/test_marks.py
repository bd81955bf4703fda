"""The marks of a whole loudspeaker: when it ran, what it had, and that it would have said so had it played."""

from datetime import timedelta
from pathlib import Path

import pytest

from schedules.chain import first_break
from schedules.mark import MarkKind
from schedules.times import DAY
from schedules.wire.messages import Challenge, LedgerState
from station_agent.reports import NEVER
from tests.station_agent.centre import item
from tests.station_agent.world import NOW, World, kept

HOUR = timedelta(hours=1)


def kinds(world: World) -> list[MarkKind]:
    return [mark.kind for mark in world.marks]


def test_a_new_journal_says_that_it_begins_and_every_start_that_it_starts(world: World) -> None:
    world.power_cut(minutes=5)
    world.run(1)

    begun, *starts = world.marks

    assert (begun.kind, begun.sequence, begun.after_journal) == (MarkKind.BEGUN, 1, None)
    assert [mark.kind for mark in starts] == [MarkKind.BOOT, MarkKind.BOOT]
    assert starts[1].recorded_at - NOW == pytest.approx(timedelta(minutes=5), abs=timedelta(seconds=1))


def test_a_quiet_day_has_a_mark_for_every_hour_and_the_last_is_the_day_s(world: World) -> None:
    world.run_until(NOW + DAY + HOUR / 2, step=60)

    assert kinds(world)[2:] == [*[MarkKind.HOURLY] * 23, MarkKind.DAILY]
    assert not world.entries
    assert first_break(kept(world.folder / "journal.db")) is None
    last = world.marks[-1]
    assert last.covers_until == last.recorded_at == NOW + DAY


def test_a_mark_says_what_the_device_had_in_hand(world: World) -> None:
    world.receive(world.centre.rundown(revision=world.centre._next()))  # noqa: SLF001 - the number the rundown gets
    held = world.presence.revision
    world.disconnect()
    world.connect()
    question = world.said(Challenge)[-1]
    told_at = world.clock.now()
    world.receive(world.centre.current(question.nonce, told_at, ledger=LedgerState(48_213, "e" * 64)))

    world.run_until(NOW + HOUR, step=60)

    last = world.marks[-1]
    assert (last.ledger_size, last.ledger_root, last.ledger_at) == (48_213, "e" * 64, told_at)
    assert (last.rundown, last.trust, last.clock_error_ms) == (held, 1, 50)
    assert held is not None


def test_a_mark_claims_no_time_that_is_not_settled(world: World) -> None:
    start = NOW + timedelta(minutes=50)
    world.receive(world.centre.rundown(item("a", start, 1200)))

    world.run_until(NOW + HOUR + timedelta(minutes=1))

    last = world.marks[-1]
    assert (last.kind, last.covers_until) == (MarkKind.HOURLY, start)


def test_without_a_trusted_clock_a_mark_claims_nothing_about_time(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.clock.doubt = None

    world.run_until(NOW + HOUR, step=60)

    boot, hourly = world.marks[1:]
    assert {boot.clock_error_ms, boot.covers_until, hourly.clock_error_ms, hourly.covers_until} == {None}


def test_nothing_is_written_between_a_cue_and_its_first_sample(world: World) -> None:
    """The hour is over while the sound waits for its instant; the mark follows once it sounds."""
    start = NOW + HOUR + timedelta(seconds=2)
    world.receive(world.centre.rundown(item("a", start, 60)))

    world.run_until(start - timedelta(seconds=0.5))
    assert world.agent._air.is_cued  # noqa: SLF001 - what the test is about
    assert kinds(world)[-1] is MarkKind.BOOT
    world.run_until(start + timedelta(seconds=1))

    assert kinds(world)[-1] is MarkKind.HOURLY


def test_marks_are_reported_until_acknowledged_like_every_entry(world: World) -> None:
    world.receive(world.centre.rundown(item("a", NOW + timedelta(seconds=10), 20)))
    world.run(60)

    assert [each.sequence for each in world.report.in_order] == [1, 2, 3]
    assert [mark.kind for mark in world.report.marks] == [MarkKind.BEGUN, MarkKind.BOOT]
    world.receive(world.centre.acknowledges(world.report.in_order))
    world.run(61)
    assert not world.report.in_order


def test_a_disk_that_refuses_gets_the_mark_when_it_takes_it_again(world: World) -> None:
    world.journal._database.execute("PRAGMA query_only = 1")  # noqa: SLF001 - a disk gone read-only
    world.run_until(NOW + 3 * HOUR, step=60)
    assert "disk.read_only" in world.presence.faults

    world.journal._database.execute("PRAGMA query_only = 0")  # noqa: SLF001
    world.run(1)

    assert kinds(world) == [MarkKind.BEGUN, MarkKind.BOOT, MarkKind.HOURLY]
    assert first_break(kept(world.folder / "journal.db")) is None


def test_what_is_told_of_an_earlier_journal_covers_no_time(world: World) -> None:
    world.disconnect()
    world.journal.shut()
    path = world.folder / "journal.db"
    path.write_bytes(path.read_bytes()[:-100])
    world.boot()
    assert world.journal.fault == "journal.damaged"

    world.connect()
    first = world.report
    world.receive(world.centre.acknowledges(first.in_order))

    assert first.covers_until == NEVER
    assert world.report.journal == "journal-2"
    assert world.report.covers_until == world.clock.now()
