"""Makes real sound files for the tests with a real ffmpeg, outside the code under test."""

import subprocess
from pathlib import Path

from media.engine import find_ffmpeg

# One second on, half a second off, with harmonics: gated like speech and as peaky.
SPEECH_LIKE = "aevalsrc=exprs='0.5*lt(mod(t,1.5),1)*(sin(440*2*PI*t)+0.5*sin(1330*2*PI*t))*random(0)':s=44100"

# A text that people of two hamlets hear.
NOTICE = (
    "Kính thưa bà con thôn Làng Mới và thôn Gò Sim. Để bảo trì đường dây, Điện lực sẽ tạm ngừng cấp điện từ 7 giờ đến "
    "11 giờ 30 phút, thứ Năm, ngày 26 tháng 11. Xin cảm ơn bà con."
)


def make_sound(into: Path, *output: str, source: str = "sine=frequency=440", seconds: float = 5) -> Path:
    """Write a generated sound; the container follows from the file's name unless `output` says otherwise."""
    return convert(into, *output, inputs=("-f", "lavfi", "-t", str(seconds), "-i", source))


def convert(into: Path, *output: str, inputs: tuple[str, ...]) -> Path:
    """Run ffmpeg from some inputs into a file."""
    command = [find_ffmpeg(), "-v", "error", "-nostdin", "-y", *inputs, *output, str(into)]
    subprocess.run(command, check=True, capture_output=True)
    return into


def cut(source: Path, into: Path, *, share: float = 0.5) -> Path:
    """Write the first part of a file, as a broken upload would."""
    into.write_bytes(source.read_bytes()[: int(source.stat().st_size * share)])
    return into


def files_in(directory: Path) -> list[Path]:
    """List every file below a directory."""
    return [path for path in directory.rglob("*") if path.is_file()]
