"""Runs a training: the pages over a database of its own, and pretended loudspeakers behind them, in one process.

It must not have a key, nor any way to a broker or a loudspeaker: nothing that it imports can publish.
"""

import logging
import secrets
from dataclasses import replace
from pathlib import Path
from threading import Event, Thread

from waitress import serve

from server.app import create_app, serving
from server.audio import MediaPreparation
from server.clock import WallClock
from server.config import Config, load_config
from server.demo import content, emergencies, stations
from server.passwords import Argon2Hashing
from server.services import break_glass, grants
from server.store import open_store
from server.training.pretended import pretend

log = logging.getLogger(__name__)

PRETEND_EVERY_S = 2.0
_SETTINGS = "training.toml"
_NOWHERE = "http://127.0.0.1:9/"
"""What relays would be fetched from, if there were anybody to fetch it."""


class Training:
    """One training in a state directory of its own; a second start finds what the first one made.

    Raises:
        SystemExit: the directory holds something that is no training.
    """

    def __init__(self, state: Path, *, host: str, port: int) -> None:
        self._state = state.absolute()
        self.config = self._settled(host, port)
        self.centre = content.Centre(
            store=open_store(self.config.database),
            clock=WallClock(),
            preparation=MediaPreparation(self.config.audio_directory),
            hashing=Argon2Hashing(),
            uploads=self.config.upload_directory,
        )
        self._over = Event()

    def run(self) -> int:
        """Prepare what is missing, and serve the pages until Ctrl-C."""
        accounts = self.prepare()
        app = create_app(
            self.config,
            store=self.centre.store,
            clock=self.centre.clock,
            hashing=self.centre.hashing,
            preparation=self.centre.preparation,
        )
        pretending = Thread(target=self._pretend, name="pretend")
        pretending.start()
        web = self.config.web
        print(f"\n  TẬP HUẤN: không loa nào phát.  Mở trang:  http://{web.host}:{web.port}/\n")
        content.tell(accounts)
        print(f"\n  Dữ liệu: {self._state}. Ctrl-C để dừng; xoá thư mục ấy để tập lại từ đầu.\n", flush=True)
        try:
            serve(app, **serving(self.config))
        finally:
            self._over.set()
            pretending.join()
        return 0

    def prepare(self) -> tuple[content.Account, ...]:
        """Make stations, people and a week of programmes at the first start; give the accounts."""
        kept = self._state / "accounts.json"
        if not kept.exists():
            print("Lần chạy đầu tiên: đang tạo đài, tài khoản và các bài phát thanh (khoảng nửa phút)…", flush=True)
            accounts = content.people(self.centre)
            self._begin_their_first_day()
            content.places(self.centre, public_keys={zone: secrets.token_hex(32) for zone in stations.LOUDSPEAKERS})
            content.channels(self.centre, radio_url=_NOWHERE)
            content.timetable(self.centre, tell=lambda title: print(f"  {title}", flush=True))
            emergencies.prepare(self.centre)
            content.keep(kept, accounts)
        return content.kept(kept)

    def step(self) -> None:
        """Do what a conductor does by the hour, and pretend the loudspeakers."""
        store, clock = self.centre.store, self.centre.clock
        break_glass.due(store, clock)
        grants.carry_out_due(store, clock)
        pretend(store, clock)

    def _settled(self, host: str, port: int) -> Config:
        """Write the settings; never into a directory that something else lives in."""
        settings = self._state / _SETTINGS
        if not settings.exists() and self._state.exists() and any(self._state.iterdir()):
            raise SystemExit(
                f"{self._state}: thư mục này có dữ liệu khác, không phải của tập huấn. Hãy chọn thư mục trống."
            )
        self._state.mkdir(parents=True, exist_ok=True)
        lines = [
            'state_directory = "."',
            "training = true",
            "demo = true",
            "[web]",
            f'host = "{host}"',
            f"port = {port}",
        ]
        settings.write_text("\n".join(lines) + "\n", encoding="utf-8")
        config = load_config(settings)
        config.upload_directory.mkdir(exist_ok=True)
        return config

    def _begin_their_first_day(self) -> None:
        with self.centre.store.writing() as uow:
            for each in uow.people.all():
                uow.people.put(replace(each, is_new=True))
            uow.commit()

    def _pretend(self) -> None:
        while not self._over.wait(PRETEND_EVERY_S):
            try:
                self.step()
            except Exception:  # the pages stay; what is pretended is late
                log.exception("pretend_failed")
