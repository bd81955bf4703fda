"""The API stands beside the pages, under `/api`, and neither takes the other's word for who somebody is."""

from collections.abc import Callable

from flask import Flask

from tests.fakes.clock import FakeClock
from tests.fakes.store import FakeStore
from tests.server.api.conftest import EVERY_SCOPE, token_of
from tests.server.web.commune import OFFICER, Account
from tests.server.web.conftest import Visitor, app, compiled, recording, sound, visit

__all__ = ["app", "compiled", "recording", "sound", "visit"]  # fixtures of the pages


def test_a_token_opens_the_api_and_no_page(app: Flask, store: FakeStore, clock: FakeClock) -> None:
    headers = {"Authorization": f"Bearer {token_of(store, clock, OFFICER, EVERY_SCOPE)}"}
    client = app.test_client()

    assert client.get("/api/v1/units", headers=headers).status_code == 200
    assert client.get("/stations/son-ha/today", headers=headers).status_code == 302


def test_a_signed_in_browser_opens_pages_and_nothing_of_the_api(visit: Callable[[Account], Visitor]) -> None:
    officer = visit(OFFICER)

    assert officer.opens("/stations/son-ha/today").status_code == 200
    assert officer.opens("/api/v1/units").status_code == 401
