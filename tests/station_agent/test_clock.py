"""What vouches for the clock, how sure it makes it, and what cannot lead it astray."""

import errno
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schedules.guard import ClockInterval
from station_agent import clock as clock_module
from station_agent.clock import CHIP, CRYSTAL, KEPT_EVERY, SystemClock

TRUE = datetime(2026, 11, 23, 22, 30, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@dataclass
class Machine:
    """A computer whose clocks are moved by hand.

    Attributes:
        true: What time it is.
        wall: How far the wall clock is from it, as NTP or somebody set it.
        drift: Part of the time by which the crystal is wrong.
        ntp: By how many seconds the kernel holds its clock to be wrong; None when nothing synchronises it.
        slept: How long it was suspended.
    """

    folder: Path
    true: datetime = TRUE
    wall: timedelta = timedelta(0)
    drift: float = 0.0
    ntp: float | None = None
    slept: float = 0.0
    chip: timedelta = timedelta(0)
    _uptime: float = 1000.0
    _boots: int = 1

    def passes(self, seconds: float, *, suspended: bool = False) -> None:
        self.true += timedelta(seconds=seconds)
        if suspended:
            self.slept += seconds
        else:
            self._uptime += seconds * (1 + self.drift)
        self._set()

    def reboots(self, *, after: float = 60.0) -> None:
        self.true += timedelta(seconds=after)
        self._uptime, self.slept, self._boots = 1.0, 0.0, self._boots + 1
        self._set()

    def clock(self, *, chip: bool = False) -> SystemClock:
        self._set()
        return SystemClock(chip=self.folder / "rtc" if chip else None, kept=self.folder / "clock.json")

    def clock_gettime(self, which: int) -> float:
        return self._uptime + self.slept if which == time.CLOCK_BOOTTIME else self._uptime

    def datetime_now(self) -> datetime:
        return self.true + self.wall

    def _set(self) -> None:
        (self.folder / "boot").write_text(f"boot {self._boots}")
        (self.folder / "rtc").write_text(str(int((self.true + self.chip).timestamp())))


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    return made(tmp_path, monkeypatch)


def made(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    machine = Machine(folder)

    class Time:
        CLOCK_MONOTONIC, CLOCK_MONOTONIC_RAW = time.CLOCK_MONOTONIC, time.CLOCK_MONOTONIC_RAW
        CLOCK_BOOTTIME = time.CLOCK_BOOTTIME
        clock_gettime = staticmethod(machine.clock_gettime)

    class Datetime(datetime):
        @classmethod
        def now(cls, tz: object = None) -> datetime:  # type: ignore[override]  # always asked for UTC
            return machine.datetime_now()

    monkeypatch.setattr(clock_module, "time", Time)
    monkeypatch.setattr(clock_module, "datetime", Datetime)
    monkeypatch.setattr(clock_module, "kernel_error", lambda: machine.ntp)
    monkeypatch.setattr(clock_module, "BOOT_ID", folder / "boot")
    machine._set()  # noqa: SLF001 - its own
    return machine


def answered(machine: Machine, clock: SystemClock, *, there: float = 0.1, back: float = 0.1, wrong: float = 0) -> bool:
    """Let a question travel, and a signed answer come back."""
    asked = clock.monotonic()
    machine.passes(there)
    said = machine.true + timedelta(seconds=wrong)
    machine.passes(back)
    return clock.trust(said, asked, clock.monotonic())


def interval_of(clock: SystemClock) -> ClockInterval:
    interval = clock.interval()
    assert interval is not None
    return interval


def test_nothing_vouches_for_a_clock_that_was_never_compared(machine: Machine) -> None:
    assert machine.clock().interval() is None
    assert machine.clock(chip=True).interval() is None


def test_the_kernels_word_alone_vouches_for_nothing(machine: Machine) -> None:
    machine.ntp = 0.001

    assert machine.clock().interval() is None


def test_a_signed_time_vouches_within_its_round_trip(machine: Machine) -> None:
    clock = machine.clock()

    answered(machine, clock, there=0.3, back=0.1)

    interval = interval_of(clock)
    assert interval.earliest <= machine.true <= interval.latest
    assert interval.width == pytest.approx(timedelta(seconds=0.401), abs=timedelta(milliseconds=1))


def test_a_wall_clock_that_is_astray_is_not_asked(machine: Machine) -> None:
    machine.wall = timedelta(hours=-3)
    clock = machine.clock()

    answered(machine, clock)

    assert abs(clock.now() - machine.true) < timedelta(seconds=0.2)
    assert abs(clock.utc_at(clock.monotonic_at(machine.true)) - machine.true) < timedelta(milliseconds=1)


def test_a_wall_clock_that_is_set_wrong_moves_nothing(machine: Machine) -> None:
    clock = machine.clock()
    answered(machine, clock, there=3.0, back=0.1)
    assert clock.now() == machine.true

    machine.wall = timedelta(hours=-3)
    machine.passes(10)

    assert clock.now() == machine.true
    assert interval_of(clock).now == machine.true


def test_a_wall_clock_that_crept_out_of_what_is_vouched_for_is_not_gone_by(machine: Machine) -> None:
    machine.wall = timedelta(seconds=2)
    clock = machine.clock()
    answered(machine, clock, there=3.0, back=0.1)
    assert clock.now() == machine.true + machine.wall

    answered(machine, clock, there=0.1, back=0.1)

    assert abs(clock.now() - machine.true) < timedelta(seconds=0.2)


def test_a_signed_time_grows_doubtful_with_age(machine: Machine) -> None:
    clock = machine.clock()
    answered(machine, clock, there=0, back=0)

    machine.passes(100_000)

    assert interval_of(clock).width == pytest.approx(timedelta(seconds=20), abs=timedelta(seconds=0.1))


def test_the_kernels_word_narrows_inside(machine: Machine) -> None:
    clock = machine.clock()
    answered(machine, clock, there=2, back=2)
    machine.ntp = 0.01

    interval = interval_of(clock)

    assert interval == ClockInterval.around(machine.true, timedelta(seconds=0.01))


@pytest.mark.parametrize("hours", [-30, -2, -0.001, 0.001, 2, 30])
def test_a_time_server_that_lies_moves_nothing_out(machine: Machine, hours: float) -> None:
    clock = machine.clock()
    answered(machine, clock, there=1, back=1)
    before = interval_of(clock)
    machine.wall, machine.ntp = timedelta(hours=hours), 0.001

    after = interval_of(clock)

    assert after.earliest >= before.earliest
    assert after.latest <= before.latest
    assert after.earliest <= machine.true <= after.latest


def test_a_better_answer_narrows_and_a_slow_one_does_not_widen(machine: Machine) -> None:
    clock = machine.clock()
    answered(machine, clock, there=0.01, back=0.01)
    narrow = interval_of(clock).width

    answered(machine, clock, there=0.1, back=20)

    interval = interval_of(clock)
    assert interval.earliest <= machine.true <= interval.latest
    assert interval.width < narrow + 3 * 20 * CRYSTAL * SECOND


def test_an_answer_that_contradicts_what_was_known_replaces_it(machine: Machine) -> None:
    """The centre's clock was wrong, and was put right: forward only."""
    clock = machine.clock()
    answered(machine, clock)

    assert answered(machine, clock, wrong=3600)

    assert interval_of(clock).earliest > machine.true + timedelta(minutes=59)


def test_a_suspended_machine_knows_no_time_until_it_is_told_again(machine: Machine) -> None:
    clock = machine.clock()
    answered(machine, clock)

    machine.passes(3600, suspended=True)

    assert clock.interval() is None
    assert answered(machine, clock)
    assert interval_of(clock).earliest <= machine.true


class TestFloor:
    def test_an_answer_wholly_before_what_has_passed_is_refused(self, machine: Machine) -> None:
        clock = machine.clock()
        answered(machine, clock)
        machine.passes(60)
        clock.keep()
        before = interval_of(clock)

        assert not answered(machine, clock, wrong=-3600)

        assert interval_of(clock).earliest >= before.earliest

    def test_survives_a_reboot(self, machine: Machine) -> None:
        clock = machine.clock()
        answered(machine, clock)
        machine.passes(600)
        clock.keep()
        machine.reboots()

        again = machine.clock()

        assert again.interval() is None
        assert not answered(machine, again, wrong=-660)
        assert answered(machine, again)
        assert interval_of(again).earliest <= machine.true

    def test_an_answer_that_reaches_behind_it_counts_from_it_on(self, machine: Machine) -> None:
        clock = machine.clock()
        answered(machine, clock, there=0, back=0)
        machine.passes(600)
        clock.keep()
        floor = interval_of(clock).earliest
        machine.reboots(after=0)

        again = machine.clock()
        asked = again.monotonic()
        machine.passes(20)

        assert again.trust(machine.true - 30 * SECOND, asked, again.monotonic() + 20)
        assert interval_of(again).earliest >= floor

    def test_is_written_every_half_minute_at_most(self, machine: Machine) -> None:
        clock = machine.clock()
        answered(machine, clock)
        kept = machine.folder / "clock.json"
        first = kept.read_text()

        machine.passes(29)
        clock.keep()
        assert kept.read_text() == first
        machine.passes(2)
        clock.keep()
        assert kept.read_text() != first

    def test_a_damaged_note_vouches_for_nothing(self, machine: Machine) -> None:
        for damaged in ("[1, 2", "[]", '["boot 1", 5, 0, "today", "today", "today", true]', "7"):
            (machine.folder / "clock.json").write_text(damaged)

            assert machine.clock(chip=True).interval() is None


class TestRestart:
    def test_of_the_process_loses_nothing(self, machine: Machine) -> None:
        answered(machine, machine.clock())
        machine.passes(5)

        interval = interval_of(machine.clock())

        assert interval.earliest <= machine.true <= interval.latest
        assert interval.width < timedelta(seconds=0.3)

    def test_of_the_machine_leaves_only_a_clock_chip(self, machine: Machine) -> None:
        answered(machine, machine.clock(chip=True))
        machine.reboots(after=86_400)

        assert machine.clock().interval() is None
        interval = interval_of(machine.clock(chip=True))
        assert interval.earliest <= machine.true <= interval.latest
        assert interval.width < timedelta(seconds=2 * (2.3 + 86_400 * CHIP))

    def test_a_chip_behind_what_has_passed_vouches_for_nothing(self, machine: Machine) -> None:
        """A flat battery: the chip says 2000."""
        answered(machine, machine.clock(chip=True))
        machine.chip = -timedelta(days=9000)
        machine.reboots()

        assert machine.clock(chip=True).interval() is None

    def test_a_chip_that_was_led_astray_before_the_power_went_vouches_for_nothing(self, machine: Machine) -> None:
        """The kernel writes what a time server says into the chip."""
        clock = machine.clock(chip=True)
        answered(machine, clock)
        machine.wall = machine.chip = timedelta(hours=5)
        machine.passes(40)
        clock.keep()
        machine.reboots()

        assert machine.clock(chip=True).interval() is None

    def test_the_chip_is_read_once(self, machine: Machine) -> None:
        answered(machine, machine.clock(chip=True))
        machine.reboots()
        clock = machine.clock(chip=True)

        machine.wall = machine.chip = timedelta(hours=5)
        machine.passes(60)

        interval = interval_of(clock)
        assert interval.earliest <= machine.true <= interval.latest

    def test_a_chip_that_cannot_be_read_vouches_for_nothing(self, machine: Machine) -> None:
        answered(machine, machine.clock(chip=True))
        machine.reboots()
        (machine.folder / "rtc").write_text("?")

        assert SystemClock(chip=machine.folder / "rtc", kept=machine.folder / "clock.json").interval() is None


happenings = st.lists(
    st.one_of(
        st.tuples(st.just("passes"), st.floats(0, 40_000)),
        st.tuples(st.just("answer"), st.floats(0, 30)),
        st.tuples(st.just("step"), st.floats(-200_000, 200_000)),
        st.tuples(st.just("suspend"), st.floats(2, 40_000)),
        st.tuples(st.just("reboot"), st.floats(1, 40_000)),
    ),
    max_size=12,
)


@given(happenings, st.floats(-CRYSTAL * 0.9, CRYSTAL * 0.9), st.booleans(), st.floats(0, 1))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_true_time_is_always_inside_whatever_happens_to_the_wall_clock(
    tmp_path: Path, happened: list[tuple[str, float]], drift: float, chip: bool, part: float
) -> None:
    with pytest.MonkeyPatch.context() as monkeypatch:
        (tmp_path / "clock.json").unlink(missing_ok=True)
        machine = made(tmp_path, monkeypatch)
        machine.drift = drift
        clock = machine.clock(chip=chip)
        does: dict[str, Callable[[float], object]] = {
            "passes": machine.passes,
            "answer": lambda trip: answered(machine, clock, there=trip * part, back=trip * (1 - part)),
            "step": lambda by: setattr(machine, "wall", timedelta(seconds=by)),
            "suspend": lambda seconds: machine.passes(seconds, suspended=True),
            "reboot": lambda seconds: machine.reboots(after=seconds),
        }
        floor = datetime.min.replace(tzinfo=UTC)
        for what, amount in happened:
            does[what](amount)
            clock = machine.clock(chip=chip) if what == "reboot" else clock
            clock.keep()
            interval = clock.interval()
            if interval is not None:
                assert interval.earliest <= machine.true <= interval.latest
                forgotten = KEPT_EVERY if what == "reboot" else 0.0
                assert interval.earliest >= floor - timedelta(seconds=forgotten)
                floor = interval.earliest


def test_what_is_kept_is_json_that_a_person_can_read(machine: Machine) -> None:
    answered(machine, machine.clock(), there=0, back=0)

    boot, at, slept, *_, floor, chip, epoch = json.loads((machine.folder / "clock.json").read_text())

    assert (boot, at, slept, chip, epoch) == ("boot 1", 1000.0, 0.0, False, 0)
    assert floor == "2026-11-23T22:30:00+00:00"


def test_the_offset_moves_the_wall_clock() -> None:
    moved = SystemClock(offset=timedelta(hours=5))

    assert moved.now() - SystemClock().now() == pytest.approx(timedelta(hours=5), abs=timedelta(seconds=1))


def test_the_kernel_can_be_asked() -> None:
    error = clock_module.kernel_error()

    assert error is None or error >= 0


def test_what_a_thief_told_binds_no_longer_once_the_root_has_raised_the_epoch(machine: Machine) -> None:
    clock = machine.clock()
    clock.follow(1)
    answered(machine, clock, wrong=30 * 365 * 86_400.0)
    assert not answered(machine, clock)
    machine.reboots()

    clock = machine.clock()
    clock.follow(2)

    assert clock.interval() is None
    assert answered(machine, clock)
    assert interval_of(clock).earliest <= machine.true <= interval_of(clock).latest


def test_a_floor_outlives_a_list_of_the_same_epoch_and_the_files_of_an_older_agent(machine: Machine) -> None:
    clock = machine.clock()
    clock.follow(1)
    answered(machine, clock)
    clock.follow(1)
    kept = machine.folder / "clock.json"
    kept.write_text(json.dumps(json.loads(kept.read_text())[:-1]))

    clock = machine.clock()
    clock.follow(2)

    assert clock.interval() is not None
    assert not answered(machine, clock, wrong=-3600.0)


def test_a_disk_that_refuses_takes_no_time_away(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = machine.clock()

    def refuse(*_: object, **__: object) -> None:
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr("station_agent.clock.replace_whole", refuse)
    monkeypatch.setattr(Path, "unlink", refuse)
    clock.follow(1)
    assert clock.trust(machine.true, clock.monotonic(), clock.monotonic())
    machine.passes(3600)
    clock.keep()
    interval = clock.interval()
    assert interval is not None
    assert interval.earliest <= machine.true <= interval.latest

    clock.follow(2)

    assert clock.interval() is None
