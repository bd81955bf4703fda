"""What vouches for the clock, and how sure it makes it."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from station_agent import clock as clock_module
from station_agent.clock import SystemClock

TRUE = datetime(2026, 11, 23, 22, 30, tzinfo=UTC)


def kept(folder: Path, boot: str, monotonic: float, utc: datetime) -> Path:
    path = folder / "clock.json"
    path.write_text(json.dumps([boot, monotonic, utc.isoformat(), 0.5]))
    return path


@pytest.fixture
def unsynchronised(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock_module, "kernel_error", lambda: None)


def test_nothing_vouches_for_a_clock_that_was_never_compared(unsynchronised: None) -> None:
    assert SystemClock().interval() is None
    assert SystemClock(chip=True).interval() is None


def test_a_signed_time_vouches_within_its_round_trip(unsynchronised: None) -> None:
    clock = SystemClock()
    answered = clock.monotonic()

    clock.trust(TRUE, answered - 0.4, answered)

    interval = clock.interval()
    assert interval is not None
    assert timedelta(seconds=0.4) <= interval.width < timedelta(seconds=0.41)
    assert abs(clock.now() - (TRUE + timedelta(seconds=0.2))) < timedelta(seconds=0.05)


def test_a_signed_time_grows_doubtful_with_age(unsynchronised: None, tmp_path: Path) -> None:
    clock = SystemClock(anchor_file=kept(tmp_path, SystemClock().boot, SystemClock().monotonic() - 100_000, TRUE))

    interval = clock.interval()

    assert interval is not None
    assert interval.width == pytest.approx(timedelta(seconds=21), abs=timedelta(seconds=0.1))


def test_after_a_reboot_only_a_clock_chip_vouches(unsynchronised: None, tmp_path: Path) -> None:
    past = kept(tmp_path, "another boot", 5.0, datetime(2026, 1, 1, tzinfo=UTC))

    assert SystemClock(anchor_file=past).interval() is None
    assert SystemClock(anchor_file=past, chip=True).interval() is not None


def test_a_chip_that_is_behind_what_was_known_vouches_for_nothing(unsynchronised: None, tmp_path: Path) -> None:
    """A flat battery: the chip says 2000."""
    future = kept(tmp_path, "another boot", 5.0, datetime(2199, 1, 1, tzinfo=UTC))

    assert SystemClock(anchor_file=future, chip=True).interval() is None


def test_what_is_known_survives_a_restart_of_the_process(unsynchronised: None, tmp_path: Path) -> None:
    first = SystemClock(anchor_file=tmp_path / "clock.json")
    first.trust(TRUE, first.monotonic() - 0.2, first.monotonic())

    again = SystemClock(anchor_file=tmp_path / "clock.json")

    assert again.interval() is not None
    assert abs(again.now() - first.now()) < timedelta(seconds=0.1)


def test_a_damaged_note_of_the_time_vouches_for_nothing(unsynchronised: None, tmp_path: Path) -> None:
    (tmp_path / "clock.json").write_text("[1, 2")

    assert SystemClock(anchor_file=tmp_path / "clock.json").interval() is None


def test_two_sources_that_differ_make_the_interval_wide(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock_module, "kernel_error", lambda: 0.1)
    clock = SystemClock()
    answered = clock.monotonic()

    clock.trust(clock.now() + timedelta(hours=1), answered, answered)

    interval = clock.interval()
    assert interval is not None
    assert interval.width > timedelta(minutes=59)


def test_the_offset_moves_the_wall_clock(unsynchronised: None) -> None:
    moved = SystemClock(offset=timedelta(hours=5))

    assert moved.now() - SystemClock().now() == pytest.approx(timedelta(hours=5), abs=timedelta(seconds=1))


def test_the_kernel_can_be_asked() -> None:
    error = clock_module.kernel_error()

    assert error is None or error >= 0
