"""An hour of sound takes no more memory than a minute, and far less than 400 MB for the whole process tree."""

import json
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from tests.media.sounds import convert, make_sound

MOST_MB = 400

# One child runs at a time, so own peak and largest child together are at least the peak of the tree. The own peak is
# that of this program's memory: what getrusage says of it counts the test run that started it, too.
SCRIPT = textwrap.dedent("""
    import json, resource, sys
    from datetime import timedelta
    from pathlib import Path
    from media.library import Library
    from media.prepare import prepare
    prepared = prepare(Path(sys.argv[1]), library=Library(Path(sys.argv[2])), limit=timedelta(minutes=90))
    status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    own, children = int(status["VmHWM"].split()[0]), resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    print(json.dumps({"peak_mb": (own + children) / 1024, "duration_ms": prepared.duration_ms}))
""")


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_an_hour_is_prepared_within_400_mb(tmp_path: Path) -> None:
    minute = make_sound(tmp_path / "minute.wav", "-ar", "44100", "-ac", "2", seconds=60)
    hour = tmp_path / "hour.m4a"
    _repeat(minute, hour, times=60)

    finished = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(hour), str(tmp_path / "library")],
        cwd=Path(__file__).parents[2],
        check=True,
        capture_output=True,
        text=True,
    )

    figures = json.loads(finished.stdout)
    assert figures["duration_ms"] == pytest.approx(3_600_000, rel=0.001)
    assert figures["peak_mb"] < MOST_MB


def _repeat(source: Path, into: Path, *, times: int) -> None:
    encoded = convert(source.with_suffix(".m4a"), "-c:a", "aac", inputs=("-i", str(source)))
    convert(into, "-c", "copy", inputs=("-stream_loop", str(times - 1), "-i", str(encoded)))
