"""Starts the demonstration as one supervised command, and ends all of it together.

It starts what an installation starts, by the same commands; only the broker, the radio stream and the agents are on
this machine too. It must not make content itself.
"""

import fcntl
import signal
import sys
import time
from pathlib import Path
from shutil import copyfile
from types import FrameType
from typing import TextIO

from schedules.ids import ZoneId
from server.audio import MediaPreparation
from server.clock import WallClock
from server.config import Config, load_config
from server.demo import content, devices, emergencies, stations
from server.local import AgentSettings, Processes, answers, free_port
from server.passwords import Argon2Hashing
from server.sealing import KeyFiles
from server.services import keys
from server.store import open_store

WEB_PORT, BROKER_PORT, RADIO_PORT = 8080, 18830, 18090
HEARTBEAT_S = 5.0
_LOOK_S = 0.5


class Demonstration:
    """One demonstration in a state directory; a second start finds what the first one made."""

    def __init__(self, state: Path, web_port: int) -> None:
        self._state = state.absolute()
        self._lock = _locked(self._state)
        self._processes = Processes(self._state / "logs")
        self._web, self._broker, self._radio = (
            _port("trang web", web_port),
            _port("broker", BROKER_PORT),
            _port("luồng tiếp sóng", RADIO_PORT),
        )
        self._agents: dict[ZoneId, AgentSettings] = {}
        self._config = self._write_config()
        self._centre = content.Centre(
            store=open_store(self._config.database),
            clock=WallClock(),
            preparation=MediaPreparation(self._config.audio_directory),
            hashing=Argon2Hashing(),
            uploads=self._config.upload_directory,
        )

    def run(self) -> int:
        """Prepare what is missing, start everything, and wait for Ctrl-C."""
        for number in (signal.SIGTERM, signal.SIGINT):  # a shell starts what is in the background deaf to SIGINT
            signal.signal(number, _interrupt)
        try:
            accounts = self._prepare()
            self._start()
            content.trial_run(self._centre)
            _tell(self._web, accounts, self._state)
            while True:
                time.sleep(_LOOK_S)
                self._restart_ended()
        except KeyboardInterrupt:
            print("\nĐang dừng…", flush=True)
            return 0
        finally:
            self._processes.end_all()

    def _write_config(self) -> Config:
        for directory in (self._state, self._state / "uploads"):
            directory.mkdir(parents=True, exist_ok=True)
        lines = [
            'state_directory = "."',
            "demo = true",
            f'audio_url = "http://127.0.0.1:{self._web}/audio/"',
            "[web]",
            f"port = {self._web}",
            "[broker]",
            f"port = {self._broker}",
        ]
        self._config_file.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return load_config(self._config_file)

    @property
    def _config_file(self) -> Path:
        return self._state / "centre.toml"

    def _prepare(self) -> tuple[content.Account, ...]:
        centre = self._centre
        root = next(
            key.public
            for key in keys.initialise(centre.store, centre.clock, KeyFiles(self._config.key_directory)).keys
            if key.role == "root"
        )
        self._agents = {zone: self._agent(zone, root) for zone in stations.LOUDSPEAKERS}
        kept = self._state / "accounts.json"
        if not kept.exists():
            print("Lần chạy đầu tiên: đang tạo đài, tài khoản và đọc các bài phát thanh (khoảng nửa phút)…", flush=True)
            accounts = content.people(centre)
            content.places(centre, public_keys=dict.fromkeys(self._agents, ""))
            content.channels(centre, radio_url=self._radio_url)
            copyfile(content.radio_recording(centre), self._state / "radio.mp3")
            content.timetable(centre, tell=lambda title: print(f"  {title}", flush=True))
            emergencies.prepare(centre)
            content.keep(kept, accounts)
        content.channels(centre, radio_url=self._radio_url)
        return content.kept(kept)

    def _agent(self, zone: ZoneId, root: str) -> AgentSettings:
        settings = AgentSettings(
            directory=self._state / "agents" / zone,
            loudspeaker=stations.loudspeaker_of(zone),
            broker_port=self._broker,
            audio_url=self._config.audio_url,
            trust_root=root,
            heartbeat_s=HEARTBEAT_S,
            reported_faults=stations.FAULTS.get(zone, ()),
        )
        settings.write()
        return settings

    @property
    def _radio_url(self) -> str:
        return f"http://127.0.0.1:{self._radio}/"

    def _commands(self) -> dict[str, tuple[str | Path, ...]]:
        config = ("--config", self._config_file)
        commands: dict[str, tuple[str | Path, ...]] = {
            "broker": ("server.cli", "broker", *config),
            "web": ("server.cli", "web", *config),
            "conductor": ("server.cli", "conductor", *config),
            "radio": ("server.cli", "radio", self._state / "radio.mp3", "--port", str(self._radio)),
        }
        for zone, settings in self._agents.items():
            commands[f"agent-{zone}"] = ("station_agent.main", "run", "--config", settings.file)
        return commands

    def _start(self) -> None:
        commands = self._commands()
        agents = [name for name in commands if name.startswith("agent-")]
        for name in (name for name in commands if name not in agents):
            self._processes.start(name, commands[name])
        for name, port in (("broker", self._broker), ("radio", self._radio), ("web", self._web)):
            if not answers(port, 30):
                raise SystemExit(f"{name}: không khởi động được.\n{self._processes.last_words(name)}")
        devices.enrol_new(self._centre, self._agents, server=f"http://127.0.0.1:{self._web}")
        for name in agents:
            self._processes.start(name, commands[name])

    def _restart_ended(self) -> None:
        for name in self._processes.ended():
            print(f"{name} đã dừng, đang khởi động lại; xem {self._state}/logs/{name}.log", file=sys.stderr, flush=True)
            self._processes.end(name)
            self._processes.start(name, self._commands()[name])


def _locked(state: Path) -> TextIO:
    """Keep a second demonstration out of the same directory for as long as this process lives."""
    state.mkdir(parents=True, exist_ok=True)
    lock = (state / "lock").open("w", encoding="ascii")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise SystemExit(f"Bản minh hoạ trong {state} đang chạy rồi.") from None
    return lock


def _port(what: str, preferred: int) -> int:
    port = free_port(preferred)
    if port != preferred:
        print(f"Cổng {preferred} ({what}) đang có chương trình khác dùng; dùng cổng {port}.", flush=True)
    return port


def _tell(port: int, accounts: tuple[content.Account, ...], state: Path) -> None:
    print(f"\n  Mở trang:  http://127.0.0.1:{port}/\n")
    content.tell(accounts)
    print("\n  Đài thử nghiệm phát một mục trong vòng hai phút, rồi mười phút một lần (đăng nhập: thunghiem).")
    print("  Khoá gốc nằm cùng chỗ với dữ liệu minh hoạ; khi dùng thật phải cất riêng, ngoài mạng.")
    print(f"  Dữ liệu: {state}. Ctrl-C để dừng tất cả.\n", flush=True)


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt
