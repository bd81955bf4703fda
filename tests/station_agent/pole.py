"""A real agent process and a desk that speaks for the centre over a real broker."""

import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from schedules.asrun import AsRunEntry
from schedules.ids import LoudspeakerId
from schedules.mark import JournalEntry
from schedules.wire import topics
from schedules.wire.messages import AsRunReport, Challenge, Message
from tests.services.mosquitto import Mosquitto
from tests.station_agent.centre import LOUDSPEAKER, Centre, DeviceKeyring

ROOT = Path(__file__).parents[2]

M = TypeVar("M", bound=Message)


def real_now() -> datetime:
    """Return the time of this machine, which the agent under test shares."""
    return datetime.fromtimestamp(time.clock_gettime(time.CLOCK_REALTIME), tz=UTC)


def wait_for(holds: Callable[[], object], within: float = 10.0, what: str = "") -> None:
    """Wait until something holds."""
    deadline = time.monotonic() + within
    while not holds():
        assert time.monotonic() < deadline, what or "it did not come in time"
        time.sleep(0.01)


class Pole:
    """One agent in a directory of its own, started and killed as a process."""

    def __init__(
        self,
        folder: Path,
        broker: Mosquitto,
        audio_url: str,
        root: str,
        *,
        loudspeaker: LoudspeakerId = LOUDSPEAKER,
    ) -> None:
        self.folder = folder
        self.state = folder / "state"
        self.log = folder / "agent.log"
        folder.mkdir(exist_ok=True)
        made = self.command("init", "--state", str(self.state))
        self.public = re.findall(r"public=(\w+)", made.stdout)[0]
        self.key = re.findall(r"key=(\w+)", made.stdout)[0]
        self.settings = folder / "agent.toml"
        self.settings.write_text(
            f'loudspeaker = "{loudspeaker}"\naudio_url = "{audio_url}"\nstate_directory = "state"\n'
            f'trust_roots = ["{root}"]\nsound = "null"\nheartbeat = 2\n'
            f'[broker]\nhost = "{broker.host}"\nport = {broker.port}\n'
        )
        self.process: subprocess.Popen[bytes] | None = None

    def command(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run one command of the agent."""
        line = [sys.executable, "-m", "station_agent.main", *arguments]
        return subprocess.run(line, cwd=ROOT, capture_output=True, text=True, check=False)

    def start(self, **environment: str) -> None:
        """Start the agent."""
        line = [sys.executable, "-m", "station_agent.main", "run", "--config", str(self.settings)]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(line, cwd=ROOT, stderr=log, env={**os.environ, **environment})

    def kill(self) -> None:
        """End it as a power cut would."""
        self._end(signal.SIGKILL)

    def stop(self) -> int:
        """End it as systemd would; return its exit code."""
        return self._end(signal.SIGTERM)

    def ended(self) -> int:
        """Wait until it ends by itself; return its exit code."""
        assert self.process is not None
        code = self.process.wait(timeout=10)
        self.process = None
        return code

    @property
    def runs(self) -> bool:
        """Whether it was started and has not ended."""
        return self.process is not None and self.process.poll() is None

    def close(self) -> None:
        """End it if it runs."""
        if self.process is not None:
            self.kill()

    def _end(self, number: signal.Signals) -> int:
        assert self.process is not None
        self.process.send_signal(number)
        code = self.process.wait(timeout=10)
        self.process = None
        return code


class Desk:
    """Publishes what the centre signs, answers questions, collects and acknowledges evidence."""

    def __init__(
        self,
        broker: Mosquitto,
        centre: Centre,
        public: str,
        *,
        acknowledging: bool = True,
        authority: Path | None = None,
        loudspeaker: LoudspeakerId = LOUDSPEAKER,
    ) -> None:
        self._loudspeaker = loudspeaker
        self.centre = centre
        self.acknowledging = acknowledging
        self.entries: dict[tuple[str, int], AsRunEntry] = {}
        self.chain: dict[tuple[str, int], JournalEntry] = {}
        self.messages: list[tuple[float, Message]] = []
        self._keyring = DeviceKeyring(public)
        self._lock = threading.Lock()
        self._client = Client(CallbackAPIVersion.VERSION2, protocol=MQTTProtocolVersion.MQTTv5)
        self._client.on_message = self._on_message
        if authority is not None:
            self._client.tls_set(str(authority))
        self._client.connect(broker.host, broker.port)
        leaves = ("receipt", "as-run", "presence", "challenge", "answer")
        self._client.subscribe([(topics.of_loudspeaker(loudspeaker, leaf), 1) for leaf in leaves])
        self._client.loop_start()

    def publish(self, message: tuple[str, bytes], *, retain: bool = True) -> float:
        """Publish and return the monotonic instant."""
        topic, payload = message
        self._client.publish(topic, payload, qos=1, retain=retain)
        return time.monotonic()

    def said(self, kind: type[M]) -> list[tuple[float, M]]:
        """Return what the agent said of one sort and when it came."""
        with self._lock:
            return [(at, message) for at, message in self.messages if isinstance(message, kind)]

    def latest(self, kind: type[M]) -> M | None:
        """Return the last thing the agent said of one sort."""
        found = self.said(kind)
        return found[-1][1] if found else None

    def close(self) -> None:
        """Hang up."""
        self._client.disconnect()
        self._client.loop_stop()

    def _on_message(self, _: Client, __: object, received: MQTTMessage) -> None:
        message = self._keyring.read(bytes(received.payload))
        with self._lock:
            self.messages.append((time.monotonic(), message))
        if isinstance(message, Challenge):
            self.publish(self.centre.current(message.nonce, real_now(), loudspeaker=self._loudspeaker), retain=False)
        if isinstance(message, AsRunReport) and message.in_order:
            for entry in message.entries:
                self.entries[entry.journal, entry.sequence] = entry
            for kept in message.in_order:
                self.chain[kept.journal, kept.sequence] = kept
            if self.acknowledging:
                self.publish(self.centre.acknowledges(message.in_order, loudspeaker=self._loudspeaker), retain=False)
