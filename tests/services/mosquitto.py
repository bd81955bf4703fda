"""Runs a real mosquitto on a free port; must not know what the messages mean."""

import os
import signal
import socket
import subprocess
import time
from contextlib import suppress
from pathlib import Path

from tests.services.ports import find_free_port
from tests.services.programs import find_program

OPEN_TO_ALL = "allow_anonymous true\npersistence false\n"
_STARTS_WITHIN_S = 10.0


class MosquittoNotStartedError(AssertionError):
    """The broker ended or stayed deaf; the message carries its log."""


class Mosquitto:
    """A broker in a directory of its own, on one port that it keeps over restarts.

    Attributes:
        host: the loopback address it listens on.
        port: its TCP port.
        log_file: what it wrote, over all its starts.
    """

    host = "127.0.0.1"

    def __init__(self, directory: Path, *, config: str = OPEN_TO_ALL) -> None:
        """Lay out a broker without starting it.

        Args:
            directory: made if missing; holds its configuration, log and store.
            config: lines that follow the listener: who may come in, certificates, persistence. They replace
                `OPEN_TO_ALL`, they do not add to it.
        """
        directory.mkdir(parents=True, exist_ok=True)
        self.port = find_free_port()
        self.log_file = directory / "mosquitto.log"
        self._config_file = directory / "mosquitto.conf"
        # Started by root it would become user mosquitto, who cannot read a test's directory.
        self._config_file.write_text(
            f"listener {self.port} {self.host}\nuser root\nlog_dest stderr\nlog_type all\n"
            f"persistence_location {directory}/\n{config}",
            encoding="utf-8",
        )
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def is_running(self) -> bool:
        """Whether it was started and has not ended."""
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Start the broker and return when it accepts connections.

        Raises:
            MosquittoNotStartedError: it did not within 10 s.
        """
        assert not self.is_running, "the broker is running already"
        with self.log_file.open("ab") as log:
            # In a session of its own, so that a signal reaches all that it started.
            self._process = subprocess.Popen(
                self._command(), stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
            )
        deadline = time.monotonic() + _STARTS_WITHIN_S
        while self._process.poll() is None and time.monotonic() < deadline:
            try:
                for port in self._ports():
                    socket.create_connection((self.host, port), timeout=1).close()
            except ConnectionRefusedError:
                time.sleep(0.01)
            else:
                return
        self.kill()
        raise MosquittoNotStartedError(self.log_file.read_text(encoding="utf-8", errors="replace"))

    def stop(self) -> None:
        """End the broker as an administrator would: it says goodbye and saves its store."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """End the broker as a power cut would."""
        self._end(signal.SIGKILL)

    def restart(self) -> None:
        """Stop the broker and start it again on the same port."""
        self.stop()
        self.start()

    def freeze(self) -> None:
        """Make the broker stand still with its connections open, as behind a line that swallows everything."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let a frozen broker go on."""
        self._signal(signal.SIGCONT)

    def _ports(self) -> tuple[int, ...]:
        """Give every port on which it listens once it has started."""
        return (self.port,)

    def _command(self) -> list[str]:
        return [find_program("mosquitto", package="mosquitto"), "-c", str(self._config_file)]

    def _signal(self, number: signal.Signals) -> None:
        assert self._process is not None, "the broker is not running"
        os.killpg(self._process.pid, number)

    def _end(self, number: signal.Signals) -> None:
        if self._process is None:
            return
        with suppress(ProcessLookupError):  # it ended by itself
            self._signal(signal.SIGCONT)
            self._signal(number)
        self._process.wait(timeout=10)
        self._process = None
