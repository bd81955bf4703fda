"""A recording is in the library whole or not at all."""

import hashlib
import multiprocessing
import os
import resource
import signal
import subprocess
import sys
import textwrap
from datetime import timedelta
from pathlib import Path

import pytest

from media.errors import DamagedInLibrary, NotInLibrary, StorageFull
from media.library import Library, StoredFile
from media.prepare import prepare
from tests.media.sounds import files_in, make_sound


def test_a_file_is_kept_under_its_sha256_in_two_levels(tmp_path: Path, library: Library) -> None:
    source = tmp_path / "source"
    source.write_bytes(b"sound" * 1000)
    sha256 = hashlib.sha256(source.read_bytes()).hexdigest()

    stored = library.add(source)

    place = tmp_path / "library" / sha256[:2] / sha256[2:4] / sha256
    assert stored == StoredFile(sha256, 5000, place)
    assert files_in(tmp_path / "library") == [place]
    assert library.path(sha256) == place
    assert library.exists(sha256)
    with library.open(sha256) as stream:
        assert stream.read() == source.read_bytes()
    assert library.verify(sha256, 5000) == stored


@pytest.mark.parametrize("name", ["0" * 64, "../../etc/passwd", "", "ABC"])
def test_what_is_not_kept_or_not_a_name_is_not_found(name: str, library: Library) -> None:
    with pytest.raises(NotInLibrary):
        library.path(name)


@pytest.mark.parametrize("damaged", [b"x" * 100, b"sound"])
def test_damage_is_found_and_repaired_by_adding_again(damaged: bytes, tmp_path: Path, library: Library) -> None:
    source = tmp_path / "source"
    source.write_bytes(b"sound" * 20)
    stored = library.add(source)
    stored.path.write_bytes(damaged)

    with pytest.raises(DamagedInLibrary):
        library.verify(stored.sha256, stored.length)
    library.add(source)

    assert library.verify(stored.sha256, stored.length) == stored


def test_a_wrong_length_is_damage_too(tmp_path: Path, library: Library) -> None:
    source = tmp_path / "source"
    source.write_bytes(b"sound")
    stored = library.add(source)

    with pytest.raises(DamagedInLibrary):
        library.verify(stored.sha256, 4)


def test_a_file_larger_than_may_be_written_leaves_no_part_of_it(tmp_path: Path, library: Library) -> None:
    source = tmp_path / "source"
    source.write_bytes(bytes(200_000))
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, hard))

    try:
        with pytest.raises(StorageFull):
            library.add(source)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))

    assert files_in(tmp_path / "library") == []


@pytest.mark.skipif(os.geteuid() != 0, reason="a small disk can only be mounted by root")
@pytest.mark.parametrize("kilobytes", [24, 140])
def test_a_full_disk_refuses_a_recording_and_leaves_no_part_of_it(kilobytes: int, tmp_path: Path) -> None:
    """The small disk is too small for the encoder; the larger one for the second copy that becomes the stored file."""
    source = make_sound(tmp_path / "upload.wav", source="anoisesrc=amplitude=0.2", seconds=12)
    disk = tmp_path / "disk"
    disk.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={kilobytes}k", "tmpfs", str(disk)], check=True)
    try:
        with pytest.raises(StorageFull):
            prepare(source, library=Library(disk / "library"), limit=timedelta(hours=1))
        left = files_in(disk)
    finally:
        subprocess.run(["umount", str(disk)], check=True)

    assert left == []


def test_what_a_killed_process_left_is_swept_and_work_in_hand_is_not(tmp_path: Path, library: Library) -> None:
    script = textwrap.dedent("""
        import sys, time
        from pathlib import Path
        from media.library import Library
        with Library(Path(sys.argv[1])).workspace() as workspace:
            (workspace / "half").write_bytes(b"half")
            print("ready", flush=True)
            time.sleep(60)
    """)
    with subprocess.Popen(
        [sys.executable, "-c", script, str(tmp_path / "library")], stdout=subprocess.PIPE, cwd=Path(__file__).parents[2]
    ) as child:
        assert child.stdout
        child.stdout.readline()
        assert library.sweep() == 0
        child.send_signal(signal.SIGKILL)

    with library.workspace() as mine:
        swept = library.sweep()
        assert mine.is_dir()

    assert swept == 1
    assert files_in(tmp_path / "library") == []


def test_two_processes_adding_the_same_bytes_end_with_one_file(tmp_path: Path, library: Library) -> None:
    source = tmp_path / "source"
    source.write_bytes(os.urandom(300_000))
    context = multiprocessing.get_context("spawn")

    with context.Pool(2) as pool:
        first, second = pool.map(library.add, [source, source])

    assert first == second
    assert files_in(tmp_path / "library") == [first.path]
