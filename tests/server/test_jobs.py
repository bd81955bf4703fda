"""The conductor's fixed timers."""

import time

import pytest

from server.jobs import Job, start_jobs
from tests.server.line import eventually

pytestmark = [pytest.mark.realtime, pytest.mark.slow]


def test_a_job_that_fails_or_lingers_comes_again() -> None:
    calls: list[str] = []

    def fails() -> None:
        calls.append("fails")
        raise RuntimeError

    def lingers() -> None:
        calls.append("lingers")
        time.sleep(1.5)

    stop = start_jobs((Job("fails", 1, fails), Job("lingers", 1, lingers)))

    assert eventually(lambda: calls.count("fails") >= 2 and calls.count("lingers") >= 2)
    stop()


def test_stopped_timers_are_silent() -> None:
    calls: list[int] = []
    start_jobs((Job("counts", 1, lambda: calls.append(1)),))()

    time.sleep(1.2)

    assert calls == []
