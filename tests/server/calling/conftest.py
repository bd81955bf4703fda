"""The API of the tests over a real socket, and the description it gives of itself."""

from collections.abc import Iterator
from typing import Any

import pytest
from apiflask import APIFlask

from server.api.application import create_api
from server.api.centre import Centre
from server.calling.description import Description
from tests.server.api.conftest import centre, clock, store, under_api
from tests.server.api.morning import program_of
from tests.server.services.radio import OFFICER, Radio
from tests.services.waitress import listening

__all__ = ["centre", "clock", "store"]  # fixtures of the API


@pytest.fixture(scope="session")
def document(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What the API says of itself: the same whatever it works with."""
    program = program_of(Radio(uploads=tmp_path_factory.mktemp("uploads")), OFFICER)
    found: dict[str, Any] = program.reads("/openapi.json").get_json()
    return found


@pytest.fixture
def api(document: dict[str, Any]) -> Description:
    return Description(document)


@pytest.fixture
def app(centre: Centre, document: dict[str, Any]) -> APIFlask:
    """The API of one test, with the description that was drawn up once."""
    app = create_api(centre)
    app._spec = document  # noqa: SLF001 -- the same for every one of them
    under_api(app)
    return app


@pytest.fixture
def address(app: APIFlask) -> Iterator[str]:
    """Where the API answers."""
    with listening(app, host="127.0.0.1", port=0, threads=2) as port:
        yield f"http://127.0.0.1:{port}"
