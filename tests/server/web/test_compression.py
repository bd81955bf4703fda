"""Pages go compressed to who can read that, and never so that another site could measure a secret in them."""

import gzip
from collections.abc import Callable

import pytest
from flask import Flask, Response, stream_with_context

from server.web.compression import compress
from tests.server.web.commune import OFFICER, Account
from tests.server.web.conftest import Visitor

Visit = Callable[[Account], Visitor]
READS = "gzip, deflate, br"


@pytest.mark.parametrize("site", ["same-origin", "none"])
def test_a_page_of_ones_own_goes_compressed(visit: Visit, site: str) -> None:
    officer = visit(OFFICER)

    packed = officer.opens("today?day=2026-11-24", **{"Accept-Encoding": READS, "Sec-Fetch-Site": site})
    plain = officer.opens("today?day=2026-11-24", **{"Sec-Fetch-Site": site})

    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in plain.headers
    assert "<h1" in gzip.decompress(packed.data).decode()
    assert len(packed.data) == int(packed.headers["Content-Length"])
    assert len(packed.data) < len(plain.data) / 3
    assert {"Accept-Encoding", "Sec-Fetch-Site"} <= {each.strip() for each in packed.headers["Vary"].split(",")}


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_a_page_that_another_site_asked_for_has_no_length_that_tells(visit: Visit, site: str) -> None:
    answer = visit(OFFICER).opens("today", **{"Accept-Encoding": READS, "Sec-Fetch-Site": site})

    assert answer.status_code == 200
    assert "Content-Encoding" not in answer.headers


def test_where_a_browser_does_not_say_who_asks_only_what_asks_nothing_goes_compressed(visit: Visit) -> None:
    officer = visit(OFFICER)

    bare = officer.opens("today", **{"Accept-Encoding": READS})
    asking = officer.opens("programmes?text=a", **{"Accept-Encoding": READS})

    assert bare.headers["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in asking.headers


@pytest.mark.parametrize("accepted", ["identity", "br", "gzip;q=0"])
def test_who_cannot_read_it_gets_the_page_as_it_is(visit: Visit, accepted: str) -> None:
    answer = visit(OFFICER).opens("today", **{"Accept-Encoding": accepted})

    assert "Content-Encoding" not in answer.headers
    assert "<h1" in answer.text


@pytest.mark.parametrize(
    ("sent", "kind"),
    [
        (lambda: stream_with_context(each for each in ["data: 1\n\n"] * 1000), "text/event-stream"),
        (lambda: "data: 1\n\n" * 1000, "text/event-stream"),
        (lambda: stream_with_context(each for each in ["<p>"] * 1000), "text/html"),
        (lambda: b"\0" * 5000, "audio/mpeg"),
        (lambda: "short", "text/html"),
    ],
)
def test_what_comes_in_pieces_is_no_text_or_is_short_is_left_as_it_is(sent: Callable[[], object], kind: str) -> None:
    app = Flask(__name__)
    app.add_url_rule("/", view_func=lambda: Response(sent(), mimetype=kind))  # type: ignore[arg-type]  # of each sort
    compress(app)

    answer = app.test_client().get("/", headers={"Accept-Encoding": "gzip"})

    assert "Content-Encoding" not in answer.headers
