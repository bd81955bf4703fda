"""The audio cache over real HTTP: resumes, verifies, stays honest when the disk is full."""

import errno
import os
import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from station_agent import cache as cache_module
from station_agent.cache import AudioCache
from station_agent.pace import LOOK_AGAIN, Pace
from station_agent.ports import Wanted
from tests.fakes.loudspeaker import FakeClock
from tests.station_agent.depot import Depot
from tests.station_agent.world import NOW


def unhurried(folder: Path) -> Pace:
    """Give a pace on a clock that stands."""
    return Pace(FakeClock(NOW), folder / "downloaded.json", chance=lambda: 0.0)


@pytest.fixture
def cache(depot: Depot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[AudioCache]:
    monkeypatch.setattr(cache_module, "BACKOFF", (0.05,))
    cache = AudioCache(tmp_path / "audio", depot.url, lambda: None, pace=unhurried(tmp_path))
    yield cache
    cache.close()


def until(holds: Callable[[], object], within: float = 5.0) -> None:
    deadline = time.monotonic() + within
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_a_wanted_file_comes_and_is_verified(cache: AudioCache, depot: Depot) -> None:
    file, body = depot.offers()

    cache.want([file])

    until(lambda: file.sha256 in cache.present)
    assert cache.path(file.sha256).read_bytes() == body


def test_a_download_that_was_cut_goes_on_where_it_stopped(cache: AudioCache, depot: Depot) -> None:
    file, body = depot.offers()
    depot.cut_after = 100_000

    cache.want([file])

    until(lambda: file.sha256 in cache.present)
    assert depot.ranges == [None, "bytes=100000-"]
    assert cache.path(file.sha256).read_bytes() == body


def test_a_server_that_knows_no_ranges_is_asked_for_all_again(cache: AudioCache, depot: Depot) -> None:
    file, body = depot.offers()
    depot.cut_after = 100_000
    depot.ignores_ranges = True

    cache.want([file])

    until(lambda: file.sha256 in cache.present)
    assert cache.path(file.sha256).read_bytes() == body


def test_other_bytes_under_the_right_name_never_enter(cache: AudioCache, depot: Depot) -> None:
    file, body = depot.offers()
    depot.files[file.sha256] = bytes(len(body))

    cache.want([file])

    until(lambda: cache.faults.get(file.sha256) == "audio.wrong_hash")
    assert not cache.present
    assert not cache.path(file.sha256).exists()


def test_a_longer_file_under_the_right_name_never_enters(cache: AudioCache, depot: Depot) -> None:
    file, body = depot.offers()
    depot.files[file.sha256] = body + b"more"

    cache.want([file])

    until(lambda: cache.faults.get(file.sha256) == "audio.wrong_hash")
    assert not cache.path(file.sha256).exists()


def test_a_file_the_server_lacks_is_asked_for_again(cache: AudioCache, depot: Depot) -> None:
    file, body = depot.offers()
    del depot.files[file.sha256]
    cache.want([file])
    until(lambda: cache.faults.get(file.sha256) == "audio.refused")

    depot.files[file.sha256] = body

    until(lambda: file.sha256 in cache.present)
    assert not cache.faults


@pytest.mark.parametrize("is_soon", [True, False])
def test_only_what_sounds_soon_is_asked_for_soon_again(
    depot: Depot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_soon: bool
) -> None:
    monkeypatch.setattr(cache_module, "BACKOFF", (3_600.0,))
    monkeypatch.setattr(cache_module, "URGENT_BACKOFF", 0.05)
    file, body = depot.offers()
    del depot.files[file.sha256]
    asked: list[None] = []
    cache = AudioCache(tmp_path / "audio", depot.url, lambda: asked.append(None), pace=unhurried(tmp_path))
    cache.want([file if is_soon else later(file)])
    until(lambda: asked)

    depot.files[file.sha256] = body
    if is_soon:
        until(lambda: file.sha256 in cache.present)
    else:
        time.sleep(0.5)

    assert (file.sha256 in cache.present) is is_soon
    cache.close()


def test_a_file_damaged_on_the_disk_is_fetched_again(depot: Depot, tmp_path: Path) -> None:
    """Files are verified once in the life of a process: an SD card forgets."""
    file, body = depot.offers()
    (tmp_path / file.sha256).write_bytes(body[:-1] + b"!")

    cache = AudioCache(tmp_path, depot.url, lambda: None, pace=unhurried(tmp_path))
    cache.want([file])

    until(lambda: file.sha256 in cache.present)
    assert cache.path(file.sha256).read_bytes() == body
    cache.close()


def test_a_verified_file_needs_no_line(depot: Depot, tmp_path: Path) -> None:
    file, body = depot.offers()
    (tmp_path / file.sha256).write_bytes(body)

    cache = AudioCache(tmp_path, "http://127.0.0.1:9/audio", lambda: None, pace=unhurried(tmp_path))
    cache.want([file])

    until(lambda: file.sha256 in cache.present)
    cache.close()


def test_a_full_disk_is_said_and_what_is_there_stays(
    cache: AudioCache, depot: Depot, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, _ = depot.offers()
    second, _ = depot.offers()
    cache.want([first])
    until(lambda: first.sha256 in cache.present)

    monkeypatch.setattr(cache_module, "RESERVE", 1 << 60)
    cache.want([first, second])

    until(lambda: cache.faults.get(second.sha256) == "audio.disk_full")
    assert cache.present == {first.sha256}


def test_what_no_rundown_needs_makes_room_for_what_one_needs(
    cache: AudioCache, depot: Depot, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, _ = depot.offers()
    new, _ = depot.offers()
    cache.want([old])
    until(lambda: old.sha256 in cache.present)
    free = [50_000]  # the first look finds too little, deleting the old file gives enough
    monkeypatch.setattr(cache_module, "RESERVE", 0)
    monkeypatch.setattr(
        cache_module, "free_bytes", lambda _: free[0] if cache.path(old.sha256).exists() else 10_000_000
    )

    cache.want([new])

    until(lambda: new.sha256 in cache.present)
    assert not cache.path(old.sha256).exists()
    assert old.sha256 not in cache.present


def test_what_is_wanted_stays_and_of_the_rest_the_oldest_goes_first_halves_too(
    cache: AudioCache, depot: Depot, monkeypatch: pytest.MonkeyPatch
) -> None:
    pinned, _ = depot.offers()
    new, _ = depot.offers()
    cache.want([pinned])
    until(lambda: pinned.sha256 in cache.present)
    half, old, young = (cache.path(name) for name in ("b" * 64 + ".part", "c" * 64, "d" * 64))
    for age, path in enumerate((cache.path(pinned.sha256), half, old, young)):
        path.write_bytes(path.read_bytes() if path.exists() else b"old")
        os.utime(path, (age, age))
    monkeypatch.setattr(cache_module, "RESERVE", 0)
    monkeypatch.setattr(cache_module, "free_bytes", lambda _: 0 if old.exists() else 10_000_000)

    cache.want([pinned, new])

    until(lambda: new.sha256 in cache.present)
    assert pinned.sha256 in cache.present
    assert (half.exists(), old.exists(), young.exists()) == (False, False, True)


def later(file: Wanted) -> Wanted:
    return replace(file, needed=NOW + timedelta(days=2))


def test_within_a_budget_a_file_comes_in_parts_and_goes_on_the_next_day(depot: Depot, tmp_path: Path) -> None:
    file, body = depot.offers(random.randbytes(1_000_000))
    clock = FakeClock(NOW)
    cache = AudioCache(tmp_path, depot.url, lambda: None, pace=Pace(clock, tmp_path / "count", chance=lambda: 0.0))
    cache.limit(300_000, None)
    cache.want([later(file)])
    until(lambda: cache.faults == {"": "audio.budget_spent"})
    assert 300_000 <= cache.bytes_today < 300_000 + cache_module.PIECE

    for day in (1, 2):
        clock.set(NOW + timedelta(days=day))
        cache.retry()
        until(lambda: file.sha256 in cache.present or cache.faults)
    cache.retry()

    until(lambda: file.sha256 in cache.present)
    assert cache.path(file.sha256).read_bytes() == body
    assert depot.ranges[0] is None
    assert all(each is not None for each in depot.ranges[1:])
    cache.close()


def test_a_spent_budget_holds_up_nothing_that_sounds_before_the_next_one(depot: Depot, tmp_path: Path) -> None:
    far, _ = depot.offers()
    near, _ = depot.offers()
    cache = AudioCache(tmp_path, depot.url, lambda: None, pace=unhurried(tmp_path))
    cache.limit(0, None)

    cache.want([replace(near, needed=NOW + timedelta(hours=2)), later(far)])

    until(lambda: near.sha256 in cache.present)
    assert far.sha256 not in cache.present
    assert cache.faults == {"": "audio.budget_spent"}
    cache.close()


def test_a_download_gives_way_between_two_pieces_and_goes_on_where_it_was(depot: Depot, tmp_path: Path) -> None:
    file, body = depot.offers(random.randbytes(1_000_000))
    pace = unhurried(tmp_path)
    cache = AudioCache(tmp_path, depot.url, lambda: None, pace=pace)
    came, holds_back = pace.count, pace.holds_back
    waits: list[float] = []

    def asked(file: Wanted, begins_at: float) -> float:
        waits.append(holds_back(file, begins_at))
        return waits[-1]

    def interrupted(received: int) -> None:
        is_first = pace.bytes_today == 0
        came(received)
        if is_first:
            cache.give_way(line_is_needed=True)

    pace.count = interrupted  # type: ignore[method-assign]  # the relay begins with the first piece
    pace.holds_back = asked  # type: ignore[method-assign]  # to know when the thread has given way
    cache.want([file])
    until(lambda: waits.count(LOOK_AGAIN) >= 3)
    assert (tmp_path / f"{file.sha256}.part").exists()
    assert file.sha256 not in cache.present

    cache.give_way(line_is_needed=False)
    cache.retry()

    until(lambda: file.sha256 in cache.present)
    assert cache.path(file.sha256).read_bytes() == body
    assert depot.ranges[0] is None
    assert depot.ranges[-1] not in (None, "bytes=0-")
    cache.close()


def test_a_list_with_something_urgent_interrupts_what_can_wait(depot: Depot, tmp_path: Path) -> None:
    bulk, _ = depot.offers(random.randbytes(1_000_000))
    urgent, _ = depot.offers()
    came: list[int] = []
    pace = unhurried(tmp_path)
    cache = AudioCache(tmp_path, depot.url, lambda: None, pace=pace)

    def note(received: int) -> None:
        came.append(received)
        if len(came) == 1:
            cache.want([urgent, bulk])

    pace.count = note  # type: ignore[method-assign]  # the notice comes with the first piece
    cache.want([bulk])

    until(lambda: {urgent.sha256, bulk.sha256} <= cache.present)
    assert len(depot.ranges) == 3
    assert depot.ranges[:2] == [None, None]
    assert depot.ranges[2] is not None
    cache.close()


def test_what_the_chance_holds_back_comes_later(depot: Depot, tmp_path: Path) -> None:
    file, _ = depot.offers()
    clock = FakeClock(NOW)
    cache = AudioCache(tmp_path, depot.url, lambda: None, pace=Pace(clock, tmp_path / "count", chance=lambda: 1.0))
    cache.want([later(file)])
    time.sleep(0.1)
    assert not depot.ranges

    clock.set(NOW + timedelta(minutes=2))
    cache.retry()

    until(lambda: file.sha256 in cache.present)
    cache.close()


class Torn:
    """Lets the disk refuse to read some files, as a torn card does."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.files: set[Path] = set()
        self._hash_of = cache_module._hash_of  # noqa: SLF001 - no card here is torn on demand
        monkeypatch.setattr(cache_module, "_hash_of", self._read)

    def _read(self, path: Path) -> str:
        if path in self.files:
            self.files.remove(path)
            raise OSError(errno.EIO, "Input/output error")
        return self._hash_of(path)


def test_a_file_that_the_card_has_torn_is_fetched_anew_once_it_is_doubted(
    cache: AudioCache, depot: Depot, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, body = depot.offers()
    torn = Torn(monkeypatch)
    cache.want([file])
    until(lambda: file.sha256 in cache.present)

    torn.files.add(cache.path(file.sha256))
    cache.doubt([file.sha256])

    until(lambda: len(depot.ranges) == 2 and file.sha256 in cache.present)
    assert cache.path(file.sha256).read_bytes() == body


def test_half_a_file_that_the_card_has_torn_is_thrown_away(
    cache: AudioCache, depot: Depot, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, _ = depot.offers()
    torn = Torn(monkeypatch)
    torn.files.add(cache.path(file.sha256 + ".part"))

    cache.want([file])

    until(lambda: file.sha256 in cache.present)
    assert depot.ranges == [None, None]


def test_a_disk_that_became_read_only_is_said_and_what_is_there_goes_on_sounding(
    cache: AudioCache, depot: Depot, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, _ = depot.offers()
    second, _ = depot.offers()
    cache.want([first])
    until(lambda: first.sha256 in cache.present)

    def refuse(*_: object) -> None:
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr(AudioCache, "_download", refuse)
    cache.want([first, second])

    until(lambda: cache.faults.get(second.sha256) == "disk.read_only")
    assert cache.present == {first.sha256}


LIMITED = """
import resource, sys, threading
from pathlib import Path
from station_agent.cache import AudioCache
from station_agent.clock import SystemClock
from station_agent.pace import Pace
from station_agent.ports import Wanted
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
changed = threading.Event()
pace = Pace(SystemClock(), Path(sys.argv[1], "downloaded.json"))
cache = AudioCache(Path(sys.argv[1]), sys.argv[2], changed.set, pace=pace)
cache.want([Wanted(sys.argv[3], int(sys.argv[4]))])
changed.wait(10)
print(cache.faults.get(sys.argv[3]))
cache.close()
"""


def test_a_write_the_system_refuses_is_a_full_disk(tmp_path: Path, depot: Depot) -> None:
    """A real refusal: a process that may write no file larger than 100,000 bytes."""
    file, _ = depot.offers()
    command = [sys.executable, "-c", LIMITED, str(tmp_path), depot.url, file.sha256, str(file.size)]

    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout

    assert said.strip() == "audio.disk_full"
    assert not (tmp_path / file.sha256).exists()
