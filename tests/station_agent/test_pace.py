"""When a download may go on: spread by chance, within the day's budget, urgent ones at once."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from station_agent.pace import AFTER_START, KEPT_EVERY, LOOK_AGAIN, SPREAD, URGENT, Pace
from station_agent.ports import Wanted
from tests.fakes.loudspeaker import FakeClock
from tests.station_agent.centre import utc

NOW = utc("2026-11-23T08:00:00+07:00")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


class Line:
    """A pace on a clock, after so many hours of power."""

    def __init__(self, folder: Path, *, chance: float = 1.0, powered: timedelta = 10 * DAY) -> None:
        self.clock = FakeClock(NOW - powered)
        self.kept = folder / "downloaded.json"
        self.pace = Pace(self.clock, self.kept, chance=lambda: chance)
        self.clock.set(NOW)

    def waits(self, needed: datetime | None) -> float:
        """Return how long a file waits that is learned of now."""
        file = Wanted("a" * 64, 1000, needed)
        return self.pace.holds_back(file, self.pace.begins_at(file))


@pytest.fixture
def line(tmp_path: Path) -> Line:
    return Line(tmp_path)


@pytest.mark.parametrize("needed", [None, NOW - HOUR, NOW, NOW + timedelta(seconds=URGENT)])
def test_what_sounds_soon_begins_at_once(line: Line, needed: datetime | None) -> None:
    assert line.waits(needed) == 0


@pytest.mark.parametrize(("ahead", "most"), [(HOUR, 450), (2 * HOUR, 1350), (DAY, SPREAD), (9 * DAY, SPREAD)])
def test_the_rest_is_spread_over_a_part_of_the_time_there_is(tmp_path: Path, ahead: timedelta, most: float) -> None:
    assert Line(tmp_path, chance=1.0).waits(NOW + ahead) == most
    assert Line(tmp_path, chance=0.5).waits(NOW + ahead) == most / 2
    assert Line(tmp_path, chance=0.0).waits(NOW + ahead) == 0


@pytest.mark.parametrize(
    ("powered", "most"), [(timedelta(0), AFTER_START), (timedelta(minutes=20), 1200), (3 * HOUR, SPREAD)]
)
def test_a_box_that_may_soon_be_switched_off_again_does_not_wait_for_long(
    tmp_path: Path, powered: timedelta, most: float
) -> None:
    assert Line(tmp_path, powered=powered).waits(NOW + 9 * DAY) == most


def test_what_comes_near_while_it_waits_begins_after_all(line: Line) -> None:
    file = Wanted("a" * 64, 1000, NOW + HOUR)
    drawn = line.pace.begins_at(file)
    line.clock.set(NOW + timedelta(minutes=31))

    assert line.pace.holds_back(Wanted("a" * 64, 1000, NOW + HOUR), drawn + 10_000) == 0


def test_a_spent_budget_lets_the_rest_wait_for_the_next_day_of_the_station(line: Line) -> None:
    line.pace.limit(1000, None)
    line.pace.count(999)
    assert line.waits(NOW + DAY) == SPREAD

    line.pace.count(1)

    assert line.waits(NOW + DAY) == 16 * 3600  # it is 08:00 at +07:00
    line.clock.set(NOW + 16 * HOUR)
    assert line.pace.bytes_today == 0
    assert line.waits(NOW + 17 * HOUR) < URGENT


@pytest.mark.parametrize("ahead", [timedelta(hours=15, minutes=59), timedelta(minutes=5)])
def test_a_spent_budget_silences_nothing_of_the_day(line: Line, ahead: timedelta) -> None:
    line.pace.limit(1000, None)
    line.pace.count(1000)

    file = Wanted("a" * 64, 1000, NOW + ahead)

    assert line.pace.holds_back(file, line.clock.monotonic()) == 0


def test_what_sounds_just_after_midnight_does_not_wait_for_it(line: Line) -> None:
    line.pace.limit(1000, None)
    line.pace.count(2000)
    line.clock.set(NOW + 16 * HOUR - timedelta(minutes=10))

    assert line.waits(NOW + 16 * HOUR + timedelta(minutes=10)) == 0


def test_the_day_is_that_of_the_station(line: Line) -> None:
    line.pace.limit(1000, None)
    line.pace.count(1000)

    line.pace.limit(1000, utc("2026-11-23T08:00:00+00:00").tzinfo)

    assert line.waits(NOW + 2 * DAY) == 23 * 3600


def test_without_a_budget_nothing_is_spent(line: Line) -> None:
    line.pace.count(10**12)

    assert not line.pace.is_spent
    assert line.pace.bytes_today == 10**12


def test_while_the_line_is_needed_nothing_goes_on_however_urgent(line: Line) -> None:
    line.pace.line_is_needed = True

    assert line.waits(NOW) == LOOK_AGAIN


def test_the_count_outlives_a_start(line: Line) -> None:
    line.pace.count(500)
    line.pace.keep()

    assert Pace(line.clock, line.kept).bytes_today == 500


def test_a_power_cut_loses_little_of_the_count(line: Line) -> None:
    line.pace.count(KEPT_EVERY)
    line.pace.count(7)

    assert Pace(line.clock, line.kept).bytes_today == KEPT_EVERY


@pytest.mark.parametrize("torn", [b"", b"{", b"[]", b'{"day": 7, "bytes": "x"}', b"\xff"])
def test_a_torn_count_begins_anew(line: Line, torn: bytes) -> None:
    line.kept.write_bytes(torn)

    assert Pace(line.clock, line.kept).bytes_today == 0


def test_a_clock_that_nothing_vouches_for_begins_no_new_day(line: Line) -> None:
    line.pace.limit(1000, None)
    line.pace.count(1000)
    line.pace.keep()
    line.clock.doubt = None
    line.clock.set(utc("1970-01-01T00:00:00+00:00"))

    assert Pace(line.clock, line.kept).bytes_today == 1000


def test_a_disk_that_refuses_stops_no_download(tmp_path: Path) -> None:
    pace = Pace(FakeClock(NOW), tmp_path / "away" / "downloaded.json")
    pace.count(10)

    pace.keep()

    assert pace.bytes_today == 10


@given(chance=st.floats(0, 1), ahead=st.integers(0, 9 * 86_400), powered=st.integers(0, 30 * 86_400))
def test_whatever_is_drawn_a_file_begins_long_before_it_is_needed(
    tmp_path_factory: pytest.TempPathFactory, chance: float, ahead: int, powered: int
) -> None:
    line = Line(tmp_path_factory.getbasetemp(), chance=chance, powered=timedelta(seconds=powered))

    waits = line.waits(NOW + timedelta(seconds=ahead))

    assert 0 <= waits <= max(0, (ahead - URGENT) / 4)
