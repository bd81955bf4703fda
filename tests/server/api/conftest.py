"""The centre over a store in memory, asked by programs: each has a token, and sends nothing else of itself."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from hashlib import sha256
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from apiflask import APIFlask
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.exceptions import NotFound
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.test import TestResponse

from schedules.ids import PersonId, UnitId
from server.api.application import create_api
from server.api.centre import Centre
from server.services import api_tokens
from server.services.api_tokens import NewToken
from server.services.schedule import CIVIL_TIME
from server.token_records import Scope
from server.values import Role
from server.web.sentences import sentence
from tests.fakes.clock import FakeClock
from tests.fakes.hashing import FakeHashing
from tests.fakes.store import FakeStore
from tests.server.web.commune import (
    MONDAY_BEFORE_DAWN,
    OFFICER,
    Account,
    admit,
    open_sessions,
    recording_of,
    settle,
)
from tests.server.web.conftest import OneSound

SOUND = b"not really sound" * 64
EVERY_SCOPE = frozenset(Scope)
HEAD = Account("truong-thon", "Đinh Văn Ái", frozenset({Role.CONTRIBUTOR, Role.INSPECTOR}), UnitId("thon-lang-moi"))
"""A hamlet's head, who hands in for it, and looks."""


@dataclass
class Program:
    """A program with a token, or without one."""

    app: Flask
    token: str = ""
    language: str = "vi"
    keys: Iterator[int] = field(default_factory=count)

    def reads(self, path: str, **asked: str) -> TestResponse:
        return self._client().get(f"/api/v1{path}", query_string=asked or None, headers=self._headers())

    def writes(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        key: str | None = None,
        version: str | None = None,
        **headers: str,
    ) -> TestResponse:
        named = {**self._headers(), "Idempotency-Key": f"key-{next(self.keys)}" if key is None else key, **headers}
        if version is not None:
            named["If-Match"] = version
        raw = isinstance(body, bytes)
        sent: dict[str, Any] = {"data": body} if raw else {"json": body} if body is not None else {}
        return self._client().open(f"/api/v1{path}", method=method, headers=named, **sent)

    def _client(self) -> FlaskClient:
        return self.app.test_client(use_cookies=False)

    def _headers(self) -> dict[str, str]:
        own = {"Accept-Language": self.language}
        return {**own, "Authorization": f"Bearer {self.token}"} if self.token else own


Asks = Callable[..., Program]


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(MONDAY_BEFORE_DAWN)


@pytest.fixture
def store(tmp_path: Path) -> FakeStore:
    store = FakeStore()
    settle(store, FakeHashing())
    admit(store, HEAD)
    open_sessions(store, recording_of(sha256(SOUND).hexdigest(), length=len(SOUND), seconds=60))
    return store


@pytest.fixture
def centre(tmp_path: Path, store: FakeStore, clock: FakeClock) -> Centre:
    return centre_of(store, clock, tmp_path)


def centre_of(store: FakeStore, clock: FakeClock, uploads: Path) -> Centre:
    return Centre(
        store=store,
        clock=clock,
        preparation=OneSound(),
        behind=lambda _: None,
        uploads=uploads,
        longest_sound=timedelta(hours=1),
        largest_sound=5_000_000,
        say=partial(sentence, zone=CIVIL_TIME),
    )


@pytest.fixture(scope="session")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> APIFlask:
    """The API, which takes a while to make: each test puts its own centre into it."""
    nothing = centre_of(FakeStore(), FakeClock(MONDAY_BEFORE_DAWN), tmp_path_factory.mktemp("uploads"))
    api = create_api(nothing)
    under_api(api)
    return api


@pytest.fixture
def app(centre: Centre, made_once: APIFlask) -> APIFlask:
    made_once.extensions.update(centre.kept())
    return made_once


def under_api(api: Flask) -> Flask:
    """Put the API where the centre has it, without the pages."""
    api.wsgi_app = DispatcherMiddleware(NotFound(), {"/api": api.wsgi_app})  # type: ignore[method-assign]
    return api


@pytest.fixture
def program(app: Flask, store: FakeStore, clock: FakeClock) -> Asks:
    """Give a program a token of somebody: for all the person may, unless said otherwise."""

    def made(account: Account = OFFICER, scopes: frozenset[Scope] = EVERY_SCOPE, unit: UnitId | None = None) -> Program:
        return Program(app, token_of(store, clock, account, scopes, unit))

    return made


def token_of(
    store: FakeStore, clock: FakeClock, account: Account, scopes: frozenset[Scope], unit: UnitId | None = None
) -> str:
    with store.reading() as uow:
        person = uow.people.get(PersonId(account.login))
    assert person
    new = NewToken(name="Thử", unit=unit or account.unit, scopes=scopes & api_tokens.scopes_of(person), days=30)
    return api_tokens.make(store, clock, person, new=new)[1]
