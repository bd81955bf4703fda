"""The chaos suite in short: every kind of fault that fits into half a minute, at a few loudspeakers."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SHORT = ("--agents", "4", "--plays", "56", "--faults", "28")


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.mosquitto
@pytest.mark.realtime
def test_everything_planned_is_played_once_and_confirmed_whatever_breaks() -> None:
    command = [sys.executable, "-m", "tests.chaos.run", *SHORT]

    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=240, check=False)

    assert ended.returncode == 0, ended.stdout + ended.stderr
    said = json.loads(ended.stdout.splitlines()[-1])
    assert (said["planned"], said["lost"], said["duplicated"], said["false"]) == (56, 0, 0, 0)
    assert sum(said["faults"].values()) == 28
