"""The audio cache over real HTTP: resumes, verifies, stays honest when the disk is full."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from station_agent import cache as cache_module
from station_agent.cache import AudioCache
from tests.station_agent.depot import Depot


@pytest.fixture
def cache(depot: Depot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[AudioCache]:
    monkeypatch.setattr(cache_module, "BACKOFF", (0.05,))
    cache = AudioCache(tmp_path / "audio", depot.url, lambda: None)
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


def test_a_file_damaged_on_the_disk_is_fetched_again(depot: Depot, tmp_path: Path) -> None:
    """Files are verified once in the life of a process: an SD card forgets."""
    file, body = depot.offers()
    (tmp_path / file.sha256).write_bytes(body[:-1] + b"!")

    cache = AudioCache(tmp_path, depot.url, lambda: None)
    cache.want([file])

    until(lambda: file.sha256 in cache.present)
    assert cache.path(file.sha256).read_bytes() == body
    cache.close()


def test_a_verified_file_needs_no_line(depot: Depot, tmp_path: Path) -> None:
    file, body = depot.offers()
    (tmp_path / file.sha256).write_bytes(body)

    cache = AudioCache(tmp_path, "http://127.0.0.1:9/audio", lambda: None)
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


LIMITED = """
import resource, sys, threading
from pathlib import Path
from station_agent.cache import AudioCache
from station_agent.ports import Wanted
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
changed = threading.Event()
cache = AudioCache(Path(sys.argv[1]), sys.argv[2], changed.set)
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
