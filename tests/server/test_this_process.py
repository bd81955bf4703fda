"""A process has a name of its own, and one that is gone is known to be gone."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from server import this_process

PRINTS_ITS_NAME = "from server import this_process as t; import sys; print(t.name(), flush=True); sys.stdin.read()"


def test_this_process_lives_and_is_called_the_same_each_time() -> None:
    assert this_process.name() == this_process.name()
    assert not this_process.is_gone(this_process.name())


def test_a_process_that_was_killed_is_gone_also_while_nobody_has_waited_for_it() -> None:
    command = [sys.executable, "-c", PRINTS_ITS_NAME]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        name = process.stdout.readline().strip()
        lived = not this_process.is_gone(name)
        process.kill()
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
        is_gone = this_process.is_gone(name)

    assert lived
    assert is_gone
    assert this_process.is_gone(name)
    assert name != this_process.name()


def test_the_next_process_of_the_same_number_is_another_one() -> None:
    space, _, began = this_process.name().rpartition("/")

    assert this_process.is_gone(f"{space}/{int(began) - 1}")


@pytest.mark.parametrize("holder", ["", "0f1e2d3c4b5a6978", "another boot/pid:[1]/1/100"])
def test_nothing_is_known_of_a_process_of_elsewhere(holder: str) -> None:
    assert not this_process.is_gone(holder)


def test_without_proc_a_name_is_drawn_and_nothing_is_known(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    here = this_process.name()
    monkeypatch.setattr(this_process, "_PROC", tmp_path)

    assert this_process.name() != this_process.name()
    assert not this_process.is_gone(here)
