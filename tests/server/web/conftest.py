"""The centre's pages over a store in memory, and people who visit them as with a browser: cookies, tokens and all."""

import html
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Self

import pytest
from flask import Flask
from jinja2 import FileSystemBytecodeCache
from werkzeug.test import TestResponse

from schedules.ids import PersonId
from schedules.programme import Recording
from server.app import create_app
from server.config import Config
from server.services import emergency_rights
from server.web.work import Work
from tests.fakes.clock import FakeClock
from tests.fakes.hashing import FakeHashing
from tests.fakes.sound import FakePreparation
from tests.fakes.store import FakeStore
from tests.server.routes import compile_once
from tests.server.web.commune import (
    ADMINISTRATOR,
    BOTH,
    INSPECTOR,
    MONDAY_BEFORE_DAWN,
    OFFICER,
    PASSWORD,
    SON_HA,
    TECHNICIAN,
    Account,
    open_sessions,
    recording_of,
    settle,
)
from tests.server.web.emergency_form import person

_SOUND = b"not really sound" * 64
_TOKEN = re.compile(r'<meta name="csrf-token" content="([^"]+)"')


class AtOnce(Work):
    """Does each piece of work while it is added, so that a test need not wait."""

    def add(self, piece: Callable[[], object]) -> None:
        piece()


@dataclass
class OneSound(FakePreparation):
    """Keeps one recording that can be fetched."""

    kept: dict[str, Path] = field(default_factory=dict)

    def path(self, sha256: str) -> Path | None:
        return self.kept.get(sha256)


@dataclass
class Visitor:
    """Somebody with a browser."""

    app: Flask

    def __post_init__(self) -> None:
        self._client = self.app.test_client()
        self._token: str | None = None

    def signs_in(self, account: Account, password: str = PASSWORD) -> TestResponse:
        answer = self.sends("/sign-in", login=account.login, password=password)
        self._token = None  # signing in begins a new session
        return answer

    def gives_code(self, code: str, *, then: str = "/") -> TestResponse:
        answer = self.sends(f"/sign-in/code?next={then}", code=code)
        self._token = None
        return answer

    def begins_as(self, account: Account) -> None:
        """Sign in without looking at the page it leads to."""
        found = _TOKEN.search(self._client.get("/sign-in").text)
        assert found
        self._client.post("/sign-in", data={"csrf_token": found[1], "login": account.login, "password": PASSWORD})

    def opens(self, address: str, **headers: str) -> TestResponse:
        return self._client.get(self._full(address), headers=headers, buffered=True)

    def follows(self, address: str) -> "Followed":
        return Followed(self._client.get(self._full(address)))

    def reads(self, address: str) -> str:
        answer = self.opens(address)
        assert answer.status_code == 200, f"{answer.status_code} {address}"
        return text_of(answer)

    def sends(self, address: str, **fields: object) -> TestResponse:
        return self._sent(address, fields, {})

    def asks(self, address: str, **fields: object) -> TestResponse:
        """Send a form as a script does that wants no page back."""
        return self._sent(address, fields, {"Accept": "application/json"})

    def asks_by_script(self, address: str, **fields: object) -> TestResponse:
        """Send a form as htmx does, which puts a part of the answer into the page."""
        return self._sent(address, fields, {"HX-Request": "true"})

    def _sent(self, address: str, fields: dict[str, object], headers: dict[str, str]) -> TestResponse:
        if self._token is None:
            found = _TOKEN.search(self._client.get("/styleguide", follow_redirects=True).text)
            assert found
            self._token = found[1]
        data = {"csrf_token": self._token, **fields}
        answer = self._client.post(self._full(address), data=data, headers=headers, follow_redirects=True)
        for each in (*answer.history, answer):
            each.request.environ["wsgi.input"].close()  # a large one is a file of the test client's own
        return answer

    def sends_without_token(self, address: str, **fields: object) -> TestResponse:
        return self._client.post(self._full(address), data=fields)

    def _full(self, address: str) -> str:
        return address if address.startswith("/") else f"/stations/{SON_HA}/{address}"


class Followed:
    """An answer that is read as it comes; it is over with the block, or once closed."""

    def __init__(self, answer: TestResponse) -> None:
        self._answer = answer
        self._said = answer.iter_encoded()
        self.status, self.type, self.headers = answer.status_code, answer.mimetype, answer.headers

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        return next(self._said).decode()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._answer.close()


def text_of(answer: TestResponse) -> str:
    """Give what a person reads on a page, on one line."""
    bare = re.sub(r"<(script|style|head)\b.*?</\1>", " ", answer.text, flags=re.DOTALL)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", bare)).split())


@pytest.fixture(scope="session", autouse=True)
def routes() -> Iterator[None]:
    """Compile each address once for all applications of these tests."""
    with pytest.MonkeyPatch.context() as patch:
        compile_once(patch)
        yield


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(MONDAY_BEFORE_DAWN)


@pytest.fixture
def sound(tmp_path: Path) -> OneSound:
    name = sha256(_SOUND).hexdigest()
    path = tmp_path / name
    path.write_bytes(_SOUND)
    return OneSound(kept={name: path})


@pytest.fixture
def recording() -> Recording:
    return recording_of(sha256(_SOUND).hexdigest(), length=len(_SOUND), seconds=60)


@pytest.fixture
def store(recording: Recording) -> FakeStore:
    store = FakeStore()
    settle(store, FakeHashing())
    open_sessions(store, recording)
    return store


@pytest.fixture(scope="session")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> FileSystemBytecodeCache:
    """Templates compiled by one test serve the others: that is most of an application's first second."""
    return FileSystemBytecodeCache(str(tmp_path_factory.mktemp("templates")))


@pytest.fixture
def app(
    compiled: FileSystemBytecodeCache, tmp_path: Path, store: FakeStore, clock: FakeClock, sound: OneSound
) -> Iterator[Flask]:
    work = AtOnce()
    made = create_app(
        Config(state_directory=tmp_path / "var", demo=True),
        store=store,
        clock=clock,
        hashing=FakeHashing(),
        preparation=sound,
        work=work,
    )
    made.jinja_env.bytecode_cache = compiled
    yield made
    work.close()


@pytest.fixture
def visit(app: Flask) -> Callable[[Account], Visitor]:
    """Sign somebody in, in a browser of their own."""

    def signed_in(account: Account) -> Visitor:
        visitor = Visitor(app)
        visitor.begins_as(account)
        return visitor

    return signed_in


@pytest.fixture
def stranger(app: Flask) -> Visitor:
    return Visitor(app)


@pytest.fixture
def officer_may(store: FakeStore, clock: FakeClock) -> None:
    """The officer holds the right; technician and inspector are told."""
    administrator = person(store, ADMINISTRATOR)
    emergency_rights.give(store, clock, administrator, person=PersonId(OFFICER.login), unit=SON_HA)
    told = [PersonId(each.login) for each in (TECHNICIAN, INSPECTOR, BOTH)]
    emergency_rights.watch(store, clock, administrator, unit=SON_HA, people=told)
