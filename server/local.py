"""A whole system on one machine: its directory, its free ports, its child processes, its agents' settings.

The demonstration and the smoke run stand on it. It starts only the commands an installation starts too, and
imports nothing of the agent: what an agent needs to know goes into its settings file.
"""

import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

END_WITHIN_S = 8.0


def free_port(preferred: int = 0) -> int:
    """Give the preferred port if nobody listens on it, else a free one."""
    for port in (preferred, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise OSError("no free port")


def answers(port: int, within_s: float) -> bool:
    """Wait until something accepts connections on a port; False when nothing did in time."""
    ends = time.monotonic() + within_s
    while time.monotonic() < ends:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=0.5).close()
        except OSError:
            time.sleep(0.05)
        else:
            return True
    return False


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentSettings:
    """What one agent's settings file says.

    Attributes:
        directory: holds the settings, the device key, the journal and the recordings.
        trust_root: public root key, 64 hexadecimal digits.
        reported_faults: dotted codes it reports of itself, so that a demonstration has something to find.
    """

    directory: Path
    loudspeaker: str
    broker_port: int
    audio_url: str
    trust_root: str
    heartbeat_s: float
    sound: str = "auto"
    clock_offset_s: float = 0.0
    reported_faults: tuple[str, ...] = ()

    @property
    def file(self) -> Path:
        """The settings file."""
        return self.directory / "agent.toml"

    def write(self) -> None:
        """Write the settings file, and make the directory."""
        self.directory.mkdir(parents=True, exist_ok=True)
        faults = ", ".join(f'"{fault}"' for fault in self.reported_faults)
        lines = [
            f'loudspeaker = "{self.loudspeaker}"',
            f'audio_url = "{self.audio_url}"',
            'state_directory = "state"',
            f'trust_roots = ["{self.trust_root}"]',
            f'sound = "{self.sound}"',
            "has_clock_chip = true",
            f"heartbeat = {self.heartbeat_s}",
            f"clock_offset = {self.clock_offset_s}",
            f"reported_faults = [{faults}]",
            "",
            "[broker]",
            'host = "127.0.0.1"',
            f"port = {self.broker_port}",
        ]
        self.file.write_text("\n".join(lines) + "\n", encoding="utf-8")


def device_key(settings: AgentSettings) -> str:
    """Have the agent make its device key, on its own disk, and give the public half in hexadecimal."""
    command = [sys.executable, "-m", "station_agent.main", "init", "--state", str(settings.directory / "state")]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return done.stdout.rpartition("public=")[2].strip()


def enrolling(settings: AgentSettings, code: str) -> "subprocess.Popen[bytes]":
    """Start an agent's enrolment by a technician's code; it draws its keys on its own disk."""
    state = settings.directory / "state"
    command = [sys.executable, "-m", "station_agent.main", "enrol", code, "--state", str(state)]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL)


@dataclass(slots=True)
class Processes:
    """Child processes by name; each writes its log to a file of its own."""

    logs: Path
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def start(self, name: str, arguments: Sequence[str | Path]) -> None:
        """Start a command of this project: `server.cli …` or `station_agent.main …`."""
        self.logs.mkdir(parents=True, exist_ok=True)
        with (self.logs / f"{name}.log").open("ab") as log:
            # A session of its own: Ctrl-C reaches only the supervisor, which then ends the rest in order.
            self.running[name] = subprocess.Popen(
                [sys.executable, "-m", *map(str, arguments)],
                stdout=log,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )

    def kill(self, name: str) -> None:
        """End a process without warning, as a power cut would."""
        process = self.running.pop(name)
        process.kill()
        process.wait()

    def ended(self) -> list[str]:
        """Give the names of processes that ended by themselves."""
        return [name for name, process in self.running.items() if process.poll() is not None]

    def end(self, name: str) -> None:
        """Ask a process to end, and kill it if it does not in time."""
        process = self.running.pop(name)
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(END_WITHIN_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def end_all(self) -> None:
        """End everything, last started first."""
        for process in self.running.values():
            process.send_signal(signal.SIGTERM)
        for name in reversed(list(self.running)):
            self.end(name)

    def last_words(self, name: str, lines: int = 12) -> str:
        """Give the end of a process's log."""
        log = self.logs / f"{name}.log"
        text = log.read_text(encoding="utf-8", errors="replace") if log.exists() else ""
        return "\n".join(text.splitlines()[-lines:])
