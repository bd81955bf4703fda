"""Makes the web process: Flask with its guards, its pages and a small pool that prepares sounds.

It holds no key and no broker account. Which adapters it uses is decided by whoever calls it.
"""

import os
import secrets
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from flask import Flask
from werkzeug.middleware.dispatcher import DispatcherMiddleware

from server.api.application import create_api
from server.api.centre import Centre as ApiCentre
from server.config import Config
from server.ports import Clock, PasswordHashing, Preparation, Store
from server.second_factor import TotpCodes
from server.secret_files import write_new
from server.services import contributions, takes
from server.services.signing_in import LONGEST
from server.web.centre import Centre
from server.web.compression import compress
from server.web.files import keep_files
from server.web.frame import furnish
from server.web.once import take_once
from server.web.problems import answer_problems
from server.web.screens import SCREENS
from server.web.security import guard
from server.web.sentences import sentence
from server.web.streams import STREAMS, Streams
from server.web.tongues import find, speak
from server.web.visitor import welcome
from server.web.work import Work

_REST_OF_A_FORM = 1_000_000
_THREADS = 16


def create_app(
    config: Config,
    *,
    store: Store,
    clock: Clock,
    hashing: PasswordHashing,
    preparation: Preparation,
    work: Work | None = None,
) -> Flask:
    """Make the application. Sounds left unprepared by an earlier end are taken up again.

    Args:
        config: the centre's settings.
        store: the database, open and up to date.
        clock: the time.
        hashing: of passwords.
        preparation: of sounds.
        work: runs preparations; a pool of two threads when none is given.
    """
    config.upload_directory.mkdir(parents=True, exist_ok=True)
    speak(find(config.language_directory))
    centre = Centre(
        store=store,
        clock=clock,
        hashing=hashing,
        codes=TotpCodes.of(config.state_directory / "factor-secret"),
        preparation=preparation,
        work=work or Work(),
        streams=Streams(store, clock),
        uploads=config.upload_directory,
        zone=ZoneInfo(config.time_zone),
        longest_sound=config.recording_limit,
        server=config.agents.server,
        factor_required=not config.demo,  # there nothing sounds, and its passwords are shown to everybody
        demo=config.demo,
        training=config.training,
    )
    web = Path(__file__).with_name("web")
    app = Flask(__name__, static_folder=web / "static", template_folder=web / "templates")
    app.config.update(
        SECRET_KEY=_secret(config.state_directory / "web-secret"),
        MAX_CONTENT_LENGTH=config.upload_limit + _REST_OF_A_FORM,
        MAX_FORM_MEMORY_SIZE=_REST_OF_A_FORM,
        PERMANENT_SESSION_LIFETIME=LONGEST,  # the server ends one that is idle before that
        SESSION_REFRESH_EACH_REQUEST=False,  # a live answer on its way must not take back what a form just set
        SESSION_COOKIE_NAME="radio" if config.demo else "__Host-radio",  # of this host alone, over TLS alone
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=not config.demo,
        WTF_CSRF_TIME_LIMIT=None,  # a form left open over lunch is still good; its session is not for ever
        WTF_CSRF_SSL_STRICT=False,  # a proxy ends TLS; the token and the cookie's SameSite guard the form
    )
    app.extensions.update(centre.kept())
    for screen in SCREENS:
        app.register_blueprint(screen)
    welcome(app)
    furnish(app)
    keep_files(app)
    answer_problems(app)
    guard(app)
    take_once(app)
    compress(app)
    api = create_api(
        ApiCentre(
            store=store,
            clock=clock,
            preparation=preparation,
            behind=centre.work.add,
            uploads=centre.uploads,
            longest_sound=centre.longest_sound,
            largest_sound=config.upload_limit,
            say=partial(sentence, zone=centre.zone),
        )
    )
    app.wsgi_app = DispatcherMiddleware(app.wsgi_app, {"/api": api})  # type: ignore[method-assign]  # as Flask documents
    for take in takes.unfinished(store):
        centre.work.add(
            partial(
                takes.run,
                store,
                clock,
                preparation,
                take.id,
                uploads=centre.uploads,
                limit=centre.longest_sound,
            )
        )
    for contribution in contributions.unfinished(store):
        uploads = centre.uploads
        centre.work.add(partial(contributions.prepare, store, preparation, contribution.id, uploads=uploads))
    return app


def serving(config: Config) -> dict[str, Any]:
    """Give what waitress is to serve the application by.

    It reads a request before the application sees who sent it, so it must know the largest. Who sent one is counted by
    address, and a proxy's would be everybody's.
    """
    return {
        "host": config.web.host,
        "port": config.web.port,
        "threads": _THREADS + STREAMS,
        "connection_limit": 2 * (_THREADS + STREAMS),
        "asyncore_use_poll": True,
        "ident": None,
        "max_request_body_size": config.upload_limit + _REST_OF_A_FORM,
        "trusted_proxy": config.web.proxy or None,
        "trusted_proxy_headers": {"x-forwarded-for"} if config.web.proxy else set(),
        "clear_untrusted_proxy_headers": True,
    }


def _secret(path: Path) -> bytes:
    """Give the key of the cookies, drawn at the first start and kept for the owner's eyes only."""
    if not path.exists():
        fresh = path.with_name(f"{path.name}.{os.getpid()}")
        fresh.unlink(missing_ok=True)
        write_new(fresh, secrets.token_hex(32))
        with suppress(FileExistsError):  # another process was quicker
            os.link(fresh, path)
        fresh.unlink()
    return path.read_bytes()
