"""`commune-radio smoke` at the real hour, just before midnight and just before dawn."""

import json
import subprocess
import sys
import time

import pytest

pytestmark = [pytest.mark.realtime, pytest.mark.ffmpeg, pytest.mark.slow, pytest.mark.timeout(120)]


@pytest.mark.parametrize("at", [(), ("--at", "23:59:30"), ("--at", "05:29:45")], ids=["now", "midnight", "dawn"])
def test_the_smoke_run_accounts_for_every_play_within_a_minute(at: tuple[str, ...]) -> None:
    began = time.monotonic()

    command = [sys.executable, "-m", "server.cli", "smoke", *at]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=110)

    assert done.returncode == 0, done.stdout + done.stderr
    assert time.monotonic() - began < 60
    counts = json.loads(done.stdout.splitlines()[-1])
    assert set(counts) == {"planned", "confirmed", "missed", "duplicates", "start_error_ms_p99"}
    assert (counts["planned"], counts["confirmed"], counts["missed"], counts["duplicates"]) == (8, 7, 1, 0)
    assert counts["start_error_ms_p99"] <= 20
