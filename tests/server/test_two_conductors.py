"""Two conductors as two processes: one works, and the other goes on when that one falls silent."""

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path

import pytest

from schedules.wire import topics
from server.services.leases import CONDUCTOR, TAKEN_AFTER_S
from tests.server.centre import Centre, kill
from tests.server.line import Line, eventually, line_to
from tests.services.mosquitto import Mosquitto

pytestmark = [pytest.mark.mosquitto, pytest.mark.realtime, pytest.mark.slow]


@pytest.fixture
def centre(tmp_path: Path, mosquitto: Mosquitto) -> Centre:
    return Centre(tmp_path, mosquitto.port)


@pytest.fixture
def line(mosquitto: Mosquitto) -> Iterator[Line]:
    with line_to(mosquitto.port) as opened:
        yield opened


def token(centre: Centre) -> int:
    with centre.store.reading() as uow:
        lease = uow.leases.get(CONDUCTOR)
    return 0 if lease is None else lease.token


def is_above(centre: Centre, before: int) -> bool:
    return token(centre) > before


@pytest.fixture
def pair(centre: Centre) -> Iterator[list["subprocess.Popen[bytes]"]]:
    """The conductor that works, and one that waits."""
    with ExitStack() as ending:
        processes = []
        for _ in range(2):
            process = centre.start_process()
            ending.callback(process.wait)
            ending.callback(process.kill)
            processes.append(process)
            assert eventually(lambda: token(centre) == 1)
        assert centre.settles()
        yield processes


def issues(centre: Centre, line: Line, name: str, *, within_s: float = 10.0) -> bool:
    """Whether a new zone's rundown is planned, and leaves once."""
    zone = centre.adds_zone(name)
    told = eventually(lambda: len(line.of(topics.rundown(zone))) > 0, within_s=within_s)
    return told and eventually(centre.is_settled) and len(line.of(topics.rundown(zone))) == 1


def test_when_the_one_that_works_is_killed_the_other_goes_on(
    centre: Centre, line: Line, pair: list["subprocess.Popen[bytes]"]
) -> None:
    assert issues(centre, line, "before")
    kill(pair[0])

    assert issues(centre, line, "after")
    assert token(centre) == 2


def test_one_that_stood_still_finds_that_another_works_and_waits(
    centre: Centre, line: Line, pair: list["subprocess.Popen[bytes]"]
) -> None:
    """As on a machine that was suspended, or cut off from the database: nobody can tell it from a dead one."""
    os.kill(pair[0].pid, signal.SIGSTOP)
    assert issues(centre, line, "meanwhile", within_s=TAKEN_AFTER_S + 5)

    os.kill(pair[0].pid, signal.SIGCONT)
    assert issues(centre, line, "after")
    assert (pair[0].poll(), token(centre)) == (None, 2)
    pair[1].send_signal(signal.SIGTERM)
    assert pair[1].wait(10) == 0
    assert issues(centre, line, "back again")
    assert token(centre) == 3


def test_one_alone_that_was_killed_need_not_wait_for_itself(centre: Centre, line: Line) -> None:
    for _ in range(3):
        before = token(centre)
        process = centre.start_process()
        assert eventually(partial(is_above, centre, before), within_s=TAKEN_AFTER_S - 1)
        kill(process)

    with centre.conducted():
        assert issues(centre, line, "after", within_s=TAKEN_AFTER_S - 1)
