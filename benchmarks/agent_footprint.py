"""Memory and processor of one real agent: TLS to a real broker, journal, a full rundown of 9 days, playing.

Prints one JSON line last. It must not measure itself: everything is read from /proc of the agent's process.
"""

import hashlib
import json
import os
import subprocess
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import imageio_ffmpeg

import station_agent
from schedules.ids import Sha256
from schedules.programme import Recording
from schedules.rundown import Played, RundownItem
from schedules.wire.messages import Presence, ReceiptState, RundownReceipt
from tests.services.mosquitto import Mosquitto
from tests.station_agent.centre import Centre, item
from tests.station_agent.depot import Depot
from tests.station_agent.pole import Desk, Pole, real_now, wait_for

GOAL_IDLE, GOAL_PEAK, GOAL_CPU = 34.0, 40.0, 2.0
UNIT = Path(station_agent.__file__).parent / "systemd" / "station-agent.service"
ITEMS_A_DAY, DAYS = 23, 9
PLAYED_S = 30


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        certificates(folder)
        broker = Mosquitto(
            folder / "broker",
            config="allow_anonymous true\npersistence false\n"
            f"cafile {folder}/ca.pem\ncertfile {folder}/broker.pem\nkeyfile {folder}/broker.key\n",
        )
        depot = Depot()
        broker.start()
        pole = None
        try:
            centre = Centre(real_now())
            pole = Pole(folder / "pole", broker, depot.url, centre.root.public)
            text = pole.settings.read_text()
            pole.settings.write_text(text + f'authority = "{folder}/ca.pem"\n')
            figure = measure(folder, broker, depot, centre, pole)
        finally:
            if pole is not None:
                pole.close()
            broker.kill()
            depot.close()
    print(json.dumps(figure))


def measure(folder: Path, broker: Mosquitto, depot: Depot, centre: Centre, pole: Pole) -> dict[str, object]:
    """Run the agent through idle and playing."""
    desk = Desk(broker, centre, pole.public, authority=folder / "ca.pem")
    pole.start(**as_installed())
    assert pole.process is not None
    pid = pole.process.pid
    recordings = [offered(depot, folder, hertz) for hertz in range(300, 320)]
    later = full_rundown(recordings)
    for message in (centre.trust(), centre.assignment(), centre.rundown(*later)):
        desk.publish(message)
    wait_for(lambda: (r := desk.latest(RundownReceipt)) and r.state is ReceiptState.READY, 60, "not READY")
    wait_for((pole.state / "clock.json").exists)
    time.sleep(5)
    idle, idle_cpu = memory(pid, "VmRSS"), cpu_share(pid, 10)

    now = item("now", real_now() + timedelta(seconds=4), 60.0, sound=Played((recordings[0],)))
    desk.publish(centre.rundown(now, *later))
    wait_for(lambda: (p := desk.latest(Presence)) and p.playing, 20, "not playing")
    share = cpu_share(pid, PLAYED_S)
    playing, peak = memory(pid, "VmRSS"), memory(pid, "VmHWM")
    desk.close()
    return {
        "name": "agent_footprint",
        "value": idle,
        "unit": "MB resident, idle",
        "goal": GOAL_IDLE,
        "holds": idle <= GOAL_IDLE and peak <= GOAL_PEAK and share <= GOAL_CPU,
        "detail": {
            "playing_mb": playing,
            "peak_mb": peak,
            "peak_goal_mb": GOAL_PEAK,
            "cpu_playing_percent": share,
            "cpu_goal_percent": GOAL_CPU,
            "cpu_idle_percent": idle_cpu,
            "rundown_items": len(later) + 1,
            "tls": True,
        },
    }


def as_installed() -> dict[str, str]:
    """Return the environment in which systemd starts an agent."""
    lines = UNIT.read_text().splitlines()
    return dict(line.removeprefix("Environment=").split("=", 1) for line in lines if line.startswith("Environment="))


def full_rundown(recordings: list[Recording]) -> list[RundownItem]:
    """Return nine days of items, none within the next ten minutes."""
    start = real_now().replace(microsecond=0) + timedelta(minutes=10)
    return [
        item(
            f"{day}-{number:02}-{hashlib.blake2b(bytes([day, number]), digest_size=12).hexdigest()}",
            start + timedelta(days=day, minutes=10 * number),
            60.0,
            sound=Played((recordings[number % len(recordings)],)),
        )
        for day in range(DAYS - 1)
        for number in range(ITEMS_A_DAY)
    ]


def offered(depot: Depot, folder: Path, hertz: int) -> Recording:
    """Make a minute of MP3 and offer it."""
    path = folder / f"{hertz}.mp3"
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-loglevel", "error", "-f", "lavfi"]
    source = f"sine=frequency={hertz}:duration=60:sample_rate=48000"
    subprocess.run([*command, "-i", source, "-ac", "1", "-b:a", "64k", str(path)], check=True)
    wanted, _ = depot.offers(path.read_bytes())
    return Recording(Sha256(wanted.sha256), wanted.size, 60_000)


def memory(pid: int, field: str) -> float:
    """Return a size of a process in MB (2 to the power of 20 bytes)."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return round(next(int(line.split()[1]) for line in lines if line.startswith(f"{field}:")) / 1024, 1)


def cpu_share(pid: int, seconds: int) -> float:
    """Return how much of one core a process takes, in percent, over some seconds."""

    def ticks() -> int:
        fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
        return int(fields[11]) + int(fields[12])

    before = ticks()
    time.sleep(seconds)
    return round((ticks() - before) / os.sysconf("SC_CLK_TCK") / seconds * 100, 2)


def certificates(folder: Path) -> None:
    """Make an authority and a certificate for 127.0.0.1."""
    common = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]
    run = ["openssl", "req", "-x509", *common, "-subj", "/CN=Test authority"]
    subprocess.run([*run, "-keyout", f"{folder}/ca.key", "-out", f"{folder}/ca.pem"], check=True, capture_output=True)
    run = ["openssl", "req", *common, "-subj", "/CN=127.0.0.1", "-keyout", f"{folder}/broker.key"]
    subprocess.run([*run, "-out", f"{folder}/broker.csr"], check=True, capture_output=True)
    (folder / "names").write_text("subjectAltName=IP:127.0.0.1")
    run = ["openssl", "x509", "-req", "-in", f"{folder}/broker.csr", "-CA", f"{folder}/ca.pem", "-days", "2"]
    run += ["-CAkey", f"{folder}/ca.key", "-CAcreateserial", "-extfile", f"{folder}/names"]
    subprocess.run([*run, "-out", f"{folder}/broker.pem"], check=True, capture_output=True)


if __name__ == "__main__":
    main()
