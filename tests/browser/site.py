"""The centre's pages as a browser meets them: a real database, real sound, waitress on a free port, a clock we set."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from threading import Thread

from waitress.server import create_server

from server.app import create_app
from server.audio import MediaPreparation
from server.config import Config
from server.passwords import Argon2Hashing
from server.store import SqlStore, open_store
from server.web.work import Work
from tests.fakes.clock import FakeClock


@dataclass(frozen=True, slots=True)
class Site:
    """A running site.

    Attributes:
        address: without a slash at the end.
    """

    address: str
    store: SqlStore
    clock: FakeClock
    preparation: MediaPreparation
    hashing: Argon2Hashing
    uploads: Path


@contextmanager
def running_site(directory: Path, *, now: datetime) -> Iterator[Site]:
    """Start the site over an empty database; it ends with the block."""
    directory.mkdir(parents=True, exist_ok=True)
    config = Config(state_directory=directory, demo=True)
    store, clock = open_store(config.database), FakeClock(now)
    preparation, hashing, work = MediaPreparation(config.audio_directory), Argon2Hashing(), Work()
    app = create_app(config, store=store, clock=clock, hashing=hashing, preparation=preparation, work=work)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = create_server(app, sockets=[listening], threads=8)
        thread = Thread(target=server.run)
        thread.start()
        port = listening.getsockname()[1]
        try:
            yield Site(f"http://127.0.0.1:{port}", store, clock, preparation, hashing, config.upload_directory)
        finally:
            server.close()
            work.close()
            thread.join(timeout=10)
            store.close()
