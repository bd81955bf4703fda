"""The process the agent runs in: its log, its settings, its disk, and the way to the centre's door for what it gathers.

It must not tell a secret: of the settings only what is named here, of the log what was written there anyway.
"""

import logging
import os
import sys
import threading
from collections import deque
from collections.abc import Callable, Sequence
from urllib.parse import urlsplit

from schedules.ids import CommandId
from schedules.wire.command import Section
from station_agent import __version__
from station_agent.config import Config
from station_agent.errors import DoorError
from station_agent.ports import Delivered

log = logging.getLogger(__name__)

LINES = 200
LINE = 300
"""Characters kept of a line: with `LINES` 60 KB at the very most, half of it as a rule."""


class RecentLog(logging.Handler):
    """Keeps the last lines of the log in memory."""

    def __init__(self, form: logging.Formatter) -> None:
        super().__init__()
        self.setFormatter(form)
        self._lines: deque[str] = deque(maxlen=LINES)

    def emit(self, record: logging.LogRecord) -> None:
        """See `logging.Handler`; of what went wrong the last line is the one that says it."""
        text = self.format(record)
        first, _, rest = text.partition("\n")
        self._lines.append(first[:LINE])
        if rest:
            self._lines.append(rest.rpartition("\n")[2][:LINE])

    @property
    def lines(self) -> tuple[str, ...]:
        """The last lines, the oldest first."""
        return tuple(self._lines)


class ThisHost:
    """See `ports.Host`.

    Args:
        config: The settings.
        server: Address of the centre's pages.
        recent: The last lines of the log.
        report: Takes `Delivered`; called from a thread of its own.
    """

    def __init__(self, config: Config, *, server: str, recent: RecentLog, report: Callable[[Delivered], None]) -> None:
        self._config = config
        self._server = server
        self._recent = recent
        self._report = report

    def log_at(self, level: str | None) -> None:
        """Write that much to the log; None: as the settings say."""
        logging.getLogger().setLevel((level or self._config.log_level).upper())

    def about(self) -> Sequence[Section]:
        """Tell what is known of program, settings, disk and the last log lines."""
        return (
            Section("versions", f"agent {__version__}\npython {sys.version}\n{' '.join(os.uname())}"),
            Section("settings", self._settings()),
            Section("disk", self._disk()),
            Section("log", "\n".join(self._recent.lines)),
        )

    def deliver(self, command: CommandId, envelope: bytes) -> None:
        """Hand an envelope in at the centre's door; how that went comes as `Delivered`."""
        threading.Thread(target=self._deliver, args=(command, envelope), name="deliver", daemon=True).start()

    def _deliver(self, command: CommandId, envelope: bytes) -> None:
        from station_agent.door import Door  # noqa: PLC0415 - asked for once in a while

        fault = ""
        try:
            Door(self._server).leave(f"diagnostics/{self._config.loudspeaker}", envelope)
        except DoorError as error:
            log.warning("diagnostics_not_delivered error=%s", error)
            fault = error.code
        self._report(Delivered(command, fault))

    def _settings(self) -> str:
        config, audio = self._config, urlsplit(self._config.audio_url)
        said = {
            "loudspeaker": config.loudspeaker,
            "broker": f"{config.broker.host}:{config.broker.port}",
            "tls": config.broker.authority is not None,
            "audio": f"{audio.scheme}://{audio.hostname}{audio.path}",  # no name or password that stands in it
            "sound": config.sound,
            "has_clock_chip": config.has_clock_chip,
            "heartbeat": config.heartbeat,
            "clock_offset": config.clock_offset,
            "log_level": config.log_level,
            "log_level_now": logging.getLevelName(logging.getLogger().level).lower(),
        }
        return "\n".join(f"{name}={value}" for name, value in said.items())

    def _disk(self) -> str:
        state = self._config.state_directory
        found = os.statvfs(state)
        files = [each for each in state.rglob("*") if each.is_file() and not each.is_symlink()]
        return "\n".join(
            (
                f"free={found.f_bavail * found.f_frsize} size={found.f_blocks * found.f_frsize}",
                f"files={len(files)} bytes={sum(each.stat().st_size for each in files)}",
            )
        )
