"""Thirty days of a loudspeaker on its page: a table that says everything, and places for its pictures."""

from collections.abc import Callable
from datetime import timedelta

from server.services import issuing
from tests.browser.evidence import speak_up
from tests.fakes.clock import FakeClock
from tests.fakes.sealing import FakeSealing
from tests.fakes.store import FakeStore
from tests.server.web.commune import INSPECTOR, NEIGHBOUR, SON_LINH, TECHNICIAN, Account
from tests.server.web.conftest import Visitor

Visit = Callable[[Account], Visitor]
PAGE = "loudspeakers/loa-1/health"


def test_the_table_has_a_line_a_day_and_every_measure(visit: Visit, store: FakeStore, clock: FakeClock) -> None:
    issuing.issue_wanted(store, clock, FakeSealing())
    clock.advance(timedelta(hours=3))
    speak_up(store, clock.now())

    page = visit(TECHNICIAN).opens(PAGE)

    assert page.text.count('<th scope="row"') == 30
    assert 'data-picture="there"' in page.text
    assert "Có kết nối (%)" in page.text
    assert 'data-number="100' in page.text


def test_where_nothing_was_measured_nothing_is_drawn(visit: Visit) -> None:
    page = visit(INSPECTOR).opens(PAGE)

    assert 'class="picture"' not in page.text
    assert page.text.count("Chưa có số đo nào.") == 5


def test_the_loudspeakers_page_leads_there(visit: Visit) -> None:
    assert PAGE in visit(INSPECTOR).opens("loudspeakers/loa-1").text


def test_the_wrong_person_sees_none_of_it(visit: Visit) -> None:
    neighbour = visit(NEIGHBOUR)

    assert neighbour.opens(PAGE).status_code == 404
    assert neighbour.opens(f"/stations/{SON_LINH}/{PAGE}").status_code in (403, 404)
