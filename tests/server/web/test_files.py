"""The files of pages: kept for ever under the mark of their content, compressed once, the same for everybody."""

import gzip
import re
from pathlib import Path

import pytest

import server.web
from tests.server.web.conftest import Visitor

STATIC = Path(server.web.__file__).parent / "static"


def address(stranger: Visitor, name: str) -> str:
    """Give the address of a file as a page says it."""
    found = re.search(rf'"(/static/{re.escape(name)}\?v=[0-9a-f]+)"', stranger.opens("/sign-in").text)
    assert found
    return found[1]


def test_a_file_is_kept_for_ever_under_the_mark_of_its_content(stranger: Visitor) -> None:
    answer = stranger.opens(address(stranger, "base.css"))

    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.data == (STATIC / "base.css").read_bytes()


@pytest.mark.parametrize("asked", ["/static/base.css", "/static/base.css?v=000000000000"])
def test_under_no_mark_or_that_of_another_release_it_is_asked_for_again(stranger: Visitor, asked: str) -> None:
    assert stranger.opens(asked).headers["Cache-Control"] == "no-cache"


@pytest.mark.parametrize("name", ["base.css", "kept.js", "vendor/htmx/htmx.min.js"])
def test_texts_go_compressed_to_who_can_read_that(stranger: Visitor, name: str) -> None:
    content = (STATIC / name).read_bytes()

    answer = stranger.opens(address(stranger, name), **{"Accept-Encoding": "gzip", "Sec-Fetch-Site": "cross-site"})

    assert gzip.decompress(answer.data) == content
    assert len(answer.data) < len(content) / 2
    assert "Accept-Encoding" in answer.headers["Vary"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_who_has_it_already_is_told_so(stranger: Visitor) -> None:
    where = address(stranger, "base.css")
    mark = stranger.opens(where, **{"Accept-Encoding": "gzip"}).headers["ETag"]

    again = stranger.opens(where, **{"Accept-Encoding": "gzip", "If-None-Match": mark})

    assert again.status_code == 304
    assert again.data == b""


@pytest.mark.parametrize("asked", ["/static/nowhere.css", "/static/../app.py", "/static/vendor"])
def test_what_is_no_file_of_a_page_is_not_sent(stranger: Visitor, asked: str) -> None:
    assert stranger.opens(asked).status_code == 404
