"""Children of the engine stay inside their limits and go when they are told to."""

import sys
import time
from pathlib import Path

import pytest

from media import engine
from media.engine import Limits, run
from media.errors import Cancelled, EngineMissing, EngineOverran

MODEST = Limits(cpu_s=5, wall_s=10, file_bytes=1 << 20)
PYTHON = (sys.executable, "-I", "-S", "-c")


def test_both_streams_arrive_line_by_line_and_standard_input_is_given() -> None:
    said: list[str] = []
    logged: list[str] = []
    script = "import sys; print(input()); print('hai'); print('lỗi', file=sys.stderr); sys.exit(3)"

    finished = run(
        [*PYTHON, script], limits=MODEST, stdin="một\n".encode(), on_output=said.append, on_log=logged.append
    )

    assert said == ["một", "hai"]
    assert logged == ["lỗi"]
    assert (finished.status, finished.last_lines) == (3, ("lỗi",))


def test_a_child_that_computes_for_ever_is_stopped() -> None:
    with pytest.raises(EngineOverran) as overran:
        run([*PYTHON, "while True: pass"], limits=Limits(cpu_s=1, wall_s=20, file_bytes=1))

    assert overran.value.values == {"bound": "cpu"}


def test_a_child_that_waits_for_ever_is_stopped() -> None:
    with pytest.raises(EngineOverran) as overran:
        run([*PYTHON, "import time; time.sleep(60)"], limits=Limits(cpu_s=5, wall_s=0.5, file_bytes=1))

    assert overran.value.values == {"bound": "time"}


def test_a_child_gets_no_more_memory_than_its_limit() -> None:
    small = Limits(cpu_s=5, wall_s=10, file_bytes=1, memory_bytes=200 << 20)

    assert run([*PYTHON, "bytearray(400 << 20)"], limits=small).status != 0


def test_a_child_writes_no_larger_file_than_its_limit(tmp_path: Path) -> None:
    script = f"open({str(tmp_path / 'big')!r}, 'wb', 0).write(bytes(3 << 20)) == 3 << 20 or exit(9)"

    finished = run([*PYTHON, script], limits=MODEST)

    assert finished.status != 0
    assert (tmp_path / "big").stat().st_size <= 1 << 20


def test_a_cancelled_child_takes_its_own_children_along(tmp_path: Path) -> None:
    pids: list[int] = []
    script = (
        "import subprocess, sys, time; child = subprocess.Popen(['sleep', '60'], stdout=subprocess.DEVNULL); "
        "print(child.pid, flush=True); time.sleep(60)"
    )

    with pytest.raises(Cancelled):
        run(
            [*PYTHON, script],
            limits=MODEST,
            on_output=lambda line: pids.append(int(line)),
            cancelled=lambda: bool(pids),
        )

    assert _gone(pids[0])


def _gone(pid: int) -> bool:
    """Wait for a process that nobody of ours reaps to disappear or become a zombie."""
    for _ in range(200):
        stat = Path(f"/proc/{pid}/stat")
        if not stat.exists() or stat.read_text().rpartition(")")[2].split()[0] == "Z":
            return True
        time.sleep(0.01)
    return False


def test_a_child_has_no_network_where_the_system_allows_it() -> None:
    found: list[str] = []
    script = "import os; print(os.readlink('/proc/self/ns/net')); print(len(open('/proc/self/net/dev').readlines()))"

    run([*PYTHON, script], limits=MODEST, on_output=found.append)

    if found[0] == str(Path("/proc/self/ns/net").readlink()):
        pytest.skip("this system lets nobody leave its network")
    assert found[1] == "3"  # two lines of heading and a loopback that is down


def test_a_child_cannot_be_given_the_secrets_of_the_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET", "hidden")
    found: list[str] = []

    run([*PYTHON, "import os; print(os.environ.get('SECRET'))"], limits=MODEST, on_output=found.append)

    assert found == ["None"]


def test_the_system_ffmpeg_comes_first_and_the_packaged_one_second(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    packaged = engine.find_ffmpeg()
    own = tmp_path / "ffmpeg"
    own.write_text("#!/bin/sh\n")
    own.chmod(0o755)

    assert Path(packaged).is_file()
    assert engine.find_ffmpeg() == str(own)


def test_no_ffmpeg_at_all_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    def nothing() -> str:
        raise RuntimeError

    monkeypatch.setattr("imageio_ffmpeg.get_ffmpeg_exe", nothing)

    with pytest.raises(EngineMissing):
        engine.find_ffmpeg()
