"""The centre's pages as a browser meets them: a real database, real sound, a free port, a clock we set."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from threading import Thread

from werkzeug.serving import WSGIRequestHandler, make_server

from server.app import create_app
from server.audio import MediaPreparation
from server.config import Config
from server.passwords import Argon2Hashing
from server.store import SqlStore, open_store
from server.web.centre import centre
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
    longest: timedelta


@contextmanager
def running_site(directory: Path, *, now: datetime, port: int = 0) -> Iterator[Site]:
    """Start the site over a directory's database, at a free port unless one is named; it ends with the block."""
    directory.mkdir(parents=True, exist_ok=True)
    config = Config(state_directory=directory, demo=True)
    store, clock = open_store(config.database), FakeClock(now)
    preparation, hashing, work = MediaPreparation(config.audio_directory), Argon2Hashing(), Work()
    app = create_app(config, store=store, clock=clock, hashing=hashing, preparation=preparation, work=work)
    server = make_server("127.0.0.1", port, app, threaded=True, request_handler=_Quiet)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield Site(
            f"http://127.0.0.1:{server.port}",
            store,
            clock,
            preparation,
            hashing,
            config.upload_directory,
            config.recording_limit,
        )
    finally:
        with app.app_context():
            centre().streams.close()
        server.shutdown()
        thread.join()
        server.server_close()
        work.close()
        store.close()


class _Quiet(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: object) -> None:  # noqa: A002 -- werkzeug's name
        """Keep quiet."""
