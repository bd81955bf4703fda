"""Runs a real mosquitto by the very files of docker/mosquitto; only paths, ports and the user are others."""

import os
import signal
import time
from pathlib import Path

from tests.services.mosquitto import Mosquitto
from tests.services.ports import find_free_port
from tests.services.programs import find_program

SETTINGS = Path(__file__).parents[2] / "docker/mosquitto"
_PLUGIN = "/usr/lib/mosquitto_dynamic_security.so"


class ProductionBroker(Mosquitto):
    """The broker of a province.

    Attributes:
        port: for loudspeakers.
        conductors_port: for the conductor.
        accounts: the file in which the broker keeps its accounts.
    """

    def __init__(self, directory: Path, *, given: Path, logs_all: bool = True) -> None:
        """Lay it out without starting it.

        Args:
            directory: made if missing; holds its settings, log and store.
            given: what `commune-radio broker-files` made.
            logs_all: whether every packet is in its log, which takes its time among thousands.
        """
        super().__init__(directory)
        self.conductors_port = find_free_port()
        self.accounts = directory / "data/dynamic-security.json"
        for name in ("data", "tls"):
            (directory / name).mkdir(exist_ok=True)
        (plugin,) = Path("/usr/lib").glob("*/mosquitto_dynamic_security.so")
        settings = (SETTINGS / "mosquitto.conf").read_text(encoding="utf-8").replace(_PLUGIN, str(plugin))
        settings = settings.replace("listener 8883", f"listener {self.port} {self.host}")
        settings = settings.replace("listener 8884", f"listener {self.conductors_port} {self.host}")
        log_type = "log_type all\n" if logs_all else ""
        self._config_file.write_text(self._moved(settings) + f"user root\n{log_type}", encoding="utf-8")
        start = (SETTINGS / "start.sh").read_text(encoding="utf-8").replace("/mosquitto/given", str(given))
        start = start.replace("/mosquitto/config/mosquitto.conf", str(self._config_file))
        start = start.replace("owner=mosquitto", f"owner={os.getuid()}")
        start = start.replace("mosquitto -c", f"{find_program('mosquitto', package='mosquitto')} -c")
        self._start_file = directory / "start.sh"
        self._start_file.write_text(self._moved(start), encoding="utf-8")

    def crash(self) -> None:
        """Have the broker itself, and not what started it, end by a fault of its own; return when it has."""
        assert self._process is not None, "the broker is not running"
        started = (
            Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children").read_text(encoding="ascii").split()
        )
        (broker,) = (pid for pid in started if Path(f"/proc/{pid}/comm").read_text(encoding="ascii") == "mosquitto\n")
        os.kill(int(broker), signal.SIGSEGV)
        while Path(f"/proc/{broker}").exists():
            time.sleep(0.01)

    def _ports(self) -> tuple[int, ...]:
        return self.port, self.conductors_port

    def _command(self) -> list[str]:
        return ["sh", str(self._start_file)]

    def _moved(self, text: str) -> str:
        directory = self._config_file.parent
        return text.replace("/mosquitto/tls", f"{directory}/tls").replace("/mosquitto/data", f"{directory}/data")
