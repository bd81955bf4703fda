"""The centre's pages as a browser meets them: a real database, real sound, a free port, a clock we set."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from server.app import create_app, serving
from server.audio import MediaPreparation
from server.config import Config, Web
from server.passwords import Argon2Hashing
from server.store import SqlStore, open_store
from server.web.centre import centre
from server.web.work import Work
from tests.fakes.clock import FakeClock
from tests.services.waitress import listening


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
    config = Config(state_directory=directory, demo=True, web=Web(port=port))
    store, clock = open_store(config.database), FakeClock(now)
    preparation, hashing, work = MediaPreparation(config.audio_directory), Argon2Hashing(), Work()
    app = create_app(config, store=store, clock=clock, hashing=hashing, preparation=preparation, work=work)
    try:
        with listening(app, **serving(config)) as free:
            try:
                yield Site(
                    f"http://127.0.0.1:{free}",
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
    finally:
        work.close()
        store.close()
